"""`hob pip install`."""

from msgspec import Struct

from hobd.cli.checks import a_file_path, a_name, a_pip_group, a_python_version
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, options, positionals
from hobd.cli.grammar.model import Command, Group
from hobd.cli.options.build import PIP_BUILD, PIP_BUILD_HASHES, BuildOptions, read_build
from hobd.cli.options.choices import SYNC_FORMAT, TARGET_TRIPLE, TORCH_MODE
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.hashes import HASHES, HashOptions, read_hashes
from hobd.cli.options.headings import PYTHON_OPTIONS
from hobd.cli.options.index import IndexOptions, read_index
from hobd.cli.options.installer import InstallerOptions, read_installer
from hobd.cli.options.pip import CHANGED_ENVIRONMENT, INSTALLED_EXTRAS, PIP_COMPAT, refuse_upgraded_groups
from hobd.cli.options.refresh import REFRESH, RefreshOptions, read_refresh
from hobd.cli.options.resolver import RESOLVER_INSTALLER, ResolverOptions, read_resolver


class PipInstall(Struct, frozen=True, kw_only=True):
    """`hob pip install`: install packages into an environment."""

    general: GlobalOptions
    index: IndexOptions
    resolver: ResolverOptions
    installer: InstallerOptions
    build: BuildOptions
    refresh: RefreshOptions
    hashes: HashOptions
    package: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    editable: tuple[str, ...] = ()
    no_editable: Given | None = None
    no_editable_package: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    build_constraints: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    all_extras: Given | None = None
    group: tuple[str, ...] = ()
    deps: Given | None = None
    python: str | None = None
    system: Given | None = None
    break_system_packages: Given | None = None
    target: str | None = None
    prefix: str | None = None
    no_binary: tuple[str, ...] = ()
    only_binary: tuple[str, ...] = ()
    python_version: str | None = None
    python_platform: str | None = None
    inexact: bool = False
    exact: bool = False
    strict: Given | None = None
    dry_run: bool = False
    check: bool = False
    output_format: str
    torch_backend: str | None = None


def _read_pip_install(found: Found) -> PipInstall:
    refuse_upgraded_groups(found)
    return PipInstall(
        general=read_globals(found),
        index=read_index(found),
        resolver=read_resolver(found),
        installer=read_installer(found),
        build=read_build(found),
        refresh=read_refresh(found),
        hashes=read_hashes(found),
        package=found.texts("package"),
        requirements=found.texts("requirements"),
        editable=found.texts("editable"),
        no_editable=found.given("no-editable", variable="UV_NO_EDITABLE"),
        no_editable_package=found.texts("no-editable-package"),
        constraints=found.texts_or("constraints", "UV_CONSTRAINT"),
        overrides=found.texts_or("overrides", "UV_OVERRIDE"),
        excludes=found.texts_or("excludes", "UV_EXCLUDE"),
        build_constraints=found.texts_or("build-constraints", "UV_BUILD_CONSTRAINT"),
        extra=found.texts("extra"),
        all_extras=found.switch("all-extras"),
        group=found.texts("group"),
        deps=found.switch("deps"),
        python=found.text("python"),
        system=found.switch("system"),
        break_system_packages=found.switch("break-system-packages"),
        target=found.text("target"),
        prefix=found.text("prefix"),
        no_binary=found.texts("no-binary"),
        only_binary=found.texts("only-binary"),
        python_version=found.text("python-version"),
        python_platform=found.text("python-platform"),
        inexact=found.flag("inexact"),
        exact=found.flag("exact"),
        strict=found.switch("strict"),
        dry_run=found.flag("dry-run"),
        check=found.flag("check"),
        output_format=found.word("output-format"),
        torch_backend=found.text("torch-backend"),
    )


PIP_INSTALL = Command(
    name="install",
    arguments=(
        positionals("package", group="sources"),
        options("requirements", "r", aliases=("requirement",), check=a_file_path, group="sources"),
        options("editable", "e", group="sources"),
        flag("no-editable"),
        options("no-editable-package", separator=" ", check=a_name),
        options("constraints", "c", aliases=("constraint",), separator=" ", check=a_file_path),
        options("overrides", aliases=("override",), separator=" ", check=a_file_path),
        options("excludes", aliases=("exclude",), separator=" ", check=a_file_path),
        options("build-constraints", "b", aliases=("build-constraint",), separator=" ", check=a_file_path),
        *INSTALLED_EXTRAS,
        options("group", check=a_pip_group, group="sources"),
        *RESOLVER_INSTALLER,
        *REFRESH,
        flag("no-deps", overrides=("deps",)),
        flag("deps", is_hidden=True, overrides=("no-deps",)),
        *HASHES,
        *PIP_BUILD_HASHES,
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
        *CHANGED_ENVIRONMENT,
        *PIP_BUILD,
        option("python-version", check=a_python_version),
        option("python-platform", choices=TARGET_TRIPLE),
        flag("inexact", aliases=("no-exact",), is_hidden=True, overrides=("exact",)),
        flag("exact", overrides=("inexact",)),
        flag("strict", overrides=("no-strict",)),
        flag("no-strict", is_hidden=True, overrides=("strict",)),
        flag("dry-run"),
        flag("check", conflicts=("dry-run",)),
        option("output-format", choices=SYNC_FORMAT, default="text"),
        option("torch-backend", variable="UV_TORCH_BACKEND", choices=TORCH_MODE),
        *PIP_COMPAT,
        flag("user", refused="pip's `--user` is unsupported (use a virtual environment instead)"),
    ),
    groups=(Group(id="sources", is_required=True, is_multiple=True),),
    hint="hob help pip install",
    texts="pip-install",
    read=_read_pip_install,
)
