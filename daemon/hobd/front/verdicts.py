"""Answers that may be given again, and when: the table behind every warm no-op.

lookup   key (build, cwd, argv or its prefix) -> same program, umask, terminal -> not expired -> variables -> one stat a file
store    only what has settled: every ground older than the read that it rests on, by more than a tick of its clock
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from hob.v1 import execute_pb2 as execute_v1
from hob.v1 import verdict_pb2 as verdict_v1
from hobd.build_id import fnv1a_64
from hobd.front.grounds import (
    FileState,
    find_changed_file,
    find_changed_variable,
    has_login,
    holds_secret,
    is_settled,
    state_of,
    without_times,
)
from hobd.front.verdict_files import VerdictFiles

SCHEMA = 1
_MOST_ENTRIES = 1_000
_MOST_BYTES = 16 << 20
_LARGEST = 1 << 20
"""Bytes of one verdict; a larger answer is made anew each time."""
_COST_FACTOR = 3
"""What a verdict costs in memory, as messages and tuples, over its serialized size."""
_LONGEST_PREFIX = 12
"""Words of a command line that a verdict which takes further arguments can have."""


def verdict_key(build: bytes, cwd: bytes, argv: Sequence[bytes]) -> bytes:
    """The key of a verdict. `argv` comes without the program's name."""
    return b"\0".join((build, cwd, *argv))


class Entry(Struct, frozen=True):
    """A verdict in memory, its file grounds unpacked for speed."""

    verdict: verdict_v1.Verdict
    files: tuple[FileState, ...]
    cost_bytes: int

    @staticmethod
    def of(verdict: verdict_v1.Verdict, size: int) -> "Entry":
        """Unpack a verdict of `size` bytes."""
        return Entry(verdict, tuple(map(state_of, verdict.files)), size * _COST_FACTOR)


class Lookup(Struct, frozen=True):
    """What a lookup found."""

    events: tuple[execute_v1.Event, ...]
    """The answer; empty for a miss."""
    reason: str
    """Why nothing can be replayed, for the log; empty for a hit."""


