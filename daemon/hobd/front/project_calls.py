"""`ProjectService`: what editors ask, translated into the command lines that a person would type."""

import json
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import anyio
import grpc
from msgspec import Struct, field

from hob.v1 import engine_pb2 as engine_v1
from hob.v1 import execute_pb2 as execute_v1
from hob.v1 import project_pb2 as project_v1
from hobd.front.conversations import refuse, replay, taken
from hobd.front.processes import own_program
from hobd.front.state import Front

_LONGEST_DEADLINE_SECONDS = 600
_FRESHNESS = {
    "fresh": project_v1.FRESHNESS_FRESH,
    "stale": project_v1.FRESHNESS_STALE,
    "missing": project_v1.FRESHNESS_MISSING,
}
_REFUSAL_CODES = {
    execute_v1.Refused.REASON_DRAINING: grpc.StatusCode.UNAVAILABLE,
    execute_v1.Refused.REASON_BUSY: grpc.StatusCode.RESOURCE_EXHAUSTED,
    execute_v1.Refused.REASON_NAMESPACE: grpc.StatusCode.FAILED_PRECONDITION,
}
_FIRST_LOOK_SECONDS = 1.0
"""When a subscriber's project is looked at again though nobody said that it changed: the watch was not ready from the start."""
_LOOK_SECONDS = 30.0
"""The same, from then on: an event may be lost, and on other hosts' file systems none ever comes."""
_UNCHANGED = "No lockfile changes detected"
"""What a dry run of `lock` says when the file would stay as it is."""


class Outcome(Struct):
    """What a command line said, and how it ended."""

    out: bytearray = field(default_factory=bytearray)
    err: bytearray = field(default_factory=bytearray)
    code: int = 0
    spec: execute_v1.ExecSpec | None = None
    progress: list[execute_v1.Progress] = field(default_factory=list)
    """What came since the last look."""

    @property
    def text(self) -> str:
        """What a person would have read."""
        return (self.err + self.out).decode(errors="replace")

    def take(self, batch: execute_v1.ExecuteResponse) -> None:
        """Note one batch of events."""
        for event in batch.events:
            kind = event.WhichOneof("kind")
            if kind == "out_chunk":
                self.out += event.out_chunk.data
            elif kind == "err_chunk":
                self.err += event.err_chunk.data
            elif kind == "progress":
                self.progress.append(event.progress)
            elif kind == "exit":
                self.code = event.exit.code
            elif kind == "exec":
                self.spec = event.exec

    def new_progress(self) -> list[execute_v1.Progress]:
        """The progress since the last time."""
        new, self.progress = self.progress, []
        return new


