"""The client's manners: retries, redirects, time-outs, and errors in uv's words."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import anyio
import anyio.abc
import anyio.lowlevel
import pytest

from hobd.core.vocab.index import Index, IndexSettings, NetworkSettings
from hobd.sources.credentials import CredentialBook
from hobd.sources.failures import FetchFailed, OfflineMiss
from hobd.sources.http import MAX_BODY_BYTES, HttpClient, Pace, Reply, Timing
from tests.sources.conftest import Lab
from tests.support.index_server import IndexServer


def client(lab: Lab, *indexes: Index, **network: object) -> HttpClient:
    settings = NetworkSettings(**{"connect_timeout_seconds": 5, "read_timeout_seconds": 5, **network})  # type: ignore[arg-type]
    book = CredentialBook(IndexSettings(indexes=indexes), settings)
    return HttpClient(lab.pools, settings, book, lab.notes, Timing(now=lab.clock.now, sleep=lab.clock.sleep))


async def read(reply: Reply) -> bytes:
    return await reply.read()


async def failure(lab: Lab, url: str, **network: object) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        await client(lab, **network).fetch(url, read)
    return caught.value


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_a_file_is_read_whole(lab: Lab, server: IndexServer, files: Path) -> None:
    content = await client(lab).fetch(f"{server.origin}/files/apple-1.0-py3-none-any.whl", read)
    assert content == (files / "apple-1.0-py3-none-any.whl").read_bytes()
    assert lab.notes.spoiled == ["network"]


@pytest.mark.parametrize("fault", ["503", "500", "429", "408", "truncate"])
async def test_transient_failures_are_tried_again(lab: Lab, server: IndexServer, fault: str) -> None:
    server.fail("/simple/apple/", fault, times=2)
    content = await client(lab).fetch(f"{server.url}/apple/", read)
    assert b"apple-1.0" in content
    assert lab.clock.slept == [0.5, 1.0]


@pytest.mark.parametrize("fault", ["reset", "close"])
async def test_lost_connections_are_tried_again(lab: Lab, server: IndexServer, fault: str) -> None:
    server.fail("/simple/apple/", fault, times=4)  # aiohttp itself tries each lost connection twice
    assert b"apple-1.0" in await client(lab).fetch(f"{server.url}/apple/", read)
    assert lab.clock.slept == [0.5, 1.0]


async def test_the_server_says_how_long_to_wait(lab: Lab, server: IndexServer) -> None:
    server.fail("/simple/apple/", "503", times=1, Retry_After="7")
    await client(lab).fetch(f"{server.url}/apple/", read)
    assert lab.clock.slept == [7.0]


@pytest.mark.parametrize(("status", "shown", "code"), [(400, "400 Bad Request", 2), (404, "404 Not Found", 1), (410, "410 Gone", 2)])
async def test_other_statuses_fail_at_once(lab: Lab, server: IndexServer, status: int, shown: str, code: int) -> None:
    server.fail("/simple/apple/", str(status))
    error = await failure(lab, f"{server.url}/apple/")
    assert error.message == f"Failed to fetch: {server.url}/apple/"
    assert error.causes == (f"HTTP status client error ({shown}) for url ({server.url}/apple/)",)
    assert (error.status, error.code, lab.clock.slept) == (status, code, [])


async def test_the_last_of_several_failures_tells_of_the_others(lab: Lab, server: IndexServer) -> None:
    server.fail("/simple/apple/", "503")
    error = await failure(lab, f"{server.url}/apple/", retries=1)
    assert error.message == "Request failed after 1 retry in 0.5s"
    assert error.causes == (
        f"Failed to fetch: {server.url}/apple/",
        f"HTTP status server error (503 Service Unavailable) for url ({server.url}/apple/)",
    )
    assert (await failure(lab, f"{server.url}/apple/", retries=2)).message == "Request failed after 2 retries in 1.5s"


async def test_a_closed_port_is_told_in_uvs_words(lab: Lab) -> None:
    url = f"http://127.0.0.1:{closed_port()}/simple/a/"
    error = await failure(lab, url, retries=0)
    assert (error.message, error.code) == (f"Failed to fetch: {url}", 2)
    assert error.causes == (
        f"error sending request for url ({url})",
        "client error (Connect)",
        "tcp connect error",
        "Connection refused (os error 111)",
    )


async def test_an_unknown_host_is_told_in_uvs_words(lab: Lab) -> None:
    error = await failure(lab, "http://nowhere.invalid/simple/a/", retries=0)
    assert error.causes[:4] == (
        "error sending request for url (http://nowhere.invalid/simple/a/)",
        "client error (Connect)",
        "dns error",
        "error resolving DNS",
    )
    assert error.causes[4].startswith("failed to lookup address information: ")


async def test_breaking_connections_are_told_in_uvs_words(lab: Lab, server: IndexServer) -> None:
    url = f"{server.url}/apple/"
    server.fail("apple", "truncate", times=1)
    assert (await failure(lab, url, retries=0)).causes == (
        f"error decoding response body for url ({url})",
        "request or response body error",
        "error reading a body from connection",
        "end of file before message length reached",
    )
    server.fail("apple", "close")
    assert (await failure(lab, url, retries=0)).causes == (
        f"error sending request for url ({url})",
        "client error (SendRequest)",
        "connection closed before message completed",
    )


async def test_a_stalled_server_times_out(lab: Lab, server: IndexServer) -> None:
    server.fail("apple", "stall")
    error = await failure(lab, f"{server.url}/apple/", retries=0, read_timeout_seconds=0.05)
    assert error.causes == (f"error sending request for url ({server.url}/apple/)", "operation timed out")


async def test_offline_nothing_is_sent(lab: Lab, server: IndexServer) -> None:
    with pytest.raises(OfflineMiss) as caught:
        await client(lab, offline=True).fetch(f"http://user:secret@127.0.0.1:{server.port}/simple/apple/", read)
    assert caught.value.message == (
        f"Network connectivity is disabled, but the requested data wasn't found in the cache: {server.url}/apple/"
    )
    assert (caught.value.code, server.seen, lab.notes.spoiled) == (1, [], [])


async def test_redirects_are_followed_and_told(lab: Lab, server: IndexServer) -> None:
    async def where(reply: Reply) -> str:
        return reply.url

    assert await client(lab).fetch(f"{server.origin}/moved/simple/apple/", where) == f"{server.url}/apple/"


async def test_a_redirect_in_circles_ends(lab: Lab, server: IndexServer) -> None:
    server.redirects["/simple/apple/"] = f"{server.url}/apple/"
    error = await failure(lab, f"{server.url}/apple/")
    assert error.causes[-1] == "too many redirects"


async def test_a_redirect_to_another_origin_takes_no_credentials_along(lab: Lab, server: IndexServer, files: Path) -> None:
    async with IndexServer(files) as other:
        server.redirects["/simple/apple/"] = f"{other.url}/apple/"
        await client(lab).fetch(f"http://user:secret@127.0.0.1:{server.port}/simple/apple/", read)
        assert [seen.authorization for seen in server.seen] == ["user:secret"]
        assert [seen.authorization for seen in other.seen] == [None]


async def test_a_proxy_is_asked_instead(lab: Lab, server: IndexServer) -> None:
    content = await client(lab, http_proxy=server.origin).fetch("http://index.invalid/simple/apple/", read)
    assert b"apple-1.0" in content
    assert server.seen[0].headers["Host"] == "index.invalid"


async def test_an_exempt_host_is_reached_without_the_proxy(lab: Lab, server: IndexServer) -> None:
    dead = f"http://127.0.0.1:{closed_port()}"
    assert await client(lab, all_proxy=dead, no_proxy="127.0.0.0/8").fetch(f"{server.url}/apple/", read)


async def test_errors_do_not_show_secrets(lab: Lab) -> None:
    error = await failure(lab, f"http://user:secret@127.0.0.1:{closed_port()}/simple/a/", retries=0)
    assert "secret" not in "\n".join((error.message, *error.causes))


@asynccontextmanager
async def raw_server(*chunks: bytes) -> AsyncIterator[str]:
    """A server that sends these bytes to whoever connects, and then waits; gives its address."""

    async def answer(stream: anyio.abc.SocketStream) -> None:
        async with stream:
            with suppress(anyio.BrokenResourceError):
                for chunk in chunks:
                    await stream.send(chunk)
                await anyio.sleep_forever()

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, answer)
        yield f"http://127.0.0.1:{listener.extra(anyio.abc.SocketAttribute.local_port)}"
        tasks.cancel_scope.cancel()


async def test_a_header_that_never_ends_is_given_up(lab: Lab) -> None:
    async with raw_server(b"HTTP/1.1 200 OK\r\n", *[b"X-Slow: yes\r\n"] * 10) as address:
        error = await failure(lab, f"{address}/", retries=0, connect_timeout_seconds=0.2, read_timeout_seconds=0.2)
    assert error.causes == (f"error sending request for url ({address}/)", "operation timed out")


async def test_a_body_that_trickles_is_given_up(lab: Lab) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"

    async def read_slowly(reply: Reply) -> bytes:
        async for _ in reply.chunks():
            lab.clock.seconds += 6  # longer than silence would be borne
        return b""

    async with raw_server(head + b"x") as address:
        with pytest.raises(FetchFailed) as caught:
            await client(lab, retries=0, read_timeout_seconds=0.2).fetch(f"{address}/", read_slowly)
    assert caught.value.causes[0] == f"error decoding response body for url ({address}/)"
    pace = Pace(lab.clock.now, 5)
    pace.add(1000)
    lab.clock.seconds += 6
    pace.add(1)  # 1,001 bytes in six seconds
    lab.clock.seconds += 6
    with pytest.raises(TimeoutError):
        pace.add(1)


async def test_an_answer_without_end_fills_no_memory(lab: Lab) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    megabyte = b"100000\r\n" + b" " * 2**20 + b"\r\n"
    async with raw_server(head, *[megabyte] * 200) as address:
        error = await failure(lab, f"{address}/", retries=0)
    assert error.causes == (f"the answer is larger than {MAX_BODY_BYTES} bytes",)


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/a", "javascript:1", "http://[::1", "http://127.0.0.1:99999999/", None]
)
async def test_a_redirect_leads_to_the_web_or_nowhere(lab: Lab, server: IndexServer, target: str | None) -> None:
    server.fail("/simple/apple/", "302", 1, **({} if target is None else {"Location": target}))
    error = await failure(lab, f"{server.url}/apple/")
    assert (error.message, lab.clock.slept) == (f"Failed to fetch: {server.url}/apple/", [])
    assert "redirect" in error.causes[0]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:alert(1)", "data:text/plain,x", "ftp://host.example/x"])
async def test_only_addresses_of_the_web_are_asked(lab: Lab, url: str) -> None:
    assert (await failure(lab, url)).causes == (f"builder error for url ({url})", "URL scheme is not allowed")


async def test_an_address_is_sent_in_its_normal_form(lab: Lab, server: IndexServer, files: Path) -> None:
    (files / "é 1.txt").write_text("here")
    assert await client(lab).fetch(f"{server.origin}/files/x/../é\n 1.txt", read) == b"here"
