"""A small engine for tests: a real process that speaks the frames and does as the command line says.

Run as `python fake_engine.py FD`. The second word of a call's command line says what happens; see `ANSWERS`.
"""

import json
import os
import signal
import socket
import struct
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "daemon"))

from hob.v1 import engine_pb2 as engine_v1
from hob.v1 import execute_pb2 as execute_v1
from hob.v1 import verdict_pb2 as verdict_v1


class FakeEngine:
    def __init__(self, descriptor: int) -> None:
        self.socket = socket.socket(fileno=descriptor)
        self.calls: dict[int, execute_v1.Start] = {}
        self.answered = 0

    def run(self) -> None:
        self.send(engine_v1.EngineFrame(hello=engine_v1.EngineHello(pid=os.getpid())))
        while (frame := self.receive()) is not None:
            kind = frame.WhichOneof("kind")
            if kind == "ask" and frame.ask.stop:
                return
            if kind == "ask" and frame.ask.trim:
                Path(os.environ["HOB_TEST_TRIM_FILE"]).touch()
            if kind == "ask":
                self.send_state()
            elif kind == "gone":
                self.take_gone(frame.call)
            elif kind == "request":
                self.take(frame.call, frame.request)
            elif kind == "forget" and (seen := os.environ.get("HOB_TEST_FORGET_FILE")):
                Path(seen).write_bytes(b"\n".join(frame.forget.paths))

    def send(self, frame: engine_v1.EngineFrame) -> None:
        data = frame.SerializeToString()
        self.socket.sendall(struct.pack("!I", len(data)) + data)

    def receive(self) -> engine_v1.EngineFrame | None:
        header = self.read_exactly(4)
        if header is None:
            return None
        data = self.read_exactly(struct.unpack("!I", header)[0])
        return None if data is None else engine_v1.EngineFrame.FromString(data)

    def read_exactly(self, size: int) -> bytes | None:
        data = b""
        while len(data) < size:
            more = self.socket.recv(size - len(data))
            if not more:
                return None
            data += more
        return data

    def send_state(self) -> None:
        state = engine_v1.EngineState(memory_bytes=1 << 20, calls=self.answered, facts={"kind": "fake"})
        self.send(engine_v1.EngineFrame(state=state))

    def take(self, call: int, request: execute_v1.ExecuteRequest) -> None:
        kind = request.WhichOneof("kind")
        if kind == "start":
            self.calls[call] = request.start
            words = [argument.decode() for argument in request.start.argv[1:]]
            getattr(self, "do_" + words[0].replace("-", "_"), self.do_unknown)(call, request.start, words[1:])
        elif kind == "cancel" and call in self.calls:
            self.say(call, err="cancelled\n")
            self.end(call, 130)
        elif kind == "spawn_event":
            self.say(call, out=f"{request.spawn_event.id} {request.spawn_event.out_chunk.decode()}\n")
            self.end(call, 0)
        elif kind == "answer":
            self.say(call, out=request.answer.text)
            self.end(call, 0)

    def take_gone(self, call: int) -> None:
        start = self.calls.pop(call, None)
        if start is not None and len(start.argv) > 2:
            Path(os.fsdecode(start.argv[2])).write_text("gone")

    def say(self, call: int, out: str = "", err: str = "") -> None:
        response = execute_v1.ExecuteResponse()
        if out:
            response.events.add().out_chunk.data = out.encode()
        if err:
            response.events.add().err_chunk.data = err.encode()
        self.send(engine_v1.EngineFrame(call=call, response=response))

    def end(self, call: int, code: int) -> None:
        self.calls.pop(call, None)
        self.answered += 1
        response = execute_v1.ExecuteResponse()
        response.events.add().exit.code = code
        self.send(engine_v1.EngineFrame(call=call, response=response))

    def do_unknown(self, call: int, start: execute_v1.Start, words: list[str]) -> None:
        self.say(call, err=f"unknown: {words}\n")
        self.end(call, 2)

    def do_echo(self, call: int, start: execute_v1.Start, words: list[str]) -> None:
        self.say(call, out=" ".join(words) + "\n")
        self.end(call, 0)

    def do_pid(self, call: int, start: execute_v1.Start, words: list[str]) -> None:
        self.say(call, out=str(os.getpid()))
        self.end(call, 0)

    def do_environment(self, call: int, start: execute_v1.Start, words: list[str]) -> None:
        self.say(call, out=json.dumps(dict(os.environ)))
        self.end(call, 0)

    def do_wait(self, call: int, start: execute_v1.Start, words: list[str]) -> None:
        self.send(engine_v1.EngineFrame(call=call, phase=engine_v1.Phase(text="waiting for the test", command="wait")))

    def do_publish(self, call: int, start: execute_v1.Start, words: list[str]) -> None:
        self.do_wait(call, start, words)

    def do_spin(self, call: int, start: execute_v1.Start, words: list[str]) -> None:
        """Compute, deaf to everything, until the file is there."""
        until = Path(words[0])
        while not until.exists():
            time.sleep(0.005)
        self.end(call, 0)

    def do_die(self, call: int, start: execute_v1.Start, words: list[str]) -> None:
        """Die by SIGKILL, the first time that the file is not there."""
        mark = Path(words[0])
        if not mark.exists() or "always" in words:
            mark.touch()
            if "loudly" in words:
                self.say(call, err="about to die\n")
            os.kill(os.getpid(), signal.SIGKILL)
        self.say(call, out="survived\n")
        self.end(call, 0)

    def do_start(self, call: int, start: execute_v1.Start, words: list[str]) -> None:
        """Have a process started, and die of that, the first time; then say what the process says."""
        mark = Path(words[0])
        response = execute_v1.ExecuteResponse()
        response.events.add().spawn.CopyFrom(execute_v1.Spawn(id=1, argv=[b"second" if mark.exists() else b"first"]))
        self.send(engine_v1.EngineFrame(call=call, response=response))
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)

    def do_ask(self, call: int, start: execute_v1.Start, words: list[str]) -> None:
        response = execute_v1.ExecuteResponse()
        response.events.add().prompt.CopyFrom(execute_v1.Prompt(id=1, text="well?"))
        self.send(engine_v1.EngineFrame(call=call, response=response))

    def do_many(self, call: int, start: execute_v1.Start, words: list[str]) -> None:
        for _ in range(int(words[0])):
            self.say(call, out="x" * 65536)
        self.end(call, 0)

    def do_internal(self, call: int, start: execute_v1.Start, words: list[str]) -> None:
        root = Path(os.fsdecode(start.cwd))
        text = (root / "pyproject.toml").read_text()
        state: dict[str, object] = {"name": text.strip(), "version": "1", "root": str(root), "environment": str(root / ".venv")}
        fault = {"path": "p", "line": 1, "column": 2, "text": "t", "hint": "h"}
        state |= {"interpreter": None, "lock": "stale", "fingerprint": text, "diagnostics": [fault]}
        self.send(engine_v1.EngineFrame(watch=engine_v1.Watch(root=start.cwd, folders=[start.cwd])))
        self.say(call, out=json.dumps(state))
        self.end(call, 0)

    def do_sync(self, call: int, start: execute_v1.Start, words: list[str]) -> None:
        response = execute_v1.ExecuteResponse()
        response.events.add().progress.CopyFrom(execute_v1.Progress(key="k", label="fetching", done=1, total=2))
        self.send(engine_v1.EngineFrame(call=call, response=response))
        self.say(call, err=" ".join(["synced", *words]) + "\n")
        self.end(call, 0)

    def do_lock(self, call: int, start: execute_v1.Start, words: list[str]) -> None:
        lockfile = Path(os.fsdecode(start.cwd)) / "uv.lock"
        temporary = lockfile.with_name(".uv.lock.new")
        temporary.write_text("locked")
        if not lockfile.exists():
            temporary.replace(lockfile)
        self.say(call, err="locked\n")
        self.end(call, 0)

    def do_verdict(self, call: int, start: execute_v1.Start, words: list[str]) -> None:
        """Answer with the content of a file, and give a verdict that rests on it."""
        self.answer_with_verdict(call, start, Path(words[0]), decisive=len(start.argv) - 1, takes_rest=False)

    def do_run(self, call: int, start: execute_v1.Start, words: list[str]) -> None:
        """`run FILE ...`: an ExecSpec, and a verdict on the first two words."""
        if words[0] == "--":
            words = words[1:]
        self.answer_with_verdict(call, start, Path(words[0]), decisive=2, takes_rest=True)

    def answer_with_verdict(self, call: int, start: execute_v1.Start, path: Path, *, decisive: int, takes_rest: bool) -> None:
        read_ns = time.time_ns()
        self.answered += 1
        events = [execute_v1.Event(out_chunk=execute_v1.Chunk(data=f"{path.read_text()} {self.answered}".encode()))]
        if takes_rest:
            events.append(execute_v1.Event(exec=execute_v1.ExecSpec(argv=start.argv[2:], program=b"/bin/echo")))
        else:
            events.append(execute_v1.Event(exit=execute_v1.Exit(code=0)))
        found = path.stat()
        ground = verdict_v1.FileGround(
            path=os.fsencode(path),
            exists=True,
            dev=found.st_dev,
            ino=found.st_ino,
            size=found.st_size,
            mtime_ns=found.st_mtime_ns,
            ctime_ns=found.st_ctime_ns,
        )
        environment = {variable.name: variable.value for variable in start.env}
        grounds = [
            verdict_v1.EnvGround(name=name, is_set=name in environment, value=environment.get(name, b""))
            for name in (b"UV_OFFLINE", b"TOKEN")
        ]
        verdict = verdict_v1.Verdict(
            schema=1, argv=start.argv[1 : 1 + decisive], takes_rest=takes_rest, env=grounds, files=[ground], events=events, read_ns=read_ns
        )
        self.calls.pop(call, None)
        self.send(engine_v1.EngineFrame(watch=engine_v1.Watch(root=start.cwd, folders=[os.fsencode(path.parent)])))
        self.send(engine_v1.EngineFrame(call=call, verdict=verdict))
        self.send(engine_v1.EngineFrame(call=call, response=execute_v1.ExecuteResponse(events=events)))


if __name__ == "__main__":
    FakeEngine(int(sys.argv[1])).run()
