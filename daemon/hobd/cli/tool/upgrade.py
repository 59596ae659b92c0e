"""`hob tool upgrade`."""

from msgspec import Struct

from hobd.cli.checks import a_config_setting, a_name, a_package_config_setting, a_requirement
from hobd.cli.found import Found
from hobd.cli.grammar.declare import flag, option, options, positionals
from hobd.cli.grammar.model import Command
from hobd.cli.options.build import BUILD, PACKAGE_ISOLATION, BuildOptions, read_build
from hobd.cli.options.choices import LINK_MODE, TARGET_TRIPLE
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.headings import BUILD_OPTIONS, INSTALLER_OPTIONS, PYTHON_OPTIONS, RESOLVER_OPTIONS
from hobd.cli.options.index import CLIENT, INDEX, IndexOptions, read_index
from hobd.cli.options.installer import COMPILE_BYTECODE, REINSTALL, InstallerOptions, read_installer
from hobd.cli.options.resolver import EXCLUDE_NEWER, SELECTION, SOURCES, ResolverOptions, read_resolver


class ToolUpgrade(Struct, frozen=True, kw_only=True):
    """`hob tool upgrade`: upgrade installed tools."""

    general: GlobalOptions
    index: IndexOptions
    resolver: ResolverOptions
    installer: InstallerOptions
    build: BuildOptions
    name: tuple[str, ...] = ()
    all: bool = False
    python: str | None = None
    python_platform: str | None = None


def _read_tool_upgrade(found: Found) -> ToolUpgrade:
    return ToolUpgrade(
        general=read_globals(found),
        index=read_index(found),
        resolver=read_resolver(found),
        installer=read_installer(found),
        build=read_build(found),
        name=found.texts("name"),
        all=found.flag("all"),
        python=found.text("python"),
        python_platform=found.text("python-platform"),
    )


TOOL_UPGRADE = Command(
    name="upgrade",
    arguments=(
        positionals("name", is_required=True),
        flag("all", conflicts=("name",)),
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
        option("python-platform", choices=TARGET_TRIPLE),
        flag("upgrade", "U", heading=RESOLVER_OPTIONS, is_hidden=True),
        options("upgrade-package", "P", check=a_requirement, heading=RESOLVER_OPTIONS, is_hidden=True),
        options("upgrade-group", check=a_name, heading=RESOLVER_OPTIONS, is_hidden=True),
        *INDEX,
        *REINSTALL,
        *CLIENT,
        *SELECTION,
        options("config-setting", "C", aliases=("config-settings",), check=a_config_setting, heading=BUILD_OPTIONS),
        options("config-setting-package", aliases=("config-settings-package",), check=a_package_config_setting, heading=BUILD_OPTIONS),
        *PACKAGE_ISOLATION,
        *EXCLUDE_NEWER,
        option("link-mode", variable="UV_LINK_MODE", choices=LINK_MODE, heading=INSTALLER_OPTIONS),
        *COMPILE_BYTECODE,
        *SOURCES,
        *BUILD,
    ),
    texts="tool",
    read=_read_tool_upgrade,
)
