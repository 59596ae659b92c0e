"""`hob cache dir`: where downloaded and built things are kept."""

from hobd.cli.cache import CacheDir
from hobd.cli.style import cyan
from hobd.core.vocab.request import Outcome
from hobd.service.context import Context
from hobd.service.opening import open_session


async def tell_folder(command: CacheDir, context: Context) -> Outcome:
    """Say where the cache is."""
    async with open_session(command, context) as session:
        context.voice.data(f"{cyan(session.cache)}\n")
        return Outcome(is_replayable=True)