class Verdicts:
    """All verdicts of this daemon, the least recently used first to go."""

    def __init__(self, build: bytes, files: VerdictFiles) -> None:
        self.replays = 0
        self._build = build
        self._files = files
        self._entries: OrderedDict[bytes, Entry] = OrderedDict()
        self._keys_by_path: dict[bytes, set[bytes]] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def lookup(self, start: execute_v1.Start, environment: Mapping[bytes, bytes], now_ns: int) -> Lookup:
        """The answer to a command line, if one is known that still holds. Costs one `stat` a file ground."""
        if environment.get(b"HOB_VERDICTS") == b"off":
            return Lookup((), "switched off")
        words = tuple(start.argv[1:])
        reason = "none known"
        for length in _prefix_lengths(words):
            key = verdict_key(self._build, start.cwd, words[:length])
            entry = self._entries.get(key) or self._read(key)
            if entry is None or (length < len(words) and not entry.verdict.takes_rest):
                continue
            reason = self._judge(key, entry, start, environment, now_ns)
            if not reason:
                self._entries.move_to_end(key)
                self.replays += 1
                return Lookup(_answer(entry.verdict, words[length:]), "")
        return Lookup((), reason)

    def store(self, verdict: verdict_v1.Verdict, start: execute_v1.Start) -> str:
        """Keep the verdict that an engine gave for `start`. Returns why it was not kept; empty if it was."""
        words = tuple(start.argv[1:])
        decisive = tuple(verdict.argv)
        if verdict.schema != SCHEMA or not verdict.events or words[: len(decisive)] != decisive:
            return "it does not fit its request"
        if len(decisive) < len(words) and not verdict.takes_rest:
            return "it leaves arguments out"
        for ground in verdict.files:
            if not is_settled(ground, verdict.read_ns):
                if not ground.HasField("content"):
                    return f"`{ground.path.decode(errors='replace')}` changed just before it was read"
                without_times(ground)
        _stamp(verdict, start, self._build)
        size = verdict.ByteSize()
        if size > _LARGEST:
            return "it is too large"
        self._put(verdict_key(self._build, verdict.cwd, decisive), Entry.of(verdict, size))
        return ""

    def persist(self, verdict: verdict_v1.Verdict) -> None:
        """Write a stored verdict to disk, unless it holds a secret. Comes after the answer: nobody waits for it."""
        texts = (*verdict.argv, *(ground.content for ground in verdict.files))
        if not any(holds_secret(ground) for ground in verdict.env) and not any(map(has_login, texts)):
            key = verdict_key(self._build, verdict.cwd, tuple(verdict.argv))
            self._files.write(fnv1a_64(key), verdict.SerializeToString())

    def invalidate(self, paths: Iterable[bytes]) -> int:
        """Drop what rests on these paths or on the folders that hold them: a hint, come early. Returns how many went."""
        stale: set[bytes] = set()
        for path in paths:
            stale |= self._keys_by_path.get(path, set())
            stale |= self._keys_by_path.get(path.rpartition(b"/")[0], set())
        for key in stale:
            self._forget(key)
        return len(stale)

    def _judge(self, key: bytes, entry: Entry, start: execute_v1.Start, environment: Mapping[bytes, bytes], now_ns: int) -> str:
        """Why the entry cannot answer; empty if it can. An entry that no request can use again is forgotten."""
        verdict = entry.verdict
        if fault := find_mismatch(verdict, start):
            return fault
        if changed := find_changed_variable(verdict.env, environment):
            return f"`{changed.decode(errors='replace')}` has another value"
        if verdict.expires_ns and not verdict.read_ns <= now_ns < verdict.expires_ns:  # a clock that went back tells nothing
            self._forget(key)
            return "expired"
        if path := find_changed_file(entry.files):
            self._forget(key)
            return f"`{path.decode(errors='replace')}` changed"
        return ""

    def _read(self, key: bytes) -> Entry | None:
        """The verdict that an earlier life left on disk."""
        data = self._files.read(fnv1a_64(key))
        if data is None:
            return None
        try:
            verdict = verdict_v1.Verdict.FromString(data)
        except Exception:  # noqa: BLE001 - protobuf's error has no public home; a torn file is as good as none
            return None
        if verdict.schema != SCHEMA or verdict_key(verdict.build, verdict.cwd, tuple(verdict.argv)) != key or not verdict.events:
            return None
        entry = Entry.of(verdict, len(data))
        self._put(key, entry)
        return entry

    def _put(self, key: bytes, entry: Entry) -> None:
        self._drop(key)
        self._entries[key] = entry
        self._bytes += entry.cost_bytes
        for path, *_ in entry.files:
            self._keys_by_path.setdefault(path, set()).add(key)
        while len(self._entries) > _MOST_ENTRIES or self._bytes > _MOST_BYTES:
            self._drop(next(iter(self._entries)))

    def _forget(self, key: bytes) -> None:
        self._drop(key)
        self._files.remove(fnv1a_64(key))

    def _drop(self, key: bytes) -> None:
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self._bytes -= entry.cost_bytes
        for path, *_ in entry.files:
            if keys := self._keys_by_path.get(path):
                keys.discard(key)
                if not keys:
                    del self._keys_by_path[path]


def find_mismatch(verdict: verdict_v1.Verdict, start: execute_v1.Start) -> str:
    """Which part of the request is not as it was when the verdict was given; empty if all are. Looks at no file."""
    ours, theirs = verdict.terminal, start.terminal
    if verdict.program != start.program:
        return "another client"
    if verdict.umask != start.umask:
        return "another umask"
    streams = (ours.stdin_is_tty, ours.stdout_is_tty, ours.stderr_is_tty)
    if streams != (theirs.stdin_is_tty, theirs.stdout_is_tty, theirs.stderr_is_tty):
        return "other standard streams"
    if theirs.stderr_is_tty and ours.columns != theirs.columns:
        return "another terminal width"
    return ""


def _prefix_lengths(words: tuple[bytes, ...]) -> Iterable[int]:
    """How many words of the command line to look for: all, then, for `run`, its shorter and shorter beginnings."""
    yield len(words)
    if words[:1] == (b"run",):
        yield from range(min(len(words) - 1, _LONGEST_PREFIX), 1, -1)


def _stamp(verdict: verdict_v1.Verdict, start: execute_v1.Start, build: bytes) -> None:
    """Write into the verdict what the front knows best: for whom the answer was made."""
    verdict.build = build
    verdict.cwd = start.cwd
    verdict.program = start.program
    verdict.umask = start.umask
    verdict.terminal.CopyFrom(start.terminal)


def _answer(verdict: verdict_v1.Verdict, rest: tuple[bytes, ...]) -> tuple[execute_v1.Event, ...]:
    """The events of a verdict; further arguments are passed through to what is executed."""
    events = tuple(verdict.events)
    if not rest or events[-1].WhichOneof("kind") != "exec":
        return events
    last = execute_v1.Event()
    last.CopyFrom(events[-1])
    last.exec.argv.extend(rest)
    return (*events[:-1], last)
