"""`hob tool run`."""

from msgspec import Struct

from hobd.cli.answer import Answer, Terminal
from hobd.cli.checks import a_file_path, a_path
from hobd.cli.environment import Environment
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, options
from hobd.cli.grammar.level import Level
from hobd.cli.grammar.model import Argument, Command
from hobd.cli.grammar.usage import literal, placeholder
from hobd.cli.options.build import BUILD, BuildOptions, read_build
from hobd.cli.options.choices import SHELLS, TARGET_TRIPLE, TORCH_MODE
from hobd.cli.options.globals import GLOBALS, GlobalOptions, read_globals
from hobd.cli.options.headings import PYTHON_OPTIONS
from hobd.cli.options.index import IndexOptions, read_index
from hobd.cli.options.installer import InstallerOptions, read_installer
from hobd.cli.options.refresh import REFRESH, RefreshOptions, read_refresh
from hobd.cli.options.resolver import RESOLVER_INSTALLER, ResolverOptions, read_resolver


class ToolRun(Struct, frozen=True, kw_only=True):
    """`hob tool run`: run a command provided by a Python package."""

    general: GlobalOptions
    index: IndexOptions
    resolver: ResolverOptions
    installer: InstallerOptions
    build: BuildOptions
    refresh: RefreshOptions
    from_package: str | None = None
    with_packages: tuple[str, ...] = ()
    with_editable: tuple[str, ...] = ()
    with_requirements: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    build_constraints: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    isolated: Given | None = None
    env_file: tuple[str, ...] = ()
    no_env_file: Given | None = None
    lfs: bool = False
    python: str | None = None
    show_resolution: Given | None = None
    python_platform: str | None = None
    torch_backend: str | None = None
    generate_shell_completion: str | None = None
    command: tuple[str, ...] = ()


def _read_tool_run(found: Found) -> ToolRun:
    return ToolRun(
        general=read_globals(found),
        index=read_index(found),
        resolver=read_resolver(found),
        installer=read_installer(found),
        build=read_build(found),
        refresh=read_refresh(found),
        from_package=found.text("from"),
        with_packages=found.texts("with"),
        with_editable=found.texts("with-editable"),
        with_requirements=found.texts("with-requirements"),
        constraints=found.texts_or("constraints", "UV_CONSTRAINT"),
        build_constraints=found.texts_or("build-constraints", "UV_BUILD_CONSTRAINT"),
        overrides=found.texts_or("overrides", "UV_OVERRIDE"),
        isolated=found.given("isolated", variable="UV_ISOLATED"),
        env_file=tuple(filter(None, found.texts("env-file"))),
        no_env_file=found.given("no-env-file", variable="UV_NO_ENV_FILE"),
        lfs=found.flag("lfs"),
        python=found.text("python"),
        show_resolution=found.given("show-resolution", variable="UV_SHOW_RESOLUTION"),
        python_platform=found.text("python-platform"),
        torch_backend=found.text("torch-backend"),
        generate_shell_completion=found.text("generate-shell-completion"),
        command=found.command,
    )


def answer_tool_run(request: ToolRun, _environment: Environment, _terminal: Terminal) -> ToolRun | Answer:
    """A completion script for the tool runner where that is asked for, else the command itself."""
    if request.generate_shell_completion is None:
        return request
    from hobd.cli.completion import render_completion

    level = Level(UVX, ("hobx",), GLOBALS)
    return Answer(stdout=render_completion(request.generate_shell_completion, level, ("hobx", "uvx")))


TOOL_RUN = Command(
    name="run",
    arguments=(
        option("from"),
        options("with", "w"),
        options("with-editable"),
        options("with-requirements", separator=",", check=a_file_path),
        options("constraints", "c", aliases=("constraint",), separator=" ", check=a_file_path),
        options("build-constraints", "b", aliases=("build-constraint",), separator=" ", check=a_file_path),
        options("overrides", aliases=("override",), separator=" ", check=a_file_path),
        flag("isolated"),
        options("env-file", variable="UV_ENV_FILE", separator=" ", check=a_path),
        flag("no-env-file"),
        *RESOLVER_INSTALLER,
        *BUILD,
        *REFRESH,
        flag("lfs"),
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
        flag("show-resolution", is_hidden=True),
        option("python-platform", choices=TARGET_TRIPLE),
        option("torch-backend", variable="UV_TORCH_BACKEND", choices=TORCH_MODE),
        option("generate-shell-completion", choices=SHELLS, is_hidden=True),
    ),
    also="Use `hobx` as a shortcut for `hob tool run`.\n\n",
    hint="hob help tool run",
    takes_command=True,
    texts="tool-run",
    read=_read_tool_run,
    answer=answer_tool_run,
)


UVX = Command(
    name="uvx",
    known_as="tool uvx",
    arguments=(*TOOL_RUN.arguments, Argument(id="version", kind="version", long="version", short="V")),
    usage=f"{literal('hobx')} {placeholder('[OPTIONS]')} {placeholder('[COMMAND]')}",
    hint="hob help tool run",
    takes_command=True,
    texts="tool-run",
    read=_read_tool_run,
    answer=answer_tool_run,
)
