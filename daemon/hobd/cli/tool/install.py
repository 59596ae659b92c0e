"""`hob tool install`."""

from msgspec import Struct

from hobd.cli.checks import a_file_path
from hobd.cli.found import Found
from hobd.cli.grammar.declare import flag, option, options, positional
from hobd.cli.grammar.model import Command
from hobd.cli.options.build import BUILD, BuildOptions, read_build
from hobd.cli.options.choices import TARGET_TRIPLE, TORCH_MODE
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.headings import PYTHON_OPTIONS
from hobd.cli.options.index import IndexOptions, read_index
from hobd.cli.options.installer import InstallerOptions, read_installer
from hobd.cli.options.refresh import REFRESH, RefreshOptions, read_refresh
from hobd.cli.options.resolver import RESOLVER_INSTALLER, ResolverOptions, read_resolver


class ToolInstall(Struct, frozen=True, kw_only=True):
    """`hob tool install`: install commands provided by a Python package."""

    general: GlobalOptions
    index: IndexOptions
    resolver: ResolverOptions
    installer: InstallerOptions
    build: BuildOptions
    refresh: RefreshOptions
    package: str
    from_package: str | None = None
    with_packages: tuple[str, ...] = ()
    with_requirements: tuple[str, ...] = ()
    editable: bool = False
    with_editable: tuple[str, ...] = ()
    with_executables_from: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    build_constraints: tuple[str, ...] = ()
    force: bool = False
    lfs: bool = False
    python: str | None = None
    python_platform: str | None = None
    torch_backend: str | None = None


def _read_tool_install(found: Found) -> ToolInstall:
    return ToolInstall(
        general=read_globals(found),
        index=read_index(found),
        resolver=read_resolver(found),
        installer=read_installer(found),
        build=read_build(found),
        refresh=read_refresh(found),
        package=found.word("package"),
        from_package=found.text("from"),
        with_packages=found.texts("with"),
        with_requirements=found.texts("with-requirements"),
        editable=found.flag("editable"),
        with_editable=found.texts("with-editable"),
        with_executables_from=found.texts("with-executables-from"),
        constraints=found.texts_or("constraints", "UV_CONSTRAINT"),
        overrides=found.texts_or("overrides", "UV_OVERRIDE"),
        excludes=found.texts_or("excludes", "UV_EXCLUDE"),
        build_constraints=found.texts_or("build-constraints", "UV_BUILD_CONSTRAINT"),
        force=found.flag("force"),
        lfs=found.flag("lfs"),
        python=found.text("python"),
        python_platform=found.text("python-platform"),
        torch_backend=found.text("torch-backend"),
    )


TOOL_INSTALL = Command(
    name="install",
    arguments=(
        positional("package", is_required=True),
        option("from", is_hidden=True),
        options("with", "w"),
        options("with-requirements", separator=",", check=a_file_path),
        flag("editable", "e"),
        options("with-editable"),
        options("with-executables-from"),
        options("constraints", "c", aliases=("constraint",), separator=" ", check=a_file_path),
        options("overrides", aliases=("override",), separator=" ", check=a_file_path),
        options("excludes", aliases=("exclude",), separator=" ", check=a_file_path),
        options("build-constraints", "b", aliases=("build-constraint",), separator=" ", check=a_file_path),
        *RESOLVER_INSTALLER,
        *BUILD,
        *REFRESH,
        flag("force"),
        flag("lfs"),
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
        option("python-platform", choices=TARGET_TRIPLE),
        option("torch-backend", variable="UV_TORCH_BACKEND", choices=TORCH_MODE),
    ),
    texts="tool-install",
    read=_read_tool_install,
)
