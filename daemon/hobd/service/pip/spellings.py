"""What pip's `--implementation` and `--abi` ask for, held against the Python that files are chosen for."""

from packaging.version import Version

from hobd.environments.interpreter import Interpreter
from hobd.errors import RequestError

_IMPLEMENTATIONS = {"cp": "cpython", "pp": "pypy"}
_ALWAYS_TAKEN = frozenset({"abi3", "none"})


def check_implementation(asked: str | None, interpreter: Interpreter) -> None:
    """Refuse an implementation that is not the interpreter's.

    Raises:
        RequestError: it is another, or none.
    """
    if asked is None:
        return
    wanted = _IMPLEMENTATIONS.get(asked)
    if wanted is None:
        raise RequestError(f"`--implementation {asked}` is not supported", hint="Use `cp` or `pp`, or leave it out")
    if wanted != interpreter.facts.implementation:
        raise RequestError(
            f"`--implementation {asked}` does not fit the Python at hand, which is {interpreter.name}",
            hint="Name an interpreter of that implementation with `--python`",
        )


def check_abi(asked: tuple[str, ...], version: Version) -> None:
    """Refuse tags of another ABI than the version's own, and those that leave it out.

    Raises:
        RequestError: one is, or none is the version's own.
    """
    own = f"cp{version.major}{version.minor}"
    wrong = [tag for tag in asked if tag != own and tag not in _ALWAYS_TAKEN]
    if asked and (wrong or own not in asked):
        tag = wrong[0] if wrong else asked[0]
        raise RequestError(
            f"`--abi {tag}` is not supported for Python {version.major}.{version.minor}: files are chosen by all that it can use",
            hint=f"Leave `--abi` out, or use `--abi {own}`; `--python-version` chooses another Python",
        )
