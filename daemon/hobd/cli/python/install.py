"""`hob python install`."""

from msgspec import Struct

from hobd.cli.checks import a_path
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, positionals
from hobd.cli.grammar.model import Command
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.python import PYTHON_COMPILE


class PythonInstall(Struct, frozen=True, kw_only=True):
    """`hob python install`: download and install Python versions."""

    general: GlobalOptions
    install_dir: str | None = None
    bin: Given | None = None
    registry: Given | None = None
    targets: tuple[str, ...] = ()
    mirror: str | None = None
    pypy_mirror: str | None = None
    graalpy_mirror: str | None = None
    pyodide_mirror: str | None = None
    python_downloads_json_url: str | None = None
    reinstall: bool = False
    force: bool = False
    upgrade: bool = False
    default: bool = False
    compile_bytecode: Given | None = None


def _read_python_install(found: Found) -> PythonInstall:
    return PythonInstall(
        general=read_globals(found),
        install_dir=found.text("install-dir"),
        bin=found.switch("bin"),
        registry=found.switch("registry"),
        targets=found.texts("targets"),
        mirror=found.text("mirror"),
        pypy_mirror=found.text("pypy-mirror"),
        graalpy_mirror=found.text("graalpy-mirror"),
        pyodide_mirror=found.text("pyodide-mirror"),
        python_downloads_json_url=found.text("python-downloads-json-url"),
        reinstall=found.flag("reinstall"),
        force=found.flag("force"),
        upgrade=found.flag("upgrade"),
        default=found.flag("default"),
        compile_bytecode=found.switch("compile-bytecode"),
    )


PYTHON_INSTALL = Command(
    name="install",
    arguments=(
        option("install-dir", "i", variable="UV_PYTHON_INSTALL_DIR", check=a_path),
        flag("bin", is_hidden=True, overrides=("no-bin",)),
        flag("no-bin", conflicts=("default",), overrides=("bin",)),
        flag("registry", is_hidden=True, overrides=("no-registry",)),
        flag("no-registry", overrides=("registry",)),
        positionals("targets", variable="UV_PYTHON"),
        option("mirror"),
        option("pypy-mirror"),
        option("graalpy-mirror"),
        option("pyodide-mirror"),
        option("python-downloads-json-url"),
        flag("reinstall", "r"),
        flag("force", "f"),
        flag("upgrade", "U"),
        flag("default", conflicts=("no-bin",)),
        *PYTHON_COMPILE,
    ),
    texts="python",
    read=_read_python_install,
)


class PythonUpgrade(Struct, frozen=True, kw_only=True):
    """`hob python upgrade`: upgrade installed Python versions."""

    general: GlobalOptions
    install_dir: str | None = None
    targets: tuple[str, ...] = ()
    mirror: str | None = None
    pypy_mirror: str | None = None
    graalpy_mirror: str | None = None
    pyodide_mirror: str | None = None
    reinstall: bool = False
    python_downloads_json_url: str | None = None
    compile_bytecode: Given | None = None


def _read_python_upgrade(found: Found) -> PythonUpgrade:
    return PythonUpgrade(
        general=read_globals(found),
        install_dir=found.text("install-dir"),
        targets=found.texts("targets"),
        mirror=found.text("mirror"),
        pypy_mirror=found.text("pypy-mirror"),
        graalpy_mirror=found.text("graalpy-mirror"),
        pyodide_mirror=found.text("pyodide-mirror"),
        reinstall=found.flag("reinstall"),
        python_downloads_json_url=found.text("python-downloads-json-url"),
        compile_bytecode=found.switch("compile-bytecode"),
    )


PYTHON_UPGRADE = Command(
    name="upgrade",
    arguments=(
        option("install-dir", "i", variable="UV_PYTHON_INSTALL_DIR", check=a_path),
        positionals("targets", variable="UV_PYTHON"),
        option("mirror"),
        option("pypy-mirror"),
        option("graalpy-mirror"),
        option("pyodide-mirror"),
        flag("reinstall", "r"),
        option("python-downloads-json-url"),
        *PYTHON_COMPILE,
    ),
    texts="python",
    read=_read_python_upgrade,
)


class PythonUninstall(Struct, frozen=True, kw_only=True):
    """`hob python uninstall`: uninstall Python versions."""

    general: GlobalOptions
    install_dir: str | None = None
    targets: tuple[str, ...] = ()
    all: bool = False


def _read_python_uninstall(found: Found) -> PythonUninstall:
    return PythonUninstall(
        general=read_globals(found),
        install_dir=found.text("install-dir"),
        targets=found.texts("targets"),
        all=found.flag("all"),
    )


PYTHON_UNINSTALL = Command(
    name="uninstall",
    arguments=(
        option("install-dir", "i", variable="UV_PYTHON_INSTALL_DIR", check=a_path),
        positionals("targets", is_required=True),
        flag("all", conflicts=("targets",)),
    ),
    texts="python",
    read=_read_python_uninstall,
)
