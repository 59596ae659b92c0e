"""How stories speak: data on standard output, all else on standard error, progress when somebody watches."""

from typing import Protocol


class Say(Protocol):
    """The caller's standard streams. Text may carry ANSI styles: whoever listens strips them where colour is off."""

    def out(self, text: str) -> None:
        """Data, for standard output, as it is."""

    def err(self, text: str) -> None:
        """Everything else, for standard error, as it is."""

    def milestone(self, text: str) -> None:
        """Work that may not be repeated has come this far."""

    def phase(self, text: str) -> None:
        """What is being done now, for `hob daemon status`."""
