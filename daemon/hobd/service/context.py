"""What every story has at hand: who asked, what they may read, whom to tell, and what is remembered."""

from msgspec import Struct

from hobd.core.vocab.environ import Environ
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.progress import ProgressSink
from hobd.core.vocab.request import Caller
from hobd.core.vocab.spawn import Spawner
from hobd.service.memory import Memory
from hobd.service.voice import Voice


class Context(Struct, frozen=True, kw_only=True):
    """One request's surroundings."""

    caller: Caller
    environ: Environ
    evidence: Evidence
    voice: Voice
    progress: ProgressSink
    spawner: Spawner
    memory: Memory
    argv: tuple[bytes, ...]
    """The command line as it came, the program's name first."""
