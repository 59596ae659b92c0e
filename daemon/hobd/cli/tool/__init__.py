"""`hob tool`."""

from hobd.cli.grammar.lazy import load
from hobd.cli.grammar.model import Child, Command

TOOL = Command(
    name="tool",
    arguments=(),
    children=(
        Child(name="run", load=load("hobd.cli.tool.run", "TOOL_RUN")),
        Child(name="uvx", load=load("hobd.cli.tool.run", "UVX"), is_hidden=True),
        Child(name="install", load=load("hobd.cli.tool.install", "TOOL_INSTALL")),
        Child(name="upgrade", load=load("hobd.cli.tool.upgrade", "TOOL_UPGRADE"), aliases=("update",)),
        Child(name="list", load=load("hobd.cli.tool.manage", "TOOL_LIST"), aliases=("ls",)),
        Child(name="audit", load=load("hobd.cli.tool.manage", "TOOL_AUDIT")),
        Child(name="uninstall", load=load("hobd.cli.tool.manage", "TOOL_UNINSTALL")),
        Child(name="update-shell", load=load("hobd.cli.tool.manage", "TOOL_UPDATE_SHELL"), aliases=("ensurepath",)),
        Child(name="dir", load=load("hobd.cli.tool.manage", "TOOL_DIR")),
    ),
    hint="hob help tool",
    texts="tool",
)
