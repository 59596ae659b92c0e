"""`hob remove`: take requirements out of a project, its lock and its environment (ADD-14)."""

from functools import partial

from hobd.cli.remove import Remove
from hobd.cli.style import bold, cyan
from hobd.core.formats.dependency_tables import DEV_GROUP, LEGACY_DEV, PRODUCTION, SCRIPT, DependencyTable, find_tables, remove_everywhere
from hobd.core.formats.requirement import parse_requirement
from hobd.core.vocab.names import Name, normalize
from hobd.core.vocab.request import Outcome
from hobd.errors import RequestError
from hobd.projects.edit import edit_file, edit_script
from hobd.projects.files import read_text
from hobd.service.context import Context
from hobd.service.edits.editing import Following, editing, follow, prepare, pyproject_of
from hobd.service.opening import open_session
from hobd.service.scripts.editing import editing_script, relock_script, reread_script, warn_of_no_ops
from hobd.service.scripts.opening import open_script


class MissingDependency(RequestError):
    """The project does not require what is to be removed."""


async def tell(command: Remove, context: Context) -> Outcome:
    """Edit `pyproject.toml`; unless `--frozen`, lock and sync, exactly."""
    if command.script is not None:
        return await _remove_from_script(command, context)
    async with open_session(command, context) as session:
        workspace = session.workspace(command.package)
        path = pyproject_of(workspace)
        names = tuple(parse_requirement(text).name for text in command.packages)
        change = partial(remove_all, tables=_tables(command), names=names, shown=_shown(command))
        if command.frozen:
            edit_file(path, context.evidence, change)
            return Outcome()
        change(read_text(path, context.evidence) or "")  # what cannot be removed is told before an environment is made
        following = Following(package=command.package, active=command.active, locked=command.locked, no_sync=command.no_sync, is_exact=True)
        ready = await prepare(session, following)
        async with editing(workspace, session) as restorer:
            edit_file(path, context.evidence, change)
            restorer.settle(path)
            await follow(ready, session, following)
        return Outcome()


async def _remove_from_script(command: Remove, context: Context) -> Outcome:
    """Edit the metadata, and unless `--frozen` the lock, where there is one."""
    async with open_script(command, context, command.script or "", needs_metadata=True) as opened:
        session = opened.session
        options = {"--package": command.package, "--locked": command.locked, "--frozen": command.frozen, "--no-sync": command.no_sync}
        warn_of_no_ops(options, session)
        names = tuple(parse_requirement(text).name for text in command.packages)
        change = partial(remove_all, tables=(SCRIPT,), names=names, shown=_shown(command))
        async with editing_script(opened) as restorer:
            edit_script(opened.path, context.evidence, change, None)
            restorer.settle(opened.path)
            if command.frozen:
                return Outcome()
            if opened.lockfile.is_file():
                await relock_script(reread_script(opened), await opened.find_python(), locked=command.locked)
            else:
                context.voice.note(f"Updated `{cyan(session.shown(opened.path))}`\n")
        return Outcome()


def remove_all(text: str, tables: tuple[DependencyTable, ...], names: tuple[Name, ...], shown: str) -> str:
    """Remove names from lists, one after the other.

    Args:
        text: the document.
        tables: the lists.
        names: what is to go.
        shown: the lists, as errors name them.
    Raises:
        MissingDependency: one is in none of the lists; says where else it is.
    """
    for name in names:
        changed = remove_everywhere(text, tables, name)
        if changed is None:
            hints = tuple(_hint(name, table) for table in find_tables(text, name))
            raise MissingDependency(f"The dependency `{name}` could not be found in {shown}", hints=hints)
        text = changed
    return text


def _tables(command: Remove) -> tuple[DependencyTable, ...]:
    if command.dev or (command.group is not None and normalize(command.group) == DEV_GROUP.name):
        return (LEGACY_DEV, DEV_GROUP)
    if command.optional is not None:
        return (DependencyTable("optional", normalize(command.optional)),)
    if command.group is not None:
        return (DependencyTable("group", normalize(command.group)),)
    return (PRODUCTION,)


def _shown(command: Remove) -> str:
    """The lists as uv names them: `--dev` looks into two."""
    if command.dev:
        return "`tool.uv.dev-dependencies` or `tool.uv.dependency-groups.dev`"
    return f"`{'.'.join(_tables(command)[-1].keys)}`"


def _hint(name: Name, table: DependencyTable) -> str:
    if table.kind == "production":
        return f"`{name}` is a production dependency"
    if table.kind == "legacy-dev":
        return f"`{name}` is a development dependency (try: `{bold(f'hob remove {name} --dev')}`)"
    if table.kind == "optional":
        return f"`{name}` is an optional dependency (try: `{bold(f'hob remove {name} --optional {table.name}')}`)"
    return f"`{name}` is in the `{table.name}` group (try: `{bold(f'hob remove {name} --group {table.name}')}`)"
