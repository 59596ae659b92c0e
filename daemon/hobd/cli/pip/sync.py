"""`hob pip sync`."""

from msgspec import Struct

from hobd.cli.checks import a_file_path, a_pip_group, a_python_version
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, options, positionals
from hobd.cli.grammar.model import Command
from hobd.cli.options.build import PIP_BUILD, PIP_BUILD_HASHES, BuildOptions, read_build
from hobd.cli.options.choices import SYNC_FORMAT, TARGET_TRIPLE, TORCH_MODE
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.hashes import HASHES, HashOptions, read_hashes
from hobd.cli.options.headings import PYTHON_OPTIONS
from hobd.cli.options.index import IndexOptions, read_index
from hobd.cli.options.installer import InstallerOptions, read_installer
from hobd.cli.options.pip import CHANGED_ENVIRONMENT, INSTALLED_EXTRAS
from hobd.cli.options.refresh import REFRESH, RefreshOptions, read_refresh
from hobd.cli.options.resolver import INSTALLER, ResolverOptions, read_resolver

_NO_OTHER_PYTHON = (
    "pip-sync's `--python-executable` is unsupported (to install into a separate Python environment, try setting `VIRTUAL_ENV` instead)"
)


class PipSync(Struct, frozen=True, kw_only=True):
    """`hob pip sync`: sync an environment with a `requirements.txt` or `pylock.toml` file."""

    general: GlobalOptions
    index: IndexOptions
    resolver: ResolverOptions
    installer: InstallerOptions
    build: BuildOptions
    refresh: RefreshOptions
    hashes: HashOptions
    src_file: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    build_constraints: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    all_extras: Given | None = None
    group: tuple[str, ...] = ()
    python: str | None = None
    system: Given | None = None
    break_system_packages: Given | None = None
    target: str | None = None
    prefix: str | None = None
    no_binary: tuple[str, ...] = ()
    only_binary: tuple[str, ...] = ()
    allow_empty_requirements: Given | None = None
    python_version: str | None = None
    python_platform: str | None = None
    strict: Given | None = None
    dry_run: bool = False
    check: bool = False
    output_format: str
    torch_backend: str | None = None


def _read_pip_sync(found: Found) -> PipSync:
    return PipSync(
        general=read_globals(found),
        index=read_index(found),
        resolver=read_resolver(found),
        installer=read_installer(found),
        build=read_build(found),
        refresh=read_refresh(found),
        hashes=read_hashes(found),
        src_file=found.texts("src-file"),
        constraints=found.texts_or("constraints", "UV_CONSTRAINT"),
        build_constraints=found.texts_or("build-constraints", "UV_BUILD_CONSTRAINT"),
        extra=found.texts("extra"),
        all_extras=found.switch("all-extras"),
        group=found.texts("group"),
        python=found.text("python"),
        system=found.switch("system"),
        break_system_packages=found.switch("break-system-packages"),
        target=found.text("target"),
        prefix=found.text("prefix"),
        no_binary=found.texts("no-binary"),
        only_binary=found.texts("only-binary"),
        allow_empty_requirements=found.switch("allow-empty-requirements"),
        python_version=found.text("python-version"),
        python_platform=found.text("python-platform"),
        strict=found.switch("strict"),
        dry_run=found.flag("dry-run"),
        check=found.flag("check"),
        output_format=found.word("output-format"),
        torch_backend=found.text("torch-backend"),
    )


PIP_SYNC = Command(
    name="sync",
    arguments=(
        positionals("src-file", check=a_file_path, is_required=True),
        options("constraints", "c", aliases=("constraint",), separator=" ", check=a_file_path),
        options("build-constraints", "b", aliases=("build-constraint",), separator=" ", check=a_file_path),
        *INSTALLED_EXTRAS,
        options("group", check=a_pip_group),
        *INSTALLER,
        *REFRESH,
        *HASHES,
        *PIP_BUILD_HASHES,
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
        *CHANGED_ENVIRONMENT,
        *PIP_BUILD,
        flag("allow-empty-requirements", overrides=("no-allow-empty-requirements",)),
        flag("no-allow-empty-requirements", overrides=("allow-empty-requirements",)),
        option("python-version", check=a_python_version),
        option("python-platform", choices=TARGET_TRIPLE),
        flag("strict", overrides=("no-strict",)),
        flag("no-strict", is_hidden=True, overrides=("strict",)),
        flag("dry-run"),
        flag("check", conflicts=("dry-run",)),
        option("output-format", choices=SYNC_FORMAT, default="text"),
        option("torch-backend", variable="UV_TORCH_BACKEND", choices=TORCH_MODE),
        flag("ask", "a", is_hidden=True, refused="pip-sync's `--ask` is unsupported (hob never asks for confirmation)"),
        option(
            "python-executable",
            is_hidden=True,
            refused=_NO_OTHER_PYTHON,
        ),
        flag("user", is_hidden=True, refused="pip-sync's `--user` is unsupported (use a virtual environment instead)"),
        option(
            "client-cert",
            is_hidden=True,
            refused="pip-sync's `--client-cert` is unsupported (hob doesn't support dedicated client certificates)",
        ),
        option("config", is_hidden=True, refused="pip-sync's `--config` is unsupported (hob does not use a configuration file)"),
        flag("no-config", is_hidden=True),
        option("pip-args", is_hidden=True, refused="pip-sync's `--pip-args` is unsupported (try passing arguments to hob directly)"),
    ),
    hint="hob help pip sync",
    texts="pip-sync",
    read=_read_pip_sync,
)
