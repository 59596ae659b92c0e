"""Calling one hook of a build backend, in a process of its own.

The hook runs as `python -c SCRIPT` in the source tree. Its result is written to a file as JSON, since standard
output belongs to the backend.
"""

import json
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hobd.builds.backend import Backend
from hobd.core.vocab.spawn import Finished, Spawner
from hobd.errors import WorldError

SCRIPT = """\
import json
import sys

request = json.loads(sys.argv.pop(1))
if sys.path[0] == "":
    sys.path.pop(0)
sys.path[:0] = request["path"]
backend = __import__("importlib").import_module(request["module"])
for attribute in request["attributes"]:
    backend = getattr(backend, attribute)
hook = getattr(backend, request["hook"], None)
if hook is None and request["hook"] in request["optional"]:
    answer = {"is_missing": True}
else:
    answer = {"value": (hook or getattr(backend, request["hook"]))(*request["arguments"])}
with open(request["answer"], "w", encoding="utf-8") as file:
    json.dump(answer, file)
"""
"""The import stands in line 8, as in uv's own: tracebacks name the line."""

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
    missing_module: str | None = None
    """The module that the backend tried to import in vain: who builds knows which declaration to advise."""


class MissingHook(WorldError):
    """The backend has no such hook, and the hook is an optional one (PEP 517)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where hooks run."""

    python: Path
    """The environment's interpreter."""
    source: Path
    """The source tree: the working directory of every hook."""
    env: Mapping[str, str]
    """The whole environment of the process."""
    scratch: Path
    """A folder for the hook's answer."""


async def call_hook(
    spawner: Spawner,
    place: Place,
    backend: Backend,
    hook: str,
    arguments: Sequence[object],
    *,
    listen: Callable[[bytes], None] | None = None,
) -> Any:
    """Call one hook and return what it returns.

    Args:
        hook: a hook of PEP 517 or 660.
        arguments: its arguments, as JSON can carry them.
        listen: hears the backend's output as it comes.
    Raises:
        BuildFailed: the process failed, or gave no answer; has the output in its causes.
        MissingHook: the hook is optional and not there.
    """
    with tempfile.NamedTemporaryFile(dir=place.scratch, suffix=".json") as answer:
        command = _command(place, backend, hook, arguments, answer.name)
        done = await spawner.run(command, env=place.env, cwd=place.source, listen=listen)
        found = _read_answer(Path(answer.name)) if done.code == 0 else None
    if found is None:
        raise _failure(backend, hook, done, is_shown=listen is not None)
    if found.get("is_missing"):
        raise MissingHook(f"`{backend.shown}` has no `{hook}`")
    return found["value"]


def _command(place: Place, backend: Backend, hook: str, arguments: Sequence[object], answer: str) -> list[str]:
    module, _, attributes = backend.name.partition(":")
    request = {
        "path": [str(place.source / folder) for folder in backend.path],
        "module": module,
        "attributes": attributes.split(".") if attributes else [],
        "hook": hook,
        "optional": OPTIONAL,
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


def _failure(backend: Backend, hook: str, done: Finished, *, is_shown: bool) -> BuildFailed:
    status = f"exit status: {done.code}" if done.code >= 0 else f"signal: {-done.code}"
    cause = f"Call to `{backend.shown}.{hook}` failed ({status})"
    if not is_shown:
        blocks = [_block("stdout", done.out), _block("stderr", done.err)]
        cause = "\n\n".join([cause, *(block for block in blocks if block)])
    failed = BuildFailed("The build backend returned an error", causes=(cause,), hint=_hint(done.err))
    if found := _MISSING_MODULE.search(done.err.decode("utf-8", "replace")):
        failed.missing_module = found[1]
    return failed


def _block(name: str, data: bytes) -> str:
    text = data.decode("utf-8", "replace").rstrip()
    return f"[{name}]\n{text}" if text else ""


_MISSING_MODULE = re.compile(r"ModuleNotFoundError: No module named '([^']+)'")
_MISSING_HEADER = re.compile(r"fatal error: ([^\s:]+\.(?:h|c|hpp)): No such file or directory")


def _hint(output: bytes) -> str:
    if found := _MISSING_HEADER.search(output.decode("utf-8", "replace")):
        return f'This error likely indicates that you need to install a library that provides "{found[1]}"'
    return "Build failures usually indicate a problem with the package or the build environment"
