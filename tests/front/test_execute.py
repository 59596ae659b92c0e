"""A command line from a client through a real daemon to an engine, and back."""

import json
import os
import signal
import time
from pathlib import Path

import anyio
import grpc
import pytest

from hob.v1 import execute_pb2 as execute_v1
from tests.front.eventually import eventually
from tests.front.hobd_process import Client, Hobd, finish, read_until


async def test_an_answer_begins_with_accepted_and_counts_from_one(client: Client, hobd: Hobd) -> None:
    answer = await client.execute("echo", "hello")
    assert answer.kinds == ["accepted", "out_chunk", "exit"]
    assert answer.out == "hello\n"
    assert answer.code == 0
    assert answer.instance == hobd.instance
    assert [event.seq for event in answer.events] == [1, 2, 3]


async def test_a_client_of_another_build_is_refused(client: Client) -> None:
    answer = await client.execute("echo", build="ffffffff")
    assert answer.kinds == ["refused"]
    assert answer.events[0].refused.reason == execute_v1.Refused.REASON_BUILD_MISMATCH


@pytest.mark.parametrize("fields", [{"cwd_dev": 1}, {"mnt_ns": 1}, {"user_ns": 1}])
async def test_a_client_that_sees_other_files_is_refused(client: Client, fields: dict[str, int]) -> None:
    answer = await client.execute("echo", cwd=Path("/"), **fields)
    assert answer.events[0].refused.reason == execute_v1.Refused.REASON_NAMESPACE


