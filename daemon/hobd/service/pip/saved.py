"""The `requirements.txt` beside saved files: every version and hash, so that nothing else is installed from the folder."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from anyio import to_thread
from msgspec import Struct
from packaging.version import Version

from hobd.core.formats.requirements_file import parse_requirements_file
from hobd.core.tags import InvalidWheelName, parse_wheel_name
from hobd.core.vocab.names import Name
from hobd.projects.files import read_text
from hobd.projects.lockfiles import write_atomically
from hobd.service.session import Session
from hobd.sources.archive import digest_file

_NAME = "requirements.txt"
_TITLE = "# Saved by hob with the files beside this one. To install them, without any index:\n"
_WAY = "#     pip install --no-index --find-links . --require-hashes -r requirements.txt\n"


class Saved(Struct, frozen=True, kw_only=True):
    """One file of the folder."""

    name: Name
    version: Version | None
    """None where the package did not say: then its wheel does."""
    path: Path
    size: int = 0
    """In bytes."""
    is_new: bool = False


async def write_requirements(saved: Sequence[Saved], folder: Path, session: Session) -> None:
    """Write the file, unless nothing was saved, or one lies there that somebody else wrote.

    Raises:
        OSError: a file cannot be read or written.
    """
    if not saved:
        return
    path = folder / _NAME
    there = read_text(path, session.context.evidence)
    if there is not None and not there.startswith(_TITLE):
        session.context.voice.warn(f"`{session.shown(path)}` is not hob's and stays as it is: versions and hashes were not written")
        return
    text = await to_thread.run_sync(_render, saved, _read_hashes(there or "", _NAME))
    await to_thread.run_sync(write_atomically, path, text.encode())


def _read_hashes(text: str, shown: str) -> dict[str, tuple[str, ...]]:
    """What an earlier command wrote: hashes by `name==version`. Files for other platforms may lie beside those of now."""
    return {line.value: line.hashes for line in parse_requirements_file(text, shown)}


def _render(saved: Iterable[Saved], before: Mapping[str, tuple[str, ...]]) -> str:
    """Blocks: reads every file."""
    text = _TITLE + _WAY
    for each in saved:
        pin = f"{each.name}=={_version(each)}"
        hashes = dict.fromkeys([*before.get(pin, ()), str(digest_file(each.path).sha256)])
        text += pin + "".join(f" \\\n    --hash={digest}" for digest in sorted(hashes)) + "\n"
    return text


def _version(saved: Saved) -> Version | None:
    try:
        return parse_wheel_name(saved.path.name).version
    except InvalidWheelName:
        return saved.version
