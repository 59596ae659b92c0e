"""`hob workspace`."""

from msgspec import Struct

from hobd.cli.checks import a_name, a_path
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option
from hobd.cli.grammar.model import Child, Command
from hobd.cli.options.build import BUILD, BuildOptions, read_build
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.headings import PYTHON_OPTIONS
from hobd.cli.options.index import IndexOptions, read_index
from hobd.cli.options.installer import InstallerOptions, read_installer
from hobd.cli.options.locking import read_locking
from hobd.cli.options.refresh import REFRESH, RefreshOptions, read_refresh
from hobd.cli.options.resolver import RESOLVER, ResolverOptions, read_resolver


class WorkspaceMetadata(Struct, frozen=True, kw_only=True):
    """`hob workspace metadata`: view metadata about the current workspace."""

    general: GlobalOptions
    index: IndexOptions
    resolver: ResolverOptions
    installer: InstallerOptions
    build: BuildOptions
    refresh: RefreshOptions
    output_version: str | None = None
    script: str | None = None
    locked: Given | None = None
    frozen: Given | None = None
    sync: bool = False
    exact: bool = False
    active: bool = False
    python: str | None = None


def _read_workspace_metadata(found: Found) -> WorkspaceMetadata:
    locked, frozen = read_locking(found)
    return WorkspaceMetadata(
        general=read_globals(found),
        index=read_index(found),
        resolver=read_resolver(found),
        installer=read_installer(found),
        build=read_build(found),
        refresh=read_refresh(found),
        output_version=found.text("output-version"),
        script=found.text("script"),
        locked=locked,
        frozen=frozen,
        sync=found.flag("sync"),
        exact=found.flag("exact"),
        active=found.flag("active"),
        python=found.text("python"),
    )


WORKSPACE_METADATA = Command(
    name="metadata",
    arguments=(
        option("output-version", value_name="VERSION"),
        option("script", check=a_path),
        flag("locked", conflicts=("frozen", "upgrade"), overrides=("no-locked",)),
        flag("no-locked", is_hidden=True, overrides=("locked",)),
        flag("frozen", conflicts=("locked",), overrides=("no-frozen",)),
        flag("no-frozen", is_hidden=True, overrides=("frozen",)),
        *RESOLVER,
        *BUILD,
        *REFRESH,
        flag("sync"),
        flag("exact", requires=("sync",)),
        flag("active"),
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
    ),
    texts="workspace",
    read=_read_workspace_metadata,
)


class WorkspaceDir(Struct, frozen=True, kw_only=True):
    """`hob workspace dir`: display the path of a workspace member."""

    general: GlobalOptions
    package: str | None = None


def _read_workspace_dir(found: Found) -> WorkspaceDir:
    return WorkspaceDir(
        general=read_globals(found),
        package=found.text("package"),
    )


WORKSPACE_DIR = Command(
    name="dir",
    arguments=(option("package", check=a_name),),
    texts="workspace",
    read=_read_workspace_dir,
)


class WorkspaceList(Struct, frozen=True, kw_only=True):
    """`hob workspace list`: list the members of a workspace."""

    general: GlobalOptions
    paths: bool = False
    scripts: bool = False


def _read_workspace_list(found: Found) -> WorkspaceList:
    return WorkspaceList(
        general=read_globals(found),
        paths=found.flag("paths"),
        scripts=found.flag("scripts"),
    )


WORKSPACE_LIST = Command(
    name="list",
    arguments=(
        flag("paths"),
        flag("scripts"),
    ),
    texts="workspace",
    read=_read_workspace_list,
)


WORKSPACE = Command(
    name="workspace",
    arguments=(),
    children=(
        Child(name="metadata", load=lambda: WORKSPACE_METADATA),
        Child(name="dir", load=lambda: WORKSPACE_DIR),
        Child(name="list", load=lambda: WORKSPACE_LIST),
    ),
    hint="hob help workspace",
    texts="workspace",
)
