"""`hob python`."""

from hobd.cli.grammar.lazy import load
from hobd.cli.grammar.model import Child, Command

PYTHON = Command(
    name="python",
    arguments=(),
    children=(
        Child(name="list", load=load("hobd.cli.python.find", "PYTHON_LIST"), aliases=("ls",)),
        Child(name="install", load=load("hobd.cli.python.install", "PYTHON_INSTALL")),
        Child(name="upgrade", load=load("hobd.cli.python.install", "PYTHON_UPGRADE")),
        Child(name="find", load=load("hobd.cli.python.find", "PYTHON_FIND")),
        Child(name="pin", load=load("hobd.cli.python.find", "PYTHON_PIN")),
        Child(name="dir", load=load("hobd.cli.python.find", "PYTHON_DIR")),
        Child(name="uninstall", load=load("hobd.cli.python.install", "PYTHON_UNINSTALL")),
        Child(name="update-shell", load=load("hobd.cli.python.find", "PYTHON_UPDATE_SHELL"), aliases=("ensurepath",)),
    ),
    hint="hob help python",
    texts="python",
)
