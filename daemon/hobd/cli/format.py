"""`hob format`."""

from msgspec import Struct

from hobd.cli.checks import a_cutoff
from hobd.cli.found import Found
from hobd.cli.grammar.declare import flag, option, positionals
from hobd.cli.grammar.model import Command
from hobd.cli.options.globals import GlobalOptions, read_globals


class Format(Struct, frozen=True, kw_only=True):
    """`hob format`: format Python code in the project."""

    general: GlobalOptions
    check: bool = False
    diff: bool = False
    version: str | None = None
    exclude_newer: str | None = None
    extra_args: tuple[str, ...] = ()
    no_project: bool = False
    show_version: bool = False


def _read_format(found: Found) -> Format:
    return Format(
        general=read_globals(found),
        check=found.flag("check"),
        diff=found.flag("diff"),
        version=found.text("version"),
        exclude_newer=found.text("exclude-newer"),
        extra_args=found.texts("extra-args"),
        no_project=found.flag("no-project"),
        show_version=found.flag("show-version"),
    )


FORMAT = Command(
    name="format",
    arguments=(
        flag("check"),
        flag("diff"),
        option("version"),
        option("exclude-newer", variable="UV_EXCLUDE_NEWER", check=a_cutoff),
        positionals("extra-args", is_last=True),
        flag("no-project", variable="UV_NO_PROJECT"),
        flag("show-version", is_hidden=True),
    ),
    hint="hob help format",
    texts="format",
    read=_read_format,
)
