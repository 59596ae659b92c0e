"""`hob self`: the program itself."""

import json

from msgspec import Struct

from hobd import __version__
from hobd.cli.answer import Answer, Terminal
from hobd.cli.colour import wants_colour
from hobd.cli.environment import Environment
from hobd.cli.found import Found
from hobd.cli.grammar.declare import flag, option, positional
from hobd.cli.grammar.model import Child, Command
from hobd.cli.options.choices import VERSION_FORMAT
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.platform import target_triple
from hobd.cli.style import cyan, painted


class SelfUpdate(Struct, frozen=True, kw_only=True):
    """`hob self update`: update hob."""

    general: GlobalOptions
    target_version: str | None = None
    token: str | None = None
    dry_run: bool = False


def _read_self_update(found: Found) -> SelfUpdate:
    return SelfUpdate(
        general=read_globals(found),
        target_version=found.text("target-version"),
        token=found.text("token"),
        dry_run=found.flag("dry-run"),
    )


SELF_UPDATE = Command(
    name="update",
    arguments=(
        positional("target-version"),
        option("token", variable="UV_GITHUB_TOKEN"),
        flag("dry-run"),
    ),
    texts="self",
    read=_read_self_update,
)


class SelfVersion(Struct, frozen=True, kw_only=True):
    """`hob self version`: display hob's version."""

    general: GlobalOptions
    short: bool = False
    output_format: str


def _read_self_version(found: Found) -> SelfVersion:
    return SelfVersion(
        general=read_globals(found),
        short=found.flag("short"),
        output_format=found.word("output-format"),
    )


def version_line() -> str:
    """The version, with the platform it was made for."""
    return f"{__version__} ({target_triple()})"


def answer_self_version(request: SelfVersion, environment: Environment, terminal: Terminal) -> Answer:
    """hob's own version, as text or JSON."""
    if request.output_format == "json":
        told = {"package_name": "hob", "version": __version__, "commit_info": None, "target_triple": target_triple()}
        return Answer(stdout=json.dumps(told, indent=2) + "\n")
    text = f"{cyan(__version__)}\n" if request.short else f"hob {cyan(version_line())}\n"
    return Answer(stdout=painted(text, colour=wants_colour(request.general.color, environment, is_terminal=terminal.stdout_is_terminal)))


SELF_VERSION = Command(
    name="version",
    arguments=(
        flag("short"),
        option("output-format", choices=VERSION_FORMAT, default="text"),
    ),
    texts="self",
    read=_read_self_version,
    answer=answer_self_version,
)


SELF = Command(
    name="self",
    arguments=(),
    children=(
        Child(name="update", load=lambda: SELF_UPDATE),
        Child(name="version", load=lambda: SELF_VERSION),
    ),
    texts="self",
)
