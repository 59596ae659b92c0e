"""What a command's value is made of: what was typed, and what the environment says where nothing was."""

from msgspec import Struct

from hobd.cli.ambient import Ambient
from hobd.cli.grammar.matched import Match, Matched
from hobd.errors import RequestError


class Given(Struct, frozen=True, kw_only=True):
    """A switch that was thrown, and by what."""

    is_on: bool = True
    flag: str
    """The option, as errors name it: `--locked`."""
    variable: str | None = None
    """The environment variable, where that spoke and not the command line."""

    def __bool__(self) -> bool:
        return self.is_on

    @property
    def spelling(self) -> str:
        """How it was asked for: `--locked` or `UV_LOCKED=1`."""
        return self.flag if self.variable is None else f"{self.variable}=1"


def said(given: Given | None) -> bool | None:
    """Yes or no, or None where nothing was said."""
    return None if given is None else given.is_on


class Found:
    """The matches of a command, asked for by name. An option that the command does not have counts as not given."""

    def __init__(self, matched: Matched, ambient: Ambient) -> None:
        self._matches = matched.matches
        self._arguments = matched.level.by_id
        self.ambient = ambient
        self.command = matched.command
        """The foreign command line that follows, for commands that take one."""
        self.path = matched.level.path[1:]
        """The command, without the program's name."""
        self.warnings: tuple[str, ...] = ()
        """What is odd about the command line, in the order in which it was seen."""

    def warn(self, text: str) -> None:
        """Note something odd."""
        self.warnings = (*self.warnings, text)

    @staticmethod
    def typed_colour(matched: Matched) -> str | None:
        """What `--color` and `--no-color` ask for: errors are painted before there is a value to ask."""
        if "no-color" in matched.matches:
            return "never"
        match = matched.matches.get("color")
        return match.values[-1] if match else None

    def heed_oddities(self) -> None:
        """Warn of options that do nothing, and refuse those that are not to be had.

        Raises:
            RequestError: one of these was given.
        """
        for argument in (self._arguments[name] for name in self._matches):
            if argument.refused:
                raise RequestError(argument.refused)
            if argument.idle:
                self.warn(argument.idle)

    def knows(self, name: str) -> bool:
        """Whether the command has that option."""
        return name in self._arguments

    def match(self, name: str) -> Match | None:
        """The bare match."""
        return self._matches.get(name)

    def is_typed(self, name: str) -> bool:
        """Whether the option stands on the command line."""
        match = self._matches.get(name)
        return match is not None and match.origin == "line"

    def flag(self, name: str) -> bool:
        """Whether a flag is set, by the command line or by its own variable."""
        match = self._matches.get(name)
        return match is not None and match.values != ["false"]

    def count(self, name: str) -> int:
        """How often a counted flag was given."""
        match = self._matches.get(name)
        return match.count if match else 0

    def text(self, name: str) -> str | None:
        """The value of an option, its default, or None."""
        match = self._matches.get(name)
        if match is not None and match.values:
            return match.values[-1]
        argument = self._arguments.get(name)
        return argument.default if argument else None

    def word(self, name: str) -> str:
        """The value of an option or positional that always has one."""
        value = self.text(name)
        assert value is not None
        return value

    def number(self, name: str) -> int | None:
        """The value of a numeric option."""
        value = self.text(name)
        return None if value is None else int(value)

    def texts(self, name: str) -> tuple[str, ...]:
        """All values of an option that may be repeated."""
        match = self._matches.get(name)
        if match is not None:
            return tuple(match.values)
        argument = self._arguments.get(name)
        return (argument.default,) if argument and argument.default and argument.kind == "many" else ()

    def texts_or(self, name: str, variable: str) -> tuple[str, ...]:
        """All values of an option that may be repeated, or what a variable lists, split at white space."""
        return self.texts(name) or self.ambient.words(variable)

    def given(self, name: str, *, variable: str | None = None) -> Given | None:
        """A flag with where it came from; `variable` is heard where it was not typed and says yes."""
        match = self._matches.get(name)
        if match is not None:
            return self._given(name, match) if match.values != ["false"] else None
        if variable is not None and name in self._arguments and self.ambient.flag(variable):
            return Given(flag=f"--{name}", variable=variable)
        return None

    def switch(self, name: str, *, variable: str | None = None, off_variable: str | None = None) -> Given | None:
        """`--name` and `--no-name`: on, off, or None where neither was said."""
        return self.opposite(name, f"no-{name}", variable=variable, off_variable=off_variable)

    def opposite(self, name: str, off: str, *, variable: str | None = None, off_variable: str | None = None) -> Given | None:
        """A flag and its opposite: on, off, or None where neither was said. What was typed silences both variables."""
        if self.is_typed(name) or self.is_typed(off):
            variable = off_variable = None
        if (given := self.given(name, variable=variable)) is not None:
            return given
        if (given := self.given(off, variable=off_variable)) is not None:
            return Given(is_on=False, flag=given.flag, variable=given.variable)
        return None

    def _given(self, name: str, match: Match) -> Given:
        return Given(flag=f"--{name}", variable=match.spelling if match.origin == "variable" else None)
