"""The life of the daemon, from its lock to its exit.

lock -> spawn an engine -> bind -> publish -> ready ... drain -> let others serve -> 10 s -> cancel -> stop -> exit
"""

import gc
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import anyio
from anyio.abc import TaskGroup, TaskStatus
from msgspec import Struct

import hobd
from hob.v1 import engine_pb2 as engine_v1
from hobd.errors import HobError
from hobd.faults import crash_point
from hobd.front.admission import Admission, Queue
from hobd.front.calls import Call
from hobd.front.engine_process import engine_command
from hobd.front.engines import Engines
from hobd.front.exits import Exit, note_exit
from hobd.front.notify import Notifier
from hobd.front.owner import OwnedError, Owner
from hobd.front.processes import memory_cap
from hobd.front.recorder import Recorder
from hobd.front.runtime_dir import Candidate, Places, own_mount_namespace, own_user_namespace
from hobd.front.state import Front
from hobd.front.subscriptions import Subscriptions
from hobd.front.verdict_files import VerdictFiles
from hobd.front.verdicts import Verdicts
from hobd.front.watch import Watcher

GRACE_SECONDS = 10.0
"""What runs gets so long to finish once the daemon is to end."""
_STOP_SECONDS = 2.0
_DEADLINE_SECONDS = 3.0
"""Past all of that, a thread ends the process, whatever the loop does."""
_SELF_CHECK_SECONDS = 60.0


class Options(Struct, frozen=True, kw_only=True):
    """How the daemon was started."""

    places: Places
    candidates: tuple[Candidate, ...]
    start_reason: str
    ready_fd: int | None
    passed_fd: int | None
    """A listening socket that systemd handed over."""
    idle_seconds: float
    engine_idle_seconds: float
    environment: Mapping[str, str]
    """The clean one: for the daemon, its engines, and the faults that tests ask for."""
    service_environment: Mapping[str, str]
    """What a service manager said: `NOTIFY_SOCKET` and its like."""
    engine_command: tuple[str, ...]
    """Another program that speaks the frames, for tests; empty for the engine."""


def serve(options: Options) -> int:
    """Serve until idle, told to stop, or replaced. Returns the exit code.

    Signals are caught from the first line on: a daemon that is told to end while it starts ends.
    """
    gc.disable()  # until it serves: a start makes no garbage, and collections would look at each module again
    early: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: early.append(number))
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    try:
        owner = Owner(options.places)
    except HobError as error:
        _tell(options.ready_fd, "err " + json.dumps({"why": "owned" if isinstance(error, OwnedError) else "failed", "text": error.message}))
        return 1
    recorder = Recorder(options.places.log)
    try:
        anyio.run(_serve, options, owner, recorder, early)
    except BaseException as error:
        recorder.note("died", why=repr(error))
        recorder.dump()
        _tell(options.ready_fd, "err " + json.dumps({"why": "failed", "text": str(_cause(error))}))
        raise
    finally:
        owner.give_up()
    return 0


