"""Proxies and certificates are the request's own."""

import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from msgspec.structs import replace

from hobd.addresses import default_index_url
from hobd.core.vocab.index import IndexSettings, NetworkSettings
from hobd.sources.credentials import CredentialBook
from hobd.sources.failures import FetchFailed
from hobd.sources.http import HttpClient, Reply, Timing
from hobd.sources.http_pools import HttpPools
from hobd.sources.proxies import find_proxy, is_exempt
from hobd.sources.tls import InvalidCertificates, check_bundle, make_context, trust_key
from tests.sources.conftest import Lab

PROXIES = NetworkSettings(http_proxy="proxy.example:3128", https_proxy="https://secure.example", no_proxy="internal.example, .dev:8080")


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("http://index.example/simple", "http://proxy.example:3128"),
        ("https://index.example/simple", "https://secure.example"),
        ("http://internal.example/", None),
        ("http://a.internal.example/", None),
        ("http://notinternal.example/", "http://proxy.example:3128"),
        ("http://x.dev:8080/", None),
        ("http://x.dev/", "http://proxy.example:3128"),
    ],
)
def test_the_proxy_depends_on_scheme_and_host(url: str, proxy: str | None) -> None:
    assert find_proxy(PROXIES, url) == proxy


def test_one_proxy_for_all_serves_where_none_is_special() -> None:
    assert find_proxy(NetworkSettings(all_proxy="http://p.example"), "https://index.example/") == "http://p.example"
    assert find_proxy(NetworkSettings(), "https://index.example/") is None


@pytest.mark.parametrize(
    ("no_proxy", "host", "exempt"),
    [
        ("*", "anything.example", True),
        ("", "anything.example", False),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("fd00::/8", "fd00::1", True),
        ("127.0.0.1", "127.0.0.1", True),
        ("*.example", "a.example", True),
        ("EXAMPLE", "a.example", True),
    ],
)
def test_lists_of_exempt_hosts_are_read(no_proxy: str, host: str, exempt: bool) -> None:
    assert is_exempt(no_proxy, host, 443) is exempt


class Certificates:
    """A certificate of its own for 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        self.both, self.certificate = folder / "both.pem", folder / "certificate.pem"
        key = folder / "key.pem"
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        command += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(self.certificate)]
        subprocess.run(command, check=True, capture_output=True)
        self.both.write_bytes(self.certificate.read_bytes() + key.read_bytes())


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
async def secure(certificates: Certificates) -> AsyncIterator[str]:
    """The address of a server that speaks TLS, and tells whether it was shown a certificate."""

    async def hello(request: web.Request) -> web.Response:
        assert request.transport is not None
        return web.Response(text="known" if request.transport.get_extra_info("peercert") else "unknown")

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.both)
    context.load_verify_locations(certificates.certificate)
    context.verify_mode = ssl.CERT_OPTIONAL
    app = web.Application()
    app.router.add_get("/", hello)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    yield f"https://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


async def read(reply: Reply) -> bytes:
    return await reply.read()


def client(lab: Lab, network: NetworkSettings) -> HttpClient:
    network = replace(network, retries=0)
    book = CredentialBook(IndexSettings(indexes=()), network)
    return HttpClient(lab.pools, network, book, lab.notes, Timing(now=lab.clock.now, sleep=lab.clock.sleep))


async def test_a_server_that_nobody_vouches_for_is_refused(lab: Lab, secure: str) -> None:
    with pytest.raises(FetchFailed) as caught:
        await client(lab, NetworkSettings()).fetch(secure, read)
    assert caught.value.causes[1] == "client error (Connect)"
    assert caught.value.causes[2].startswith("invalid peer certificate: ")


async def test_a_named_bundle_is_trusted(lab: Lab, secure: str, certificates: Certificates) -> None:
    assert await client(lab, NetworkSettings(ca_file=str(certificates.certificate))).fetch(secure, read) == b"unknown"


async def test_a_client_certificate_is_shown(lab: Lab, secure: str, certificates: Certificates) -> None:
    network = NetworkSettings(ca_file=str(certificates.certificate), client_cert=str(certificates.both))
    assert await client(lab, network).fetch(secure, read) == b"known"


async def test_an_insecure_host_is_not_checked(lab: Lab, secure: str) -> None:
    assert await client(lab, NetworkSettings(insecure_hosts=("127.0.0.1",))).fetch(secure, read) == b"unknown"


async def test_no_request_rides_on_the_trust_of_another(lab: Lab, secure: str, certificates: Certificates) -> None:
    assert await client(lab, NetworkSettings(ca_file=str(certificates.certificate))).fetch(secure, read)
    with pytest.raises(FetchFailed):
        await client(lab, NetworkSettings()).fetch(secure, read)


def test_contexts_are_kept_while_their_files_stay_the_same(certificates: Certificates, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(certificates.certificate.read_bytes())
    pools, network = HttpPools(), NetworkSettings(ca_file=str(bundle))
    first = pools.context(network)
    assert pools.context(network) is first
    bundle.write_bytes(certificates.certificate.read_bytes() * 2)
    assert pools.context(network) is not first


def test_system_certificates_are_the_systems() -> None:
    assert type(make_context(trust_key(NetworkSettings(system_certs=True)))).__module__.startswith("truststore")


def test_a_missing_bundle_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidCertificates, match="Failed to load certificates from"):
        make_context(trust_key(NetworkSettings(ca_file=str(tmp_path / "nowhere.pem"))))


def test_a_bundle_that_is_named_is_one(certificates: Certificates, tmp_path: Path) -> None:
    check_bundle(certificates.certificate, "ours.pem")
    (tmp_path / "empty.pem").write_text("nothing\n")
    for name, message in (
        ("nowhere.pem", "Failed to read certificate file `it`"),
        (".", "Certificate path is not a file: it"),
        ("empty.pem", "No valid certificates found in: it"),
    ):
        with pytest.raises(InvalidCertificates) as refused:
            check_bundle(tmp_path / name, "it")
        assert refused.value.message == message


def test_the_default_index_is_spelled_as_in_locks() -> None:
    assert default_index_url().startswith("https://")
    assert default_index_url().endswith("/simple")
