"""Complaints about a command line, in the very words of uv's parser."""

from collections.abc import Sequence

from hobd.cli.grammar.likeness import find_similar
from hobd.cli.grammar.usage import literal
from hobd.cli.style import BOLD, GREEN, RED, RESET, YELLOW


class UsageError(Exception):
    """The command line cannot be understood; `text` is complete and styled."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Asked(Exception):
    """Help or the version was asked for: `text` is the answer."""

    def __init__(self, text: str, *, on_error: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.on_error = on_error
        """Shown because a subcommand is missing: goes to stderr, with code 2."""


def _valid(text: str) -> str:
    return f"{GREEN}{text}{RESET}"


def _invalid(text: str) -> str:
    return f"{YELLOW}{text}{RESET}"


def _complain(message: str, tips: Sequence[str] = (), usage: str | None = None) -> UsageError:
    parts = [f"{BOLD}{RED}error:{RESET} {message}"]
    if tips:
        parts.append("\n".join(f"  {_valid('tip:')} {tip}" for tip in tips))
    if usage is not None:
        parts.append(usage)
    parts.append(f"For more information, try '{literal('--help')}'.")
    return UsageError("\n\n".join(parts) + "\n")


def _similar(kind: str, words: Sequence[str]) -> list[str]:
    if not words:
        return []
    lead = f"a similar {kind} exists" if len(words) == 1 else f"some similar {kind}s exist"
    return [f"{lead}: " + ", ".join(f"'{_valid(word)}'" for word in words)]


def unknown_argument(
    argument: str, usage: str, *, similar: str | None = None, below: str | None = None, as_value: bool = False
) -> UsageError:
    """No such option.

    Args:
        similar: an option that may have been meant.
        below: the subcommand that has the similar option, where this command has none.
        as_value: the command takes values, so the word may have been meant as one.
    """
    tips = _similar("argument", [similar] if similar and not below else [])
    if as_value:
        tips.append(f"to pass '{_invalid(argument)}' as a value, use '{_valid(f'-- {argument}')}'")
    if similar and below:
        tips.append(f"'{_valid(f'{below} {similar}')}' exists")
    return _complain(f"unexpected argument '{_invalid(argument)}' found", tips, usage)


def misnamed_argument(argument: str, meant: str, usage: str) -> UsageError:
    """An option known under another name."""
    return _complain(f"unexpected argument '{_invalid(argument)}' found", _similar("argument", [meant]), usage)


def unknown_subcommand(word: str, usage: str, similar: Sequence[str] = ()) -> UsageError:
    """No such subcommand."""
    return _complain(f"unrecognized subcommand '{_invalid(word)}'", _similar("subcommand", similar), usage)


def misplaced_dashes(word: str, usage: str) -> UsageError:
    """A subcommand after `--`, where only values can stand."""
    tip = f"subcommand '{_valid(word)}' exists; to use it, remove the '{_invalid('--')}' before it"
    return _complain(f"unexpected argument '{_invalid(word)}' found", [tip], usage)


def missing_subcommand(path: str, names: Sequence[str], usage: str) -> UsageError:
    """The command needs a subcommand."""
    listed = ", ".join(_valid(name) for name in names)
    return _complain(f"'{_invalid(path)}' requires a subcommand but one was not provided\n  [subcommands: {listed}]", (), usage)


def conflicting(argument: str, others: Sequence[str], usage: str) -> UsageError:
    """An argument that excludes others, or that was given twice."""
    if list(others) == [argument]:
        return _complain(f"the argument '{_invalid(argument)}' cannot be used multiple times", (), usage)
    listed = f" '{_invalid(others[0])}'" if len(others) == 1 else ":" + "".join(f"\n  {_invalid(other)}" for other in others)
    return _complain(f"the argument '{_invalid(argument)}' cannot be used with{listed}", (), usage)


def missing_required(missing: Sequence[str], usage: str) -> UsageError:
    """Arguments that cannot be left out."""
    listed = "".join(f"\n  {_valid(word)}" for word in missing)
    return _complain(f"the following required arguments were not provided:{listed}", (), usage)


def missing_value(argument: str, accepted: Sequence[str]) -> UsageError:
    """An option without its value."""
    return _complain(f"a value is required for '{_invalid(argument)}' but none was supplied{_values(accepted)}")


def not_a_choice(value: str, argument: str, accepted: Sequence[str]) -> UsageError:
    """A value that is none of the accepted ones."""
    if not value:
        return missing_value(argument, accepted)
    tips = _similar("value", find_similar(value, accepted)[-1:])
    return _complain(f"invalid value '{_invalid(value)}' for '{literal(argument)}'{_values(accepted)}", tips)


def invalid_value(value: str, argument: str, why: str) -> UsageError:
    """A value that cannot be meant."""
    return _complain(f"invalid value '{_invalid(value)}' for '{literal(argument)}': {why}")


def unwanted_value(value: str, argument: str, usage: str) -> UsageError:
    """A value attached to an option that takes none."""
    return _complain(f"unexpected value '{_invalid(value)}' for '{literal(argument)}' found; no more were expected", (), usage)


def bad_encoding(usage: str) -> UsageError:
    """Bytes that are no text."""
    return _complain("invalid UTF-8 was detected in one or more arguments", (), usage)


def plain(message: str, usage: str | None) -> UsageError:
    """Any other complaint."""
    return _complain(message, (), usage)


def _values(accepted: Sequence[str]) -> str:
    return f"\n  [possible values: {', '.join(_valid(value) for value in accepted)}]" if accepted else ""
