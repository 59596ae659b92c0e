"""`hob help`: what a command is for, with all its options explained."""

import re
from collections.abc import Sequence

from msgspec import Struct

from hobd.cli.answer import Answer, Terminal
from hobd.cli.catalogue import PROGRAM, ROOT
from hobd.cli.colour import wants_colour
from hobd.cli.environment import Environment
from hobd.cli.found import Found
from hobd.cli.grammar.declare import flag, positionals
from hobd.cli.grammar.help import render_help
from hobd.cli.grammar.level import Level
from hobd.cli.grammar.model import Child, Command
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.style import BOLD, RESET, bold, painted
from hobd.cli.wording import Wording, find_width
from hobd.errors import RequestError

_UNDERLINE = "\x1b[4m"
_ENVIRONMENT = re.compile(r" (\[env: [A-Z_]+=\])")
_SEQUENCE = re.compile(r"(?:\x1b\[[0-9;]*[A-Za-z])+")


class Help(Struct, frozen=True, kw_only=True):
    """`hob help`: display documentation for a command."""

    general: GlobalOptions
    no_pager: bool = False
    command: tuple[str, ...] = ()


def _read_help(found: Found) -> Help:
    return Help(general=read_globals(found), no_pager=found.flag("no-pager"), command=found.texts("command"))


def answer_help(request: Help, environment: Environment, terminal: Terminal) -> Answer:
    """The long help of the command that is asked about, or an overview.

    Raises:
        RequestError: there is no such command.
    """
    text = render_long_help(request.command, Wording(), width=find_width(environment, terminal.columns), environment=environment)
    colour = wants_colour(request.general.color, environment, is_terminal=terminal.stdout_is_terminal)
    return Answer(stdout=painted(text, colour=colour))


def render_long_help(query: Sequence[str], wording: Wording, *, width: int, environment: Environment, program: str = PROGRAM) -> str:
    """The long help of a command by its path; of the program itself, an overview.

    Raises:
        RequestError: there is no such command.
    """
    level = _find(query, Level(ROOT, (program,)))
    more = f"Use `{bold(' '.join((program, 'help', *level.path[1:][-1:], '<command>')))}` for more information on a specific command."
    if not query:
        shown = ("generate-shell-completion",)
        return render_help(level, wording, width=width, is_long=False, environment=environment, shown=shown, closing=more)
    closing = more if level.command.children else None
    text = render_help(level, wording, width=width, is_long=True, environment=environment, closing=closing)
    return "\n".join(line.rstrip() for line in _lower_variables(text).split("\n"))


def _find(query: Sequence[str], root: Level) -> Level:
    level = root
    for place, word in enumerate(query):
        child = level.find_child(word)
        if child is None:
            known = "\n".join(f"    {other.name}" for other in level.command.children if _is_listed(other))
            missing = " ".join(query[place:])
            raise RequestError(f"There is no command `{missing}` for `{_short_name(level)}`. Did you mean one of:\n{known}")
        level = level.descend(child)
    return level


def _short_name(level: Level) -> str:
    """The program's name and the command's own, without what is between."""
    return " ".join(dict.fromkeys((level.path[0], level.path[-1])))


def _is_listed(child: Child) -> bool:
    return child.name == "generate-shell-completion" or not (child.is_hidden or child.is_own or child.name == "help")


def _lower_variables(text: str) -> str:
    """Move a variable that ends the first sentence of an explanation to the explanation's end, where the parser puts its own."""
    lines: list[str] = []
    waiting = ""
    for line in text.split("\n"):
        plain = _SEQUENCE.sub("", line)
        column = len(plain) - len(plain.lstrip())
        if waiting and ((column == 6 and plain[6:7] in ("-", "<")) or (column == 0 and plain.endswith(":"))):
            lines = [*_without_blank_end(lines), "", f"          {waiting}", ""]
            waiting = ""
        found = _ENVIRONMENT.search(line) if column == 10 else None
        if found and line != f"{' ' * 9}{found[0]}":
            waiting = found[1]
            line = line.replace(found[0], "", 1)
            line = line if line.endswith((".", ":")) else f"{line}."
        lines.append(line)
    if waiting:
        lines = [*_without_blank_end(lines), "", f"          {waiting}", ""]
    return "\n".join(lines)


def _without_blank_end(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1]:
        end -= 1
    return lines[:end]


HELP = Command(
    name="help",
    arguments=(flag("no-pager"), positionals("command")),
    epilogue=f"{BOLD}{_UNDERLINE}Options:{RESET}\n  {BOLD}--no-pager{RESET} Disable pager when printing help",
    texts="help",
    read=_read_help,
    answer=answer_help,
)
