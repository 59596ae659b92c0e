"""`hob run`."""

from msgspec import Struct

from hobd.cli.checks import a_file_path, a_name, a_number
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, options
from hobd.cli.grammar.model import Command
from hobd.cli.options.active import ACTIVE
from hobd.cli.options.build import BUILD, BuildOptions, read_build
from hobd.cli.options.choices import TARGET_TRIPLE
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.groups import ALL_EXTRAS, EXTRA, GROUPS, GroupOptions, read_groups
from hobd.cli.options.headings import PYTHON_OPTIONS
from hobd.cli.options.index import IndexOptions, read_index
from hobd.cli.options.installer import EDITABLE, InstallerOptions, read_installer
from hobd.cli.options.locking import LOCKING, read_locking
from hobd.cli.options.refresh import REFRESH, RefreshOptions, read_refresh
from hobd.cli.options.resolver import RESOLVER_INSTALLER, ResolverOptions, read_resolver


class Run(Struct, frozen=True, kw_only=True):
    """`hob run`: run a command or script."""

    general: GlobalOptions
    groups: GroupOptions
    index: IndexOptions
    resolver: ResolverOptions
    installer: InstallerOptions
    build: BuildOptions
    refresh: RefreshOptions
    module: bool = False
    editable: Given | None = None
    no_editable_package: tuple[str, ...] = ()
    inexact: bool = False
    exact: bool = False
    env_file: tuple[str, ...] = ()
    no_env_file: Given | None = None
    with_packages: tuple[str, ...] = ()
    with_editable: tuple[str, ...] = ()
    with_requirements: tuple[str, ...] = ()
    isolated: Given | None = None
    active: Given | None = None
    no_sync: Given | None = None
    locked: Given | None = None
    frozen: Given | None = None
    script: bool = False
    gui_script: bool = False
    all_packages: bool = False
    package: str | None = None
    no_project: bool = False
    python: str | None = None
    show_resolution: Given | None = None
    max_recursion_depth: int | None = None
    python_platform: str | None = None
    command: tuple[str, ...] = ()


def _read_run(found: Found) -> Run:
    locked, frozen = read_locking(found)
    return Run(
        general=read_globals(found),
        groups=read_groups(found),
        index=read_index(found),
        resolver=read_resolver(found),
        installer=read_installer(found),
        build=read_build(found),
        refresh=read_refresh(found),
        module=found.flag("module"),
        editable=found.switch("editable", off_variable="UV_NO_EDITABLE"),
        no_editable_package=found.texts("no-editable-package"),
        inexact=found.flag("inexact"),
        exact=found.flag("exact"),
        env_file=tuple(filter(None, found.texts("env-file"))),
        no_env_file=found.given("no-env-file", variable="UV_NO_ENV_FILE"),
        with_packages=found.texts("with"),
        with_editable=found.texts("with-editable"),
        with_requirements=found.texts("with-requirements"),
        isolated=found.given("isolated", variable="UV_ISOLATED"),
        active=found.switch("active"),
        no_sync=found.given("no-sync", variable="UV_NO_SYNC"),
        locked=locked,
        frozen=frozen,
        script=found.flag("script"),
        gui_script=found.flag("gui-script"),
        all_packages=found.flag("all-packages"),
        package=found.text("package"),
        no_project=found.flag("no-project"),
        python=found.text("python"),
        show_resolution=found.given("show-resolution", variable="UV_SHOW_RESOLUTION"),
        max_recursion_depth=found.number("max-recursion-depth"),
        python_platform=found.text("python-platform"),
        command=found.command,
    )


RUN = Command(
    name="run",
    arguments=(
        *EXTRA,
        *ALL_EXTRAS,
        *GROUPS,
        flag("module", "m", conflicts=("script", "gui-script")),
        *EDITABLE,
        flag("inexact", aliases=("no-exact",), is_hidden=True, overrides=("exact",)),
        flag("exact", overrides=("inexact",)),
        options("env-file", variable="UV_ENV_FILE"),
        flag("no-env-file"),
        options("with", "w"),
        options("with-editable"),
        options("with-requirements", separator=",", check=a_file_path),
        flag("isolated"),
        *ACTIVE,
        flag("no-sync"),
        *LOCKING,
        flag("script", "s", conflicts=("module", "gui-script")),
        flag("gui-script", conflicts=("script", "module")),
        *RESOLVER_INSTALLER,
        *BUILD,
        *REFRESH,
        flag("all-packages", conflicts=("package",)),
        option("package", check=a_name, conflicts=("all-packages",)),
        flag("no-project", aliases=("no_workspace",), variable="UV_NO_PROJECT", conflicts=("package",)),
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
        flag("show-resolution", is_hidden=True),
        option("max-recursion-depth", variable="UV_RUN_MAX_RECURSION_DEPTH", check=a_number(4294967295), is_hidden=True),
        option("python-platform", choices=TARGET_TRIPLE),
    ),
    hint="hob help run",
    takes_command=True,
    texts="run",
    read=_read_run,
)
