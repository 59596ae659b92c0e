"""One conversation with the daemon: a `Start`, its events, its end."""

import contextlib
import errno
import os
import queue
import signal
import subprocess
import threading
import time
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:  # gRPC and the messages take a tenth of a second: only a call that asks the daemon pays for them
    from hob.v1 import execute_pb2 as v1


from .call import Call, terminal
from .connect import open_channel
from .prompt import Question
from .render import Output
from .runtime_dir import RuntimeDir

UNREAD_SECONDS = 2.0
PIECE_BYTES = 64 * 1024
WISHES = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Session:
    """One conversation with the daemon. Threads put what they hear into the inbox; the main thread alone acts."""

    def __init__(self, folder: RuntimeDir, call: Call, start: "v1.Start") -> None:
        from hob.v1 import execute_pb2

        self.v1 = execute_pb2
        self.inbox: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self.outbox: queue.SimpleQueue[v1.ExecuteRequest | None] = queue.SimpleQueue()
        self.output = Output(start.terminal.columns if start.terminal.stderr_is_tty else 0)
        self.accepted: v1.Accepted | None = None
        self.milestone = ""
        self.cancelled_by = 0
        self._may_ask = start.terminal.stderr_is_tty
        self._folder = folder
        self._probe_seconds = call.seconds(b"HOB_TEST_PROBE_SECONDS", 1.0)
        self._give_up_seconds = max(call.seconds(b"HOB_TEST_WEDGE_SECONDS", 3.0), self._probe_seconds)
        self._is_probed = self._is_alive = False
        self._unread_at = 0.0
        self._wishes = 0
        self._groups: dict[int, int] = {}
        self._unwanted: set[int] = set()
        self._question: Question | None = None
        self.outbox.put(self.v1.ExecuteRequest(start=start))

    def run(self) -> tuple[str, Any]:
        """Converse; how it ended ("exit", "exec", "refused", "lost", "silent", "cancelled") and with what."""
        import grpc

        channel = open_channel(grpc, self._folder)
        execute = channel.stream_stream(
            "/hob.v1.ExecuteService/Execute",
            request_serializer=self.v1.ExecuteRequest.SerializeToString,
            response_deserializer=self.v1.ExecuteResponse.FromString,
        )
        for number in (*WISHES, signal.SIGWINCH):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, lambda number, _: self._on_signal(number))
        responses = execute(iter(self.outbox.get, None))
        threading.Thread(target=self._listen, args=(grpc, responses), daemon=True).start()
        began = time.monotonic()
        try:
            while True:
                ended = self._step(grpc, began)
                if ended is not None:
                    return ended
        finally:
            self._signal_groups(signal.SIGKILL)
            self._forget_question()
            self.outbox.put(None)
            channel.close()

    def say(self, **kind: Any) -> None:
        """Send one request."""
        self.outbox.put(self.v1.ExecuteRequest(**kind))

    def _step(self, grpc: Any, began: float) -> tuple[str, Any] | None:
        waited = time.monotonic() - began
        patience = 3600.0
        if self.accepted is None:
            if waited >= self._give_up_seconds:
                return "silent", self._is_alive
            if waited >= self._probe_seconds and not self._is_probed:
                self._is_probed = True
                threading.Thread(target=self._probe, args=(grpc,), daemon=True).start()
            patience = (self._give_up_seconds if self._is_probed else self._probe_seconds) - waited
        if self.output.is_unread and not self._unread_at:
            self._unread_at = time.monotonic() + UNREAD_SECONDS
            self._cancel(signal.SIGPIPE, force=False)
        if self._unread_at:
            patience = self._unread_at - time.monotonic()
            if patience <= 0:
                return "cancelled", None
        try:
            kind, value = self.inbox.get(timeout=max(patience, 0.0))
        except queue.Empty:
            return None
        return self._on(kind, value)

    def _on(self, kind: str, value: Any) -> tuple[str, Any] | None:
        if kind == "event":
            return self._on_event(value)
        if kind == "signal":
            return self._on_wish(value)
        if kind == "spawned":
            self.say(spawn_event=value)
        elif kind == "answer":
            self._forget_question()
            self.say(answer=value)
        elif kind == "alive":
            self._is_alive = True
        elif kind == "lost":
            return "lost", None
        return None

    def _on_event(self, event: "v1.Event") -> tuple[str, Any] | None:
        kind = event.WhichOneof("kind")
        if kind == "accepted":
            self.accepted = event.accepted
        elif kind == "out_chunk":
            self.output.hold(event.out_chunk.data)
        elif kind == "err_chunk":
            self.output.tell(event.err_chunk.data)
        elif kind == "progress":
            self.output.progress(event.progress)
        elif kind == "prompt":
            self._ask(event.prompt)
        elif kind == "spawn":
            self._start_or_kill(event.spawn)
        elif kind == "milestone":
            self.milestone = event.milestone.text
        elif kind in {"exit", "exec", "refused"}:
            return kind, getattr(event, kind)
        return None

    def _listen(self, grpc: Any, responses: Any) -> None:
        with contextlib.suppress(grpc.RpcError):
            for response in responses:
                for event in response.events:
                    self.inbox.put(("event", event))
        self.inbox.put(("lost", None))

    def _probe(self, grpc: Any) -> None:
        with contextlib.suppress(grpc.RpcError):
            open_channel(grpc, self._folder).unary_unary("/hob.v1.DaemonService/GetStatus")(b"", timeout=self._give_up_seconds)
            self.inbox.put(("alive", None))

    def _on_signal(self, number: int) -> None:
        if number in WISHES:
            self._wishes += 1
            if self._wishes >= 3:
                os._exit(130)
        self.inbox.put(("signal", number))

    def _on_wish(self, number: int) -> tuple[str, Any] | None:
        if number == signal.SIGWINCH:
            size = terminal()
            self.output.columns = size.columns if size.stderr_is_tty else 0
            self.say(resize=self.v1.Resize(columns=size.columns, rows=size.rows))
            return None
        self._cancel(number, force=self._wishes > 1)
        return ("cancelled", None) if self.accepted is None else None  # the end of the stream says it

    def _cancel(self, number: int, *, force: bool) -> None:
        self.cancelled_by = self.cancelled_by or number
        self._forget_question()
        self._signal_groups(signal.SIGKILL if force else signal.SIGTERM)
        self.say(cancel=self.v1.Cancel(force=force))

    def _ask(self, prompt: "v1.Prompt") -> None:
        self.output.tell(b"")
        try:
            if not self._may_ask:
                raise OSError(errno.ENOTTY, "nobody to ask")
            self._question = Question(prompt.text, is_secret=prompt.is_secret)
        except OSError:
            self.say(answer=self.v1.Answer(id=prompt.id, is_default=True))
        else:
            self.output.is_paused = True
            threading.Thread(target=self._await_answer, args=(self._question, prompt.id), daemon=True).start()

    def _await_answer(self, question: "Question", number: int) -> None:
        text = question.read()
        self.inbox.put(("answer", self.v1.Answer(id=number, text=text or "", is_default=text is None)))

    def _forget_question(self) -> None:
        self.output.is_paused = False
        if self._question is not None:
            self._question.restore()
            self._question = None

    def _start_or_kill(self, spawn: "v1.Spawn") -> None:
        if not spawn.kill:
            threading.Thread(target=self._follow, args=(spawn,), daemon=True).start()
            return
        self._unwanted.add(spawn.id)  # it may not have begun yet
        self._kill(spawn.id)

    def _kill(self, number: int) -> None:
        if (group := self._groups.get(number)) is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)

    def _follow(self, spawn: "v1.Spawn") -> None:
        """Run a build hook in this process's context, in a group of its own, and pass on what it says."""
        environment = {variable.name: variable.value for variable in spawn.env}
        try:
            process = subprocess.Popen(
                list(spawn.argv), env=environment, cwd=spawn.cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                process_group=0,
            )  # fmt: skip
        except OSError as error:
            self.inbox.put(("spawned", self.v1.SpawnEvent(id=spawn.id, failure=str(error))))
            return
        self._groups[spawn.id] = process.pid
        if spawn.id in self._unwanted:
            self._kill(spawn.id)
        assert process.stdout is not None
        assert process.stderr is not None
        readers = [
            threading.Thread(target=self._forward, args=(spawn.id, stream, kind), daemon=True)
            for stream, kind in ((process.stdout, "out_chunk"), (process.stderr, "err_chunk"))
        ]
        for reader in readers:
            reader.start()
        code = process.wait()
        for reader in readers:
            reader.join(2.0)  # a grandchild may hold the pipe open for ever
        self._groups.pop(spawn.id, None)
        self.inbox.put(("spawned", self.v1.SpawnEvent(id=spawn.id, exit_code=code)))

    def _forward(self, number: int, stream: IO[bytes], kind: str) -> None:
        fields: Any = {}
        while piece := os.read(stream.fileno(), PIECE_BYTES):
            fields[kind] = piece
            self.inbox.put(("spawned", self.v1.SpawnEvent(id=number, **fields)))

    def _signal_groups(self, number: int) -> None:
        for group in list(self._groups.values()):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, number)
