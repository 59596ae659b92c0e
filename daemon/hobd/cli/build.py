"""`hob build`."""

from msgspec import Struct

from hobd.cli.checks import a_file_path, a_name
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, options, positional
from hobd.cli.grammar.model import Command
from hobd.cli.options.build import BUILD, BuildOptions, read_build
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.hashes import HASHES, HashOptions, read_hashes
from hobd.cli.options.headings import PYTHON_OPTIONS
from hobd.cli.options.index import IndexOptions, read_index
from hobd.cli.options.installer import InstallerOptions, read_installer
from hobd.cli.options.refresh import REFRESH, RefreshOptions, read_refresh
from hobd.cli.options.resolver import RESOLVER, ResolverOptions, read_resolver


class Build(Struct, frozen=True, kw_only=True):
    """`hob build`: build Python packages into source distributions and wheels."""

    general: GlobalOptions
    hashes: HashOptions
    index: IndexOptions
    resolver: ResolverOptions
    installer: InstallerOptions
    build: BuildOptions
    refresh: RefreshOptions
    src: str | None = None
    skip_dependency_check: bool = False
    package: str | None = None
    all_packages: bool = False
    out_dir: str | None = None
    sdist: bool = False
    wheel: bool = False
    list_files: bool = False
    build_logs: Given | None = None
    force_pep517: bool = False
    clear: bool = False
    create_gitignore: Given | None = None
    build_constraints: tuple[str, ...] = ()
    python: str | None = None


def _read_build(found: Found) -> Build:
    return Build(
        general=read_globals(found),
        hashes=read_hashes(found),
        index=read_index(found),
        resolver=read_resolver(found),
        installer=read_installer(found),
        build=read_build(found),
        refresh=read_refresh(found),
        src=found.text("src"),
        skip_dependency_check=found.flag("skip-dependency-check"),
        package=found.text("package"),
        all_packages=found.flag("all-packages"),
        out_dir=found.text("out-dir"),
        sdist=found.flag("sdist"),
        wheel=found.flag("wheel"),
        list_files=found.flag("list"),
        build_logs=found.switch("build-logs"),
        force_pep517=found.flag("force-pep517"),
        clear=found.flag("clear"),
        create_gitignore=found.switch("create-gitignore"),
        build_constraints=found.texts_or("build-constraints", "UV_BUILD_CONSTRAINT"),
        python=found.text("python"),
    )


BUILD_COMMAND = Command(
    name="build",
    arguments=(
        positional("src", check=a_file_path),
        flag("skip-dependency-check", is_hidden=True),
        option("package", check=a_name, conflicts=("all-packages",)),
        flag("all-packages", aliases=("all",), conflicts=("package",)),
        option("out-dir", "o", check=a_file_path),
        flag("sdist"),
        flag("wheel"),
        flag("list", is_hidden=True),
        flag("build-logs", is_hidden=True, overrides=("no-build-logs",)),
        flag("no-build-logs", overrides=("build-logs",)),
        flag("force-pep517", conflicts=("list",)),
        flag("clear"),
        flag("create-gitignore", is_hidden=True, overrides=("no-create-gitignore",)),
        flag("no-create-gitignore", overrides=("create-gitignore",)),
        options("build-constraints", "b", aliases=("build-constraint",), separator=" ", check=a_file_path),
        *HASHES,
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
        *RESOLVER,
        *BUILD,
        *REFRESH,
    ),
    hint="hob help build",
    texts="build",
    read=_read_build,
)
