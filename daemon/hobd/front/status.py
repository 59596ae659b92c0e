"""`hob daemon status`: answered by the front alone, in a few milliseconds, whatever the engines do."""

import json
import os
import time
from collections.abc import Sequence

from hob.v1 import daemon_pb2 as daemon_v1
from hob.v1 import execute_pb2 as execute_v1
from hobd import __version__
from hobd.front.exits import Exit, read_exits
from hobd.front.processes import memory_bytes
from hobd.front.state import Front


def describe(front: Front) -> daemon_v1.GetStatusResponse:
    """What the daemon is and does, now."""
    engines = front.engines.describe()
    return daemon_v1.GetStatusResponse(
        instance=front.instance,
        build=front.build,
        pid=os.getpid(),
        socket=front.public_socket,
        uptime_seconds=time.monotonic() - front.began_at,
        active_requests=[
            daemon_v1.ActiveRequest(
                id=call.start.request_id,
                command=call.command,
                cwd=call.start.cwd,
                phase=call.phase,
                milliseconds=call.milliseconds,
                pid=call.start.pid,
            )
            for call in front.calls.values()
        ],
        engines=engines,
        memory_bytes=memory_bytes(os.getpid()) + sum(engine.memory_bytes for engine in engines),
        version=__version__,
        start_reason=front.start_reason,
        verdicts=len(front.verdicts),
        replays=front.verdicts.replays,
        requests=front.requests,
        watches=len(front.watcher),
        is_draining=front.admission.is_draining,
        candidates=[str(candidate) for candidate in front.candidates],
        log=str(front.places.log),
    )


def answer_status(front: Front, argv: Sequence[bytes]) -> execute_v1.ExecuteResponse:
    """The whole answer to the command line `daemon status [--json]`."""
    status = describe(front)
    render = render_json if b"--json" in argv else render_text
    text = render(status, watch_fault=front.watcher.fault, previous=read_exits(front.places.exits)[-1:])
    response = execute_v1.ExecuteResponse()
    response.events.add(seq=1).accepted.CopyFrom(execute_v1.Accepted(instance=front.instance, is_repeatable=True))
    response.events.add(seq=2).out_chunk.data = text.encode()
    response.events.add(seq=3).exit.code = 0
    return response


def render_json(status: daemon_v1.GetStatusResponse, *, watch_fault: str, previous: list[Exit]) -> str:
    """The status for programs: one JSON object."""
    requests = [
        {
            "id": request.id,
            "command": request.command,
            "cwd": os.fsdecode(request.cwd),
            "phase": request.phase,
            "milliseconds": request.milliseconds,
            "pid": request.pid,
        }
        for request in status.active_requests
    ]
    engines = [
        {
            "pid": engine.pid,
            "memory_bytes": engine.memory_bytes,
            "calls": engine.calls,
            "is_busy": engine.is_busy,
            "facts": dict(engine.facts),
        }
        for engine in status.engines
    ]
    document = {
        "running": True,
        "instance": status.instance,
        "version": status.version,
        "build": status.build,
        "pid": status.pid,
        "socket": status.socket,
        "log": status.log,
        "start_reason": status.start_reason,
        "uptime_seconds": round(status.uptime_seconds, 3),
        "is_draining": status.is_draining,
        "active_requests": requests,
        "engines": engines,
        "memory_bytes": status.memory_bytes,
        "requests": status.requests,
        "verdicts": status.verdicts,
        "replays": status.replays,
        "watches": status.watches,
        "watch_fault": watch_fault,
        "previous_exit": previous[0] if previous else None,
        "candidates": list(status.candidates),
    }
    return json.dumps(document, indent=2) + "\n"


def render_text(status: daemon_v1.GetStatusResponse, *, watch_fault: str, previous: list[Exit]) -> str:
    """The status for people."""
    watching = f"{status.watches} directories" + (f" ({watch_fault})" if watch_fault else "")
    lines = [
        f"hobd {status.version}, build {status.build}, pid {status.pid}" + (", about to end" if status.is_draining else ""),
        f"  instance  {status.instance}",
        f"  started   {_duration(status.uptime_seconds)} ago, by {status.start_reason}",
        *(f"  previous  pid {exit_['pid']} ended after {_duration(exit_['uptime_seconds'])}: {exit_['why']}" for exit_ in previous),
        f"  socket    {status.socket}",
        f"  log       {status.log}",
        f"  memory    {_mebibytes(status.memory_bytes)}",
        f"  requests  {status.requests} taken, {status.replays} replayed, {status.verdicts} verdicts kept",
        f"  watching  {watching}",
        f"  engines   {len(status.engines)}",
    ]
    for engine in status.engines:
        facts = "".join(f", {name} {value}" for name, value in sorted(engine.facts.items()))
        state = "busy" if engine.is_busy else "idle"
        lines.append(f"    pid {engine.pid}: {state}, {engine.calls} answered, {_mebibytes(engine.memory_bytes)}{facts}")
    lines.append(f"  active    {len(status.active_requests)}")
    for request in status.active_requests:
        where = os.fsdecode(request.cwd)
        lines.append(f"    {request.command} in {where}: {request.phase}, {request.milliseconds} ms (pid {request.pid})")
    return "\n".join(lines) + "\n"


def _mebibytes(size: int) -> str:
    return f"{size / (1 << 20):.1f} MiB"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h {minutes}m" if hours else f"{minutes}m {rest}s" if minutes else f"{rest}s"