class ProjectService:
    """Reads, locks and syncs projects, prepares runs, and tells what changed."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def handlers(self) -> grpc.GenericRpcHandler:
        """For the server."""
        read = project_v1.GetProjectRequest.FromString, project_v1.GetProjectResponse.SerializeToString
        lock = project_v1.LockRequest.FromString, project_v1.LockResponse.SerializeToString
        sync = project_v1.SyncRequest.FromString, project_v1.SyncResponse.SerializeToString
        run = project_v1.RunRequest.FromString, project_v1.RunResponse.SerializeToString
        subscribe = project_v1.SubscribeRequest.FromString, project_v1.SubscribeResponse.SerializeToString
        methods = {
            "GetProject": grpc.unary_unary_rpc_method_handler(self.get_project, *read),
            "Lock": grpc.unary_stream_rpc_method_handler(self.lock, *lock),
            "Sync": grpc.unary_stream_rpc_method_handler(self.sync, *sync),
            "Run": grpc.unary_stream_rpc_method_handler(self.run, *run),
            "Subscribe": grpc.unary_stream_rpc_method_handler(self.subscribe, *subscribe),
        }
        return grpc.method_handlers_generic_handler("hob.v1.ProjectService", methods)

    async def get_project(self, request: project_v1.GetProjectRequest, context: Any) -> project_v1.GetProjectResponse:
        """What a project is; changes nothing."""
        return await self._read_state(request.project, context)

    async def lock(self, request: project_v1.LockRequest, context: Any) -> AsyncIterator[project_v1.LockResponse]:
        """`hob lock`, its progress on the way."""
        await _check_deadline(context)
        state = await self._read_state(request.project, context)
        lockfile = Path(os.fsdecode(state.root or request.project.root)) / "uv.lock"
        before = _identity(lockfile)
        outcome = Outcome()
        words = [b"lock", *_flags((b"--dry-run", request.dry_run), (b"--upgrade", request.upgrade))]
        async for _ in self._run(request.project, words, outcome, context):
            for progress in outcome.new_progress():
                yield project_v1.LockResponse(progress=progress)
        is_changed = outcome.code == 0 and _UNCHANGED not in outcome.text if request.dry_run else _identity(lockfile) != before
        yield project_v1.LockResponse(result=project_v1.LockResult(code=outcome.code, text=outcome.text, is_changed=is_changed))

    async def sync(self, request: project_v1.SyncRequest, context: Any) -> AsyncIterator[project_v1.SyncResponse]:
        """`hob sync`, its progress on the way."""
        await _check_deadline(context)
        outcome = Outcome()
        words = [b"sync", *_flags((b"--dry-run", request.dry_run), (b"--frozen", request.frozen))]
        async for _ in self._run(request.project, words, outcome, context):
            for progress in outcome.new_progress():
                yield project_v1.SyncResponse(progress=progress)
        yield project_v1.SyncResponse(result=project_v1.SyncResult(code=outcome.code, text=outcome.text))

    async def run(self, request: project_v1.RunRequest, context: Any) -> AsyncIterator[project_v1.RunResponse]:
        """`hob run`, up to what is to be started; the editor starts it."""
        outcome = Outcome()
        async for _ in self._run(request.project, [b"run", b"--", *request.argv], outcome, context):
            for progress in outcome.new_progress():
                yield project_v1.RunResponse(progress=progress)
        yield project_v1.RunResponse(result=project_v1.RunResult(code=outcome.code, text=outcome.text, exec=outcome.spec))

    async def subscribe(self, request: project_v1.SubscribeRequest, context: Any) -> AsyncIterator[project_v1.SubscribeResponse]:
        """The state as it is, then what it becomes, until the daemon ends or the editor has heard enough."""
        subscriptions = self._front.subscriptions
        subscription = subscriptions.add(request.project.root)
        clock = request.clock
        patience_seconds = _FIRST_LOOK_SECONDS
        try:
            while not subscriptions.is_going_away:
                state = await self._read_state(request.project, context)
                now = subscriptions.clock_of(request.project.root, state.fingerprint)
                if now > clock:
                    clock = now
                    yield project_v1.SubscribeResponse(clock=clock, state=state)
                folders = {request.project.root, state.root} - {b""}
                self._front.watcher.announce(engine_v1.Watch(root=request.project.root, folders=folders))
                with anyio.move_on_after(patience_seconds):
                    await subscription.wait_for_wake()
                patience_seconds = _LOOK_SECONDS
            going_away = project_v1.GoingAway(reason=self._front.drain_reason)
            yield project_v1.SubscribeResponse(clock=clock, going_away=going_away)
        finally:
            subscriptions.remove(subscription)

    async def _read_state(self, project: project_v1.ProjectRef, context: Any) -> project_v1.GetProjectResponse:
        outcome = Outcome()
        async for _ in self._run(project, [b"internal", b"project-state"], outcome, context):
            pass
        if outcome.code != 0:
            await context.abort(grpc.StatusCode.FAILED_PRECONDITION, outcome.text[:1000])
        return parse_state(bytes(outcome.out))

    async def _run(
        self, project: project_v1.ProjectRef, words: list[bytes], outcome: Outcome, context: Any
    ) -> AsyncIterator[execute_v1.ExecuteResponse]:
        """Work on a command line in the project, each batch noted in `outcome` and then handed on."""
        start = _start(self._front, project, words)
        refusal = refuse(self._front, start)
        if refusal is not None:
            await context.abort(_REFUSAL_CODES.get(refusal.reason, grpc.StatusCode.FAILED_PRECONDITION), refusal.text)
        answer, miss = replay(self._front, start)
        if answer is not None:
            outcome.take(answer)
            yield answer
            return
        async with taken(self._front, start, miss) as call:
            self._front.engines.submit(call)
            while (batch := await call.next_batch()) is not None:
                outcome.take(batch)
                yield batch


def parse_state(document: bytes) -> project_v1.GetProjectResponse:
    """What `internal project-state` printed: one JSON object."""
    state = json.loads(document)
    text: Callable[[str], str] = lambda name: state.get(name) or ""  # noqa: E731 - one word for a field that may be null
    diagnostics = [
        execute_v1.Diagnostic(
            path=fault.get("path", ""),
            line=fault.get("line", 0),
            column=fault.get("column", 0),
            text=fault.get("text", ""),
            hint=fault.get("hint", ""),
        )
        for fault in state.get("diagnostics", ())
    ]
    return project_v1.GetProjectResponse(
        name=text("name"),
        version=text("version"),
        root=os.fsencode(text("root")),
        environment=os.fsencode(text("environment")),
        interpreter=os.fsencode(text("interpreter")),
        lock=_FRESHNESS.get(text("lock"), project_v1.FRESHNESS_UNSPECIFIED),
        fingerprint=text("fingerprint"),
        diagnostics=diagnostics,
    )


async def _check_deadline(context: Any) -> None:
    """Editors go away without a word: a call that changes something ends at a time that they name."""
    remaining = context.time_remaining()
    if remaining is None or remaining > _LONGEST_DEADLINE_SECONDS:
        await context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"set a deadline of at most {_LONGEST_DEADLINE_SECONDS} seconds")


def _start(front: Front, project: project_v1.ProjectRef, words: list[bytes]) -> execute_v1.Start:
    """The command line that stands for an editor's call."""
    start = execute_v1.Start(
        client_build=front.build.encode(),
        cwd=project.root,
        argv=[b"hob", *words],
        env=project.env,
        umask=0o022,
        request_id=f"editor-{uuid4().hex[:12]}",
        priority=execute_v1.PRIORITY_EDITOR,
        program=own_program(),
    )
    try:
        found = os.stat(project.root)
    except OSError:
        return start  # admission refuses it: no directory has inode 0
    start.cwd_dev, start.cwd_ino = found.st_dev, found.st_ino
    return start


def _flags(*flags: tuple[bytes, bool]) -> list[bytes]:
    return [flag for flag, is_wanted in flags if is_wanted]


def _identity(path: Path) -> tuple[int, int, int] | None:
    """What tells this state of a file from the one after it was written anew."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns)
