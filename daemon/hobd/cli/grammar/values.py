"""Values of arguments: split, checked, in the spelling that the rest of the program uses."""

from collections.abc import Sequence

from hobd.cli.grammar.level import Level
from hobd.cli.grammar.matched import Fault
from hobd.cli.grammar.model import Argument, find_choice

TRUE_WORDS = ("y", "yes", "t", "true", "on", "1")
FALSE_WORDS = ("n", "no", "f", "false", "off", "0")


class Empty(ValueError):
    """No value where there must be one."""


class Refused(ValueError):
    """A value that is refused with a complaint of its own words, without naming the option."""


def split_values(argument: Argument, values: Sequence[str]) -> list[str]:
    """The values of one occurrence; a separator makes several of one."""
    if argument.separator is None:
        return list(values)
    return [part for value in values for part in value.split(argument.separator)]


def parse_bool(text: str) -> bool | None:
    """A boolish word, or None where it is none."""
    word = text.lower()
    if word in TRUE_WORDS:
        return True
    return False if word in FALSE_WORDS else None


def take_value(level: Level, argument: Argument, value: str) -> str:
    """Check a value; returns it as the rest of the program spells it.

    Raises:
        Fault: it cannot be meant.
    """
    if argument.kind == "flag":
        return _take_bool(level, argument, value)
    if argument.choices is not None and argument.check is None:
        return _take_choice(level, argument, value)
    if argument.check is not None:
        _check(level, argument, value)
    return value


def _take_bool(level: Level, argument: Argument, value: str) -> str:
    if argument.choices is not None:
        return _take_choice(level, argument, value)
    truth = parse_bool(value)
    if truth is None:
        raise Fault("invalid_value", level, value=value, argument=argument, why="value was not a boolean")
    return "true" if truth else "false"


def _take_choice(level: Level, argument: Argument, value: str) -> str:
    assert argument.choices is not None
    choice = find_choice(argument.choices, value)
    if choice is None:
        raise Fault("not_a_choice", level, value=value, argument=argument)
    return choice


def _check(level: Level, argument: Argument, value: str) -> None:
    assert argument.check is not None
    try:
        argument.check(value)
    except Empty:
        raise Fault("missing_value", level, argument=argument) from None
    except Refused as why:
        raise Fault("refused", level, why=str(why)) from None
    except ValueError as why:
        raise Fault("invalid_value", level, value=value, argument=argument, why=str(why)) from None
