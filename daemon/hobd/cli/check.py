"""`hob check`."""

from msgspec import Struct

from hobd.cli.checks import a_name, a_path
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, options
from hobd.cli.grammar.model import Command
from hobd.cli.options.build import BUILD, BuildOptions, read_build
from hobd.cli.options.globals import GlobalOptions, read_globals, refuse_together
from hobd.cli.options.groups import ALL_EXTRAS, EXTRA, GROUPS, GroupOptions, read_groups
from hobd.cli.options.index import IndexOptions, read_index
from hobd.cli.options.installer import InstallerOptions, read_installer
from hobd.cli.options.locking import LOCKING, read_locking
from hobd.cli.options.refresh import REFRESH, RefreshOptions, read_refresh
from hobd.cli.options.resolver import RESOLVER_INSTALLER, ResolverOptions, read_resolver


class Check(Struct, frozen=True, kw_only=True):
    """`hob check`: run checks on the project."""

    general: GlobalOptions
    groups: GroupOptions
    index: IndexOptions
    resolver: ResolverOptions
    installer: InstallerOptions
    build: BuildOptions
    refresh: RefreshOptions
    fix: bool = False
    all_packages: bool = False
    package: tuple[str, ...] = ()
    script: str | None = None
    locked: Given | None = None
    frozen: Given | None = None
    no_sync: Given | None = None
    no_install_project: Given | None = None
    isolated: Given | None = None
    python: str | None = None
    ty_version: str | None = None
    show_version: bool = False
    show_command: bool = False
    no_project: bool = False


def _read_check(found: Found) -> Check:
    locked, frozen = read_locking(found)
    no_sync = found.given("no-sync", variable="UV_NO_SYNC")
    no_install = found.given("no-install-project", variable="UV_NO_INSTALL_PROJECT")
    refuse_together(no_install, no_sync)
    for name in ("script", "no-project"):
        refuse_together(no_install, Given(flag=f"--{name}") if found.is_typed(name) else None)
    return Check(
        general=read_globals(found),
        groups=read_groups(found),
        index=read_index(found),
        resolver=read_resolver(found),
        installer=read_installer(found),
        build=read_build(found),
        refresh=read_refresh(found),
        fix=found.flag("fix"),
        all_packages=found.flag("all-packages"),
        package=found.texts("package"),
        script=found.text("script"),
        locked=locked,
        frozen=frozen,
        no_sync=no_sync,
        no_install_project=no_install,
        isolated=found.given("isolated", variable="UV_ISOLATED"),
        python=found.text("python"),
        ty_version=found.text("ty-version"),
        show_version=found.flag("show-version"),
        show_command=found.flag("show-command"),
        no_project=found.flag("no-project"),
    )


CHECK = Command(
    name="check",
    arguments=(
        flag("fix"),
        flag("all-packages", conflicts=("package", "script", "no-project")),
        options("package", check=a_name, conflicts=("all-packages", "script", "no-project")),
        option(
            "script",
            check=a_path,
            conflicts=(
                "extra",
                "all-extras",
                "no-extra",
                "no-all-extras",
                "dev",
                "no-dev",
                "only-dev",
                "group",
                "no-group",
                "no-default-groups",
                "only-group",
                "all-groups",
                "no-project",
                "all-packages",
                "package",
            ),
        ),
        *EXTRA,
        *ALL_EXTRAS,
        *GROUPS,
        *LOCKING,
        flag("no-sync"),
        flag("no-install-project", conflicts=("no-sync", "script", "no-project")),
        flag("isolated"),
        option("python", "p", variable="UV_PYTHON"),
        option("ty-version"),
        flag("show-version", is_hidden=True),
        flag("show-command", is_hidden=True),
        flag("no-project", variable="UV_NO_PROJECT"),
        *RESOLVER_INSTALLER,
        *BUILD,
        *REFRESH,
    ),
    hint="hob help check",
    texts="check",
    read=_read_check,
)
