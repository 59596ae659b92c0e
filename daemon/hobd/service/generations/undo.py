"""`hob undo`: back to the generation before, and to the files of the project that belong to it.

which one? ─→ the way there, change by change ─→ was a file edited since? ─ yes ─→ it is named, nothing happens
                                                        └─ no ─→ files and link, all or nothing ─→ what that changed
"""

import time
from pathlib import Path

from anyio import to_thread
from msgspec import Struct

from hobd.cli.report import Change, render_changes
from hobd.cli.undo import Undo, render_restored, render_switched
from hobd.core.plan.file_changes import FileChange, Retraced, Step, find_way, retrace
from hobd.core.vocab.project import Workspace
from hobd.core.vocab.request import Outcome
from hobd.environments.generations import Generation, Generations
from hobd.errors import RequestError, WorldError
from hobd.service.context import Context
from hobd.service.generations.files import FileWatch, read_whole
from hobd.service.generations.intent import Intent, decide
from hobd.service.generations.listing import list_generations
from hobd.service.generations.opening import find_generations, holding
from hobd.service.generations.packages import compare, read_packages
from hobd.service.generations.report import render_report
from hobd.service.opening import open_session
from hobd.service.session import Session
from hobd.service.syncs.project_python import environment_place


class NothingToUndo(RequestError):
    """There is no generation to go to."""


class EditedSince(RequestError):
    """A file of the project is not what hob left."""


async def tell(command: Undo, context: Context) -> Outcome:
    """Go back, or list where one can go."""
    async with open_session(command, context) as session:
        workspace = session.workspace()
        place = environment_place(workspace, session, is_active=False)
        generations = await find_generations(place, session)
        context.evidence.spoil("generations")
        if generations.current() is None:
            raise _without_generations(place, session)
        if command.list:
            rows = await to_thread.run_sync(list_generations, generations, time.time())
            context.voice.data(rows.as_json(place) if command.output_format == "json" else rows.as_text())
            return Outcome()
        journey = _Journey(command=command, generations=generations, workspace=workspace, place=place, session=session)
        async with session.alone_with(workspace.root), holding(generations, session):
            await journey.make()
        return Outcome()


def _without_generations(place: Path, session: Session) -> RequestError:
    shown = session.shown(place)
    if session.settings.hob.generations is None:
        return NothingToUndo(
            f"No earlier generations of `{shown}` are kept",
            hint="With `generations = true` in `[tool.hob]` of `pyproject.toml`, each change keeps the environment that was there before",
        )
    return NothingToUndo(f"There are no generations of `{shown}` yet: the next change makes the first")


class _Goal(Struct, frozen=True, kw_only=True):
    """Where to go, and what the project's files are there."""

    generation: Generation
    files: Retraced
    is_elsewhere: bool
    """Whether it is another generation than the present one."""


