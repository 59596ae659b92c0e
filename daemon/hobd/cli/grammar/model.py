"""The nouns of a command line: arguments, groups and commands, as declared."""

from collections.abc import Callable
from typing import Any, Literal

from msgspec import Struct

Check = Callable[[str], object]
"""Says by a ValueError (its text ends the complaint) that a value cannot be meant."""


Kind = Literal["flag", "count", "one", "many", "help", "version"]
"""What an argument does when it is met: is set, is counted, takes one value or several, ends the reading."""


class Choices(Struct, frozen=True, kw_only=True):
    """The values that an option accepts."""

    name: str
    """Key of the texts that explain them."""
    words: tuple[str, ...]
    """Each with the aliases it goes by: `first-index|first-match`."""

    @property
    def names(self) -> list[str]:
        """The values, without aliases."""
        return [word.partition("|")[0] for word in self.words]


def find_choice(choices: Choices, value: str) -> str | None:
    """The choice that a value names, by its own name or an alias."""
    return next((word.partition("|")[0] for word in choices.words if value in word.split("|")), None)


class Argument(Struct, frozen=True, kw_only=True):
    """An option or a positional argument.

    `id` is the long name, or for a positional the name in lower case; conflicts, overrides and
    requirements refer to it.
    """

    id: str
    kind: Kind
    long: str | None = None
    short: str | None = None
    aliases: tuple[str, ...] = ()
    value_name: str = ""
    variable: str | None = None
    """Environment variable that speaks when the command line is silent."""
    hides_value: bool = False
    """Help shows the variable's name without its present value: it may be a secret."""
    separator: str | None = None
    """One occurrence may carry several values, split here."""
    choices: Choices | None = None
    """What is accepted; with a `check`, what is offered."""
    check: Check | None = None
    default: str | None = None
    implied: str | None = None
    """The value that the bare option stands for; another one follows an `=`."""
    heading: str | None = None
    order: int | None = None
    """Place in the help where it is not that of the declaration."""
    is_hidden: bool = False
    is_global: bool = False
    is_required: bool = False
    is_last: bool = False
    """A positional that takes only what follows `--`."""
    stands_for: str | None = None
    """A misnomer: using it only earns the tip to use this option instead."""
    idle: str = ""
    """Accepted for another tool's sake, or going out of use: what to warn of when it is given."""
    refused: str = ""
    """Known from another tool, and not to be had: the error when it is given."""
    conflicts: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    required_if: str | None = None
    """Required when this flag is given."""
    group: str | None = None
    text: str | None = None
    """Key of the help text, where it is not the id's own."""

    @property
    def is_positional(self) -> bool:
        """Whether it is known by its place."""
        return self.long is None and self.short is None

    @property
    def takes_value(self) -> bool:
        """Whether a value belongs to it."""
        return self.kind == "one" or self.kind == "many"


class Group(Struct, frozen=True, kw_only=True):
    """Arguments of which one is required, or of which only one may be given."""

    id: str
    is_required: bool = False
    is_multiple: bool = False


class Child(Struct, frozen=True, kw_only=True):
    """A subcommand as its parent knows it: enough to recognise and list it without loading it."""

    name: str
    load: Callable[[], "Command"]
    aliases: tuple[str, ...] = ()
    is_hidden: bool = False
    is_own: bool = False
    """uv does not have it: help lists it, complaints do not, so that they are the same."""


class Command(Struct, frozen=True, kw_only=True):
    """A command with what it accepts."""

    name: str
    arguments: tuple[Argument, ...] = ()
    groups: tuple[Group, ...] = ()
    children: tuple[Child, ...] = ()
    takes_command: bool = False
    """The first positional begins a foreign command line, which is passed on as it is."""
    texts: str = ""
    """Name of the file with its help texts."""
    known_as: str = ""
    """Path of the command whose texts it shares, where it is an alias in its own right."""
    usage: str | None = None
    """Usage in place of the generated one."""
    hidden_globals: tuple[str, ...] = ()
    """Global options that mean nothing here: accepted, and not shown."""
    hint: str = ""
    """Command to ask for help by, where the short help ends with such a hint."""
    also: str = ""
    """A paragraph before that hint."""
    epilogue: str = ""
    """What stands below the usage in place of all lists."""
    read: Callable[[Any], Any] | None = None
    """Makes the command's value of what was matched."""
    answer: Callable[[Any, Any, Any], Any] | None = None
    """Answers at once (value, environment, terminal), for commands that have nothing to do."""

    def find(self, identifier: str) -> Argument | None:
        """The argument of that id."""
        return next((argument for argument in self.arguments if argument.id == identifier), None)

    def members(self, group: str) -> tuple[Argument, ...]:
        """The arguments of a group, in order of declaration."""
        return tuple(argument for argument in self.arguments if argument.group == group)