async def test_a_client_whose_directory_is_gone_is_refused(client: Client, tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    call = client.open()
    start = execute_v1.Start(client_build=client.build.encode(), cwd=os.fsencode(folder), argv=[b"hob", b"echo"])
    start.cwd_dev, start.cwd_ino = folder.stat().st_dev, folder.stat().st_ino
    folder.rmdir()
    await call.write(execute_v1.ExecuteRequest(start=start))
    assert (await finish(call)).events[0].refused.reason == execute_v1.Refused.REASON_NAMESPACE


async def test_a_conversation_that_does_not_begin_with_start_is_no_conversation(client: Client) -> None:
    call = client.open()
    await call.write(execute_v1.ExecuteRequest(cancel=execute_v1.Cancel()))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await finish(call)
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT


async def test_a_cancel_reaches_the_engine(client: Client) -> None:
    call = await client.begin("wait")
    await read_until(call, "accepted")
    await client.execute("echo")  # by now the engine works on the first call, too
    await call.write(execute_v1.ExecuteRequest(cancel=execute_v1.Cancel()))
    answer = await finish(call)
    assert answer.err == "cancelled\n"
    assert answer.code == 130


async def test_a_prompt_is_answered_by_the_client(client: Client) -> None:
    call = await client.begin("ask")
    prompt = await read_until(call, "prompt")
    await call.write(execute_v1.ExecuteRequest(answer=execute_v1.Answer(id=prompt.prompt.id, text="fine")))
    assert (await finish(call)).out == "fine"


async def test_the_engine_hears_within_100_ms_that_a_client_is_gone(client: Client, tmp_path: Path) -> None:
    mark = tmp_path / "gone"
    call = await client.begin("wait", str(mark))
    await read_until(call, "accepted")
    await client.execute("echo")  # by now the engine works on the first call, too
    call.cancel()
    assert await eventually(mark.exists) < 0.1


async def test_the_status_shows_what_runs(client: Client, tmp_path: Path) -> None:
    call = await client.begin("wait", cwd=tmp_path)
    await read_until(call, "accepted")
    await client.execute("echo")
    status = json.loads((await client.execute("daemon", "status", "--json")).out)
    (active,) = status["active_requests"]
    assert active["command"] == "wait"
    assert active["phase"] == "waiting for the test"
    assert active["cwd"] == str(tmp_path)
    assert {"instance", "build", "pid", "socket", "uptime_seconds", "engines", "memory_bytes"} <= status.keys()
    assert "waiting for the test" in (await client.execute("daemon", "status")).out
    call.cancel()


async def test_a_busy_engine_delays_neither_the_status_nor_another_command(client: Client, tmp_path: Path) -> None:
    until = tmp_path / "until"
    busy = await client.begin("spin", str(until))
    await read_until(busy, "accepted")
    took = []
    for _ in range(5):
        began = time.monotonic()
        await client.status()
        took.append(time.monotonic() - began)
    assert min(took) < 0.05
    first = (await client.status()).engines[0].pid
    answer = await client.execute("pid")
    assert int(answer.out) != first
    status = await client.status()
    assert len(status.engines) == 2
    until.touch()
    assert (await finish(busy)).code == 0


async def test_two_engines_are_the_most(client: Client, tmp_path: Path) -> None:
    until = tmp_path / "until"
    busy = [await client.begin("spin", str(until))]
    await read_until(busy[0], "accepted")
    await client.execute("echo")  # by the second engine
    busy.append(await client.begin("spin", str(until)))
    late = await client.begin("echo", "late")
    await read_until(late, "accepted")
    await anyio.sleep(0.3)
    assert len((await client.status()).engines) == 2
    until.touch()
    assert (await finish(late)).code == 0
    for call in busy:
        assert (await finish(call)).code == 0


async def test_a_call_is_done_again_when_its_engine_dies_before_it_said_anything(client: Client, tmp_path: Path) -> None:
    answer = await client.execute("die", str(tmp_path / "mark"))
    assert answer.out == "survived\n"
    assert answer.kinds == ["accepted", "out_chunk", "exit"]


async def test_a_call_is_done_again_when_its_engine_dies_after_it_had_processes_started(client: Client, tmp_path: Path) -> None:
    call = await client.begin("start", str(tmp_path / "mark"))
    first, kill, second = [(await read_until(call, "spawn")).spawn for _ in range(3)]
    assert (first.id, kill.id, kill.kill, second.id) == (1, 1, True, 2)
    assert [*first.argv, *second.argv] == [b"first", b"second"]
    for number, text in ((1, b"of the first"), (2, b"of the second")):
        said = execute_v1.SpawnEvent(id=number, out_chunk=text)
        await call.write(execute_v1.ExecuteRequest(spawn_event=said))
    answer = await finish(call)
    assert (answer.code, answer.out) == (0, "1 of the second\n")


@pytest.mark.parametrize("how", ["always", "loudly"])
async def test_a_call_ends_with_2_when_it_cannot_be_done_again(client: Client, tmp_path: Path, how: str) -> None:
    answer = await client.execute("die", str(tmp_path / "mark"), how)
    assert answer.code == 2
    assert "engine died" in answer.err


async def test_a_call_that_may_not_be_repeated_is_not(client: Client) -> None:
    call = await client.begin("publish")
    accepted = await read_until(call, "accepted")
    assert not accepted.accepted.is_repeatable
    await client.execute("echo")
    os.kill((await client.status()).engines[0].pid, signal.SIGKILL)
    assert (await finish(call)).code == 2


async def test_what_exceeds_the_engines_waits_and_what_exceeds_the_queue_is_refused(client: Client) -> None:
    calls = [await client.begin("wait") for _ in range(16)]
    while [active.phase for active in (await client.status()).active_requests].count("waiting for the test") < 16:
        await anyio.lowlevel.checkpoint()  # the second engine starts
    calls += [await client.begin("wait") for _ in range(64)]
    for call in calls:
        await read_until(call, "accepted")
    refused = await client.execute("echo")
    assert refused.kinds == ["refused"]
    assert refused.events[0].refused.reason == execute_v1.Refused.REASON_BUSY
    assert (await client.execute("daemon", "status")).code == 0
    phases = [active.phase for active in (await client.status()).active_requests]
    assert phases.count("waiting for an engine") == 64
    await calls[-1].write(execute_v1.ExecuteRequest(cancel=execute_v1.Cancel()))
    assert (await finish(calls[-1])).code == 130  # it had no engine yet
    for call in calls:
        call.cancel()
    assert (await client.execute("echo", "again")).out == "again\n"


async def test_a_client_that_does_not_read_costs_no_memory(client: Client) -> None:
    slow = await client.begin("many", "1000")  # 65 MB
    await read_until(slow, "accepted")
    before = (await client.status()).memory_bytes
    await anyio.sleep(0.3)
    assert (await client.status()).memory_bytes - before < 40 << 20
    received = 0
    while (response := await slow.read()) is not grpc.aio.EOF:
        received += sum(len(event.out_chunk.data) for event in response.events)
    assert received == 1000 * 65536


async def test_an_engine_sees_nothing_of_the_daemon_starters_environment(runtime_dir: Path) -> None:
    hobd = Hobd(runtime_dir)
    hobd.start(environment={"PATH": "/usr/bin", "SECRET_TOKEN": "x", "TMPDIR": "/nowhere", "HOB_TEST_KEPT": "1"})
    async with hobd.client() as client:
        environment = json.loads((await client.execute("environment")).out)
    assert environment.keys() - {"LC_CTYPE"} == {"PATH", "HOB_TEST_KEPT", "HOB_TEST_ENGINE"}
    hobd.stop()


async def test_an_engine_that_cannot_start_is_said_so(runtime_dir: Path) -> None:
    hobd = Hobd(runtime_dir)
    hobd.start(engine=["/bin/false"])
    async with hobd.client() as client:
        answer = await client.execute("echo")
    assert answer.code == 2
    assert "could not be started" in answer.err
    hobd.stop()


async def test_an_idle_engine_goes_and_comes_back(runtime_dir: Path) -> None:
    hobd = Hobd(runtime_dir)
    hobd.start("--engine-idle-seconds", "0.2")
    async with hobd.client() as client:
        first = (await client.execute("pid")).out
        await eventually(lambda: not Path(f"/proc/{first}").exists())
        assert (await client.execute("pid")).out != first
    hobd.stop()


async def test_the_flight_recorder_tells_of_a_request_without_its_arguments(client: Client) -> None:
    await client.execute("echo", "s3cret")
    from hob.v1 import daemon_pb2 as daemon_v1

    stream = client.channel.unary_stream(
        "/hob.v1.DaemonService/GetTrace",
        request_serializer=daemon_v1.GetTraceRequest.SerializeToString,
        response_deserializer=daemon_v1.GetTraceResponse.FromString,
    )
    lines = [line async for response in stream(daemon_v1.GetTraceRequest()) for line in response.lines]
    assert any('"command": "echo"' in line for line in lines)
    assert not any("s3cret" in line for line in lines)


async def test_health_and_reflection_answer(client: Client) -> None:
    from grpc_health.v1 import health_pb2
    from grpc_reflection.v1alpha import reflection_pb2

    await client.execute("echo")  # by now an engine is ready
    answer = await client.unary("grpc.health.v1.Health/Check", health_pb2.HealthCheckRequest(), health_pb2.HealthCheckResponse)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING
    reflect = client.channel.stream_stream(
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )()
    await reflect.write(reflection_pb2.ServerReflectionRequest(list_services=""))
    listed = await reflect.read()
    assert "hob.v1.ProjectService" in {service.name for service in listed.list_services_response.service}
    await reflect.write(reflection_pb2.ServerReflectionRequest(file_containing_symbol="hob.v1.ProjectService"))
    assert (await reflect.read()).WhichOneof("message_response") == "file_descriptor_response"
    reflect.cancel()
