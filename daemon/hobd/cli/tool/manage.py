"""`hob tool list`."""

from msgspec import Struct

from hobd.cli.checks import a_name
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, positionals
from hobd.cli.grammar.model import Command
from hobd.cli.options.audit import AUDIT, AuditOptions, read_audit
from hobd.cli.options.choices import PYTHON_PREFERENCE
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.resolver import EXCLUDE_NEWER, ResolverOptions, read_resolver


class ToolList(Struct, frozen=True, kw_only=True):
    """`hob tool list`: list installed tools."""

    general: GlobalOptions
    resolver: ResolverOptions
    show_paths: bool = False
    show_version_specifiers: bool = False
    show_with: bool = False
    show_extras: bool = False
    show_python: bool = False
    outdated: Given | None = None
    python_preference: str | None = None
    no_python_downloads: bool = False


def _read_tool_list(found: Found) -> ToolList:
    return ToolList(
        general=read_globals(found),
        resolver=read_resolver(found),
        show_paths=found.flag("show-paths"),
        show_version_specifiers=found.flag("show-version-specifiers"),
        show_with=found.flag("show-with"),
        show_extras=found.flag("show-extras"),
        show_python=found.flag("show-python"),
        outdated=found.switch("outdated"),
        python_preference=found.text("python-preference"),
        no_python_downloads=found.flag("no-python-downloads"),
    )


TOOL_LIST = Command(
    name="list",
    arguments=(
        flag("show-paths"),
        flag("show-version-specifiers"),
        flag("show-with"),
        flag("show-extras"),
        flag("show-python"),
        flag("outdated", overrides=("no-outdated",)),
        flag("no-outdated", is_hidden=True, overrides=("outdated",)),
        *EXCLUDE_NEWER,
        option("python-preference", choices=PYTHON_PREFERENCE, is_hidden=True),
        flag("no-python-downloads", is_hidden=True),
    ),
    texts="tool",
    read=_read_tool_list,
)


class ToolAudit(Struct, frozen=True, kw_only=True):
    """`hob tool audit`: audit installed tools and their dependencies."""

    general: GlobalOptions
    audit: AuditOptions
    name: tuple[str, ...] = ()
    all: bool = False


def _read_tool_audit(found: Found) -> ToolAudit:
    return ToolAudit(
        general=read_globals(found),
        audit=read_audit(found),
        name=found.texts("name"),
        all=found.flag("all"),
    )


TOOL_AUDIT = Command(
    name="audit",
    arguments=(
        positionals("name", check=a_name, is_required=True),
        flag("all", conflicts=("name",)),
        *AUDIT,
    ),
    hidden_globals=("offline",),
    texts="tool",
    read=_read_tool_audit,
)


class ToolUninstall(Struct, frozen=True, kw_only=True):
    """`hob tool uninstall`: uninstall a tool."""

    general: GlobalOptions
    name: tuple[str, ...] = ()
    all: bool = False


def _read_tool_uninstall(found: Found) -> ToolUninstall:
    return ToolUninstall(
        general=read_globals(found),
        name=found.texts("name"),
        all=found.flag("all"),
    )


TOOL_UNINSTALL = Command(
    name="uninstall",
    arguments=(
        positionals("name", check=a_name, is_required=True),
        flag("all", conflicts=("name",)),
    ),
    texts="tool",
    read=_read_tool_uninstall,
)


class ToolUpdateShell(Struct, frozen=True, kw_only=True):
    """`hob tool update-shell`: ensure that the tool executable directory is on the `PATH`."""

    general: GlobalOptions


def _read_tool_update_shell(found: Found) -> ToolUpdateShell:
    return ToolUpdateShell(
        general=read_globals(found),
    )


TOOL_UPDATE_SHELL = Command(
    name="update-shell",
    arguments=(),
    texts="tool",
    read=_read_tool_update_shell,
)


class ToolDir(Struct, frozen=True, kw_only=True):
    """`hob tool dir`: show the path to the hob tools directory."""

    general: GlobalOptions
    bin: bool = False


def _read_tool_dir(found: Found) -> ToolDir:
    return ToolDir(
        general=read_globals(found),
        bin=found.flag("bin"),
    )


TOOL_DIR = Command(
    name="dir",
    arguments=(flag("bin"),),
    texts="tool",
    read=_read_tool_dir,
)
