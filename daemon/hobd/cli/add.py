"""`hob add`."""

from msgspec import Struct

from hobd.cli.checks import a_file_path, a_marker, a_name, a_path
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, options, positionals
from hobd.cli.grammar.model import Command, Group
from hobd.cli.options.active import ACTIVE
from hobd.cli.options.build import BUILD, BuildOptions, read_build
from hobd.cli.options.choices import ADD_BOUNDS_KIND
from hobd.cli.options.globals import GlobalOptions, read_globals, refuse_together
from hobd.cli.options.headings import PYTHON_OPTIONS
from hobd.cli.options.index import IndexOptions, read_index
from hobd.cli.options.installer import InstallerOptions, read_installer
from hobd.cli.options.locking import LOCKING, read_locking
from hobd.cli.options.partial import PartOptions, declare_parts, read_parts, refuse_parts
from hobd.cli.options.refresh import REFRESH, RefreshOptions, read_refresh
from hobd.cli.options.resolver import RESOLVER_INSTALLER, ResolverOptions, read_resolver


class Add(Struct, frozen=True, kw_only=True):
    """`hob add`: add dependencies to the project."""

    general: GlobalOptions
    index: IndexOptions
    resolver: ResolverOptions
    installer: InstallerOptions
    build: BuildOptions
    refresh: RefreshOptions
    packages: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    marker: str | None = None
    dev: Given | None = None
    optional: str | None = None
    group: str | None = None
    editable: Given | None = None
    no_editable_package: tuple[str, ...] = ()
    raw: bool = False
    bounds: str | None = None
    rev: str | None = None
    tag: str | None = None
    branch: str | None = None
    lfs: bool = False
    extra: tuple[str, ...] = ()
    no_sync: Given | None = None
    locked: Given | None = None
    frozen: Given | None = None
    active: Given | None = None
    package: str | None = None
    script: str | None = None
    python: str | None = None
    workspace: Given | None = None
    parts: PartOptions = PartOptions()


def _read_add(found: Found) -> Add:
    locked, frozen = read_locking(found)
    no_sync = found.given("no-sync", variable="UV_NO_SYNC")
    refuse_together(no_sync, frozen)
    parts = read_parts(found)
    refuse_parts(parts.switches, frozen, no_sync)
    return Add(
        general=read_globals(found),
        index=read_index(found),
        resolver=read_resolver(found),
        installer=read_installer(found),
        build=read_build(found),
        refresh=read_refresh(found),
        packages=found.texts("packages"),
        requirements=found.texts("requirements"),
        constraints=found.texts_or("constraints", "UV_CONSTRAINT"),
        marker=found.text("marker"),
        dev=found.given("dev", variable="UV_DEV"),
        optional=found.text("optional"),
        group=found.text("group"),
        editable=found.switch("editable", off_variable="UV_NO_EDITABLE"),
        no_editable_package=found.texts("no-editable-package"),
        raw=found.flag("raw"),
        bounds=found.text("bounds"),
        rev=found.text("rev"),
        tag=found.text("tag"),
        branch=found.text("branch"),
        lfs=found.flag("lfs"),
        extra=found.texts("extra"),
        no_sync=no_sync,
        locked=locked,
        frozen=frozen,
        active=found.switch("active"),
        package=found.text("package"),
        script=found.text("script"),
        python=found.text("python"),
        workspace=found.switch("workspace"),
        parts=parts,
    )


ADD = Command(
    name="add",
    arguments=(
        positionals("packages", group="sources"),
        options("requirements", "r", aliases=("requirement",), check=a_file_path, group="sources"),
        options("constraints", "c", aliases=("constraint",), separator=" ", check=a_file_path),
        option("marker", "m", check=a_marker),
        flag("dev", conflicts=("optional", "group", "script")),
        option("optional", check=a_name, conflicts=("dev", "group")),
        option("group", check=a_name, conflicts=("dev", "optional", "script")),
        flag("editable", overrides=("no-editable",)),
        flag("no-editable", is_hidden=True, overrides=("editable",)),
        options("no-editable-package", separator=" ", check=a_name, is_hidden=True),
        flag("raw", aliases=("raw-sources",), conflicts=("editable", "no-editable", "rev", "tag", "branch")),
        option("bounds", choices=ADD_BOUNDS_KIND),
        option("rev", group="git-ref"),
        option("tag", group="git-ref"),
        option("branch", group="git-ref"),
        flag("lfs"),
        options("extra", check=a_name),
        flag("no-sync"),
        *LOCKING,
        *ACTIVE,
        *RESOLVER_INSTALLER,
        *BUILD,
        *REFRESH,
        option("package", check=a_name, conflicts=("isolated",)),
        option("script", check=a_path, conflicts=("dev", "optional", "package", "workspace")),
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
        flag("workspace", overrides=("no-workspace",)),
        flag("no-workspace", overrides=("workspace",)),
        *declare_parts("frozen", "no-sync"),
    ),
    groups=(
        Group(id="sources", is_required=True, is_multiple=True),
        Group(id="git-ref"),
    ),
    hint="hob help add",
    texts="add",
    read=_read_add,
)
