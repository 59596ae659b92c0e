"""`hob generate-shell-completion`: a script that teaches a shell what can be typed."""

from importlib import import_module

from msgspec import Struct

from hobd.cli.answer import Answer, Terminal
from hobd.cli.checks import a_path
from hobd.cli.environment import Environment
from hobd.cli.found import Found
from hobd.cli.grammar.declare import count, flag, option, positional
from hobd.cli.grammar.level import Level
from hobd.cli.grammar.model import Command
from hobd.cli.options.choices import COLOR_CHOICE, PYTHON_PREFERENCE, SHELLS
from hobd.cli.options.globals import GlobalOptions, read_globals


class GenerateCompletion(Struct, frozen=True, kw_only=True):
    """`hob generate-shell-completion`: generate shell completion."""

    general: GlobalOptions
    shell: str


def _read_generate_shell_completion(found: Found) -> GenerateCompletion:
    return GenerateCompletion(
        general=read_globals(found),
        shell=found.word("shell"),
    )


def answer_completion(request: GenerateCompletion, _environment: Environment, _terminal: Terminal) -> Answer:
    """The script for `hob`, which serves the name `uv` as well."""
    from hobd.cli.catalogue import PROGRAM, ROOT

    return Answer(stdout=render_completion(request.shell, Level(ROOT, (PROGRAM,)), (PROGRAM, "uv")))


def render_completion(shell: str, root: Level, programs: tuple[str, ...]) -> str:
    """The completion script of a shell for a command and all below it, under several names."""
    from hobd.cli.shells.surface import walk_places

    script: str = import_module(f"hobd.cli.shells.{shell}").render_script(tuple(walk_places(root)), programs)
    return script


GENERATE_SHELL_COMPLETION = Command(
    name="generate-shell-completion",
    arguments=(
        positional("shell", choices=SHELLS, is_required=True),
        flag("no-cache", "n", is_hidden=True),
        option("cache-dir", check=a_path, is_hidden=True),
        option("python-preference", choices=PYTHON_PREFERENCE, is_hidden=True),
        flag("no-python-downloads", is_hidden=True),
        count("quiet", "q", is_hidden=True, conflicts=("verbose",)),
        count("verbose", "v", is_hidden=True, conflicts=("quiet",)),
        option("color", choices=COLOR_CHOICE, is_hidden=True, conflicts=("no-color",)),
        flag("native-tls", is_hidden=True),
        flag("offline", is_hidden=True),
        flag("no-progress", is_hidden=True),
        option("config-file", check=a_path, is_hidden=True),
        flag("no-config", is_hidden=True),
        flag("version", "V", is_hidden=True),
    ),
    hidden_globals=("help",),
    texts="completion",
    read=_read_generate_shell_completion,
    answer=answer_completion,
)
