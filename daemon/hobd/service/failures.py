"""Task groups wrap what fails in them: a command that fails tells one failure."""

from collections.abc import Iterator
from contextlib import contextmanager

from hobd.core.vocab.disk import find_trouble
from hobd.errors import HobError


@contextmanager
def told_singly() -> Iterator[None]:
    """The first of several failures at once is raised as it is: the others would only repeat it."""
    try:
        yield
    except BaseExceptionGroup as failures:
        found = _first(failures)
        if found is None:
            raise
        raise found from found.__cause__


def _first(failures: BaseExceptionGroup[BaseException]) -> HobError | None:
    """The first failure, if failures are all that the group holds."""
    found: HobError | None = None
    for failure in failures.exceptions:
        inner = _first(failure) if isinstance(failure, BaseExceptionGroup) else find_trouble(failure) or failure
        if not isinstance(inner, HobError):
            return None
        found = found or inner
    return found
