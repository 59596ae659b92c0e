"""argv in, a command's value or an answer out: the one door of this room.

argv -> matching (what was typed) -> ambient (what the variables say) -> the command's value
          |                                                                |
          `-> Answer: help, the version, what is wrong                     `-> Answer, where nothing is to be done
"""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from hobd.cli.ambient import read_ambient
from hobd.cli.answer import NO_TERMINAL, Answer, Terminal
from hobd.cli.catalogue import PROGRAM, ROOT
from hobd.cli.environment import Environment
from hobd.cli.found import Found
from hobd.cli.grammar.level import Level
from hobd.cli.grammar.matched import Asked, Fault
from hobd.cli.grammar.matching import Matching
from hobd.errors import HobError

__all__ = ["Answer", "Environment", "Terminal", "parse"]

TOOL_RUNNERS = ("hobx", "uvx")
"""Names under which the program runs tools."""


def parse(argv: Sequence[bytes], environment: Environment, terminal: Terminal = NO_TERMINAL) -> Any:
    """Read a command line.

    Args:
        argv: the words, the program's name first. Called `hobx` or `uvx`, the program is `hob tool run`.
        environment: asked only for variables that mean something to the command.
        terminal: decides colours and the width of help.
    Returns:
        The value of the command, one of the classes beside its declaration (`hobd.cli.lock.Lock` ...), or an `Answer`.
    """
    words = [word.decode("utf-8", "surrogateescape") for word in argv]
    matching = Matching(words[1:], environment, _Answers(environment, terminal))
    try:
        matched = matching.read(_root(words[0] if words else ""))
    except Asked as asked:
        return _answer(asked, environment, terminal)
    except Fault as fault:
        return _complain(fault, environment, terminal)
    command = matched.level.command
    assert command.read is not None
    try:
        found = Found(matched, read_ambient(environment))
        found.heed_oddities()
        value = command.read(found)
        if found.warnings:
            value = replace(value, general=replace(value.general, warnings=found.warnings))
        return value if command.answer is None else command.answer(value, environment, terminal)
    except HobError as error:
        from hobd.cli.colour import wants_colour
        from hobd.cli.failure import render_error
        from hobd.cli.style import painted

        colour = wants_colour(Found.typed_colour(matched), environment, is_terminal=terminal.stderr_is_terminal)
        return Answer(stderr=painted(render_error(error), colour=colour), code=error.code)


def _root(program: str) -> Level:
    if program.rpartition("/")[2] not in TOOL_RUNNERS:
        return Level(ROOT, (PROGRAM,))
    from hobd.cli.tool.run import UVX

    inherited = tuple(argument for argument in ROOT.arguments if argument.is_global)
    return Level(UVX, ("hobx",), inherited)


def _answer(asked: Asked, environment: Environment, terminal: Terminal) -> Answer:
    if asked.on_error:
        return Answer(stderr=_painted(asked.text, environment, is_terminal=terminal.stderr_is_terminal), code=2)
    return Answer(stdout=_painted(asked.text, environment, is_terminal=terminal.stdout_is_terminal))


def _complain(fault: Fault, environment: Environment, terminal: Terminal) -> Answer:
    from hobd.cli.grammar.complaint import render_fault

    return Answer(stderr=_painted(render_fault(fault), environment, is_terminal=terminal.stderr_is_terminal), code=2)


def _painted(text: str, environment: Environment, *, is_terminal: bool) -> str:
    from hobd.cli.colour import wants_usage_colour
    from hobd.cli.style import painted

    return painted(text, colour=wants_usage_colour(environment, is_terminal=is_terminal))


class _Answers:
    """What the matching answers when it is asked for help or the version."""

    def __init__(self, environment: Environment, terminal: Terminal) -> None:
        self._environment = environment
        self._terminal = terminal

    def help(self, level: Level) -> str:
        from hobd.cli.grammar.help import render_help
        from hobd.cli.wording import Wording, find_width

        width = find_width(self._environment, self._terminal.columns)
        return render_help(level, Wording(), width=width, is_long=False, environment=self._environment)

    def version(self, level: Level) -> str:
        from hobd.cli.self_ import version_line

        return f"{level.path[0]} {version_line()}\n"
