"""A build of Python that can be downloaded."""

from msgspec import Struct

from hobd.core.vocab.python_key import PythonKey


class PythonDownload(Struct, frozen=True, kw_only=True):
    """One archive."""

    key: PythonKey
    url: str
    """`https`, `http` or `file`."""
    sha256: str | None
    """Hex digits; None where a list of the user's own does not say."""
    build: str | None = None
    """Which build of that version: a date, or the implementation's own version."""

    @property
    def filename(self) -> str:
        """The archive's name, as the address has it."""
        return self.url.rsplit("/", 1)[-1].replace("%2B", "+")
