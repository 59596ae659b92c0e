"""Targets that have to be brought here first: a program from standard input, a script from the web (RUN-12, SCR-5)."""

import hashlib
import os
import sys
from pathlib import Path

from anyio import to_thread
from msgspec.structs import replace

from hobd.cli.run import Run
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.request import Launch
from hobd.projects.scripts import ReadScript, parse_script_content, read_script
from hobd.service.cache_folders import SCRIPTS
from hobd.service.context import Context
from hobd.service.network import Network
from hobd.service.opening import open_session
from hobd.service.runs.target import Kind, Target
from hobd.service.scripts.python import script_stem
from hobd.service.session import Session
from hobd.service.temporary_cache import leave_to_program
from hobd.sources.http import Reply

_ONE_SHOT = "one-shot"
"""How requests of processes begin that answer themselves: only those have the caller's standard input."""


def is_out_of_reach(target: Target, context: Context) -> bool:
    """Whether the target comes through a standard input that only the client has."""
    return target.kind is Kind.STDIN and not has_standard_input(context)


def has_standard_input(context: Context) -> bool:
    """Whether this process has the caller's standard input."""
    return context.caller.request_id.startswith(_ONE_SHOT)


def run_without_daemon(context: Context) -> Launch:
    """The same command line, answered by a process in the client's place."""
    words = tuple(os.fsdecode(word) for word in context.argv)
    return Launch(
        argv=(sys.executable, "-I", "-X", "utf8", "-m", "hobd", "run-once", *words),
        program=sys.executable,
        env_set=(("HOB_CLIENT", context.caller.program),),
    )


async def bring_target(target: Target, command: Run, context: Context) -> Target:
    """The target with its text in `word`, or its file in `path`.

    Raises:
        FetchFailed: the web does not have it.
    """
    match target.kind:
        case Kind.STDIN:
            context.evidence.spoil("standard input")
            content = await to_thread.run_sync(_read_standard_input)
            return replace(target, word=os.fsdecode(content))
        case Kind.WEB:
            async with open_session(command, context) as session:
                content = await _fetch(target.word, session)
                path = await to_thread.run_sync(_keep, content, target.word, session.cache)
                if session.settings.cache.is_temporary:
                    leave_to_program(session.cache)
            return replace(target, path=path)
    return target


def read_target(target: Target, evidence: Evidence) -> ReadScript | None:
    """The metadata of a script; None for everything that has none.

    Raises:
        HobError: the metadata is broken.
    """
    if target.kind is Kind.STDIN:
        return parse_script_content(os.fsencode(target.word), None)
    if target.kind not in (Kind.SCRIPT, Kind.WEB) or target.path is None:
        return None
    found = read_script(target.path, evidence)
    if found is None or target.kind is Kind.SCRIPT:
        return found
    return replace(found, script=replace(found.script, path=None))


def _read_standard_input() -> bytes:
    with open(0, "rb", closefd=False) as stream:
        return stream.read()


async def _fetch(url: str, session: Session) -> bytes:
    async def read(reply: Reply) -> bytes:
        return await reply.read()

    return await Network(session=session, root=session.start).client.fetch(url, read)


def _keep(content: bytes, url: str, cache: Path) -> Path:
    """Put a script where it stays: the program that reads it is started when this command has ended."""
    folder = cache / SCRIPTS / hashlib.sha256(content).hexdigest()[:16]
    path = folder / f"{script_stem(url)}.py"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f".tmp-{os.getpid()}-{path.name}")
        new.write_bytes(content)
        os.replace(new, path)
    return path
