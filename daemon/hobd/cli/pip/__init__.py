"""`hob pip`."""

from hobd.cli.checks import a_path
from hobd.cli.grammar.declare import option
from hobd.cli.grammar.lazy import load
from hobd.cli.grammar.model import Child, Command

PIP = Command(
    name="pip",
    arguments=(option("cert", value_name="FILE", check=a_path, order=10, is_global=True),),
    children=(
        Child(name="compile", load=load("hobd.cli.pip.compile", "PIP_COMPILE")),
        Child(name="sync", load=load("hobd.cli.pip.sync", "PIP_SYNC")),
        Child(name="install", load=load("hobd.cli.pip.install", "PIP_INSTALL")),
        Child(name="download", load=load("hobd.cli.pip.download", "PIP_DOWNLOAD")),
        Child(name="wheel", load=load("hobd.cli.pip.download", "PIP_WHEEL")),
        Child(name="uninstall", load=load("hobd.cli.pip.uninstall", "PIP_UNINSTALL")),
        Child(name="freeze", load=load("hobd.cli.pip.show", "PIP_FREEZE")),
        Child(name="list", load=load("hobd.cli.pip.show", "PIP_LIST"), aliases=("ls",)),
        Child(name="show", load=load("hobd.cli.pip.show", "PIP_SHOW")),
        Child(name="tree", load=load("hobd.cli.pip.show", "PIP_TREE")),
        Child(name="check", load=load("hobd.cli.pip.show", "PIP_CHECK")),
        Child(name="debug", load=load("hobd.cli.pip.show", "PIP_DEBUG"), is_hidden=True),
    ),
    hint="hob help pip",
    texts="pip",
)
