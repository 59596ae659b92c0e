"""Help texts, laid out as uv's parser lays them out.

Options stand in a column with their explanation beside them, or below where the column would leave it too
little room; the long help puts everything below, with all paragraphs.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from hobd.cli.environment import Environment
from hobd.cli.grammar.level import Level
from hobd.cli.grammar.model import Argument, Child
from hobd.cli.grammar.usage import heading, literal, spell, spell_suffix, usage_body
from hobd.cli.grammar.wrapping import indent, wrap

_TAB = "  "
_NEXT_LINE = 10
_CROWDED = 0.40
"""The share of the width above which a column is too wide to stand beside explanations."""


class Wording(Protocol):
    """Where the explanations come from."""

    def about(self, path: str) -> str:
        """What a command is for: paragraphs. The path is without the program's name."""
        ...

    def explain(self, level: Level, argument: Argument) -> str:
        """What an argument is for: paragraphs."""
        ...

    def explain_choice(self, choices: str, name: str) -> str | None:
        """What an accepted value means."""
        ...

    def short(self, text: str) -> str:
        """The first paragraph, without its full stop."""
        ...

    def long(self, text: str) -> str:
        """All paragraphs; a single one without its full stop."""
        ...


def render_help(
    level: Level,
    wording: Wording,
    *,
    width: int,
    is_long: bool,
    environment: Environment,
    shown: Iterable[str] = (),
    closing: str | None = None,
) -> str:
    """The help of a command, styled, ended by a newline.

    Args:
        width: columns to break lines at.
        shown: hidden subcommands to list nevertheless.
        closing: last paragraph, in place of the command's own hint.
    """
    page = _Page(level, wording, width, is_long, environment)
    about = wording.about(level.subject)
    lead = wrap(wording.long(about) if is_long else wording.short(about), width)
    parts = [f"{lead}\n" if lead else "", f"\n{heading('Usage:')} {usage_body(level)}".rstrip(), *page.sections(frozenset(shown))]
    if closing is None and level.command.hint and not is_long:
        closing = f"{level.command.also}Use `{level.command.hint}` for more details."
    if level.command.epilogue:
        closing = level.command.epilogue
    if closing:
        parts.append(f"\n\n{wrap(closing, width)}")
    return "".join(parts).lstrip("\n").rstrip() + "\n"


