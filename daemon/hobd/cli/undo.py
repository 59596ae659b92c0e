"""`hob undo`: back to what the environment and the project were before the last change."""

from collections.abc import Sequence

from hobd.cli.checks import a_number
from hobd.cli.found import Found
from hobd.cli.grammar.declare import flag, option
from hobd.cli.grammar.model import Command
from hobd.cli.options.choices import SYNC_FORMAT
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.quantities import ago
from hobd.cli.style import bold, cyan, dim, green
from hobd.cli.value import Value


class Undo(Value):
    """`hob undo`: take back the last change of the project and its environment."""

    general: GlobalOptions
    to: int | None = None
    """The number of a generation."""
    list: bool = False
    dry_run: bool = False
    environment_only: bool = False
    output_format: str


class Row(Value):
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
    cells = [(str(row.number), ago(row.seconds), row.python, row.command or "(found there)") for row in rows]
    widths = [max((len(each[column]) for each in cells), default=0) for column in range(4)]
    lines = []
    for row, (number, time, python, command) in zip(rows, cells, strict=True):
        mark = green("*") if row.is_present else " "
        changed = " ".join([f"+{row.came}"] * bool(row.came) + [f"-{row.went}"] * bool(row.went))
        more = "  ".join(filter(None, (changed, ", ".join(row.files))))
        line = f"{mark} {bold(number.rjust(widths[0]))}  {time.ljust(widths[1])}  {python.ljust(widths[2])}  {command.ljust(widths[3])}  "
        lines.append(f"{line}{dim(more)}".rstrip() if more else line.rstrip())
    return "".join(f"{line}\n" for line in lines)


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