class _Journey(Struct, frozen=True, kw_only=True):
    """One way back."""

    command: Undo
    generations: Generations
    workspace: Workspace
    place: Path
    session: Session

    async def make(self) -> None:
        """Find the way, go it, and tell."""
        start = self.generations.current()
        goal = await to_thread.run_sync(self._find_goal)
        changes = await to_thread.run_sync(self._changes, goal.generation)
        if not self.command.dry_run:
            files = {self.workspace.root / path: text for path, text in goal.files.texts.items()}
            try:
                await to_thread.run_sync(decide, self.generations, Intent(number=goal.generation.number, files=files))
            except OSError as error:
                raise WorldError(f"`{self.session.shown(self.place)}` cannot be switched", causes=(str(error),)) from error
            if self.session.files is not None:
                self.session.files.settle()
        self._tell(start, goal, changes)

    def _find_goal(self) -> _Goal:
        """Where to go.

        Raises:
            NothingToUndo: there is no such generation.
            EditedSince: the files cannot be taken there.
        """
        generations, command = self.generations, self.command
        number = generations.current()
        assert number is not None  # the story has looked
        present, pending = generations.find(number), generations.pending()
        wanted = self._wanted(present, is_pending=bool(pending))
        if wanted is None:
            raise self._nothing()
        leaves_files = command.environment_only or present is None
        files = Retraced({}, ()) if leaves_files else self._retrace(number, wanted.number, pending)
        if files.edited:
            raise _edited(files.edited)
        return _Goal(generation=wanted, files=files, is_elsewhere=wanted.number != number)

    def _wanted(self, present: Generation | None, *, is_pending: bool) -> Generation | None:
        """The generation to go to; None where there is none.

        Args:
            present: None where another tool has made something else of it: then the one that was left last comes before it.
            is_pending: whether hob changed the project's files since: that is the last step, and all that is taken back.
        """
        generations, command = self.generations, self.command
        if command.to is not None:
            return generations.find(command.to)
        if present is None:
            return max(generations.every(), key=lambda one: one.switched, default=None)
        if is_pending and not command.environment_only:
            return present
        return None if present.note.parent is None else generations.find(present.note.parent)

    def _nothing(self) -> NothingToUndo:
        numbers = ", ".join(str(each.number) for each in self.generations.every())
        if self.command.to is not None:
            return NothingToUndo(f"There is no generation {self.command.to}", hint=f"There are: {numbers}")
        return NothingToUndo("There is no earlier generation", hint="`hob undo --list` shows which there are; `--to` goes to any of them")

    def _retrace(self, start: int, goal: int, pending: tuple[FileChange, ...]) -> Retraced:
        """What becomes of the project's files on the way; what hob did since the last switch is taken back first."""
        steps = {each.number: Step(each.note.parent, each.note.files) for each in self.generations.every()}
        way = find_way(steps, start, goal)
        if way is None:
            raise EditedSince(
                f"What hob changed in the project between the generations {start} and {goal} is not known any more", hint=_ENVIRONMENT_ONLY
            )
        way = [tuple(change.reversed for change in pending), *way]
        texts = {change.path: read_whole(self.workspace.root / change.path) for step in way for change in step}
        return retrace(way, texts)

    def _changes(self, goal: Generation) -> list[Change]:
        """What comes and goes, as a sync tells it."""
        present = self.generations.current()
        if present is None or present == goal.number:
            return []
        return compare(read_packages(self.generations.root(present)), read_packages(goal.root))

    def _tell(self, start: int | None, goal: _Goal, changes: list[Change]) -> None:
        voice, is_dry_run, number = self.session.context.voice, self.command.dry_run, goal.generation.number
        files = tuple(goal.files.texts)
        if self.command.output_format == "json":
            voice.data(render_report(self.place, (start, number), goal.files.texts, changes, dry_run=is_dry_run))
        if goal.is_elsewhere:
            voice.note(render_switched(self.session.shown(self.place), number, is_dry_run=is_dry_run))
        if files:
            voice.note(render_restored(files, is_dry_run=is_dry_run))
        voice.note(render_changes(changes))
        if not is_dry_run:
            self._warn(goal.generation.note.state)

    def _warn(self, state: tuple[tuple[str, str | None], ...]) -> None:
        """Say which files are not what the generation was made for: the next sync goes by them."""
        now = dict(FileWatch(self.workspace).state())
        others = [path for path, digest in state if now.get(path) != digest]
        if others:
            names = ", ".join(f"`{path}`" for path in others)
            self.session.context.voice.warn(
                f"{names} {'is' if len(others) == 1 else 'are'} not as when this generation was made, and the next sync goes by "
                f"{'it' if len(others) == 1 else 'them'}; `hob run --no-sync` stays in this generation"
            )


_ENVIRONMENT_ONLY = "`hob undo --environment-only` goes back and leaves the project's files as they are"


def _edited(paths: tuple[str, ...]) -> EditedSince:
    names = " and ".join(f"`{path}`" for path in paths)
    is_one = len(paths) == 1
    return EditedSince(
        f"{names} {'was' if is_one else 'were'} edited since hob changed {'it' if is_one else 'them'}, so nothing was taken back",
        hint=_ENVIRONMENT_ONLY,
    )
