"""`hob init`."""

from msgspec import Struct

from hobd.cli.checks import a_name, a_path
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, positional
from hobd.cli.grammar.model import Command
from hobd.cli.options.choices import AUTHOR_FROM, PROJECT_BUILD_BACKEND, VERSION_CONTROL_SYSTEM
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.headings import PYTHON_OPTIONS


class Init(Struct, frozen=True, kw_only=True):
    """`hob init`: create a new project."""

    general: GlobalOptions
    path: str | None = None
    name: str | None = None
    bare: Given | None = None
    virtual: bool = False
    package: Given | None = None
    app: bool = False
    lib: bool = False
    script: bool = False
    description: str | None = None
    no_description: bool = False
    vcs: str | None = None
    build_backend: str | None = None
    no_readme: bool = False
    author_from: str | None = None
    pin_python: Given | None = None
    no_workspace: bool = False
    python: str | None = None


def _read_init(found: Found) -> Init:
    return Init(
        general=read_globals(found),
        path=found.text("path"),
        name=found.text("name"),
        bare=found.given("bare", variable="UV_INIT_BARE"),
        virtual=found.flag("virtual"),
        package=found.switch("package"),
        app=found.flag("app"),
        lib=found.flag("lib"),
        script=found.flag("script"),
        description=found.text("description"),
        no_description=found.flag("no-description"),
        vcs=found.text("vcs"),
        build_backend=found.text("build-backend") or found.ambient.build_backend,
        no_readme=found.flag("no-readme"),
        author_from=found.text("author-from"),
        pin_python=found.switch("pin-python"),
        no_workspace=found.flag("no-workspace"),
        python=found.text("python"),
    )


INIT = Command(
    name="init",
    arguments=(
        positional("path", check=a_path, required_if="script"),
        option("name", check=a_name, conflicts=("script",)),
        flag("bare"),
        flag("virtual", is_hidden=True, conflicts=("package",)),
        flag("package", overrides=("no-package",)),
        flag("no-package", conflicts=("lib", "build-backend"), overrides=("package",)),
        flag("app", aliases=("application",), conflicts=("lib", "script")),
        flag("lib", aliases=("library",), conflicts=("app", "script")),
        flag("script", conflicts=("app", "lib", "package", "build-backend", "description")),
        option("description", conflicts=("script",), overrides=("no-description",)),
        flag("no-description", conflicts=("script",), overrides=("description",)),
        option("vcs", choices=VERSION_CONTROL_SYSTEM, conflicts=("script",)),
        option("build-backend", choices=PROJECT_BUILD_BACKEND, conflicts=("script", "no-package")),
        flag("backend", stands_for="--build-backend", is_hidden=True),
        flag("no-readme"),
        option("author-from", choices=AUTHOR_FROM),
        flag("no-pin-python"),
        flag("pin-python", is_hidden=True),
        flag("no-workspace", aliases=("no-project",)),
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
    ),
    texts="init",
    read=_read_init,
)