class _Page:
    """The lists of one help text."""

    def __init__(self, level: Level, wording: Wording, width: int, is_long: bool, environment: Environment) -> None:
        self._level = level
        self._wording = wording
        self._width = width
        self._is_long = is_long
        self._environment = environment

    def sections(self, shown: frozenset[str]) -> list[str]:
        """Commands, arguments, options, then options under headings of their own in order of appearance."""
        if self._level.command.epilogue:
            return []
        sections = []
        children = [child for child in self._level.command.children if not child.is_hidden or child.name in shown]
        if children:
            sections.append(("Commands", self._list_children(children)))
        arguments = [argument for argument in self._level.arguments if not argument.is_hidden]
        positionals = [argument for argument in arguments if argument.is_positional]
        if positionals:
            sections.append(("Arguments", self._list_arguments(positionals)))
        for title in dict.fromkeys((None, *(argument.heading for argument in self._level.arguments if argument.heading))):
            listed = [argument for argument in arguments if not argument.is_positional and argument.heading == title]
            if listed:
                sections.append((title or "Options", self._list_arguments(sorted(listed, key=self._order))))
        return [f"\n\n{heading(f'{title}:')}\n{body}" for title, body in sections]

    def _order(self, argument: Argument) -> tuple[int, str]:
        if argument.order is not None:
            place = argument.order
        else:
            options = [other for other in self._level.command.arguments if not other.is_positional]
            place = options.index(argument)
        short = argument.short
        key = f"{short.lower()}{'0' if short.islower() else '1'}" if short else argument.long or ""
        return place, key

    # Subcommands

    def _list_children(self, children: Sequence[Child]) -> str:
        longest = max(len(child.name) for child in children)
        explained = [
            (child.name, self._wording.short(self._wording.about(f"{self._level.subject} {child.name}".strip()))) for child in children
        ]
        is_below = any(self._needs_next_line(about, longest) for _, about in explained)
        return "\n".join(self._list_child(name, about, longest, is_below=is_below) for name, about in explained)

    def _list_child(self, name: str, about: str, longest: int, *, is_below: bool) -> str:
        lead = f"{_TAB}{literal(name)}"
        if is_below:
            return f"{lead}\n{' ' * _NEXT_LINE}{self._fill(about, _NEXT_LINE)}"
        return f"{lead}{' ' * (longest + len(_TAB) - len(name))}{self._fill(about, longest + 2 * len(_TAB))}"

    # Arguments

    def _list_arguments(self, arguments: Sequence[Argument]) -> str:
        longest = max(2, *(self._column(argument) for argument in arguments))
        is_below = self._is_long or any(self._needs_next_line(self._short_line(argument), longest) for argument in arguments)
        gap = "\n\n" if is_below and self._is_long else "\n"
        return gap.join(self._list_argument(argument, longest, is_below=is_below) for argument in arguments)

    @staticmethod
    def _column(argument: Argument) -> int:
        return len(spell(argument)) + (4 if argument.long else 0)

    def _list_argument(self, argument: Argument, longest: int, *, is_below: bool) -> str:
        lead = _TAB + _spell_names(argument) + spell_suffix(argument)
        if is_below:
            body = self._long_body(argument) if self._is_long else self._fill(self._short_line(argument), _NEXT_LINE)
            return f"{lead}\n{' ' * _NEXT_LINE}{body}"
        padding = longest + len(_TAB) - self._column(argument)
        return f"{lead}{' ' * padding}{self._fill(self._short_line(argument), longest + 2 * len(_TAB))}"

    def _short_line(self, argument: Argument) -> str:
        text = self._wording.short(self._wording.explain(self._level, argument))
        return " ".join(filter(None, (text, *self._notes(argument, with_choices=True))))

    def _long_body(self, argument: Argument) -> str:
        text = self._fill(self._wording.long(self._wording.explain(self._level, argument)), _NEXT_LINE)
        has_list = argument.choices is not None and any(
            self._wording.explain_choice(argument.choices.name, name) for name in argument.choices.names
        )
        parts = [text] if text else []
        if has_list:
            parts.append(self._list_choices(argument))
        notes = self._notes(argument, with_choices=not has_list)
        if notes:
            parts.append(self._fill("\n".join(notes), _NEXT_LINE))
        return f"\n\n{' ' * _NEXT_LINE}".join(parts)

    def _list_choices(self, argument: Argument) -> str:
        assert argument.choices is not None
        longest = max(len(name) for name in argument.choices.names)
        lines = ["Possible values:"]
        for name in argument.choices.names:
            text = self._wording.explain_choice(argument.choices.name, name)
            shown = wrap(f"{name}: {' ' * (longest - len(name))}{text}" if text else name, self._width - 12)
            lines.append(f"{' ' * _NEXT_LINE}- {literal(name)}{indent(shown[len(name) :], 12)}")
        return "\n".join(lines)

    def _notes(self, argument: Argument, *, with_choices: bool) -> list[str]:
        notes = []
        if argument.variable is not None:
            value = "" if argument.hides_value else f"={self._environment.get(argument.variable) or ''}"
            notes.append(f"[env: {argument.variable}{value}]")
        if argument.default is not None and argument.takes_value:
            notes.append(f"[default: {argument.default}]")
        if argument.choices is not None and argument.takes_value and with_choices:
            notes.append(f"[possible values: {', '.join(argument.choices.names)}]")
        return notes

    # Layout

    def _fill(self, text: str, column: int) -> str:
        return indent(wrap(text, max(self._width - column, 0)), column)

    def _needs_next_line(self, text: str, longest: int) -> bool:
        taken = longest + 2 * len(_TAB)
        return self._width >= taken and taken / self._width > _CROWDED and len(text) > self._width - taken


def _spell_names(argument: Argument) -> str:
    if argument.is_positional:
        return ""
    if argument.short is None:
        return f"    {literal(f'--{argument.long}')}"
    return literal(f"-{argument.short}") + (f", {literal(f'--{argument.long}')}" if argument.long else "")
