"""Why nothing was added (ADD-13)."""

from collections.abc import Iterator
from contextlib import contextmanager

from hobd.cli.style import green
from hobd.errors import HobError
from hobd.projects.lockfiles import Changed
from hobd.service.edits.name_help import NameHelp
from hobd.service.locks.unchanged import LockRefused


@contextmanager
def explained(names: NameHelp) -> Iterator[None]:
    """Say of a failed resolution what may have been meant, and how to add all the same.

    Raises:
        HobError: what the block raises, below a wider message where requirements do not go together.
    """
    try:
        yield
    except (LockRefused, Changed):
        raise
    except HobError as error:
        if error.code != 1:
            raise
        raise _failed(error, names) from error


def _failed(error: HobError, names: NameHelp) -> HobError:
    hint = (
        "If you want to add the package regardless of the failed resolution, "
        f"provide the `{green('--frozen')}` flag to skip locking and syncing"
    )
    wider = error.under("Failed to add dependencies")
    wider.hints = (*wider.hints, *names.hints(error), hint)
    return wider
