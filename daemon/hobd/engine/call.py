"""One call, from `Start` to its last event: a context is made, a story told, an end said, a verdict given."""

import os
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from hob.v1 import execute_pb2, verdict_pb2
from hobd.core.vocab.request import Caller, Launch, Lease, Outcome, Terminal
from hobd.core.vocab.spawn import Spawner
from hobd.engine.dispatch import Surroundings, answer
from hobd.engine.environ import RecordingEnviron
from hobd.engine.grounds import Grounds
from hobd.engine.memory import Memory
from hobd.engine.speech import Speech

VERDICT_SCHEMA = 1


class Ending(Struct, frozen=True):
    """The last event of a call, and what may be replayed."""

    event: execute_pb2.Event
    verdict: verdict_pb2.Verdict | None


class Call(Struct, frozen=True):
    """What a call has at hand."""

    start: execute_pb2.Start
    speech: Speech
    spawner: Spawner
    memory: Memory
    log: Callable[[str], None]

    async def tell(self) -> Ending:
        """Answer the command line. Whatever goes wrong becomes text and an exit code; only cancellation passes through."""
        environ = RecordingEnviron.of(self.start)
        grounds = Grounds(time.time_ns())
        outcome = await self._outcome(environ, grounds)
        event = _last_event(outcome)
        self.speech.send(event)
        return Ending(event, self._verdict(outcome, environ, grounds))

    async def _outcome(self, environ: RecordingEnviron, grounds: Grounds) -> Outcome:
        try:
            return await answer(self._surroundings(environ, grounds))
        except Exception as error:  # noqa: BLE001 - a bug must end this call, not the engine
            self.log(traceback.format_exc())
            self.speech.err(f"error: {type(error).__name__}: {error}\n\nhint: This is a bug in hob; `hob daemon logs` has the details\n")
            return Outcome(code=2)

    def _surroundings(self, environ: RecordingEnviron, grounds: Grounds) -> Surroundings:
        start = self.start
        caller = Caller(
            cwd=Path(os.fsdecode(start.cwd)),
            terminal=_terminal(start.terminal),
            umask=start.umask,
            program=os.fsdecode(start.program),
            pid=start.pid,
            request_id=start.request_id,
        )
        return Surroundings(
            caller=caller,
            environ=environ,
            evidence=grounds,
            say=self.speech,
            progress=self.speech,
            spawner=self.spawner,
            memory=self.memory,
            argv=tuple(start.argv),
        )

    def _verdict(self, outcome: Outcome, environ: RecordingEnviron, grounds: Grounds) -> verdict_pb2.Verdict | None:
        if not outcome.is_replayable or grounds.spoiled is not None or not self.speech.is_whole:
            return None
        rest = outcome.rest_from
        return verdict_pb2.Verdict(
            schema=VERDICT_SCHEMA,
            build=self.start.client_build,
            cwd=self.start.cwd,
            argv=self.start.argv[1:rest],
            takes_rest=rest is not None,
            env=environ.grounds(),
            files=grounds.files(),
            expires_ns=grounds.expires_ns,
            events=_without_rest(self.speech.kept, len(self.start.argv) - rest if rest is not None else 0),
            terminal=self.start.terminal,
            program=self.start.program,
            read_ns=grounds.read_ns,
            umask=self.start.umask,
        )


def _terminal(told: execute_pb2.Terminal) -> Terminal:
    return Terminal(
        stdin_is_tty=told.stdin_is_tty,
        stdout_is_tty=told.stdout_is_tty,
        stderr_is_tty=told.stderr_is_tty,
        columns=told.columns,
    )


def _last_event(outcome: Outcome) -> execute_pb2.Event:
    if outcome.launch is None:
        return execute_pb2.Event(exit=execute_pb2.Exit(code=outcome.code))
    return execute_pb2.Event(exec=exec_spec(outcome.launch))


def exec_spec(launch: Launch) -> execute_pb2.ExecSpec:
    """A launch as the contract says it."""
    return execute_pb2.ExecSpec(
        argv=[os.fsencode(word) for word in launch.argv],
        program=os.fsencode(launch.program),
        env_set=[execute_pb2.EnvVar(name=os.fsencode(name), value=os.fsencode(value)) for name, value in launch.env_set],
        env_unset=[os.fsencode(name) for name in launch.env_unset],
        cwd=os.fsencode(launch.cwd) if launch.cwd is not None else b"",
        nofile_limit=launch.nofile_limit,
        nofile_refused=os.fsencode(launch.nofile_refused),
        not_found=os.fsencode(launch.not_found),
        lease=_lease(launch.lease) if launch.lease is not None else None,
    )


def _lease(lease: Lease) -> execute_pb2.Lease:
    return execute_pb2.Lease(path=os.fsencode(lease.path), bytes=lease.places)


def _without_rest(events: list[execute_pb2.Event], rest: int) -> list[execute_pb2.Event]:
    """The events of an answer without the arguments that were only passed through: a replay brings its own."""
    kept = []
    for event in events:
        copy = execute_pb2.Event()
        copy.CopyFrom(event)
        if rest and copy.WhichOneof("kind") == "exec":
            del copy.exec.argv[-rest:]
        kept.append(copy)
    return kept
