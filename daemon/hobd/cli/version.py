"""`hob version`."""

from msgspec import Struct

from hobd.cli.checks import a_bump, a_name
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, options, positional
from hobd.cli.grammar.model import Command, Group
from hobd.cli.options.active import ACTIVE
from hobd.cli.options.build import BUILD, BuildOptions, read_build
from hobd.cli.options.choices import VERSION_BUMPS, VERSION_FORMAT
from hobd.cli.options.globals import GlobalOptions, read_globals, refuse_together
from hobd.cli.options.headings import PYTHON_OPTIONS
from hobd.cli.options.index import IndexOptions, read_index
from hobd.cli.options.installer import InstallerOptions, read_installer
from hobd.cli.options.locking import LOCKING, read_locking
from hobd.cli.options.refresh import REFRESH, RefreshOptions, read_refresh
from hobd.cli.options.resolver import RESOLVER_INSTALLER, ResolverOptions, read_resolver


class Version(Struct, frozen=True, kw_only=True):
    """`hob version`: read or update the project's version."""

    general: GlobalOptions
    index: IndexOptions
    resolver: ResolverOptions
    installer: InstallerOptions
    build: BuildOptions
    refresh: RefreshOptions
    value: str | None = None
    bump: tuple[str, ...] = ()
    dry_run: bool = False
    short: bool = False
    output_format: str
    no_sync: Given | None = None
    active: Given | None = None
    locked: Given | None = None
    frozen: Given | None = None
    package: str | None = None
    python: str | None = None


def _read_version(found: Found) -> Version:
    locked, frozen = read_locking(found)
    no_sync = found.given("no-sync", variable="UV_NO_SYNC")
    refuse_together(no_sync, frozen)
    return Version(
        general=read_globals(found),
        index=read_index(found),
        resolver=read_resolver(found),
        installer=read_installer(found),
        build=read_build(found),
        refresh=read_refresh(found),
        value=found.text("value"),
        bump=found.texts("bump"),
        dry_run=found.flag("dry-run"),
        short=found.flag("short"),
        output_format=found.word("output-format"),
        no_sync=no_sync,
        active=found.switch("active"),
        locked=locked,
        frozen=frozen,
        package=found.text("package"),
        python=found.text("python"),
    )


VERSION = Command(
    name="version",
    arguments=(
        positional("value", group="operation"),
        options("bump", value_name="BUMP[=VALUE]", choices=VERSION_BUMPS, check=a_bump, group="operation"),
        flag("dry-run"),
        flag("short"),
        option("output-format", choices=VERSION_FORMAT, default="text"),
        flag("no-sync"),
        *ACTIVE,
        *LOCKING,
        *RESOLVER_INSTALLER,
        *BUILD,
        *REFRESH,
        option("package", check=a_name, conflicts=("isolated",)),
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
    ),
    groups=(Group(id="operation"),),
    texts="version",
    read=_read_version,
)
