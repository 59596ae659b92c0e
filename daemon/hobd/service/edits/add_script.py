"""`hob add --script`: put requirements into the inline metadata of a script, and into its lock where it has one (SCR-6)."""

from collections.abc import Iterable
from functools import partial

from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version

from hobd.cli.add import Add
from hobd.core.vocab.names import Name
from hobd.core.vocab.request import Outcome
from hobd.environments.interpreter import Interpreter
from hobd.projects.drafts import Drafts
from hobd.projects.lockfiles import begin_again
from hobd.projects.restoring import Restorer
from hobd.service.builds.building import Builder
from hobd.service.context import Context
from hobd.service.edits.add_edit import Edit, EditPlace, draft_bounds, draft_requirements, names_from_indexes
from hobd.service.edits.add_failure import explained
from hobd.service.edits.add_sources import augmented
from hobd.service.edits.asked import Asked, constrained, name_all, read_words
from hobd.service.edits.drafted_lock import DraftLocker
from hobd.service.edits.listed import read_listed
from hobd.service.edits.name_help import help_with
from hobd.service.locks.locking import Locker, deep_markers_refused
from hobd.service.network import Network
from hobd.service.scripts.editing import editing_script, reread_script, warn_of_no_ops
from hobd.service.scripts.opening import OpenScript, open_script


async def add_to_script(command: Add, context: Context) -> Outcome:
    """Edit the metadata, and unless `--frozen` resolve what they require. The script's environment is made when it runs."""
    async with open_script(command, context, command.script or "") as opened:
        session = opened.session
        warn_of_no_ops({"--locked": command.locked, "--frozen": command.frozen, "--no-sync": command.no_sync}, session)
        interpreter = await opened.find_python()
        words = read_words(command.packages, session)
        listed, constraints = await read_listed(command.requirements, command.constraints, session)
        opened = opened.within(constrained(session, constraints))
        asked = await _name(tuple(augmented(one, command) for one in (*words, *listed)), opened, interpreter)
        initial = None if opened.has_metadata else f'requires-python = ">={interpreter.minor}"\ndependencies = []\n'
        place = EditPlace(path=opened.path, sources=opened.script.tool_uv.sources, is_script=True, initial=initial)
        async with editing_script(opened) as restorer:
            addition = _Addition(command=command, asked=asked, place=place, opened=opened, interpreter=interpreter, restorer=restorer)
            with deep_markers_refused():
                await begin_again(addition.carry_out)
        return Outcome()


async def _name(asked: tuple[Asked, ...], opened: OpenScript, interpreter: Interpreter) -> tuple[Asked, ...]:
    subject = opened.subject()
    network = Network(session=opened.session, root=subject.root)
    builder = Builder(session=opened.session, network=network, interpreter=interpreter, subject=subject)
    return await name_all(asked, builder, network, opened.session)


class _Addition(Struct, frozen=True, kw_only=True):
    """What is to be added, and to what."""

    command: Add
    asked: tuple[Asked, ...]
    place: EditPlace
    opened: OpenScript
    interpreter: Interpreter
    restorer: Restorer

    async def carry_out(self) -> None:
        """Write the script with what is added, and its lock where it has one; with `--frozen` nothing is resolved.

        Raises:
            HobError: it cannot be added.
        """
        drafts = Drafts()
        edits = draft_requirements(self.command, self.asked, self.place, drafts, self.opened.session)
        if self.command.frozen:
            drafts.keep(self.restorer.settle)
            return
        opened = reread_script(self.opened.within(replace(self.opened.session, drafts=drafts)))
        names = help_with(names_from_indexes(edits), self.interpreter, opened.lockfile, opened.session)
        asker = self.command.locked
        writes = asker is None and opened.lockfile.is_file()
        locker = Locker(session=opened.session, subject=opened.subject(), interpreter=self.interpreter, writes=writes)
        draft_locker = DraftLocker(
            locker=locker,
            drafts=drafts,
            restorer=self.restorer,
            asked=frozenset(edit.requirement.name for edit in edits),
            locked=None if asker is None else asker.spelling,
        )
        with explained(names):
            await draft_locker.run(partial(self._bound, edits=edits, drafts=drafts))
        for warning in names.warnings():
            opened.session.context.voice.warn(warning)

    def _bound(self, chosen: Iterable[tuple[Name, Version]], edits: tuple[Edit, ...], drafts: Drafts) -> bool:
        return not self.command.raw and draft_bounds(chosen, self.command, edits, self.place, drafts, self.opened.session)
