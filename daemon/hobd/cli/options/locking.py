"""Whether the lock may change: `--locked` asserts that it need not, `--frozen` does not even look."""

from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag
from hobd.cli.options.globals import refuse_together

LOCKING = (
    flag("locked", conflicts=("frozen", "upgrade"), overrides=("no-locked",)),
    flag("no-locked", is_hidden=True, overrides=("locked",)),
    flag("frozen", conflicts=("locked", "upgrade", "no-sources"), overrides=("no-frozen",)),
    flag("no-frozen", is_hidden=True, overrides=("frozen",)),
)


def read_locking(found: Found, locked: str = "locked", frozen: str = "frozen") -> tuple[Given | None, Given | None]:
    """The two switches. Of two that exclude each other, the one that was typed silences the one from a variable.

    Args:
        locked: another name of the first switch, tried before its own.
        frozen: another name of the second.
    Raises:
        RequestError: both come from variables.
    """
    asserted = (found.given(locked) if locked != "locked" else None) or found.switch("locked", variable="UV_LOCKED")
    kept = (found.given(frozen) if frozen != "frozen" else None) or found.switch("frozen", variable="UV_FROZEN")
    if asserted and kept:
        if asserted.variable is None and kept.variable is not None:
            _warn_of_silence(found, kept, asserted)
            return asserted, None
        if kept.variable is None and asserted.variable is not None:
            _warn_of_silence(found, asserted, kept)
            return None, kept
    refuse_together(asserted, kept)
    return asserted, kept


def _warn_of_silence(found: Found, silenced: Given, by: Given) -> None:
    found.warn(f"Ignoring `{silenced.variable}` because `{by.flag}` was provided")