def _cause(error: BaseException) -> BaseException:
    """What failed first: task groups wrap it."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def _serve(options: Options, owner: Owner, recorder: Recorder, early: list[int]) -> None:
    front = _make(options, recorder)
    recorder.note("start", instance=front.instance, build=front.build, reason=front.start_reason, version=hobd.__version__)
    front.engines.spawn()  # it starts on the other core while gRPC is imported here
    from hobd.front.server import bind, make_server

    owner.prepare()
    server = make_server(front)
    bind(server, owner.private_address)
    await server.start()
    notifier = Notifier(options.service_environment)
    async with anyio.create_task_group() as tasks:
        front.engines.open(tasks)
        await tasks.start(_heed_signals, front, early)
        tasks.start_soon(front.watcher.run)
        await _publish(options, owner, front, tasks)
        _tell(options.ready_fd, f"ok {front.instance}")
        notifier.say("READY=1", f"STATUS=serving {front.public_socket}")
        recorder.note("ready", seconds=round(time.monotonic() - front.began_at, 3))
        gc.freeze()  # what was imported stays: no collection needs to look at it
        gc.enable()
        tasks.start_soon(notifier.feed_watchdog)
        tasks.start_soon(_end_when_idle, front, options.idle_seconds)
        tasks.start_soon(_check_self, front, owner)
        await front.drained.wait()
        with anyio.CancelScope(shield=True):
            await _drain(front, owner, server, notifier)
        tasks.cancel_scope.cancel()
    _note_exit(front)


def _make(options: Options, recorder: Recorder) -> Front:
    build = options.places.build
    queue = Queue()
    verdicts = Verdicts(build.encode(), VerdictFiles(options.places.verdicts))
    subscriptions = Subscriptions()
    is_watching = options.environment.get("HOB_TEST_WATCH") != "off"

    def on_verdict(call: Call) -> None:
        if call.verdict is not None and (why := verdicts.store(call.verdict, call.start)):
            recorder.note("verdict not kept", id=call.start.request_id, command=call.command, why=why)
            call.verdict = None

    def on_paths(paths: list[bytes]) -> None:
        verdicts.invalidate(paths)
        engines.forget(paths)
        subscriptions.touch(paths)

    watcher = Watcher(on_paths, recorder, is_enabled=is_watching)

    def on_watch(watch: engine_v1.Watch) -> None:
        watcher.announce(watch)

    def on_done(call: Call) -> None:
        if not call.is_internal:  # reading a project's state for a subscriber is no reason to read it again
            subscriptions.touch((call.start.cwd,))

    def on_all_gone() -> None:
        if not len(subscriptions):
            watcher.drop()

    engines = Engines(
        command=list(options.engine_command) or engine_command(),
        environment=options.environment,
        queue=queue,
        recorder=recorder,
        on_verdict=on_verdict,
        on_watch=on_watch,
        on_done=on_done,
        on_all_gone=on_all_gone,
        memory_cap_bytes=memory_cap(),
        idle_seconds=options.engine_idle_seconds,
    )
    return Front(
        instance=os.urandom(8).hex(),
        build=build,
        places=options.places,
        start_reason=options.start_reason,
        candidates=options.candidates,
        queue=queue,
        admission=Admission(build.encode(), own_mount_namespace(), own_user_namespace(), queue),
        verdicts=verdicts,
        engines=engines,
        watcher=watcher,
        subscriptions=subscriptions,
        recorder=recorder,
        public_socket=str(options.places.socket),
    )


async def _publish(options: Options, owner: Owner, front: Front, tasks: TaskGroup) -> None:
    if options.passed_fd is None:
        owner.publish(front.instance)
        return
    from hobd.front.splice import Splice

    listener = socket.socket(fileno=options.passed_fd)
    front.public_socket = str(listener.getsockname())
    owner.keep_private(front.instance, Path(front.public_socket))
    tasks.start_soon(Splice(listener, owner.private_address, os.geteuid(), front.recorder).run)


def _tell(ready_fd: int | None, line: str) -> None:
    """Say the one line that whoever started the daemon waits for."""
    if ready_fd is not None:
        with suppress(OSError):
            os.write(ready_fd, line.encode() + b"\n")
            os.close(ready_fd)


async def _heed_signals(front: Front, early: list[int], *, task_status: TaskStatus[None]) -> None:
    """SIGTERM and its like drain, a second one forces; SIGUSR1 writes the flight recorder and all stacks to the log."""
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1) as signals:
        task_status.started()
        if early:
            front.drain(signal.Signals(early[0]).name)
        async for number in signals:
            if number == signal.SIGUSR1:
                front.recorder.dump()
                front.engines.dump_stacks()
            else:
                front.drain(number.name, force=front.drained.is_set())


async def _end_when_idle(front: Front, idle_seconds: float) -> None:
    """Nobody asked for so long: a cache that nobody reads is in the way. Subscriptions do not count."""
    while True:
        quiet_seconds = 0.0 if front.calls else time.monotonic() - front.used_at
        if quiet_seconds >= idle_seconds:
            front.drain("idle")
            return
        await anyio.sleep(idle_seconds - quiet_seconds)


async def _check_self(front: Front, owner: Owner) -> None:
    """A daemon whose socket is gone, or whose code was replaced, makes way."""
    installed = _installed()
    public = Path(front.public_socket)
    shown = owner.places.socket if public == owner.places.socket and owner.is_still_ours(public) else owner.private_socket
    while True:
        await anyio.sleep(_SELF_CHECK_SECONDS)
        if not owner.is_still_ours(shown):
            front.drain("the socket was taken away")
        elif _installed() != installed:
            front.drain("the installation changed")


def _installed() -> list[tuple[int, int]]:
    """What tells this installation from the one that an upgrade puts in its place."""
    package = Path(hobd.__file__).parent
    found = []
    for path in (package / "__init__.py", package / "__main__.py", Path(engine_command()[0])):
        try:
            state = path.stat()
        except OSError:
            found.append((0, 0))
        else:
            found.append((state.st_ino, state.st_mtime_ns))
    return found


async def _drain(front: Front, owner: Owner, server: object, notifier: Notifier) -> None:
    """Take nothing new, let a successor serve, finish what runs, stop."""
    notifier.say("STOPPING=1")
    front.recorder.note("drain", why=front.drain_reason, active=len(front.calls))
    owner.give_up()
    crash_point("drained")
    _exit_after(GRACE_SECONDS + _STOP_SECONDS + _DEADLINE_SECONDS)
    front.subscriptions.go_away()
    await _finish_calls(front)
    for call in list(front.calls.values()):
        if not call.is_repeatable:
            call.end("error: hob's daemon was stopped while it worked on this command\n", 2)
    await front.engines.stop()
    await server.stop(0.2 if front.calls else 0.05)  # type: ignore[attr-defined] # grpc ships no types


async def _finish_calls(front: Front) -> None:
    """Wait until nothing runs, somebody forces the end, or patience does."""
    with anyio.move_on_after(GRACE_SECONDS):
        async with anyio.create_task_group() as tasks:

            async def force() -> None:
                await front.forced.wait()
                tasks.cancel_scope.cancel()

            tasks.start_soon(force)
            while front.calls:
                await front.nothing_runs.wait()
            tasks.cancel_scope.cancel()


def _exit_after(seconds: float) -> None:
    """See to it that the process ends, even if the loop hangs."""
    timer = threading.Timer(seconds, os._exit, args=(3,))
    timer.daemon = True
    timer.start()


def _note_exit(front: Front) -> None:
    front.recorder.note("exit", why=front.drain_reason)
    uptime = round(time.monotonic() - front.began_at, 1)
    entry = Exit(time=int(time.time()), pid=os.getpid(), instance=front.instance, why=front.drain_reason, uptime_seconds=uptime)
    note_exit(front.places.exits, entry)
