"""Asking the daemon: when to start it, when to ask again, when to do without."""

import os
import signal
import time
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:  # gRPC and the messages take a tenth of a second: only a call that asks the daemon pays for them
    from hob.v1 import execute_pb2 as v1


from .autostart import start_daemon
from .call import Call, Unavailable, namespace, terminal
from .connect import Peer, find_peer
from .launch import die_of, fail, launch
from .runtime_dir import RuntimeDir
from .session import Session
from .wedge import strike

ATTEMPTS = 3


def ask(folder: RuntimeDir, call: Call, *, may_start: bool) -> NoReturn:
    """Let the daemon answer, and end as it says.

    Raises:
        Unavailable: it cannot.
    """
    start = start_message(call)
    replaced: Peer | None = None
    unavailable = Unavailable("lost", "it hangs up")
    for _ in range(ATTEMPTS):
        peer = None if replaced else find_peer(folder, call.seconds(b"HOB_TEST_WEDGE_SECONDS", 3.0))
        if peer is None:
            if not may_start:
                raise Unavailable("absent", "none runs")
            peer = start_daemon(folder, call, replaced)
        session = Session(folder, call, start)
        kind, value = session.run()
        end_as(session, call, kind, value)
        if kind == "refused":
            unavailable = _after_refusal(session, value)
            if value.reason not in {session.v1.Refused.REASON_DRAINING, session.v1.Refused.REASON_BUILD_MISMATCH}:
                raise unavailable
            replaced = peer
        elif kind == "silent":
            if value:
                raise Unavailable("slow", "it is too busy to begin")
            strike(folder, peer.pid)
            raise Unavailable("wedged", "it does not answer")
        elif session.accepted is not None:
            if session.accepted.is_repeatable and not session.milestone:
                raise Unavailable("died", "it died while it worked on this")
            reached = f" (last: {session.milestone})" if session.milestone else ""
            fail(f"The daemon died while it worked on this{reached}; it is not repeated, since it may be half done", 2)
    raise unavailable


def start_message(call: Call) -> "v1.Start":
    """The command line and its whole context."""
    from hob.v1 import execute_pb2 as v1

    here = os.stat(".")
    umask = os.umask(0o077)
    os.umask(umask)
    return v1.Start(
        client_build=call.build.encode(),
        capabilities=["spawn", "prompt"],
        cwd=os.getcwdb(),
        cwd_dev=here.st_dev,
        cwd_ino=here.st_ino,
        argv=[call.called_as, *call.arguments],
        env=[v1.EnvVar(name=name, value=value) for name, value in call.environment.items()],
        umask=umask,
        terminal=terminal(),
        mnt_ns=namespace("mnt"),
        request_id=f"{time.time_ns():x}-{os.getpid():x}",
        priority=v1.PRIORITY_INTERACTIVE,
        pid=os.getpid(),
        pid_ns=namespace("pid"),
        user_ns=namespace("user"),
        program=call.program,
    )


def _after_refusal(session: Session, refused: "v1.Refused") -> Unavailable:
    name = session.v1.Refused.Reason.Name(refused.reason).removeprefix("REASON_").lower()
    usual = {"build_mismatch": "it is of another build", "draining": "it is about to end", "namespace": "it sees other files"}
    usual["busy"] = "too many requests wait"
    return Unavailable(name, refused.text or usual.get(name, "it refused"))


def end_as(session: Session, call: Call, kind: str, value: Any) -> None:
    """End this process where the conversation, or a signal, ended it."""
    try:
        session.output.finish() if kind in {"exit", "exec"} else session.output.tell(b"")
    except BrokenPipeError:
        die_of(signal.SIGPIPE)
    except OSError as error:
        fail(f"Failed to write output: {error}", 2)
    if session.cancelled_by:
        die_of(session.cancelled_by)
    if kind == "exit":
        os._exit(value.code & 0xFF)  # gRPC's threads end with the process
    if kind == "exec":
        launch(value, call)
