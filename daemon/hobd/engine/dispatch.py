"""Which story answers which command. Stories are imported when they are first told."""

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any, TypeAlias

from msgspec import Struct

from hobd import __version__
from hobd.cli.colour import wants_colour
from hobd.cli.options.globals import GlobalOptions
from hobd.cli.parse import Answer, Terminal, parse
from hobd.core.vocab.disk import find_trouble
from hobd.core.vocab.environ import Environ
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.progress import ProgressSink
from hobd.core.vocab.request import Caller, Outcome
from hobd.core.vocab.say import Say
from hobd.core.vocab.spawn import Spawner
from hobd.errors import HobError
from hobd.service.context import Context
from hobd.service.memory import Memory
from hobd.service.voice import Voice

Story: TypeAlias = Callable[[Any, Context], Awaitable[Outcome]]

STORIES: dict[str, str] = {
    "hobd.cli.init.Init": "hobd.service.beginnings.init:tell",
    "hobd.cli.lock.Lock": "hobd.service.locks.lock:tell",
    "hobd.cli.sync.Sync": "hobd.service.syncs.sync:tell",
    "hobd.cli.run.Run": "hobd.service.runs.run:tell",
    "hobd.cli.tree.Tree": "hobd.service.tree:tell",
    "hobd.cli.why.Why": "hobd.service.reasons.why:tell",
    "hobd.cli.why.WhyNot": "hobd.service.reasons.why_not:tell",
    "hobd.cli.outdated.Outdated": "hobd.service.reasons.outdated:tell",
    "hobd.cli.undo.Undo": "hobd.service.generations.undo:tell",
    "hobd.cli.env.EnvList": "hobd.service.environments.listing:tell",
    "hobd.cli.env.EnvRemove": "hobd.service.environments.removing:tell",
    "hobd.cli.env.EnvRepair": "hobd.service.environments.repairing:tell",
    "hobd.cli.bundle.Bundle": "hobd.service.exports.bundle:tell",
    "hobd.cli.export.Export": "hobd.service.exports.export:tell",
    "hobd.cli.venv.Venv": "hobd.service.venv:tell",
    "hobd.cli.version.Version": "hobd.service.edits.version:tell",
    "hobd.cli.remove.Remove": "hobd.service.edits.remove:tell",
    "hobd.cli.add.Add": "hobd.service.edits.add:tell",
    "hobd.cli.upgrade.Upgrade": "hobd.service.edits.upgrade:tell",
    "hobd.cli.pip.compile.PipCompile": "hobd.service.pip.compile:tell",
    "hobd.cli.pip.download.PipDownload": "hobd.service.pip.download:tell_download",
    "hobd.cli.pip.download.PipWheel": "hobd.service.pip.download:tell_wheel",
    "hobd.cli.pip.install.PipInstall": "hobd.service.pip.install:tell",
    "hobd.cli.pip.sync.PipSync": "hobd.service.pip.sync:tell",
    "hobd.cli.pip.uninstall.PipUninstall": "hobd.service.pip.uninstall:tell",
    "hobd.cli.pip.show.PipList": "hobd.service.pip.listing:tell_list",
    "hobd.cli.pip.show.PipFreeze": "hobd.service.pip.listing:tell_freeze",
    "hobd.cli.pip.show.PipShow": "hobd.service.pip.show:tell",
    "hobd.cli.pip.show.PipTree": "hobd.service.pip.tree:tell",
    "hobd.cli.pip.show.PipCheck": "hobd.service.pip.check:tell",
    "hobd.cli.build.Build": "hobd.service.builds.build:tell",
    "hobd.cli.python.find.PythonList": "hobd.service.pythons.listing:tell",
    "hobd.cli.python.find.PythonFind": "hobd.service.pythons.find:tell",
    "hobd.cli.python.find.PythonPin": "hobd.service.pythons.pin:tell",
    "hobd.cli.python.find.PythonDir": "hobd.service.pythons.folders:tell",
    "hobd.cli.python.find.PythonUpdateShell": "hobd.service.pythons.update_shell:tell",
    "hobd.cli.python.install.PythonInstall": "hobd.service.pythons.install:tell",
    "hobd.cli.python.install.PythonUpgrade": "hobd.service.pythons.install:tell_upgrade",
    "hobd.cli.python.install.PythonUninstall": "hobd.service.pythons.uninstall:tell",
    "hobd.cli.cache.CacheDir": "hobd.service.caches.cache:tell_folder",
    "hobd.cli.cache.CacheClean": "hobd.service.caches.cache:tell_clean",
    "hobd.cli.cache.CachePrune": "hobd.service.caches.cache:tell_prune",
    "hobd.cli.cache.CacheList": "hobd.service.caches.listing:tell_list",
    "hobd.cli.cache.CacheSize": "hobd.service.caches.cache:tell_size",
}
"""Command value to the story's place, `module:function`."""

