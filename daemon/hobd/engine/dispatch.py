"""Which story answers which command. Stories are imported when they are first told."""

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any, TypeAlias

from hobd.cli.parse import Answer, parse
from hobd.core.vocab.request import Outcome
from hobd.errors import HobError
from hobd.service.context import Context

Story: TypeAlias = Callable[[Any, Context], Awaitable[Outcome]]

STORIES: dict[str, str] = {
    "LockCommand": "hobd.service.lock:tell",
    "SyncCommand": "hobd.service.sync:tell",
    "RunCommand": "hobd.service.run:tell",
    "TreeCommand": "hobd.service.tree:tell",
    "VenvCommand": "hobd.service.venv:tell",
    "CacheDirCommand": "hobd.service.cache:tell_folder",
}
"""Command value's type to the story's place, `module:function`."""


def find_story(command: object) -> Story:
    """The story of a command.

    Raises:
        HobError: no story is written for it; exit code 2.
    """
    place = STORIES.get(type(command).__name__)
    if place is None:
        raise HobError(f"`{getattr(command, 'words', type(command).__name__)}` is not there in this version of hob")
    module, _, function = place.partition(":")
    story: Story = getattr(import_module(module), function)
    return story


async def answer(argv: tuple[bytes, ...], context: Context) -> Outcome:
    """Parse a command line and tell its story."""
    command = parse(argv, context.environ)
    if isinstance(command, Answer):
        context.say.out(command.stdout)
        context.say.err(command.stderr)
        return Outcome(code=command.code, is_replayable=command.code == 0)
    return await find_story(command)(command, context)
