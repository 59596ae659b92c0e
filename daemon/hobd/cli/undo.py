"""`hob undo`: back to what the environment and the project were before the last change."""

from collections.abc import Sequence

from msgspec import Struct

from hobd.cli.checks import a_number
from hobd.cli.columns import aligned
from hobd.cli.found import Found
from hobd.cli.grammar.declare import flag, option
from hobd.cli.grammar.model import Command
from hobd.cli.options.choices import SYNC_FORMAT
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.quantities import ago
from hobd.cli.style import bold, cyan, dim, green


class Undo(Struct, frozen=True, kw_only=True):
    """`hob undo`: take back the last change of the project and its environment."""

    general: GlobalOptions
    to: int | None = None
    """The number of a generation."""
    list: bool = False
    dry_run: bool = False
    environment_only: bool = False
    output_format: str


class Row(Struct, frozen=True, kw_only=True):
    """One generation, as a listing shows it."""

    number: int
    is_present: bool
    seconds: float
    """Since it was made."""
    command: str
    """Empty: not by hob."""
    python: str
    came: int
    went: int
    files: tuple[str, ...]
    """Those that were changed with it."""


def render_rows(rows: Sequence[Row]) -> str:
    """One line each, the newest last; a star marks the present one."""
    return aligned([_cells(row) for row in rows], right=(1,))


def _cells(row: Row) -> list[str]:
    changed = " ".join([f"+{row.came}"] * bool(row.came) + [f"-{row.went}"] * bool(row.went))
    files = dim(", ".join(row.files)) if row.files else ""
    made_by = row.command or "(found there)"
    return [green("*") if row.is_present else "", bold(row.number), ago(row.seconds), row.python, made_by, changed, files]


def render_switched(place: str, number: int, *, is_dry_run: bool) -> str:
    """`Switched .venv to generation 2`."""
    return f"{'Would switch' if is_dry_run else 'Switched'} {cyan(place)} to generation {bold(number)}\n"


def render_restored(files: Sequence[str], *, is_dry_run: bool) -> str:
    """`Restored pyproject.toml, uv.lock`."""
    return f"{'Would restore' if is_dry_run else 'Restored'} {', '.join(map(cyan, files))}\n"


def _read_undo(found: Found) -> Undo:
    return Undo(
        general=read_globals(found),
        to=found.number("to"),
        list=found.flag("list"),
        dry_run=found.flag("dry-run"),
        environment_only=found.flag("environment-only"),
        output_format=found.word("output-format"),
    )


UNDO = Command(
    name="undo",
    arguments=(
        option("to", value_name="GENERATION", check=a_number((1 << 31) - 1), conflicts=("list",)),
        flag("list", "l", conflicts=("dry-run", "environment-only")),
        flag("dry-run"),
        flag("environment-only"),
        option("output-format", choices=SYNC_FORMAT, default="text"),
    ),
    hint="hob help undo",
    texts="undo",
    read=_read_undo,
)
