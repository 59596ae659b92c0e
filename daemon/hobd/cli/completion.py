"""`hob generate-shell-completion`."""

from hobd.cli.checks import a_path
from hobd.cli.found import Found
from hobd.cli.grammar.declare import count, flag, option, positional
from hobd.cli.grammar.model import Command
from hobd.cli.options.choices import COLOR_CHOICE, PYTHON_PREFERENCE, SHELLS
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.value import Value


class GenerateCompletion(Value):
    """`hob generate-shell-completion`: generate shell completion."""

    general: GlobalOptions
    shell: str


def _read_generate_shell_completion(found: Found) -> GenerateCompletion:
    return GenerateCompletion(
        general=read_globals(found),
        shell=found.word("shell"),
    )


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
)
