"""All commands: the root of the command line. A new command is one file and one line here."""

from hobd.cli.grammar.lazy import load
from hobd.cli.grammar.model import Argument, Child, Command
from hobd.cli.options.globals import GLOBALS
from hobd.cli.options.headings import GLOBAL_OPTIONS

PROGRAM = "hob"

ROOT = Command(
    name=PROGRAM,
    arguments=(*GLOBALS, Argument(id="version", kind="version", long="version", short="V", heading=GLOBAL_OPTIONS, order=1901)),
    children=(
        Child(name="auth", load=load("hobd.cli.auth", "AUTH")),
        Child(name="run", load=load("hobd.cli.run", "RUN")),
        Child(name="init", load=load("hobd.cli.init", "INIT")),
        Child(name="add", load=load("hobd.cli.add", "ADD")),
        Child(name="remove", load=load("hobd.cli.remove", "REMOVE")),
        Child(name="version", load=load("hobd.cli.version", "VERSION")),
        Child(name="sync", load=load("hobd.cli.sync", "SYNC")),
        Child(name="lock", load=load("hobd.cli.lock", "LOCK")),
        Child(name="upgrade", load=load("hobd.cli.upgrade", "UPGRADE"), is_hidden=True),
        Child(name="export", load=load("hobd.cli.export", "EXPORT")),
        Child(name="tree", load=load("hobd.cli.tree", "TREE")),
        Child(name="why", load=load("hobd.cli.why", "WHY"), is_own=True),
        Child(name="why-not", load=load("hobd.cli.why", "WHY_NOT"), is_own=True),
        Child(name="outdated", load=load("hobd.cli.outdated", "OUTDATED"), is_own=True),
        Child(name="undo", load=load("hobd.cli.undo", "UNDO"), is_own=True),
        Child(name="env", load=load("hobd.cli.env", "ENV"), is_own=True),
        Child(name="bundle", load=load("hobd.cli.bundle", "BUNDLE"), is_own=True),
        Child(name="format", load=load("hobd.cli.format", "FORMAT")),
        Child(name="check", load=load("hobd.cli.check", "CHECK")),
        Child(name="audit", load=load("hobd.cli.audit", "AUDIT_COMMAND")),
        Child(name="tool", load=load("hobd.cli.tool", "TOOL")),
        Child(name="python", load=load("hobd.cli.python", "PYTHON")),
        Child(name="pip", load=load("hobd.cli.pip", "PIP")),
        Child(name="venv", load=load("hobd.cli.venv", "VENV"), aliases=("virtualenv", "v")),
        Child(name="build", load=load("hobd.cli.build", "BUILD_COMMAND")),
        Child(name="publish", load=load("hobd.cli.publish", "PUBLISH")),
        Child(name="workspace", load=load("hobd.cli.workspace", "WORKSPACE")),
        Child(name="build-backend", load=load("hobd.cli.build_backend", "BUILD_BACKEND"), is_hidden=True),
        Child(name="cache", load=load("hobd.cli.cache", "CACHE")),
        Child(name="daemon", load=load("hobd.cli.daemon", "DAEMON"), is_own=True),
        Child(name="self", load=load("hobd.cli.self_", "SELF")),
        Child(name="clean", load=load("hobd.cli.cache", "CLEAN"), is_hidden=True),
        Child(
            name="generate-shell-completion",
            load=load("hobd.cli.completion", "GENERATE_SHELL_COMPLETION"),
            aliases=("--generate-shell-completion",),
            is_hidden=True,
        ),
        Child(name="help", load=load("hobd.cli.help", "HELP")),
    ),
    hint="hob help",
)
