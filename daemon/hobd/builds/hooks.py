"""Calling one hook of a build backend, in a process of its own.

The hook runs as `python -c SCRIPT` in the source tree. Its result is written to a file as JSON, since standard
output belongs to the backend.
"""

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from hobd.builds.backend import Backend
from hobd.builds.diagnosis import Subject, find_hint
from hobd.core.vocab.spawn import Finished, Spawner
from hobd.errors import WorldError

SCRIPT = """\
import json
import sys
request = json.loads(sys.argv.pop(1))
if sys.path[0] == "":
    sys.path.pop(0)
sys.path[:0] = request["path"]

backend = __import__(request["module"], fromlist=["__name__"])
for attribute in request["attributes"]: backend = getattr(backend, attribute)
is_missing = request["is_optional"] and getattr(backend, request["hook"], None) is None
answer = {"is_missing": True} if is_missing else {"value": getattr(backend, request["hook"])(*request["arguments"])}
with open(request["answer"], "w", encoding="utf-8") as file:
    json.dump(answer, file)
"""
"""The import stands in line 8 and the call in line 11, as in uv's own: tracebacks name the lines."""

OPTIONAL = (
    "get_requires_for_build_wheel",
    "get_requires_for_build_sdist",
    "get_requires_for_build_editable",
    "prepare_metadata_for_build_wheel",
    "prepare_metadata_for_build_editable",
)


class BuildFailed(WorldError):
    """A backend could not do what it was asked for. Exit code 1."""

    default_code = 1


class MissingHook(WorldError):
    """The backend has no such hook, and the hook is an optional one (PEP 517)."""


class Place(Struct, frozen=True, kw_only=True):
    """Where hooks run."""

    python: Path
    """The environment's interpreter."""
    source: Path
    """The source tree: the working directory of every hook."""
    env: Mapping[str, str]
    """The whole environment of the process."""
    scratch: Path
    """A folder for the hook's answer."""
    subject: Subject = field(default_factory=Subject)
    """What is built, for hints."""
    listen: Callable[[bytes], None] | None = None
    """Hears the backends' output as it comes: then errors do not repeat it."""


async def call_hook(spawner: Spawner, place: Place, backend: Backend, hook: str, arguments: Sequence[object]) -> Any:
    """Call one hook and return what it returns.

    Args:
        hook: a hook of PEP 517 or 660.
        arguments: its arguments, as JSON can carry them.
    Raises:
        BuildFailed: the process failed, or gave no answer; has the output in its causes.
        MissingHook: the hook is optional and not there.
    """
    with tempfile.NamedTemporaryFile(dir=place.scratch, suffix=".json") as answer:
        command = _command(place, backend, hook, arguments, answer.name)
        try:
            done = await spawner.run(command, env=place.env, cwd=place.source, listen=place.listen)
        except OSError as error:
            raise BuildFailed(f"Failed to run `{place.python}`", causes=(str(error),)) from error
        found = _read_answer(Path(answer.name)) if done.code == 0 else None
    if found is None:
        raise failure(place, backend, hook, done)
    if found.get("is_missing"):
        raise MissingHook(f"`{backend.shown}` has no `{hook}`")
    return found["value"]


def failure(place: Place, backend: Backend, hook: str, done: Finished, why: str = "") -> BuildFailed:
    """The error for a hook that ended without the result that it owes.

    Args:
        why: what is wrong with its answer, where it gave one.
    """
    whom = backend.name if hook.startswith("get_requires_for_") else backend.shown  # uv shows it as it is written, there only
    cause = f"Call to `{whom}.{hook}` failed{why and f': {why}'} ({done.status})"
    if place.listen is None:
        blocks = [_block("stdout", done.out), _block("stderr", done.err)]
        cause = "\n\n".join([cause, *(block for block in blocks if block)])
    hint = find_hint(done.err.decode("utf-8", "replace"), place.subject)
    return BuildFailed("The build backend returned an error", causes=(cause,), hint=hint)


def _command(place: Place, backend: Backend, hook: str, arguments: Sequence[object], answer: str) -> list[str]:
    module, _, attributes = backend.name.partition(":")
    request = {
        "path": [str(place.source / folder) for folder in backend.path],
        "module": module,
        "attributes": attributes.split(".") if attributes else [],
        "hook": hook,
        "is_optional": hook in OPTIONAL,
        "arguments": list(arguments),
        "answer": answer,
    }
    return [str(place.python), "-c", SCRIPT, json.dumps(request)]


def _read_answer(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _block(name: str, data: bytes) -> str:
    text = data.decode("utf-8", "replace").rstrip()
    return f"[{name}]\n{text}" if text else ""
