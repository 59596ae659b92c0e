"""Usage lines, and arguments as help and complaints spell them."""

from collections.abc import Callable, Iterable, Sequence

from hobd.cli.grammar.level import Level
from hobd.cli.grammar.model import Argument
from hobd.cli.style import BOLD, CYAN, GREEN, RESET

Paint = Callable[[str], str]


def literal(text: str) -> str:
    """What is typed as it stands."""
    return f"{BOLD}{CYAN}{text}{RESET}"


def placeholder(text: str) -> str:
    """What stands for something else."""
    return f"{CYAN}{text}{RESET}"


def heading(text: str) -> str:
    """A heading of help and usage."""
    return f"{BOLD}{GREEN}{text}{RESET}"


def _plain(text: str) -> str:
    return text


def spell_value(argument: Argument, *, required: bool | None = None) -> str:
    """`<VALUE>`, or for a positional `[NAME]...` where it may be left out."""
    required = argument.is_required if required is None else required
    opening, closing = ("<", ">") if required or not argument.is_positional else ("[", "]")
    dots = "..." if argument.is_positional and argument.kind == "many" else ""
    return f"{opening}{argument.value_name}{closing}{dots}"


def _suffix(argument: Argument, mark: Paint, required: bool | None) -> str:
    if argument.is_positional:
        return mark(spell_value(argument, required=required))
    if argument.implied is not None:
        return mark(f"[={spell_value(argument)}]")
    if argument.takes_value:
        return mark(" ") + mark(spell_value(argument))
    return mark("...") if argument.kind == "count" else ""


def spell(argument: Argument, *, required: bool | None = None, styled: bool = False) -> str:
    """`--name <VALUE>`, `--verbose...` or `[NAME]`."""
    word, mark = (literal, placeholder) if styled else (_plain, _plain)
    name = f"--{argument.long}" if argument.long else f"-{argument.short}"
    return ("" if argument.is_positional else word(name)) + _suffix(argument, mark, required)


def spell_suffix(argument: Argument) -> str:
    """What follows the option's name in help, styled."""
    return _suffix(argument, placeholder, None)


def spell_group(level: Level, group: str) -> str:
    """`<PACKAGE|--requirements <FILE>>`: any of these."""
    members = level.command.members(group)
    return "<" + "|".join(member.value_name if member.is_positional else spell(member) for member in members) + ">"


def required_usage(level: Level, included: Sequence[str], present: Callable[[str], bool], *, styled: bool) -> list[str]:
    """What is missing, options first, then groups, then positionals by place."""
    wanted = list(dict.fromkeys(included))
    groups = [identifier for identifier in wanted if level.find_group(identifier)]
    grouped = {member.id for group in groups for member in level.command.members(group)}
    alone = [level.by_id[identifier] for identifier in wanted if identifier in level.by_id and identifier not in grouped]
    absent = [argument for argument in alone if not present(argument.id)]
    missing_groups = [group for group in groups if not any(present(member.id) for member in level.command.members(group))]
    places = [argument for argument in level.positionals if argument in absent]
    mark = placeholder if styled else _plain
    return [
        *(spell(argument, required=True, styled=styled) for argument in absent if not argument.is_positional),
        *(mark(spell_group(level, group)) for group in missing_groups),
        *(spell(argument, required=True, styled=styled) for argument in places),
    ]


def usage_body(level: Level, used: Sequence[str] = (), required: Iterable[str] = ()) -> str:
    """Usage without its title: the general one, or one that shows what was `used`."""
    if level.command.usage is not None:
        return level.command.usage
    words = [literal(level.usage_name)]
    if not used and _has_options(level):
        words.append(placeholder("[OPTIONS]"))
    words += _arguments(level, [*level.required_ids(), *required, *used])
    if level.command.children:
        words.append(placeholder("<COMMAND>"))
    elif level.command.takes_command and not used:
        words.append(placeholder("[COMMAND]"))
    return " ".join(words)


def usage_line(level: Level, used: Sequence[str] = (), required: Iterable[str] = ()) -> str:
    """The `Usage:` line of a complaint."""
    return f"{heading('Usage:')} {usage_body(level, used, required)}"


def _has_options(level: Level) -> bool:
    """Whether there is an option worth a mention: not hidden, not required."""
    required = {group.id for group in level.command.groups if group.is_required}
    return any(
        not argument.is_positional
        and not argument.is_hidden
        and not argument.is_required
        and argument.kind not in ("help", "version")
        and argument.group not in required
        for argument in level.arguments
    )


def _arguments(level: Level, included: Sequence[str]) -> list[str]:
    """Options, groups and positionals in the order of usage lines."""
    groups = [identifier for identifier in dict.fromkeys(included) if level.find_group(identifier)]
    grouped = {member.id for group in groups for member in level.command.members(group)}
    wanted = {identifier for identifier in included if identifier in level.by_id and identifier not in grouped}
    words = []
    for identifier in dict.fromkeys(included):
        argument = level.by_id.get(identifier)
        if argument is not None and not argument.is_positional and identifier not in grouped:
            words.append(spell(argument, required=True, styled=True))
    words += [placeholder(spell_group(level, group)) for group in groups]
    for argument in level.positionals:
        if not argument.is_hidden and argument.id not in grouped:
            words.append(_place(argument, is_wanted=argument.id in wanted))
    return words


def _place(argument: Argument, *, is_wanted: bool) -> str:
    if not argument.is_last:
        return spell(argument, required=is_wanted, styled=True)
    shown = spell(argument, required=True, styled=True)
    return f"{literal('--')} {shown}" if is_wanted else f"{literal('[--')} {shown}{literal(']')}"
