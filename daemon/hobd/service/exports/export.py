"""`hob export`: the lock in the formats of others (TRE-5 to TRE-9).

find what is exported ─→ lock, or take the lock as it is ─→ choose rows ─→ render ─→ standard output, and a file if named
"""

from contextlib import AsyncExitStack

from hobd.cli.export import Export
from hobd.cli.style import strip_style
from hobd.core.vocab.request import Outcome
from hobd.service.context import Context
from hobd.service.exports.batch import tell_of_batch
from hobd.service.exports.document import CYCLONEDX, find_format, render_export, write_export
from hobd.service.exports.output import output_path
from hobd.service.exports.subject import open_project_export, open_script_export
from hobd.service.locks.locking import say_resolved


async def tell(command: Export, context: Context) -> Outcome:
    """Export a project's lock, or with `--script` a script's."""
    if command.batch is not None:
        return await tell_of_batch(command, context)
    async with AsyncExitStack() as stack:
        opening = open_project_export if command.script is None else open_script_export
        subject = await opening(command, context, stack)
        if subject.locked.seconds:
            say_resolved(subject.locked, subject.session)
        target = output_path(command.output_file, subject.session.cwd)
        text = await render_export(command, subject, target)
        if target is None or not command.general.quiet:
            context.voice.data(text)
        if target is not None:
            await write_export(target, strip_style(text))
        is_of_the_moment = find_format(command, target) == CYCLONEDX
        return Outcome(is_replayable=target is None and not subject.locked.is_changed and not is_of_the_moment)
