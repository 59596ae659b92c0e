"""`hob sync`."""

from msgspec import Struct

from hobd.cli.checks import a_name, a_path
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, options
from hobd.cli.grammar.model import Command
from hobd.cli.options.active import ACTIVE
from hobd.cli.options.build import BUILD, BuildOptions, read_build
from hobd.cli.options.choices import SYNC_FORMAT, TARGET_TRIPLE
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.groups import ALL_EXTRAS, EXTRA, GROUPS, GroupOptions, read_groups
from hobd.cli.options.headings import PYTHON_OPTIONS
from hobd.cli.options.index import IndexOptions, read_index
from hobd.cli.options.installer import EDITABLE, InstallerOptions, read_installer
from hobd.cli.options.locking import LOCKING, read_locking
from hobd.cli.options.partial import PartOptions, declare_parts, read_parts, refuse_parts
from hobd.cli.options.refresh import REFRESH, RefreshOptions, read_refresh
from hobd.cli.options.resolver import RESOLVER_INSTALLER, ResolverOptions, read_resolver


class Sync(Struct, frozen=True, kw_only=True):
    """`hob sync`: update the project's environment."""

    general: GlobalOptions
    groups: GroupOptions
    index: IndexOptions
    resolver: ResolverOptions
    installer: InstallerOptions
    build: BuildOptions
    refresh: RefreshOptions
    output_format: str
    editable: Given | None = None
    no_editable_package: tuple[str, ...] = ()
    inexact: bool = False
    exact: bool = False
    active: Given | None = None
    parts: PartOptions = PartOptions()
    locked: Given | None = None
    frozen: Given | None = None
    dry_run: bool = False
    all_packages: bool = False
    package: tuple[str, ...] = ()
    script: str | None = None
    python: str | None = None
    python_platform: str | None = None
    check: Given | None = None


def _read_sync(found: Found) -> Sync:
    locked, frozen = read_locking(found)
    parts = read_parts(found)
    script = Given(flag="--script") if found.is_typed("script") else None
    refuse_parts(parts.left_out, script)
    return Sync(
        general=read_globals(found),
        groups=read_groups(found),
        index=read_index(found),
        resolver=read_resolver(found),
        installer=read_installer(found),
        build=read_build(found),
        refresh=read_refresh(found),
        output_format=found.word("output-format"),
        editable=found.switch("editable", off_variable="UV_NO_EDITABLE"),
        no_editable_package=found.texts("no-editable-package"),
        inexact=found.flag("inexact"),
        exact=found.flag("exact"),
        active=found.switch("active"),
        parts=parts,
        locked=locked,
        frozen=frozen,
        dry_run=found.flag("dry-run"),
        all_packages=found.flag("all-packages"),
        package=found.texts("package"),
        script=found.text("script"),
        python=found.text("python"),
        python_platform=found.text("python-platform"),
        check=found.switch("check"),
    )


SYNC = Command(
    name="sync",
    arguments=(
        *EXTRA,
        option("output-format", choices=SYNC_FORMAT, default="text"),
        *ALL_EXTRAS,
        *GROUPS,
        *EDITABLE,
        flag("inexact", aliases=("no-exact",), overrides=("exact",)),
        flag("exact", is_hidden=True, overrides=("inexact",)),
        *ACTIVE,
        *declare_parts(),
        *LOCKING,
        flag("dry-run"),
        *RESOLVER_INSTALLER,
        *BUILD,
        *REFRESH,
        flag("all-packages", conflicts=("package",)),
        options("package", check=a_name, conflicts=("all-packages",)),
        option(
            "script",
            check=a_path,
            conflicts=(
                "all-packages",
                "package",
                "no-install-project",
                "no-install-workspace",
                "no-install-local",
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
            ),
        ),
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
        option("python-platform", choices=TARGET_TRIPLE),
        flag("check", overrides=("no-check",)),
        flag("no-check", is_hidden=True, overrides=("check",)),
    ),
    hint="hob help sync",
    texts="sync",
    read=_read_sync,
)