PROJECT_STATE = (b"internal", b"project-state")
"""What the front asks for editors."""


class Surroundings(Struct, frozen=True, kw_only=True):
    """What a context is made of before the command is known."""

    caller: Caller
    environ: Environ
    evidence: Evidence
    say: Say
    progress: ProgressSink
    spawner: Spawner
    memory: Memory
    argv: tuple[bytes, ...]


def find_story(command: object) -> Story:
    """The story of a command.

    Raises:
        HobError: none is written for it; exit code 2.
    """
    kind = type(command)
    place = STORIES.get(f"{kind.__module__}.{kind.__qualname__}")
    if place is None:
        name = (kind.__doc__ or kind.__qualname__).partition(":")[0]
        raise HobError(f"{name} is not there in this version of hob", hint="Use uv for it: project and lockfile are the same")
    module, _, function = place.partition(":")
    story: Story = getattr(import_module(module), function)
    return story


async def answer(around: Surroundings) -> Outcome:
    """Parse a command line and tell its story; what fails is said, and ends in an exit code."""
    seen = around.caller.terminal
    terminal = Terminal(
        stdout_is_terminal=seen.stdout_is_tty, stderr_is_terminal=seen.stderr_is_tty, columns=seen.columns if seen.stderr_is_tty else None
    )
    if around.argv[1:] == PROJECT_STATE:
        return await _tell_project_state(around)
    command = parse(around.argv, around.environ, terminal)
    if isinstance(command, Answer):
        around.say.out(command.stdout)
        around.say.err(command.stderr)
        return Outcome(code=command.code, is_replayable=command.code == 0)
    voice = _voice(around, command.general)
    voice.debug(f"hob {__version__}, request {around.caller.request_id}")
    for warning in command.general.warnings:
        voice.warn(warning)
    try:
        return await find_story(command)(command, _context(around, voice))
    except HobError as error:
        voice.error(error, _width(around))
        return Outcome(code=error.code)
    except OSError as error:
        trouble = find_trouble(error)
        if trouble is None:
            raise
        voice.error(trouble, _width(around))
        return Outcome(code=trouble.code)


async def _tell_project_state(around: Surroundings) -> Outcome:
    """What editors ask: never a command line of a person's."""
    from hobd.service.project_state import tell

    command = parse((around.argv[0], b"lock", b"-qq"), around.environ)
    return await tell(command, _context(around, _voice(around, command.general)))


def _voice(around: Surroundings, options: GlobalOptions) -> Voice:
    seen = around.caller.terminal
    return Voice(
        around.say,
        options,
        colours_out=wants_colour(options.color, around.environ, is_terminal=seen.stdout_is_tty),
        colours_err=wants_colour(options.color, around.environ, is_terminal=seen.stderr_is_tty),
        detail=_detail(options, around.environ),
    )


def _width(around: Surroundings) -> int | None:
    """How wide errors may be: as COLUMNS says, else as the terminal is. Asked only where there is one: no answer rests on it."""
    told, seen = around.environ.get("COLUMNS") or "", around.caller.terminal
    if told.isascii() and told.isdigit():
        return int(told)
    return seen.columns if seen.stderr_is_tty and seen.columns else None


def _detail(options: GlobalOptions, environ: Environ) -> int:
    """How much of the work is told: `-v` and `-vv`, or the level that `RUST_LOG` names."""
    wanted = environ.get("RUST_LOG") or ""
    return max(options.verbose, 2 if "trace" in wanted else 1 if "debug" in wanted else 0)


def _context(around: Surroundings, voice: Voice) -> Context:
    return Context(
        caller=around.caller,
        environ=around.environ,
        evidence=around.evidence,
        voice=voice,
        progress=around.progress,
        spawner=around.spawner,
        memory=around.memory,
        argv=around.argv,
    )
