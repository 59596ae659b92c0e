"""`hob outdated`: what of a lock is behind."""

from msgspec import Struct

from hobd.cli.checks import a_path
from hobd.cli.found import Found
from hobd.cli.grammar.declare import option
from hobd.cli.grammar.model import Command
from hobd.cli.options.build import BUILD, BuildOptions, read_build
from hobd.cli.options.choices import SYNC_FORMAT
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.headings import PYTHON_OPTIONS
from hobd.cli.options.index import IndexOptions, read_index
from hobd.cli.options.installer import InstallerOptions, read_installer
from hobd.cli.options.resolver import RESOLVER, ResolverOptions, read_resolver


class Outdated(Struct, frozen=True, kw_only=True):
    """`hob outdated`: list the packages of the lockfile that are behind."""

    general: GlobalOptions
    build: BuildOptions
    index: IndexOptions
    resolver: ResolverOptions
    installer: InstallerOptions
    output_format: str = "text"
    script: str | None = None
    python: str | None = None


def _read_outdated(found: Found) -> Outdated:
    return Outdated(
        general=read_globals(found),
        build=read_build(found),
        index=read_index(found),
        resolver=read_resolver(found),
        installer=read_installer(found),
        output_format=found.word("output-format"),
        script=found.text("script"),
        python=found.text("python"),
    )


OUTDATED = Command(
    name="outdated",
    arguments=(
        option("output-format", choices=SYNC_FORMAT, default="text"),
        option("script", check=a_path),
        *BUILD,
        *RESOLVER,
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
    ),
    hint="hob help outdated",
    texts="why",
    read=_read_outdated,
)
