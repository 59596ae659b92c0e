"""gRPC's side of the front: what is called, by whom, and with which status it fails. Only this file and `project_calls` know codes."""

from collections.abc import AsyncIterator
from typing import Any

import anyio
import grpc

from hob.v1 import daemon_pb2 as daemon_v1
from hob.v1 import execute_pb2 as execute_v1
from hobd.front.calls import Call
from hobd.front.command_line import is_status
from hobd.front.conversations import accept, refuse, replay, taken
from hobd.front.state import Front
from hobd.front.status import answer_status, describe

_END: Any = grpc.aio.EOF  # pyright: ignore[reportAttributeAccessIssue] # it comes from a compiled module
_LINES_A_MESSAGE = 500

_ALWAYS_ANSWERED = frozenset({execute_v1.Refused.REASON_DRAINING, execute_v1.Refused.REASON_BUSY})
"""Refusals that do not concern `daemon status`: it is asked for when something is wrong."""


class ExecuteService:
    """Runs command lines."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def handlers(self) -> grpc.GenericRpcHandler:
        """For the server."""
        execute = grpc.stream_stream_rpc_method_handler(
            self.execute, execute_v1.ExecuteRequest.FromString, execute_v1.ExecuteResponse.SerializeToString
        )
        return grpc.method_handlers_generic_handler("hob.v1.ExecuteService", {"Execute": execute})

    async def execute(self, _requests: object, context: Any) -> None:
        """One command line: refused, replayed, or worked on by an engine while the client may speak on."""
        request = await context.read()
        if request is _END or request.WhichOneof("kind") != "start":
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "the first request is `start`")
        start = request.start
        asks_status = is_status(start.argv)
        refusal = refuse(self._front, start)
        if refusal is not None and not (asks_status and refusal.reason in _ALWAYS_ANSWERED):
            await context.write(execute_v1.ExecuteResponse(events=[execute_v1.Event(seq=1, refused=refusal)]))
        elif asks_status:
            await context.write(answer_status(self._front, start.argv))
        else:
            answer, miss = replay(self._front, start)
            if answer is not None:
                await context.write(answer)
            else:
                await self._work(start, miss, context)

    async def _work(self, start: execute_v1.Start, miss: str, context: Any) -> None:
        async with taken(self._front, start, miss) as call:
            self._front.engines.submit(call)
            await context.write(accept(self._front, call))
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._listen, call, context)
                while (batch := await call.next_batch()) is not None:
                    await context.write(batch)
                tasks.cancel_scope.cancel()

    async def _listen(self, call: Call, context: Any) -> None:
        """Pass on what the client says. A client that dies cancels the handler; one that says no more just says no more."""
        while (request := await context.read()) is not _END:
            self._front.engines.say(call, request)


class DaemonService:
    """Status and end of the daemon."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def handlers(self) -> grpc.GenericRpcHandler:
        """For the server."""
        methods = {
            "GetStatus": grpc.unary_unary_rpc_method_handler(
                self.get_status, daemon_v1.GetStatusRequest.FromString, daemon_v1.GetStatusResponse.SerializeToString
            ),
            "Stop": grpc.unary_unary_rpc_method_handler(
                self.stop, daemon_v1.StopRequest.FromString, daemon_v1.StopResponse.SerializeToString
            ),
            "GetTrace": grpc.unary_stream_rpc_method_handler(
                self.get_trace, daemon_v1.GetTraceRequest.FromString, daemon_v1.GetTraceResponse.SerializeToString
            ),
        }
        return grpc.method_handlers_generic_handler("hob.v1.DaemonService", methods)

    async def get_status(self, _request: daemon_v1.GetStatusRequest, _context: object) -> daemon_v1.GetStatusResponse:
        """What it is and does."""
        return describe(self._front)

    async def stop(self, request: daemon_v1.StopRequest, _context: object) -> daemon_v1.StopResponse:
        """Begin to end; the answer comes before it has."""
        status = describe(self._front)
        self._front.drain(request.reason or "asked to stop", force=request.force)
        return daemon_v1.StopResponse(pid=status.pid)

    async def get_trace(self, request: daemon_v1.GetTraceRequest, _context: object) -> AsyncIterator[daemon_v1.GetTraceResponse]:
        """The flight recorder, oldest entries first."""
        lines = self._front.recorder.newest(request.most)
        for first in range(0, len(lines), _LINES_A_MESSAGE):
            yield daemon_v1.GetTraceResponse(lines=lines[first : first + _LINES_A_MESSAGE])
