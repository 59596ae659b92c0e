"""`hob lock`."""

from msgspec import Struct

from hobd.cli.checks import a_path
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option
from hobd.cli.grammar.model import Command
from hobd.cli.options.build import BUILD, BuildOptions, read_build
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.headings import PYTHON_OPTIONS
from hobd.cli.options.index import IndexOptions, read_index
from hobd.cli.options.installer import InstallerOptions, read_installer
from hobd.cli.options.locking import read_locking
from hobd.cli.options.refresh import REFRESH, RefreshOptions, read_refresh
from hobd.cli.options.resolver import RESOLVER, ResolverOptions, read_resolver


class Lock(Struct, frozen=True, kw_only=True):
    """`hob lock`: update the project's lockfile."""

    general: GlobalOptions
    index: IndexOptions
    resolver: ResolverOptions
    installer: InstallerOptions
    build: BuildOptions
    refresh: RefreshOptions
    locked: Given | None = None
    """`--check`, `--locked` or its variable: the lockfile must be there and up to date."""
    frozen: Given | None = None
    """`--check-exists`, `--frozen` or its variable: the lockfile must be there."""
    dry_run: bool = False
    script: str | None = None
    python: str | None = None


def _read_lock(found: Found) -> Lock:
    locked, frozen = read_locking(found, "check", "check-exists")
    return Lock(
        general=read_globals(found),
        index=read_index(found),
        resolver=read_resolver(found),
        installer=read_installer(found),
        build=read_build(found),
        refresh=read_refresh(found),
        locked=locked,
        frozen=frozen,
        dry_run=found.flag("dry-run"),
        script=found.text("script"),
        python=found.text("python"),
    )


LOCK = Command(
    name="lock",
    arguments=(
        flag("check", conflicts=("check-exists", "upgrade"), overrides=("check",)),
        flag("locked", is_hidden=True, conflicts=("check-exists", "upgrade"), overrides=("no-locked",)),
        flag("no-locked", is_hidden=True, overrides=("locked",)),
        flag("check-exists", conflicts=("check", "locked")),
        flag("frozen", is_hidden=True, conflicts=("check", "locked", "check-exists", "dry-run"), overrides=("no-frozen",)),
        flag("no-frozen", is_hidden=True, overrides=("frozen",)),
        flag("dry-run", conflicts=("check-exists", "check", "locked")),
        option("script", check=a_path),
        *RESOLVER,
        *BUILD,
        *REFRESH,
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
    ),
    hint="hob help lock",
    texts="lock",
    read=_read_lock,
)
