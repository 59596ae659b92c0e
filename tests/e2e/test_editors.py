"""What editors ask of a running daemon: typed calls over the real socket, with the real engine behind it."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import grpc
import grpc.aio
import pytest
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2

from hob.v1 import daemon_pb2 as daemon_v1
from hob.v1 import project_pb2 as project_v1
from tests.e2e.house import Home, installed, wait_until
from tests.support.index_server import serve_in_thread


@pytest.fixture
def served(home: Home) -> Home:
    """A home whose daemon runs."""
    assert home.hob("cache", "dir", cwd=Path("/")).code == 0
    return home


@asynccontextmanager
async def channel_to(home: Home) -> AsyncIterator[grpc.aio.Channel]:
    """As an editor finds it: by `hob daemon endpoint --json`."""
    found = await anyio.to_thread.run_sync(lambda: home.hob("daemon", "endpoint", "--json", cwd=Path("/")).out)
    options = [("grpc.use_local_subchannel_pool", 1), ("grpc.enable_http_proxy", 0)]
    async with grpc.aio.insecure_channel(f"unix:{json.loads(found)['socket']}", options=options) as channel:
        yield channel


def ref(home: Home, project: Path) -> project_v1.ProjectRef:
    environment = home.environment()
    return project_v1.ProjectRef(
        root=os.fsencode(project), env=[{"name": name.encode(), "value": value.encode()} for name, value in environment.items()]
    )


async def get_project(channel: grpc.aio.Channel, project: project_v1.ProjectRef) -> project_v1.GetProjectResponse:
    call = channel.unary_unary(
        "/hob.v1.ProjectService/GetProject",
        request_serializer=project_v1.GetProjectRequest.SerializeToString,
        response_deserializer=project_v1.GetProjectResponse.FromString,
    )
    state: project_v1.GetProjectResponse = await call(project_v1.GetProjectRequest(project=project))
    return state


def lock_call(channel: grpc.aio.Channel, project: project_v1.ProjectRef, timeout: float | None) -> AsyncIterator[project_v1.LockResponse]:
    call = channel.unary_stream(
        "/hob.v1.ProjectService/Lock",
        request_serializer=project_v1.LockRequest.SerializeToString,
        response_deserializer=project_v1.LockResponse.FromString,
    )
    answers: AsyncIterator[project_v1.LockResponse] = call(project_v1.LockRequest(project=project), timeout=timeout)
    return answers


async def test_a_project_is_told_locked_synced_and_run(served: Home) -> None:
    project = served.project("demo", "apple", "cherry")
    place = ref(served, project)
    async with channel_to(served) as channel:
        state = await get_project(channel, place)
        assert (state.name, state.version, state.lock) == ("demo", "0.1.0", project_v1.FRESHNESS_MISSING)
        assert (state.root, state.environment) == (os.fsencode(project), os.fsencode(project / ".venv"))
        assert not (project / "uv.lock").exists()
        locked = [answer async for answer in lock_call(channel, place, 60)][-1].result
        assert (locked.code, locked.is_changed) == (0, True), locked
        assert "Resolved 4 packages" in locked.text
        assert (await get_project(channel, place)).lock == project_v1.FRESHNESS_FRESH
        sync = channel.unary_stream(
            "/hob.v1.ProjectService/Sync",
            request_serializer=project_v1.SyncRequest.SerializeToString,
            response_deserializer=project_v1.SyncResponse.FromString,
        )
        synced = [answer async for answer in sync(project_v1.SyncRequest(project=place), timeout=60)][-1].result
        assert synced.code == 0, synced
        assert installed(project) == ["apple-1.0", "banana-2.0", "cherry-3.1"]
        run = channel.unary_stream(
            "/hob.v1.ProjectService/Run",
            request_serializer=project_v1.RunRequest.SerializeToString,
            response_deserializer=project_v1.RunResponse.FromString,
        )
        started = [answer async for answer in run(project_v1.RunRequest(project=place, argv=[b"cherry", b"--red"]), timeout=60)][-1].result
        assert (started.code, list(started.exec.argv)) == (0, [b"cherry", b"--red"])
        assert (await get_project(channel, place)).interpreter == os.fsencode(project / ".venv/bin/python")


async def test_a_broken_project_is_told_with_what_is_wrong(served: Home) -> None:
    project = served.project("demo", "apple")
    (project / "pyproject.toml").write_text("[project\n")
    async with channel_to(served) as channel:
        state = await get_project(channel, ref(served, project))
        assert [Path(fault.path).name for fault in state.diagnostics] == ["pyproject.toml"]
        assert "unclosed table" in state.diagnostics[0].text
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await get_project(channel, ref(served, served.root / "nowhere"))
        assert caught.value.code() == grpc.StatusCode.FAILED_PRECONDITION


async def test_a_lock_without_a_deadline_is_refused_and_one_that_passes_is_cancelled(served: Home) -> None:
    with serve_in_thread(served.wheels) as index:
        project = served.project("demo", "apple", index=index.url)
        index.fail("/simple/", "stall")
        async with channel_to(served) as channel:
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                [answer async for answer in lock_call(channel, ref(served, project), None)]
            assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
            with pytest.raises(grpc.aio.AioRpcError) as late:
                [answer async for answer in lock_call(channel, ref(served, project), 1)]
            assert late.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
            await anyio.to_thread.run_sync(lambda: wait_until(lambda: not served.is_working()))
        assert not (project / "uv.lock").exists()


async def test_a_subscriber_hears_of_edits_and_of_the_end(own_home: Home) -> None:
    assert own_home.hob("cache", "dir", cwd=Path("/")).code == 0
    project = own_home.project("demo", "apple")
    async with channel_to(own_home) as channel:
        subscribe = channel.unary_stream(
            "/hob.v1.ProjectService/Subscribe",
            request_serializer=project_v1.SubscribeRequest.SerializeToString,
            response_deserializer=project_v1.SubscribeResponse.FromString,
        )
        stream = subscribe(project_v1.SubscribeRequest(project=ref(own_home, project)))
        with anyio.fail_after(20):
            first = await stream.read()
            assert (first.state.name, first.state.lock) == ("demo", project_v1.FRESHNESS_MISSING)
            (project / "pyproject.toml").write_text(own_home.pyproject("renamed", "apple"))
            second = await stream.read()
            assert second.state.name == "renamed"
            assert second.clock > first.clock
            assert (await anyio.to_thread.run_sync(lambda: own_home.hob("lock", cwd=project))).code == 0
            third = await stream.read()
            assert third.state.lock == project_v1.FRESHNESS_FRESH
            stop = channel.unary_unary(
                "/hob.v1.DaemonService/Stop",
                request_serializer=daemon_v1.StopRequest.SerializeToString,
                response_deserializer=daemon_v1.StopResponse.FromString,
            )
            await stop(daemon_v1.StopRequest(reason="the test is over"))
            last = await stream.read()
            assert last.going_away.reason == "the test is over"
            assert await stream.read() is grpc.aio.EOF


async def test_health_and_services_are_told(served: Home) -> None:
    async with channel_to(served) as channel:
        check = channel.unary_unary(
            "/grpc.health.v1.Health/Check",
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        assert (await check(health_pb2.HealthCheckRequest())).status == health_pb2.HealthCheckResponse.SERVING
        reflect = channel.stream_stream(
            "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
            request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
            response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
        )
        answers = [answer async for answer in reflect(iter([reflection_pb2.ServerReflectionRequest(list_services="")]))]
        names = {service.name for service in answers[0].list_services_response.service}
        assert {"hob.v1.ExecuteService", "hob.v1.ProjectService", "hob.v1.DaemonService", "grpc.health.v1.Health"} <= names
