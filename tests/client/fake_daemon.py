"""A daemon that says what a test tells it to say, at a real socket, with the real service."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import grpc

from hob.v1 import daemon_pb2, daemon_pb2_grpc, execute_pb2_grpc
from hob.v1 import execute_pb2 as v1


class Conversation:
    """One call, as the daemon has it."""

    def __init__(self, requests: Iterator[v1.ExecuteRequest], context: Any) -> None:
        self.start = next(requests).start
        self.requests = requests
        self.context = context
        self.sent = 0

    def hear(self) -> v1.ExecuteRequest | None:
        """The next request, or `None` when the client is gone."""
        try:
            return next(self.requests, None)
        except grpc.RpcError:
            return None

    def hang_up(self) -> None:
        """End the stream without a last word."""
        self.context.abort(grpc.StatusCode.UNAVAILABLE, "gone")


Script = Callable[[Conversation], Iterator[v1.Event]]
"""The events of a conversation. Each leaves in a message of its own."""


class FakeDaemon(execute_pb2_grpc.ExecuteServiceServicer, daemon_pb2_grpc.DaemonServiceServicer):
    """Serves the scripts one after the other, the last one for ever."""

    def __init__(self, socket: Path, *scripts: Script) -> None:
        self.starts: list[v1.Start] = []
        self.status_calls = 0
        self.finished = threading.Event()
        self._scripts = list(scripts)
        self._lock = threading.Lock()
        self._server = grpc.server(ThreadPoolExecutor(16))
        execute_pb2_grpc.add_ExecuteServiceServicer_to_server(self, self._server)  # type: ignore[no-untyped-call]
        daemon_pb2_grpc.add_DaemonServiceServicer_to_server(self, self._server)  # type: ignore[no-untyped-call]
        private = socket.with_name("private.sock")
        self._server.add_insecure_port(f"unix:{private}")
        self._server.start()
        private.rename(socket)

    def Execute(self, requests: Iterator[v1.ExecuteRequest], context: Any) -> Iterator[v1.ExecuteResponse]:  # noqa: N802 - gRPC's name
        conversation = Conversation(requests, context)
        with self._lock:
            self.starts.append(conversation.start)
            script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
        for event in script(conversation):
            conversation.sent += 1
            event.seq = conversation.sent
            yield v1.ExecuteResponse(events=[event])
        self.finished.set()

    def GetStatus(self, request: daemon_pb2.GetStatusRequest, context: Any) -> daemon_pb2.GetStatusResponse:  # noqa: N802 - gRPC's name
        self.status_calls += 1
        return daemon_pb2.GetStatusResponse(instance="fake")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.stop(0).wait()


def accepted(*, is_repeatable: bool = True) -> v1.Event:
    return v1.Event(accepted=v1.Accepted(instance="fake", is_repeatable=is_repeatable))


def refused(reason: "v1.Refused.Reason", text: str = "") -> v1.Event:
    return v1.Event(refused=v1.Refused(reason=reason, text=text))


def out(data: bytes) -> v1.Event:
    return v1.Event(out_chunk=v1.Chunk(data=data))


def err(data: bytes) -> v1.Event:
    return v1.Event(err_chunk=v1.Chunk(data=data))


def end(code: int = 0) -> v1.Event:
    return v1.Event(exit=v1.Exit(code=code))


def answer(*events: v1.Event) -> Script:
    """Takes the command line, says `events`, and ends with success unless they end otherwise."""

    def script(conversation: Conversation) -> Iterator[v1.Event]:
        yield accepted()
        yield from map(_copy, events)
        if not events or events[-1].WhichOneof("kind") not in {"exit", "exec"}:
            yield end()

    return script


def _copy(event: v1.Event) -> v1.Event:
    copy = v1.Event()
    copy.CopyFrom(event)
    return copy


def refuse(reason: "v1.Refused.Reason", text: str = "") -> Script:
    """Does not take the command line."""

    def script(conversation: Conversation) -> Iterator[v1.Event]:
        yield refused(reason, text)

    return script
