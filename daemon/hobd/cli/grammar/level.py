"""A command with everything that can be said at its place: its own arguments and the global ones from above."""

from msgspec.structs import replace

from hobd.cli.grammar.model import Argument, Child, Command, Group


class Level:
    """One command on the way from the program's name to the command that runs."""

    def __init__(self, command: Command, path: tuple[str, ...], inherited: tuple[Argument, ...] = ()) -> None:
        own = {argument.id for argument in command.arguments}
        self.command = command
        self.path = path
        self.usage_name = " ".join(path)
        """The words that lead here with what they require, as usage lines begin."""
        self.arguments = (*command.arguments, *(_shown(command, argument) for argument in inherited if argument.id not in own))
        self.by_id = {argument.id: argument for argument in self.arguments}
        self.positionals = tuple(argument for argument in command.arguments if argument.is_positional)
        self.by_long: dict[str, Argument] = {}
        self.by_short: dict[str, Argument] = {}
        for argument in self.arguments:
            self._enter(argument)

    def _enter(self, argument: Argument) -> None:
        if argument.short is not None:
            self.by_short[argument.short] = argument
        if argument.long is not None:
            self.by_long[argument.long] = argument
        for alias in argument.aliases:
            self.by_long[alias] = argument

    @property
    def name(self) -> str:
        """The words that lead here."""
        return " ".join(self.path)

    @property
    def subject(self) -> str:
        """What the texts call the command: its path without the program's name."""
        return self.command.known_as or " ".join(self.path[1:])

    def descend(self, child: Child) -> "Level":
        """The level of a subcommand."""
        command = child.load()
        level = Level(command, (*self.path, command.name), tuple(argument for argument in self.arguments if argument.is_global))
        required = (f"--{argument.long} <{argument.value_name}>" for argument in self.arguments if argument.is_required)
        level.usage_name = " ".join((self.usage_name, *required, command.name))
        return level

    def find_child(self, word: str) -> Child | None:
        """The subcommand of that name or alias."""
        return next((child for child in self.command.children if child.name == word or word in child.aliases), None)

    def child_names(self) -> list[str]:
        """Names and aliases of the subcommands that uv has, too."""
        return [name for child in self.command.children if not child.is_own for name in (child.name, *child.aliases)]

    def required_ids(self) -> list[str]:
        """Arguments, then groups, that cannot be left out."""
        required = [argument.id for argument in self.arguments if argument.is_required]
        return required + [group.id for group in self.command.groups if group.is_required]

    def find_group(self, identifier: str) -> Group | None:
        """The group of that name."""
        return next((group for group in self.command.groups if group.id == identifier), None)


def _shown(command: Command, argument: Argument) -> Argument:
    return replace(argument, is_hidden=True) if argument.id in command.hidden_globals else argument
