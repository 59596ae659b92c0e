"""`hob add --script`: put requirements into the inline metadata of a script, and into its lock where it has one (SCR-6)."""

from dataclasses import dataclass

from hobd.cli.add import Add
from hobd.core.vocab.request import Outcome
from hobd.environments.interpreter import Interpreter
from hobd.projects.restoring import Restorer
from hobd.service.builds.building import Builder
from hobd.service.context import Context
from hobd.service.edits.add_edit import Edit, EditPlace, names_from_indexes, write_bounds, write_requirements
from hobd.service.edits.add_failure import explained
from hobd.service.edits.add_sources import augmented
from hobd.service.edits.asked import Asked, constrained, name_all, read_constraints, read_files, read_words
from hobd.service.edits.name_help import help_with
from hobd.service.network import Network
from hobd.service.scripts.editing import editing_script, relock_script, reread_script, warn_of_no_ops
from hobd.service.scripts.opening import OpenScript, open_script


async def add_to_script(command: Add, context: Context) -> Outcome:
    """Edit the metadata, and unless `--frozen` resolve what they require. The script's environment is made when it runs."""
    async with open_script(command, context, command.script or "") as opened:
        session = opened.session
        warn_of_no_ops({"--locked": command.locked, "--frozen": command.frozen, "--no-sync": command.no_sync}, session)
        interpreter = await opened.find_python()
        words = read_words(command.packages, session)
        listed, constraints = read_files(command.requirements, session)
        opened = opened.within(constrained(session, (*read_constraints(command.constraints, session), *constraints)))
        asked = await _name(tuple(augmented(one, command) for one in (*words, *listed)), opened, interpreter)
        initial = None if opened.has_metadata else f'requires-python = ">={interpreter.minor}"\ndependencies = []\n'
        place = EditPlace(path=opened.path, sources=opened.script.tool_uv.sources, is_script=True, initial=initial)
        async with editing_script(opened) as restorer:
            edits = write_requirements(command, asked, place, opened.session)
            restorer.settle(place.path)
            if not command.frozen:
                names = help_with(names_from_indexes(edits), interpreter, opened.lockfile, opened.session)
                with explained(names):
                    await _follow(command, edits, _Footing(place=place, opened=opened, interpreter=interpreter, restorer=restorer))
                for warning in names.warnings():
                    opened.session.context.voice.warn(warning)
        return Outcome()


async def _name(asked: tuple[Asked, ...], opened: OpenScript, interpreter: Interpreter) -> tuple[Asked, ...]:
    subject = opened.subject()
    network = Network(session=opened.session, root=subject.root)
    builder = Builder(session=opened.session, network=network, interpreter=interpreter, subject=subject)
    return await name_all(asked, builder, network, opened.session)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Footing:
    """What all that follows an edit starts from."""

    place: EditPlace
    opened: OpenScript
    interpreter: Interpreter
    restorer: Restorer


async def _follow(command: Add, edits: tuple[Edit, ...], footing: _Footing) -> None:
    """Lock, write bounds, and lock once more where there is a file to write."""
    opened, interpreter = footing.opened, footing.interpreter
    locked = await relock_script(reread_script(opened), interpreter, locked=command.locked)
    if not command.raw and write_bounds(command, edits, locked.lock, footing.place, opened.session):
        footing.restorer.settle(footing.place.path)
        if opened.lockfile.is_file():
            await relock_script(reread_script(opened), interpreter, locked=command.locked, is_said=False)
