"""A real hobd with the fake engine, and a small client for it."""

import os
import select
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import grpc
import grpc.aio

from hob.v1 import daemon_pb2 as daemon_v1
from hob.v1 import execute_pb2 as execute_v1
from hobd.front.runtime_dir import Places, own_mount_namespace

FAKE_ENGINE = [sys.executable, str(Path(__file__).with_name("fake_engine.py"))]
BUILD = "0123abcd"
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}


class Hobd:
    """A daemon process in a runtime directory."""

    def __init__(self, runtime_dir: Path, *, build: str = BUILD) -> None:
        self.places = Places(runtime_dir, build, own_mount_namespace())
        self.process: subprocess.Popen[bytes] | None = None
        self.instance = ""

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self, *words: str, environment: Mapping[str, str] = ENVIRONMENT, engine: list[str] = FAKE_ENGINE, **popen: Any) -> str:
        """Start it as a client does, and wait for its line. Returns the line."""
        reading, writing = os.pipe()
        ready = ("--ready-fd", str(writing)) if "--no-ready" not in words else ()
        words = tuple(word for word in words if word != "--no-ready")
        command = [sys.executable, "-I", "-X", "utf8", "-m", "hobd", "serve", "--build", self.places.build, *ready]
        command += ["--runtime-dir", str(self.places.folder), "--start-reason", "test", *words]
        with open(self.places.folder / "errors.txt", "ab") as errors:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                env={"HOB_TEST_ENGINE": "\n".join(engine), **environment},
                pass_fds=(writing, *popen.pop("pass_fds", ())),
                **popen,
            )
        os.close(writing)
        line = read_line(reading, 20)
        os.close(reading)
        self.instance = line.removeprefix("ok ") if line.startswith("ok ") else ""
        return line

    def stop(self) -> int:
        """End it, whatever it does."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self.process.wait()

    def private_sockets(self) -> list[Path]:
        """What a daemon binds before it shows it."""
        return list(self.places.folder.glob(".*.sock"))

    def log(self) -> str:
        return self.places.log.read_text() if self.places.log.exists() else ""

    @asynccontextmanager
    async def client(self) -> AsyncIterator["Client"]:
        async with grpc.aio.insecure_channel(f"unix:{self.places.socket}", options=FRESH_CHANNEL) as channel:
            yield Client(channel, self.places.build)


FRESH_CHANNEL = [("grpc.use_local_subchannel_pool", 1), ("grpc.enable_retries", 0), ("grpc.max_receive_message_length", 64 << 20)]


def read_line(descriptor: int, seconds: float) -> str:
    """One line from a pipe, or what came before its end."""
    data = b""
    while not data.endswith(b"\n"):
        ready, _, _ = select.select([descriptor], [], [], seconds)
        if not ready:
            raise TimeoutError(f"no line within {seconds} s, only {data!r}")
        more = os.read(descriptor, 4096)
        if not more:
            break
        data += more
    return data.decode().rstrip("\n")


@dataclass(slots=True)
class Answer:
    """What a command line got."""

    events: list[execute_v1.Event]
    batches: int

    @property
    def kinds(self) -> list[str]:
        return [event.WhichOneof("kind") or "" for event in self.events]

    @property
    def out(self) -> str:
        return b"".join(event.out_chunk.data for event in self.events).decode()

    @property
    def err(self) -> str:
        return b"".join(event.err_chunk.data for event in self.events).decode()

    @property
    def code(self) -> int:
        assert self.kinds[-1] == "exit", self.kinds
        return self.events[-1].exit.code

    @property
    def instance(self) -> str:
        return self.events[0].accepted.instance


def make_start(
    words: Iterable[str], cwd: Path, *, build: str = BUILD, environment: Mapping[str, str] = ENVIRONMENT, **fields: Any
) -> execute_v1.Start:
    found = cwd.stat()
    return execute_v1.Start(
        client_build=build.encode(),
        cwd=os.fsencode(cwd),
        cwd_dev=fields.pop("cwd_dev", found.st_dev),
        cwd_ino=found.st_ino,
        argv=[b"hob", *(word.encode() for word in words)],
        env=[execute_v1.EnvVar(name=name.encode(), value=value.encode()) for name, value in environment.items()],
        umask=fields.pop("umask", 0o022),
        mnt_ns=fields.pop("mnt_ns", own_mount_namespace()),
        request_id=uuid4().hex,
        program=fields.pop("program", b"/opt/hob"),
        pid=os.getpid(),
        **fields,
    )


class Client:
    """Speaks to hobd as the native client does."""

    def __init__(self, channel: grpc.aio.Channel, build: str) -> None:
        self.channel = channel
        self.build = build
        self._execute = channel.stream_stream(
            "/hob.v1.ExecuteService/Execute",
            request_serializer=execute_v1.ExecuteRequest.SerializeToString,
            response_deserializer=execute_v1.ExecuteResponse.FromString,
        )

    def open(self) -> Any:
        return self._execute()

    async def begin(self, *words: str, cwd: Path = Path("/"), **fields: Any) -> Any:
        """Send a command line; returns the call."""
        call = self._execute()
        fields.setdefault("build", self.build)
        await call.write(execute_v1.ExecuteRequest(start=make_start(words, cwd, **fields)))
        return call

    async def execute(self, *words: str, cwd: Path = Path("/"), **fields: Any) -> Answer:
        """Send a command line and take its whole answer."""
        return await finish(await self.begin(*words, cwd=cwd, **fields))

    async def status(self) -> daemon_v1.GetStatusResponse:
        status = await self.unary("hob.v1.DaemonService/GetStatus", daemon_v1.GetStatusRequest(), daemon_v1.GetStatusResponse)
        assert isinstance(status, daemon_v1.GetStatusResponse)
        return status

    async def unary(self, method: str, request: Any, response: Any, timeout: float = 5) -> Any:
        call = self.channel.unary_unary(
            f"/{method}", request_serializer=type(request).SerializeToString, response_deserializer=response.FromString
        )
        return await call(request, timeout=timeout)


async def finish(call: Any) -> Answer:
    """All events up to the end of the stream."""
    answer = Answer([], 0)
    while (response := await call.read()) is not grpc.aio.EOF:
        answer.events += response.events
        answer.batches += 1
    return answer


async def read_until(call: Any, kind: str) -> execute_v1.Event:
    """The first event of a kind."""
    while (response := await call.read()) is not grpc.aio.EOF:
        for event in response.events:
            if event.WhichOneof("kind") == kind:
                assert isinstance(event, execute_v1.Event)
                return event
    raise AssertionError(f"the stream ended without `{kind}`")
