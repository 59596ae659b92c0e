"""The folders on the way to a file, each entered into an archive once, right before the first file that needs it."""

from collections.abc import Callable


class Folders:
    """Remembers which folders an archive has."""

    def __init__(self, add: Callable[[str], None]) -> None:
        self._add = add
        self._known: set[str] = set()

    def enter(self, path: str) -> None:
        """Add one folder, unless it is there."""
        if path not in self._known:
            self._known.add(path)
            self._add(path)

    def ensure(self, prefix: str, relative: str) -> None:
        """Add the folders between a prefix and a file below it.

        Args:
            prefix: without a slash at its end; empty for the top.
            relative: the file's path below it.
        """
        path = prefix
        for part in relative.split("/")[:-1]:
            path = f"{path}/{part}" if path else part
            self.enter(path)
