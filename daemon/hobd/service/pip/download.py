"""`hob pip download` and `hob pip wheel`: packages and what they require as files, for a machine without an index.

find a Python ─→ read ─→ solve ─→ a file for each ─┬─ there is one ─→ fetched, unless it lies there already ─┬─→ requirements.txt
                                                   └─ a folder, a repository, wheels wanted ─→ built ────────┘
"""

import os
from pathlib import Path

import anyio
from anyio import to_thread
from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version

from hobd.cli.pip.download import PipDownload, PipWheel, render_saved
from hobd.cli.report import render_resolved
from hobd.core.plan.bundle import Carried, is_plain_name
from hobd.core.plan.model import Pin, Selection
from hobd.core.tags import Tags, parse_wheel_name
from hobd.core.vocab.request import Outcome
from hobd.core.vocab.source import Url
from hobd.errors import RequestError
from hobd.projects.files import absolute
from hobd.service.builds.building import Builder
from hobd.service.context import Context
from hobd.service.edits.requirement_lists import STANDARD_INPUT
from hobd.service.exports.folders import FolderFiller
from hobd.service.failures import told_singly
from hobd.service.opening import open_session
from hobd.service.pip.applying import select_chosen
from hobd.service.pip.collecting import Collected, Collector
from hobd.service.pip.inputs import InputReader
from hobd.service.pip.pylock import refuse_pylocks
from hobd.service.pip.python import find_compiling_python
from hobd.service.pip.saved import Saved, write_requirements
from hobd.service.pip.settings import is_not_off, opposite, pip_layer, with_limits
from hobd.service.pip.solving import Aim, solve_demands
from hobd.service.pip.spellings import check_abi, check_implementation
from hobd.service.pip.stated import Inputs
from hobd.service.pip.verifying import find_promises, verifies_hashes
from hobd.service.runs.brought_target import has_standard_input, run_without_daemon
from hobd.service.session import Session
from hobd.service.syncs.promises import check_promise, with_kept_promises
from hobd.service.syncs.target import solving_target
from hobd.store.temporary import TemporaryFolder


async def tell_download(command: PipDownload, context: Context) -> Outcome:
    """Download: wheels, or source distributions where no wheel fits."""
    return await _tell(command, context)


async def tell_wheel(command: PipWheel, context: Context) -> Outcome:
    """Put wheels into a folder."""
    return await _tell(command, context)


async def _tell(command: PipDownload, context: Context) -> Outcome:
    if STANDARD_INPUT in command.requirements and not has_standard_input(context):
        return Outcome(launch=run_without_daemon(context))
    async with open_session(command, context, is_pip=True) as opened:
        session = with_limits(command, opened)
        refuse_pylocks(command.requirements, "pip wheel" if isinstance(command, PipWheel) else "pip download")
        collected, aim = await _collect(command, session)
        selection, tags = await _choose(command, collected, aim)
        folder = absolute(Path(command.folder), session.cwd)
        filling = _Filling(builder=collected.builder, folder=folder, tags=tags, needs_wheels=isinstance(command, PipWheel))
        found = await filling.fill(selection)
        await write_requirements(found, folder, session)
        new = [each for each in found if each.is_new]
        context.voice.note(render_saved(session.shown(folder), len(new), sum(each.size for each in new), len(found) - len(new)))
        return Outcome()


async def _collect(command: PipDownload, session: Session) -> tuple[Collected, Aim]:
    layer, reader = pip_layer(session), InputReader(session=session)
    inputs = Inputs(stated=[*reader.words(command.package), *reader.words(command.editable, are_editable=True)])
    inputs.extend(await reader.files(command.requirements))
    asked = command.python_version or layer.python_version
    interpreter = await find_compiling_python(command.python or layer.python, asked, session, is_system=False)
    version = None if asked is None else Version(asked)
    check_implementation(command.implementation, interpreter)
    check_abi(command.abi, version or interpreter.version)
    aim = Aim(
        interpreter=interpreter,
        version=version,
        platform=command.platform or layer.python_platform,
        follows_dependencies=is_not_off(command.deps, opposite(layer.no_deps)),
    )
    solving_target(
        interpreter, aim.version, aim.platform, session.context.environ
    )  # a platform that there is not is told before anything is asked
    collector = Collector(command=command, session=session, inputs=inputs, verifies=verifies_hashes(command.hashes, session))
    return await collector.collect(interpreter), aim


async def _choose(command: PipDownload, collected: Collected, aim: Aim) -> tuple[Selection, Tags]:
    session, network = collected.session, collected.builder.network
    values, tags = solving_target(aim.interpreter, aim.version, aim.platform, session.context.environ)
    promises = find_promises(command.hashes, collected, values)
    solved = await solve_demands(collected, aim)
    lock = await promises.limit(solved.lock, network)
    session.context.voice.note(render_resolved(len(lock.packages), solved.seconds))
    for warning in solved.resolution.warnings:
        session.context.voice.warn(warning)
    selection = select_chosen(lock, tags, aim.interpreter.name, session.settings, promises.expected)
    return replace(selection, pins=await with_kept_promises(selection.pins, network)), tags


class _Filling(Struct, frozen=True, kw_only=True):
    """The filling of one folder."""

    builder: Builder
    folder: Path
    tags: Tags
    """Of what the files are for."""
    needs_wheels: bool

    async def fill(self, selection: Selection) -> list[Saved]:
        """Bring everything to its place; by name.

        Raises:
            HobError: something cannot be had or built; what has come stays.
        """
        fetched = tuple(_carried(pin) for pin in selection.pins if self._is_fetched(pin))
        network = self.builder.network
        filler = FolderFiller(network=network, root=network.root, folder=self.folder, verb="download", expects_digests=False)
        found = [
            Saved(
                name=each.carried.pin.name,
                version=each.carried.pin.package.version,
                path=self.folder / each.carried.path,
                size=each.size or 0,
                is_new=each.happened != "kept",
            )
            for each in await filler.fill(fetched)
        ]
        with told_singly():
            async with anyio.create_task_group() as tasks:
                for pin in selection.pins:
                    if not self._is_fetched(pin):
                        tasks.start_soon(self._build, pin, found)
        return sorted(found, key=lambda each: each.name)

    def _is_fetched(self, pin: Pin) -> bool:
        return pin.file is not None and (pin.is_wheel or not self.needs_wheels)

    async def _build(self, pin: Pin, found: list[Saved]) -> None:
        check_promise(pin)
        room = await to_thread.run_sync(TemporaryFolder, self.folder)
        try:
            made = await self.builder.make_wheel(pin, room.path)
            wheel = parse_wheel_name(made.name)
            if self.tags.rank(wheel) is None:
                raise RequestError(
                    f"`{pin}` has no wheel that fits, and the one that was built here does not fit either: `{made.name}`",
                    hint="Build it on such a machine, or download its source distribution with `hob pip download`",
                    code=1,
                )
            target, size = self.folder / made.name, made.stat().st_size
            await to_thread.run_sync(os.replace, made, target)
        finally:
            with anyio.CancelScope(shield=True):
                await to_thread.run_sync(room.remove)
        found.append(Saved(name=pin.name, version=wheel.version, path=target, size=size, is_new=True))


def _carried(pin: Pin) -> Carried:
    check_promise(pin)
    file, source = pin.file, pin.package.source
    assert file is not None  # only such pins are fetched
    told = replace(file, url=source.url) if isinstance(source, Url) else file
    if not is_plain_name(told.name):
        raise RequestError(f"`{pin}` has a file that cannot be saved: its name is `{told.name}`", code=1)
    return Carried(pin=pin, file=told, path=told.name)
