"""`hob remove`."""

from msgspec import Struct

from hobd.cli.checks import a_name, a_path, a_requirement
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, positionals
from hobd.cli.grammar.model import Command
from hobd.cli.options.active import ACTIVE
from hobd.cli.options.build import BUILD, BuildOptions, read_build
from hobd.cli.options.globals import GlobalOptions, read_globals, refuse_together
from hobd.cli.options.headings import PYTHON_OPTIONS
from hobd.cli.options.index import IndexOptions, read_index
from hobd.cli.options.installer import InstallerOptions, read_installer
from hobd.cli.options.locking import LOCKING, read_locking
from hobd.cli.options.refresh import REFRESH, RefreshOptions, read_refresh
from hobd.cli.options.resolver import RESOLVER_INSTALLER, ResolverOptions, read_resolver


class Remove(Struct, frozen=True, kw_only=True):
    """`hob remove`: remove dependencies from the project."""

    general: GlobalOptions
    index: IndexOptions
    resolver: ResolverOptions
    installer: InstallerOptions
    build: BuildOptions
    refresh: RefreshOptions
    packages: tuple[str, ...] = ()
    dev: Given | None = None
    optional: str | None = None
    group: str | None = None
    no_sync: Given | None = None
    active: Given | None = None
    locked: Given | None = None
    frozen: Given | None = None
    package: str | None = None
    script: str | None = None
    python: str | None = None


def _read_remove(found: Found) -> Remove:
    locked, frozen = read_locking(found)
    no_sync = found.given("no-sync", variable="UV_NO_SYNC")
    refuse_together(no_sync, frozen)
    return Remove(
        general=read_globals(found),
        index=read_index(found),
        resolver=read_resolver(found),
        installer=read_installer(found),
        build=read_build(found),
        refresh=read_refresh(found),
        packages=found.texts("packages"),
        dev=found.given("dev", variable="UV_DEV"),
        optional=found.text("optional"),
        group=found.text("group"),
        no_sync=no_sync,
        active=found.switch("active"),
        locked=locked,
        frozen=frozen,
        package=found.text("package"),
        script=found.text("script"),
        python=found.text("python"),
    )


REMOVE = Command(
    name="remove",
    arguments=(
        positionals("packages", check=a_requirement, is_required=True),
        flag("dev", conflicts=("optional", "group", "script")),
        option("optional", check=a_name, conflicts=("dev", "group", "script")),
        option("group", check=a_name, conflicts=("dev", "optional", "script")),
        flag("no-sync"),
        *ACTIVE,
        *LOCKING,
        *RESOLVER_INSTALLER,
        *BUILD,
        *REFRESH,
        option("package", check=a_name, conflicts=("isolated",)),
        option("script", check=a_path),
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
    ),
    hint="hob help remove",
    texts="remove",
    read=_read_remove,
)
