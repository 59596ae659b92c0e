"""What editors ask."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from hob.v1 import daemon_pb2 as daemon_v1
from hob.v1 import project_pb2 as project_v1
from tests.front.hobd_process import Client


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("one")
    return tmp_path


def stream(client: Client, name: str, request: Any, timeout: float | None = 30) -> AsyncIterator[Any]:
    response = getattr(project_v1, f"{name}Response")
    call = client.channel.unary_stream(
        f"/hob.v1.ProjectService/{name}", request_serializer=type(request).SerializeToString, response_deserializer=response.FromString
    )
    return aiter(call(request, timeout=timeout))


def ref(root: Path) -> project_v1.ProjectRef:
    return project_v1.ProjectRef(root=os.fsencode(root))


async def test_a_project_is_described(client: Client, project: Path) -> None:
    request = project_v1.GetProjectRequest(project=ref(project))
    answer = await client.unary("hob.v1.ProjectService/GetProject", request, project_v1.GetProjectResponse)
    assert (answer.name, answer.version, answer.interpreter) == ("one", "1", b"")
    assert answer.lock == project_v1.FRESHNESS_STALE
    assert answer.root == os.fsencode(project)
    assert [(fault.line, fault.text) for fault in answer.diagnostics] == [(1, "t")]


async def test_a_sync_tells_its_progress_and_then_its_result(client: Client, project: Path) -> None:
    answers = [answer async for answer in stream(client, "Sync", project_v1.SyncRequest(project=ref(project), frozen=True))]
    assert [answer.WhichOneof("update") for answer in answers] == ["progress", "result"]
    assert answers[0].progress.label == "fetching"
    assert (answers[1].result.code, answers[1].result.text) == (0, "synced --frozen\n")


async def test_a_lock_says_whether_the_file_is_another(client: Client, project: Path) -> None:
    for is_changed in (True, False):
        *_, last = [answer async for answer in stream(client, "Lock", project_v1.LockRequest(project=ref(project)))]
        assert (last.result.code, last.result.is_changed) == (0, is_changed)


async def test_a_run_says_what_to_start(client: Client, project: Path) -> None:
    script = project / "script"
    script.write_text("x")
    *_, last = [answer async for answer in stream(client, "Run", project_v1.RunRequest(project=ref(project), argv=[os.fsencode(script)]))]
    assert last.result.code == 0
    assert last.result.exec.program == b"/bin/echo"


@pytest.mark.parametrize("timeout", [None, 700])
async def test_a_change_without_a_near_deadline_is_refused(client: Client, project: Path, timeout: float | None) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        [answer async for answer in stream(client, "Sync", project_v1.SyncRequest(project=ref(project)), timeout)]
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT


async def test_a_project_that_is_not_there_is_a_failed_precondition(client: Client, tmp_path: Path) -> None:
    request = project_v1.GetProjectRequest(project=ref(tmp_path / "none"))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await client.unary("hob.v1.ProjectService/GetProject", request, project_v1.GetProjectResponse)
    assert caught.value.code() == grpc.StatusCode.FAILED_PRECONDITION


async def test_a_subscriber_hears_the_state_its_changes_and_the_end(client: Client, project: Path) -> None:
    answers = stream(client, "Subscribe", project_v1.SubscribeRequest(project=ref(project)), None)
    first = await anext(answers)
    assert first.state.name == "one"
    assert not (await client.status()).active_requests
    (project / "pyproject.toml").write_text("two")
    await client.execute("echo", cwd=project)  # a finished command has it look again; so may an event
    second = await anext(answers)
    assert second.state.name == "two"
    assert second.clock > first.clock
    await client.unary("hob.v1.DaemonService/Stop", daemon_v1.StopRequest(reason="test"), daemon_v1.StopResponse)
    last = await anext(answers)
    assert last.going_away.reason == "test"


async def test_a_subscriber_that_knows_the_state_hears_only_what_is_newer(client: Client, project: Path) -> None:
    request = project_v1.SubscribeRequest(project=ref(project))
    first = await anext(stream(client, "Subscribe", request, None))
    request.clock = first.clock
    again = stream(client, "Subscribe", request, None)
    (project / "pyproject.toml").write_text("three")
    await client.execute("echo", cwd=project)
    assert (await anext(again)).state.name == "three"
