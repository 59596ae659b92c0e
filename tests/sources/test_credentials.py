"""Who we are to which server: known before asking, looked up when refused, and never told to another origin."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from hobd.core.resolver.knowledge import NoPage, Page
from hobd.core.vocab.index import Index, IndexSettings, NetworkSettings
from hobd.core.vocab.names import Name
from hobd.engine.spawning import LocalSpawner
from hobd.sources.credential_store import find_stored, read_store
from hobd.sources.credentials import CredentialBook, Credentials, environment_name, split_credentials
from hobd.sources.failures import FetchFailed
from hobd.sources.keyring import Keyring
from hobd.sources.netrc_file import find_in_netrc
from tests.sources.conftest import Lab, Request
from tests.support.index_server import IndexServer
from tests.support.variables import Variables

SECRET = "hunter2"
JOE = ("joe", SECRET)


@pytest.fixture
def guarded(server: IndexServer) -> IndexServer:
    """An index that wants to know who asks."""
    server.password = JOE
    return server


async def page(request: Request, name: str = "apple") -> Page | NoPage:
    return await request.indexes.page(Name(name), None)


def with_user(url: str, user: str = f"joe:{SECRET}") -> str:
    return url.replace("http://", f"http://{user}@")


def authorizations(server: IndexServer) -> list[str | None]:
    return [seen.authorization for seen in server.seen]


async def test_credentials_in_the_url_are_sent_at_once(lab: Lab, guarded: IndexServer) -> None:
    assert isinstance(await page(lab.request(with_user(guarded.url))), Page)
    assert authorizations(guarded) == [f"joe:{SECRET}"]


async def test_escaped_credentials_are_unescaped(lab: Lab, server: IndexServer) -> None:
    server.password = ("jo@e", "p/w:é")
    assert isinstance(await page(lab.request(with_user(server.url, "jo%40e:p%2Fw%3A%C3%A9"))), Page)


async def test_variables_of_the_index_beat_its_url(lab: Lab, guarded: IndexServer) -> None:
    network = NetworkSettings(credentials=(("MY_INDEX", *JOE),))
    request = lab.request(Index(url=with_user(guarded.url, "other:wrong"), name="my-index"), network=network)
    assert isinstance(await page(request), Page)
    assert authorizations(guarded) == [f"joe:{SECRET}"]


async def test_files_beside_the_index_get_its_credentials(lab: Lab, guarded: IndexServer) -> None:
    request = lab.request(with_user(guarded.url))
    found = await page(request)
    assert isinstance(found, Page)
    release = found.releases[-1]
    await lab.solve(request, lambda knowledge: knowledge.metadata(Name("apple"), release, release.files[0]))
    assert authorizations(guarded) == [f"joe:{SECRET}"] * 2
    assert SECRET not in release.files[0].file.location


async def test_netrc_is_asked_once_the_server_refused(lab: Lab, guarded: IndexServer, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text(f"machine 127.0.0.1 login joe password {SECRET}\n")
    request = lab.request(guarded.url, network=NetworkSettings(netrc=str(tmp_path / "netrc")))
    assert isinstance(await page(request), Page)
    assert authorizations(guarded) == [None, f"joe:{SECRET}"]


async def test_a_user_without_password_is_completed_before_asking(lab: Lab, guarded: IndexServer, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text(f"default login joe password {SECRET}\n")
    request = lab.request(with_user(guarded.url, "joe"), network=NetworkSettings(home=str(tmp_path)))
    assert isinstance(await page(request), Page)
    assert authorizations(guarded) == [f"joe:{SECRET}"]


async def test_the_store_of_uv_auth_is_read(lab: Lab, guarded: IndexServer, tmp_path: Path) -> None:
    uv = Path(sys.executable).parent / "uv"
    login = [str(uv), "auth", "login", guarded.url, "--username", "joe", "--password", SECRET]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "UV_CREDENTIALS_DIR": str(tmp_path / "credentials")}
    subprocess.run(login, env=environment, check=True, capture_output=True)  # noqa: ASYNC221 - the oracle, before anything waits
    request = lab.request(guarded.url, network=NetworkSettings(credentials_folder=str(tmp_path / "credentials")))
    assert isinstance(await page(request), Page)
    assert authorizations(guarded)[-1] == f"joe:{SECRET}"


async def test_the_rest_of_the_realm_gets_what_worked(lab: Lab, guarded: IndexServer) -> None:
    request = lab.request(with_user(f"{guarded.origin}/moved/simple"), guarded.url)
    found = await page(request)
    assert isinstance(found, Page)
    await page(request, "pear")
    assert None in authorizations(guarded)
    assert authorizations(guarded)[-1] == f"joe:{SECRET}"


def fake_keyring(folder: Path, script: str) -> Variables:
    """A `keyring` program that notes its arguments."""
    program = folder / "bin" / "keyring"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >> {folder}/asked\n{script}\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return Variables({"PATH": f"{program.parent}:/usr/bin:/bin"})


async def test_the_keyring_is_asked_for_the_address_then_for_the_host(lab: Lab, guarded: IndexServer, tmp_path: Path) -> None:
    host = guarded.origin.removeprefix("http://")
    variables = fake_keyring(tmp_path, f'test "$2" = "{host}" && echo {SECRET}')
    request = lab.request(with_user(guarded.url, "joe"), variables=variables, keyring_provider="subprocess")
    assert isinstance(await page(request), Page)
    assert (tmp_path / "asked").read_text().splitlines() == [f"get {guarded.url}/apple/ joe", f"get {host} joe"]


async def test_the_keyring_is_asked_once_a_realm(lab: Lab, guarded: IndexServer, tmp_path: Path) -> None:
    variables = fake_keyring(tmp_path, "exit 1")
    request = lab.request(with_user(guarded.url, "joe"), variables=variables, keyring_provider="subprocess")
    await page(request)
    await page(request, "pear")
    assert len((tmp_path / "asked").read_text().splitlines()) == 2


async def test_without_a_keyring_program_nothing_is_known(tmp_path: Path) -> None:
    assert await Keyring(LocalSpawner(), {"PATH": str(tmp_path)}).find("https://index.example", "index.example", None) is None


async def test_the_keyring_can_tell_the_user_too(tmp_path: Path) -> None:
    variables = fake_keyring(tmp_path, f"echo joe; echo {SECRET}")
    assert await Keyring(LocalSpawner(), variables.values).find("https://index.example", "index.example", None) == JOE


async def test_an_index_that_always_authenticates_is_never_asked_without(lab: Lab, guarded: IndexServer) -> None:
    request = lab.request(Index(url=guarded.url, authenticate="always"))
    with pytest.raises(FetchFailed) as caught:
        await page(request)
    assert caught.value.causes == (f"Missing credentials for {guarded.url}/apple/",)
    assert guarded.seen == []


async def test_an_index_that_never_authenticates_gets_no_credentials(lab: Lab, guarded: IndexServer) -> None:
    found = await page(lab.request(Index(url=with_user(guarded.url), authenticate="never")))
    assert isinstance(found, NoPage)
    assert (found.reason, authorizations(guarded)) == ("unauthorized", [None])


def book(*indexes: Index, **network: object) -> CredentialBook:
    return CredentialBook(IndexSettings(indexes=indexes), NetworkSettings(**network))  # type: ignore[arg-type]


def test_credentials_are_for_what_lies_below_their_address_only() -> None:
    found = book(Index(url=f"https://joe:{SECRET}@index.example/team/simple"))
    joe = Credentials("joe", SECRET)
    assert found.known("https://index.example/team/files/a.whl") == joe
    assert found.known("https://INDEX.example:443/team/simple/a/") == joe
    assert found.known("https://index.example/teammate/simple/a/") is None
    assert found.known("http://index.example/team/simple/a/") is None
    assert found.known("https://index.example:8443/team/simple/a/") is None
    assert found.known("https://files.example/team/simple/a/") is None


def test_the_nearest_of_several_counts() -> None:
    found = book(Index(url="https://outer:x@index.example/simple"), Index(url="https://inner:y@index.example/inner/simple"))
    inner, outer = found.known("https://index.example/inner/simple/a/"), found.known("https://index.example/b/")
    assert inner is not None
    assert outer is not None
    assert (inner.user, outer.user) == ("inner", "outer")


async def test_another_users_credentials_are_not_taken(tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine index.example login jane password x\n")
    assert await book(home=str(tmp_path)).look_up("https://index.example/simple/a/", "joe") is None


def test_secrets_are_not_in_the_text_of_anything() -> None:
    assert SECRET not in repr(Credentials("joe", SECRET))


def test_urls_lose_their_credentials() -> None:
    assert split_credentials("https://index.example/a@b") == ("https://index.example/a@b", None)
    assert split_credentials("https://@index.example/") == ("https://index.example/", None)
    assert split_credentials("https://:tok@index.example/") == ("https://index.example/", Credentials(None, "tok"))


def test_names_of_indexes_become_names_of_variables() -> None:
    assert environment_name("my.index-1") == "MY_INDEX_1"


def test_a_broken_netrc_has_no_credentials(tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine index.example login")
    assert find_in_netrc(NetworkSettings(home=str(tmp_path)), "index.example", None) is None
    assert find_in_netrc(NetworkSettings(netrc=str(tmp_path / "nowhere")), "index.example", None) is None
    assert find_in_netrc(NetworkSettings(), "index.example", None) is None


STORE = """
[[credential]]
service = "https://index.example/"
username = "__token__"
scheme = "basic"
password = "outer"

