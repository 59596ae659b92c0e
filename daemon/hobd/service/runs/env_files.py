"""Files of environment variables for the child (RUN-11): the caller's own variables win, then the last file that sets one."""

from pathlib import Path

from hobd.cli.run import Run
from hobd.core.formats.dotenv import parse_dotenv
from hobd.core.vocab.disk import os_reason
from hobd.errors import HobError, RequestError
from hobd.projects.files import read_bytes
from hobd.service.context import Context


def read_env_files(command: Run, cwd: Path, context: Context) -> dict[str, str]:
    """The variables that files bring to the child.

    Raises:
        RequestError: a file is not there, or cannot be read.
    """
    if command.no_env_file:
        return {}
    found: dict[str, str] = {}
    for name in reversed(_names(command)):
        found = _read(name, cwd, context) | found
    return found


def _names(command: Run) -> list[str]:
    """The files as they were given; one word of the command line or of `UV_ENV_FILE` may name several."""
    return [name for words in command.env_file for name in words.split()]


def _read(name: str, cwd: Path, context: Context) -> dict[str, str]:
    try:
        content = read_bytes(cwd / name, context.evidence)
    except HobError as error:
        raise RequestError(f"Failed to read environment file `{name}`: {_reason(error)}") from error
    if content is None:
        raise RequestError(f"No environment file found at: {name}")
    found = parse_dotenv(content.decode("utf-8", "replace").removeprefix("\ufeff"), context.environ.get)
    if found.fault is not None:
        context.voice.warn(f"Failed to parse environment file `{name}` at position {found.fault.position}: {found.fault.text}")
    return {key: value for key, value in found.values if context.environ.get(key) is None}


def _reason(error: HobError) -> str:
    cause = error.__cause__
    return os_reason(cause) if isinstance(cause, OSError) else error.message
