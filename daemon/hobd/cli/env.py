"""`hob env`: the environments that hob has filled."""

from collections.abc import Sequence

from msgspec import Struct

from hobd.cli.checks import a_path
from hobd.cli.columns import aligned, without_empty
from hobd.cli.found import Found
from hobd.cli.grammar.declare import flag, option, positional, positionals
from hobd.cli.grammar.model import Child, Command
from hobd.cli.options.choices import SYNC_FORMAT
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.quantities import plural, size
from hobd.cli.style import bold, cyan, dim

_DAY_SECONDS = 86400
_SIZE, _SHARED = 3, 4
"""Places of columns with numbers."""


class EnvList(Struct, frozen=True, kw_only=True):
    """`hob env list`: list the environments that hob knows."""

    general: GlobalOptions
    output_format: str


class EnvRemove(Struct, frozen=True, kw_only=True):
    """`hob env remove`: remove environments."""

    general: GlobalOptions
    path: tuple[str, ...]
    force: bool = False


class EnvRepair(Struct, frozen=True, kw_only=True):
    """`hob env repair`: make good what was changed or lost in an environment."""

    general: GlobalOptions
    path: str | None = None


class EnvRow(Struct, frozen=True, kw_only=True):
    """One environment, as the listing shows it."""

    path: str
    project: str
    """Its name; empty where it is nobody's."""
    python: str
    size_bytes: int
    shared_bytes: int
    unused_seconds: float
    generations: int = 0
    """How many there are; 0 where it has none."""
    pids: tuple[int, ...] = ()


def render_environments(rows: Sequence[EnvRow]) -> str:
    """A table with a line for its headings, without the columns that would be empty; nothing for no environments."""
    if not rows:
        return ""
    headings = [dim(word) for word in ("Environment", "Project", "Python", "Size", "Shared", "Last use", "Running")]
    table, places = without_empty([headings, *map(_cells, rows)])
    return aligned(table, right=(places.index(_SIZE), places.index(_SHARED)))


def _cells(row: EnvRow) -> list[str]:
    days = int(row.unused_seconds // _DAY_SECONDS)
    running = plural(len(row.pids), "process") if len(row.pids) < 2 else f"{len(row.pids)} processes"
    return [
        cyan(row.path) + (f" ({plural(row.generations, 'generation')})" if row.generations else ""),
        row.project,
        row.python,
        size(row.size_bytes),
        size(row.shared_bytes),
        f"{plural(days, 'day')} ago" if days else "today",
        bold(running) if row.pids else "",
    ]


def _read_list(found: Found) -> EnvList:
    return EnvList(general=read_globals(found), output_format=found.word("output-format"))


def _read_remove(found: Found) -> EnvRemove:
    return EnvRemove(general=read_globals(found), path=found.texts("path"), force=found.flag("force"))


def _read_repair(found: Found) -> EnvRepair:
    return EnvRepair(general=read_globals(found), path=found.text("path"))


_LIST = Command(
    name="list",
    arguments=(option("output-format", choices=SYNC_FORMAT, default="text"),),
    texts="env",
    read=_read_list,
    hint="hob help env",
)
_REMOVE = Command(
    name="remove",
    arguments=(positionals("path", is_required=True, check=a_path), flag("force")),
    texts="env",
    read=_read_remove,
    hint="hob help env",
)
_REPAIR = Command(name="repair", arguments=(positional("path", check=a_path),), texts="env", read=_read_repair, hint="hob help env")

ENV = Command(
    name="env",
    arguments=(),
    children=(
        Child(name="list", load=lambda: _LIST, aliases=("ls",)),
        Child(name="remove", load=lambda: _REMOVE, aliases=("rm",)),
        Child(name="repair", load=lambda: _REPAIR),
    ),
    hint="hob help env",
    texts="env",
)
