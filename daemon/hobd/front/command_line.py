"""The little that the front knows about command lines: their first words, and whether they may be run again."""

from collections.abc import Sequence

_OPTIONS_WITH_VALUE = frozenset(
    {b"--directory", b"--project", b"--config-file", b"--cache-dir", b"--color", b"--allow-insecure-host", b"--trusted-host"}
    | {b"--python-preference", b"--python-fetch", b"--preview-features"}
)
"""Options before the command whose value is the next word."""

_GROUPS = frozenset({b"pip", b"tool", b"python", b"cache", b"self", b"auth", b"daemon", b"workspace", b"internal"})
"""First words after which the second belongs to the command's name."""

_NOT_REPEATABLE = frozenset(
    {(b"publish",), (b"init",), (b"remove",), (b"version",)} | {(b"auth", b"login"), (b"auth", b"logout"), (b"self", b"update")}
)
"""First words of commands that do another thing the second time, or do harm."""


def first_words(argv: Sequence[bytes], most: int = 2) -> tuple[bytes, ...]:
    """The first words after the program's name that are no options and no values of options."""
    words: list[bytes] = []
    skip_next = False
    for argument in argv[1:]:
        if skip_next:
            skip_next = False
        elif argument.startswith(b"-"):
            skip_next = argument in _OPTIONS_WITH_VALUE
        else:
            words.append(argument)
            if len(words) == most:
                break
    return tuple(words)


def is_repeatable(argv: Sequence[bytes]) -> bool:
    """Whether doing all of it once more, after nobody knows how much of it, gives what doing it once gives."""
    words = first_words(argv)
    if words == (b"version",) and not any(argument.startswith(b"--bump") for argument in argv):
        return True  # it only shows the version
    return words[:1] not in _NOT_REPEATABLE and words not in _NOT_REPEATABLE


def shown(argv: Sequence[bytes]) -> str:
    """The command as logs and status show it: never options or arguments, which may hold secrets."""
    words = first_words(argv)
    if words[:1] and words[0] not in _GROUPS:
        words = words[:1]
    return b" ".join(words).decode(errors="replace") or "help"


def is_internal(argv: Sequence[bytes]) -> bool:
    """Whether the front itself asks, for an editor: nothing is changed by it, and nobody is kept awake."""
    return first_words(argv, 1) == (b"internal",)


def is_status(argv: Sequence[bytes]) -> bool:
    """Whether the command line is `daemon status`, which the front answers alone."""
    return first_words(argv) == (b"daemon", b"status")
