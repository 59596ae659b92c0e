"""How distributions are put into an environment."""

from msgspec import Struct

from hobd.cli.checks import a_name
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, options
from hobd.cli.options.choices import LINK_MODE
from hobd.cli.options.headings import INSTALLER_OPTIONS

REINSTALL = (
    flag("reinstall", aliases=("force-reinstall",), heading=INSTALLER_OPTIONS, overrides=("no-reinstall",)),
    flag("no-reinstall", heading=INSTALLER_OPTIONS, is_hidden=True, overrides=("reinstall",)),
    options("reinstall-package", check=a_name, heading=INSTALLER_OPTIONS),
)

EDITABLE = (
    flag("editable", is_hidden=True, overrides=("no-editable",)),
    flag("no-editable", overrides=("editable",)),
    options("no-editable-package", separator=" ", check=a_name),
)

LINK = (option("link-mode", variable="UV_LINK_MODE", choices=LINK_MODE, heading=INSTALLER_OPTIONS),)

BUILD_LINK = (option("link-mode", variable="UV_LINK_MODE", choices=LINK_MODE, heading=INSTALLER_OPTIONS, text="link-mode-of-builds"),)

COMPILE_BYTECODE = (
    flag(
        "compile-bytecode",
        aliases=("compile",),
        variable="UV_COMPILE_BYTECODE",
        heading=INSTALLER_OPTIONS,
        overrides=("no-compile-bytecode",),
    ),
    flag("no-compile-bytecode", aliases=("no-compile",), heading=INSTALLER_OPTIONS, is_hidden=True, overrides=("compile-bytecode",)),
)


class InstallerOptions(Struct, frozen=True, kw_only=True):
    """How to install. None, or an empty tuple, where nothing was said."""

    reinstall: Given | None = None
    reinstall_package: tuple[str, ...] = ()
    link_mode: str | None = None
    compile_bytecode: Given | None = None


def read_installer(found: Found) -> InstallerOptions:
    """The installer options of any command that has some of them."""
    return InstallerOptions(
        reinstall=found.switch("reinstall"),
        reinstall_package=found.texts("reinstall-package"),
        link_mode=found.text("link-mode"),
        compile_bytecode=found.switch("compile-bytecode"),
    )