[[credential]]
service = "https://index.example/inner"
username = "joe"
scheme = "basic"
password = "inner"

[[credential]]
service = "https://token.example"
scheme = "bearer"
token = "abc"

[[credential]]
service = 5
"""


@pytest.mark.parametrize(
    ("url", "user", "password"),
    [
        ("https://index.example/simple/a/", None, "outer"),
        ("https://index.example/inner/a/", None, "inner"),
        ("https://index.example/inner/a/", "__token__", "outer"),
        ("https://index.example/innermost/", None, "outer"),
        ("https://index.example/", "jane", None),
        ("http://index.example/", None, None),
        ("https://token.example/x", None, "abc"),
    ],
)
def test_the_longest_service_counts(tmp_path: Path, url: str, user: str | None, password: str | None) -> None:
    (tmp_path / "credentials.toml").write_text(STORE)
    found = find_stored(read_store(NetworkSettings(credentials_folder=str(tmp_path))), url, user)
    assert (None if found is None else found.password) == password


def test_a_bearer_token_is_sent_as_one(tmp_path: Path) -> None:
    assert Credentials(None, "abc", is_bearer=True).header() == "Bearer abc"


def test_a_broken_store_is_empty(tmp_path: Path) -> None:
    (tmp_path / "credentials.toml").write_text("[[")
    assert read_store(NetworkSettings(credentials_folder=str(tmp_path))) == ()
    assert read_store(NetworkSettings()) == ()
