"""What reading ends in: the values of arguments and where they came from, a fault, or a question that was answered."""

from typing import Any, Literal

from hobd.cli.grammar.level import Level

Origin = Literal["line", "variable"]


class Match:
    """The values of one argument."""

    __slots__ = ("count", "origin", "spelling", "values")

    def __init__(self, origin: Origin, spelling: str) -> None:
        self.origin = origin
        self.spelling = spelling
        """The option as it was typed, or the variable's name."""
        self.values: list[str] = []
        self.count = 0


class Matched:
    """The matches of one level, in the order in which they were met."""

    def __init__(self, level: Level) -> None:
        self.level = level
        self.matches: dict[str, Match] = {}
        self.command: tuple[str, ...] = ()
        """The foreign command line, for commands that take one."""

    def adopt(self, outer: "Matched") -> None:
        """Take over the global options that were given further out; those given here win, the command line wins over variables."""
        for identifier, match in outer.matches.items():
            if not outer.level.by_id[identifier].is_global:
                continue
            own = self.matches.get(identifier)
            if own is None or (own.origin == "variable" and match.origin == "line"):
                self.matches[identifier] = match


class Fault(Exception):
    """The command line cannot be understood.

    Args:
        kind: name of the function in `complaint` that words it.
        level: where it was met.
        details: what that function wants to know.
    """

    def __init__(self, kind: str, level: Level, **details: Any) -> None:
        super().__init__(kind)
        self.kind = kind
        self.level = level
        self.details = details


class Asked(Exception):
    """Help or the version was asked for: `text` is the answer."""

    def __init__(self, text: str, *, on_error: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.on_error = on_error
        """Shown because a subcommand is missing: goes to stderr, with code 2."""
