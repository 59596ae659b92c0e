"""Make the programs of an environment find it by their own place, so that they stay with it wherever it is linked to or moved.

first lines of programs → RECORD says their new digests → shells enter by the given path → pyvenv.cfg says that it is done
"""

import os
from collections.abc import Iterable
from pathlib import Path

from hobd.core.formats.pyvenv_cfg import parse_pyvenv_cfg, render_pyvenv_cfg
from hobd.core.formats.record import InvalidRecord, RecordRow, parse_record, render_record
from hobd.environments.activation_scripts import activation_scripts
from hobd.environments.create import replace_file
from hobd.environments.layout import record_digest
from hobd.environments.scripts import first_line
from hobd.faults import crash_point

_KEY = "relocatable"
_HEAD_BYTES = 4096
"""Of a program: more than its first line may take."""


def is_relocatable(root: Path) -> bool:
    """Whether an environment says that its programs find it by their own place."""
    try:
        return parse_pyvenv_cfg((root / "pyvenv.cfg").read_text("utf-8")).get(_KEY, "").lower() == "true"
    except (OSError, UnicodeDecodeError):
        return False


def make_relocatable(root: Path, place: Path, names: Iterable[Path], site_packages: Iterable[Path]) -> None:
    """Change an environment so; what an interrupted attempt left is finished.

    Args:
        root: its folder.
        place: the path by which shells are to enter it.
        names: further paths by which its programs may know the folder.
        site_packages: its folders of packages.
    Raises:
        OSError: it cannot be changed.
    """
    packages, is_done = tuple(dict.fromkeys(site_packages)), is_relocatable(root)
    is_changed = _relocate_programs(root / "bin", dict.fromkeys(map(str, (root, place, *names))))
    if is_changed or not is_done:
        for folder in packages:
            _renew_records(folder, root / "bin")
    if is_done:
        return  # but for what another tool has installed since, as if it could not be moved
    configuration = parse_pyvenv_cfg((root / "pyvenv.cfg").read_text("utf-8"))
    below = tuple(os.path.relpath(folder, root / "bin") for folder in packages)
    for name, text in activation_scripts(place, configuration.get("prompt"), below, is_relocatable=False):
        replace_file(root / "bin" / name, text)
    replace_file(root / "pyvenv.cfg", render_pyvenv_cfg({**configuration, _KEY: "true"}))


def _relocate_programs(folder: Path, names: Iterable[str]) -> bool:
    """Have programs find their interpreter beside themselves; whether one did not yet."""
    is_changed = False
    for path in _programs(folder):
        with path.open("rb") as file:
            content = _relocated(file.read(_HEAD_BYTES), names)
            if content is None:
                continue
            content += file.read()
        _replace(path, content)
        is_changed = True
        crash_point("relocating.program")
    return is_changed


def _programs(folder: Path) -> list[Path]:
    return sorted(Path(entry.path) for entry in os.scandir(folder) if entry.is_file(follow_symlinks=False))


def _relocated(content: bytes, folders: Iterable[str]) -> bytes | None:
    """The beginning of a program that finds its interpreter beside itself; None where it names none of the folders' interpreters."""
    if not content.startswith(b"#!"):
        return None
    for folder in folders:
        for name in _python_names(content, folder):
            python = Path(folder, "bin", name)
            old = first_line(python, is_relocatable=False).encode() + b"\n"
            if content.startswith(old):
                return first_line(python, is_relocatable=True).encode() + b"\n" + content[len(old) :]
    return None


def _python_names(content: bytes, folder: str) -> list[str]:
    """The interpreters of a folder that the beginning of a program may name."""
    marker = f"{folder}/bin/python".encode()
    at = content.find(marker)
    if at < 0:
        return []
    rest = content[at + len(marker) : at + len(marker) + 16]
    ending = rest[: len(rest) - len(rest.lstrip(b"0123456789.t"))]
    return ["python" + ending.decode()]


def _renew_records(folder: Path, programs: Path) -> None:
    """Say the digests of programs as they are now where distributions list them."""
    for entry in _entries(folder):
        record = Path(entry, "RECORD")
        try:
            text = record.read_text("utf-8", "surrogateescape")
            rows = parse_record(text) if "/bin/" in text else ()
        except (OSError, InvalidRecord):
            continue
        renewed = [_renewed(row, folder, programs) for row in rows]
        if tuple(renewed) != rows:
            _replace(record, render_record(renewed).encode("utf-8", "surrogateescape"))
            crash_point("relocating.record")


def _entries(folder: Path) -> list[str]:
    try:
        return [entry.path for entry in os.scandir(folder) if entry.name.endswith(".dist-info")]
    except OSError:
        return []


def _renewed(row: RecordRow, folder: Path, programs: Path) -> RecordRow:
    if not row.digest.startswith("sha256=") or not row.path.startswith("../"):
        return row
    path = Path(os.path.normpath(folder / row.path))
    try:
        content = path.read_bytes() if path.parent == programs else None
    except OSError:
        return row
    return row if content is None else row._replace(digest=record_digest(content), size=str(len(content)))


def _replace(path: Path, content: bytes) -> None:
    """A new file of the same mode: the old one may be the store's too."""
    new = path.with_name(f".tmp-{os.getpid()}-{path.name}")
    new.write_bytes(content)
    new.chmod(path.stat().st_mode & 0o7777)
    os.replace(new, path)
