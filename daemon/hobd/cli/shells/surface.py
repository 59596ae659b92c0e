"""What there is to complete: every command that help shows, with its subcommands and options."""

from collections.abc import Iterator

from msgspec import Struct

from hobd.cli.grammar.level import Level
from hobd.cli.grammar.model import Argument
from hobd.cli.wording import Wording


class Offer(Struct, frozen=True, kw_only=True):
    """A word that can stand next, and what it means."""

    word: str
    text: str


class Option(Struct, frozen=True, kw_only=True):
    """An option of a command."""

    long: str | None
    short: str | None
    text: str
    takes_value: bool
    values: tuple[str, ...]

    @property
    def spellings(self) -> tuple[str, ...]:
        """`--long` and `-s`, as far as there are such."""
        return (*((f"--{self.long}",) if self.long else ()), *((f"-{self.short}",) if self.short else ()))


class Place(Struct, frozen=True, kw_only=True):
    """A command with what can follow it."""

    path: tuple[str, ...]
    commands: tuple[Offer, ...]
    options: tuple[Option, ...]
    values: tuple[str, ...]
    """What its first positional accepts, where that is limited."""

    @property
    def name(self) -> str:
        """The path as one text."""
        return " ".join(self.path)


def walk_places(level: Level) -> Iterator[Place]:
    """The command and all below it that are not hidden, outermost first."""
    wording = Wording()
    children = [child for child in level.command.children if not child.is_hidden or child.name == "generate-shell-completion"]
    abouts = (wording.short(wording.about(f"{level.subject} {child.name}".strip())) for child in children)
    positional = next((argument for argument in level.positionals if argument.choices), None)
    yield Place(
        path=level.path,
        commands=tuple(Offer(word=child.name, text=about) for child, about in zip(children, abouts, strict=True)),
        options=tuple(
            _option(level, argument, wording) for argument in level.arguments if not (argument.is_hidden or argument.is_positional)
        ),
        values=tuple(positional.choices.names) if positional and positional.choices else (),
    )
    for child in children:
        yield from walk_places(level.descend(child))


def _option(level: Level, argument: Argument, wording: Wording) -> Option:
    return Option(
        long=argument.long,
        short=argument.short,
        text=wording.short(wording.explain(level, argument)).replace("\n", " "),
        takes_value=argument.takes_value and argument.implied is None,
        values=tuple(argument.choices.names) if argument.choices and argument.takes_value else (),
    )
