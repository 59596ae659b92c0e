"""Faults of a command line in words: the very words of uv's parser.

One function a kind of fault. Imported when something is wrong, and not before.
"""

from collections.abc import Callable, Sequence

from hobd.cli.grammar.level import Level
from hobd.cli.grammar.likeness import find_similar
from hobd.cli.grammar.matched import Fault
from hobd.cli.grammar.model import Argument
from hobd.cli.grammar.usage import literal, required_usage, spell, usage_line
from hobd.cli.style import BOLD, GREEN, RED, RESET, YELLOW

_PIP_COMMANDS = ("compile", "install", "uninstall", "freeze", "list", "show")
"""Commands of `pip` that are often looked for at the top."""


def render_fault(fault: Fault) -> str:
    """The complete complaint, styled."""
    return _WORDS[fault.kind](fault.level, **fault.details)


def unknown_argument(
    level: Level, *, argument: str, used: Sequence[str] = (), similar: str | None = None, below: str | None = None, as_value: bool = False
) -> str:
    """No such option.

    Args:
        used: what was given besides, for the usage line.
        similar: an option that may have been meant.
        below: the subcommand that has the similar option, where this command has none.
        as_value: the command takes values, so the word may have been meant as one.
    """
    tips = _similar("argument", [similar] if similar and not below else [])
    if as_value:
        tips.append(f"to pass '{_invalid(argument)}' as a value, use '{_valid(f'-- {argument}')}'")
    if similar and below:
        tips.append(f"'{_valid(f'{below} {similar}')}' exists")
    return _complain(f"unexpected argument '{_invalid(argument)}' found", tips, usage_line(level, used))


def unexpected_word(level: Level, *, word: str, after_dashes: bool) -> str:
    """A value or subcommand that has no place here."""
    usage = usage_line(level)
    if after_dashes and level.find_child(word):
        tip = f"subcommand '{_valid(word)}' exists; to use it, remove the '{_invalid('--')}' before it"
        return _complain(f"unexpected argument '{_invalid(word)}' found", [tip], usage)
    if not level.command.children:
        return unknown_argument(level, argument=word)
    similar = [f"{level.path[0]} pip {word}"] if word in _PIP_COMMANDS else find_similar(word, level.child_names())
    return _complain(f"unrecognized subcommand '{_invalid(word)}'", _similar("subcommand", similar), usage)


def missing_subcommand(level: Level) -> str:
    """The command needs a subcommand."""
    listed = ", ".join(_valid(name) for name in level.child_names())
    message = f"'{_invalid(level.name)}' requires a subcommand but one was not provided\n  [subcommands: {listed}]"
    return _complain(message, (), usage_line(level))


def repeated(level: Level, *, argument: Argument) -> str:
    """An argument that can be given once only."""
    return _complain(f"the argument '{_invalid(spell(argument))}' cannot be used multiple times", (), usage_line(level))


def conflicting(level: Level, *, argument: Argument, others: Sequence[str], used: Sequence[str]) -> str:
    """An argument that excludes others that were given."""
    told = [_invalid(spell(level.by_id[other])) for other in others]
    listed = f" '{told[0]}'" if len(told) == 1 else ":" + "".join(f"\n  {other}" for other in told)
    return _complain(f"the argument '{_invalid(spell(argument))}' cannot be used with{listed}", (), usage_line(level, used))


def missing_required(level: Level, *, missing: Sequence[str], required: Sequence[str], given: Sequence[str], used: Sequence[str]) -> str:
    """Arguments that cannot be left out."""
    told = required_usage(level, [*required, *missing], lambda identifier: identifier in given, styled=False)
    listed = "".join(f"\n  {_valid(word)}" for word in told)
    usage = usage_line(level, [*used, *missing], required)
    return _complain(f"the following required arguments were not provided:{listed}", (), usage)


def missing_value(_level: Level, *, argument: Argument) -> str:
    """An option without its value."""
    accepted = argument.choices.names if argument.choices else ()
    return _complain(f"a value is required for '{_invalid(spell(argument))}' but none was supplied{_values(accepted)}")


def not_a_choice(level: Level, *, value: str, argument: Argument) -> str:
    """A value that is none of the accepted ones."""
    if not value:
        return missing_value(level, argument=argument)
    accepted = argument.choices.names if argument.choices else []
    tips = _similar("value", find_similar(value, accepted)[-1:])
    return _complain(f"invalid value '{_invalid(value)}' for '{literal(spell(argument))}'{_values(accepted)}", tips)


def invalid_value(_level: Level, *, value: str, argument: Argument, why: str) -> str:
    """A value that cannot be meant."""
    return _complain(f"invalid value '{_invalid(value)}' for '{literal(spell(argument))}': {why}")


def refused(level: Level, *, why: str) -> str:
    """A value whose refusal has words of its own."""
    return _complain(why, (), usage_line(level))


def unwanted_value(level: Level, *, value: str, argument: Argument, used: Sequence[str]) -> str:
    """A value attached to an option that takes none."""
    message = f"unexpected value '{_invalid(value)}' for '{literal(spell(argument))}' found; no more were expected"
    return _complain(message, (), usage_line(level, [*used, argument.id]))


_WORDS: dict[str, Callable[..., str]] = {
    words.__name__: words
    for words in (
        unknown_argument,
        unexpected_word,
        missing_subcommand,
        repeated,
        conflicting,
        missing_required,
        missing_value,
        not_a_choice,
        invalid_value,
        refused,
        unwanted_value,
    )
}


def _valid(text: str) -> str:
    return f"{GREEN}{text}{RESET}"


def _invalid(text: str) -> str:
    return f"{YELLOW}{text}{RESET}"


def _complain(message: str, tips: Sequence[str] = (), usage: str | None = None) -> str:
    parts = [f"{BOLD}{RED}error:{RESET} {message}"]
    if tips:
        parts.append("\n".join(f"  {_valid('tip:')} {tip}" for tip in tips))
    if usage is not None:
        parts.append(usage)
    parts.append(f"For more information, try '{literal('--help')}'.")
    return "\n\n".join(parts) + "\n"


def _similar(kind: str, words: Sequence[str]) -> list[str]:
    if not words:
        return []
    lead = f"a similar {kind} exists" if len(words) == 1 else f"some similar {kind}s exist"
    return [f"{lead}: " + ", ".join(f"'{_valid(word)}'" for word in words)]


def _values(accepted: Sequence[str]) -> str:
    return f"\n  [possible values: {', '.join(_valid(value) for value in accepted)}]" if accepted else ""
