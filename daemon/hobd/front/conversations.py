"""The life of one command line in the front, apart from how it travels: taken, answered, recorded."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import count

import anyio

from hob.v1 import execute_pb2 as execute_v1
from hobd.front.calls import Call
from hobd.front.command_line import is_internal, is_repeatable, shown
from hobd.front.state import Front

_call_ids = count(1)


def environment_of(start: execute_v1.Start) -> Mapping[bytes, bytes]:
    """The environment of a request."""
    return {variable.name: variable.value for variable in start.env}


def refuse(front: Front, start: execute_v1.Start) -> execute_v1.Refused | None:
    """Why the command line is not taken; `None` if it is."""
    refusal = front.admission.refuse(start)
    if refusal is not None:
        front.recorder.note("refused", id=start.request_id, command=shown(start.argv), why=refusal.text)
    return refusal


def replay(front: Front, start: execute_v1.Start) -> tuple[execute_v1.ExecuteResponse | None, str]:
    """The whole answer in one batch if a verdict holds; else why none does."""
    began = time.perf_counter()
    lookup = front.verdicts.lookup(start, environment_of(start), time.time_ns())
    if not lookup.events:
        return None, lookup.reason
    front.requests += 1
    if not is_internal(start.argv):
        front.used_at = time.monotonic()
    response = execute_v1.ExecuteResponse()
    accepted = response.events.add(seq=1).accepted
    accepted.instance = front.instance
    accepted.is_repeatable = is_repeatable(start.argv)
    response.events.extend(lookup.events)
    for number, event in enumerate(response.events, 1):
        event.seq = number
    milliseconds = round((time.perf_counter() - began) * 1000, 3)
    front.recorder.note("replayed", id=start.request_id, command=shown(start.argv), cwd=start.cwd, ms=milliseconds)
    return response, ""


def accept(front: Front, call: Call) -> execute_v1.ExecuteResponse:
    """What the client hears first: its line was taken."""
    response = execute_v1.ExecuteResponse()
    accepted = response.events.add(seq=1).accepted
    accepted.instance = front.instance
    accepted.is_repeatable = call.is_repeatable
    return response


@asynccontextmanager
async def taken(front: Front, start: execute_v1.Start, miss: str) -> AsyncIterator[Call]:
    """A call that is counted, shown and recorded while the block runs, and let go of at its end, however that comes.

    Args:
        miss: why no verdict answered, for the log.
    """
    call = Call(next(_call_ids), start)
    front.requests += 1
    front.calls[call.id] = call
    front.nothing_runs = anyio.Event()
    try:
        yield call
    finally:
        del front.calls[call.id]
        if not call.is_internal:
            front.used_at = time.monotonic()
        if not call.is_done:
            front.engines.leave(call)
        call.abandon()
        if call.verdict is not None:
            front.verdicts.persist(call.verdict)
        front.recorder.note(
            "request",
            id=start.request_id,
            command=call.command,
            cwd=start.cwd,
            ms=call.milliseconds,
            code=call.code if call.is_done else "client gone",
            verdict=miss,
        )
        if not front.calls:
            front.nothing_runs.set()
