"""Repositories: every kind of reference, one database for all, and errors in uv's words."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import anyio
import pytest
from msgspec.structs import replace

from hobd.core.vocab.source import Git
from hobd.engine.spawning import LocalSpawner
from hobd.sources.git import GitFailed, MissingLfs, Repositories, git_environment
from hobd.sources.git_login import with_login
from tests.support.evidence import Notes
from tests.support.git_server import serve_git

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}


class Remote:
    """A repository with two commits: `v1` tags the first, `main` is the second, `side` is beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "--quiet", "--initial-branch", "main")
        self.first = self.commit("one")
        self.git("tag", "-a", "-m", "first", "v1")
        self.second = self.commit("two")
        self.git("branch", "side", self.first)

    @property
    def url(self) -> str:
        return self.folder.as_uri()

    def commit(self, content: str) -> str:
        (self.folder / "content.txt").write_text(content)
        self.git("add", ".")
        self.git("commit", "--quiet", "-m", content)
        return self.git("rev-parse", "HEAD")

    def vanish(self) -> None:
        shutil.rmtree(self.folder)

    def git(self, *arguments: str) -> str:
        command = ["git", "-c", "user.name=x", "-c", "user.email=x@example.invalid", *arguments]
        return subprocess.run(command, cwd=self.folder, env=ENVIRONMENT, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    return Remote(tmp_path / "remote")


class Told(list[tuple[str, str]]):
    """What was announced."""

    def __call__(self, verb: str, what: str) -> None:
        self.append((verb, what))


def repositories(
    folder: Path,
    *,
    told: Told | None = None,
    notes: Notes | None = None,
    environment: Mapping[str, str] = ENVIRONMENT,
    is_offline: bool = False,
    logins: dict[str, str] | None = None,
) -> Repositories:
    return Repositories(
        folder / "git",
        LocalSpawner(),
        environment,
        notes or Notes(),
        is_offline=is_offline,
        logins=logins,
        announce=told if told is not None else Told(),
    )


def checkouts(folder: Path) -> list[str]:
    return [path.name for path in folder.glob("git/checkouts/*/*")]


@pytest.mark.parametrize(
    ("kind", "reference", "wanted"),
    [
        (None, None, "second"),
        ("branch", "main", "second"),
        ("branch", "side", "first"),
        ("tag", "v1", "first"),
        ("rev", "v1", "first"),
        ("rev", "side", "first"),
        ("rev", "refs/heads/side", "first"),
    ],
)
async def test_a_reference_means_a_commit(tmp_path: Path, remote: Remote, kind: str | None, reference: str | None, wanted: str) -> None:
    found = await repositories(tmp_path).resolve(Git(url=remote.url, reference_kind=kind, reference=reference))
    assert found == getattr(remote, wanted)


async def test_the_beginning_of_a_commit_is_enough(tmp_path: Path, remote: Remote) -> None:
    assert await repositories(tmp_path).resolve(Git(url=remote.url, reference_kind="rev", reference=remote.first[:7])) == remote.first


async def test_a_full_commit_needs_no_network(tmp_path: Path) -> None:
    notes = Notes()
    for source in (
        Git(url="https://git.invalid/x", reference_kind="rev", reference="a" * 40, commit="a" * 40),
        Git(url="https://git.invalid/x", reference_kind="rev", reference="A" * 40),
    ):
        assert await repositories(tmp_path, notes=notes).resolve(source) == "a" * 40
    assert notes.spoiled == []


async def test_a_branch_is_asked_for_anew_by_each_request(tmp_path: Path, remote: Remote) -> None:
    source = Git(url=remote.url, reference_kind="branch", reference="main")
    assert await repositories(tmp_path).resolve(source) == remote.second
    third = remote.commit("three")
    assert await repositories(tmp_path).resolve(source) == third


async def test_updates_are_announced(tmp_path: Path, remote: Remote) -> None:
    told = Told()
    await repositories(tmp_path, told=told).resolve(Git(url=remote.url))
    assert told == [("Updating", f"{remote.url} (HEAD)"), ("Updated", f"{remote.url} ({remote.second})")]


async def test_a_commit_is_checked_out_whole_and_once(tmp_path: Path, remote: Remote) -> None:
    source = Git(url=remote.url, commit=remote.first)
    tree = await repositories(tmp_path).checkout(source)
    assert (tree / "content.txt").read_text() == "one"
    remote.vanish()
    assert await repositories(tmp_path, is_offline=True).checkout(source) == tree
    assert [path.name for path in tree.parent.iterdir()] == [remote.first]


async def test_two_who_want_the_same_commit_share_one_checkout(tmp_path: Path, remote: Remote) -> None:
    both = repositories(tmp_path)
    source = Git(url=remote.url, commit=remote.second)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(both.checkout, source)
        tasks.start_soon(both.checkout, source)
    assert checkouts(tmp_path) == [remote.second]


async def test_a_cancelled_checkout_leaves_nothing(tmp_path: Path, remote: Remote) -> None:
    source = Git(url=remote.url, commit=remote.second)
    with anyio.CancelScope() as scope:
        scope.cancel()
        await repositories(tmp_path).checkout(source)
    assert checkouts(tmp_path) == []
    assert (await repositories(tmp_path).checkout(source) / "content.txt").is_file()


async def test_submodules_come_along(tmp_path: Path, remote: Remote) -> None:
    outer = Remote(tmp_path / "outer")
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../remote", "inner")
    commit = outer.commit("with inner")
    allowing = {**ENVIRONMENT, "GIT_ALLOW_PROTOCOL": "file"}
    tree = await repositories(tmp_path, environment=allowing).checkout(Git(url=outer.url, commit=commit))
    assert (tree / "inner" / "content.txt").read_text() == "two"


async def test_a_missing_branch_is_told_in_uvs_words(tmp_path: Path, remote: Remote) -> None:
    with pytest.raises(GitFailed) as caught:
        await repositories(tmp_path).resolve(Git(url=remote.url, reference_kind="branch", reference="nope"))
    error = caught.value
    assert error.message.startswith(f"failed to clone into: {tmp_path}/git/db/")
    assert error.causes[0] == "failed to fetch branch `nope`"
    assert error.causes[1] == (
        f"process didn't exit successfully: `/usr/bin/git fetch --force --update-head-ok '{remote.url}' "
        "'+refs/heads/nope:refs/remotes/origin/nope'` (exit status: 128)\n--- stderr\nfatal: couldn't find remote ref refs/heads/nope"
    )
    assert error.code == 1


@pytest.mark.parametrize(
    ("kind", "reference", "told"),
    [
        ("tag", "nope", "failed to fetch tag `nope`"),
        ("rev", "nope", "failed to fetch branch or tag `nope`"),
        ("rev", "refs/heads/nope", "failed to fetch ref `refs/heads/nope`"),
    ],
)
async def test_other_missing_references_are_told(tmp_path: Path, remote: Remote, kind: str, reference: str, told: str) -> None:
    with pytest.raises(GitFailed) as caught:
        await repositories(tmp_path).resolve(Git(url=remote.url, reference_kind=kind, reference=reference))
    assert caught.value.causes[0] == told


async def test_a_missing_commit_is_told(tmp_path: Path, remote: Remote) -> None:
    with pytest.raises(GitFailed) as caught:
        await repositories(tmp_path).resolve(Git(url=remote.url, reference_kind="rev", reference="abcdef1"))
    assert caught.value.message == "failed to find branch, tag, or commit `abcdef1`"
    with pytest.raises(GitFailed) as caught:
        await repositories(tmp_path).checkout(Git(url=remote.url, commit="a" * 40))
    assert caught.value.causes[0] == f"failed to fetch commit `{'a' * 40}`"


async def test_offline_only_folders_are_fetched_from(tmp_path: Path, remote: Remote) -> None:
    offline = repositories(tmp_path, is_offline=True)
    assert await offline.resolve(Git(url=remote.url)) == remote.second
    with pytest.raises(GitFailed) as caught:
        await offline.resolve(Git(url="https://git.invalid/x"))
    assert caught.value.causes == ("Remote Git fetches are not allowed because network connectivity is disabled (i.e., with `--offline`)",)


async def test_secrets_are_not_shown(tmp_path: Path) -> None:
    url = "http://127.0.0.1:1/x.git"
    told = Told()
    with pytest.raises(GitFailed) as caught:
        await repositories(tmp_path, told=told, logins={url: "user:hunter2"}).resolve(Git(url=url))
    text = "\n".join((caught.value.message, *caught.value.causes, *(what for _, what in told)))
    assert "hunter2" not in text
    assert text.count("http://user:****@127.0.0.1:1/x.git") == 2


@pytest.mark.parametrize("login", ["joe:hunt%40%25r2", "joe:wrong", "joe", None])
@pytest.mark.parametrize("is_stated", [True, False], ids=["stated", "in the source"])
async def test_a_server_is_told_who_asks_and_nobody_else_is(tmp_path: Path, remote: Remote, login: str | None, *, is_stated: bool) -> None:
    home = tmp_path / "home"
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "git").write_text(f'#!/bin/sh\necho "$@" >> {home}/words\nexec /usr/bin/git "$@"\n')
    (home / "bin" / "git").chmod(0o755)
    environment = {**ENVIRONMENT, "HOME": str(home), "PATH": f"{home}/bin:{ENVIRONMENT['PATH']}"}
    with serve_git(tmp_path, user="joe", password="hunt@%r2") as server:
        url = f"{server.url}/remote/.git"
        source = Git(url=url, login=None if is_stated else login)
        made = repositories(tmp_path, environment=environment, logins={url: login} if is_stated and login is not None else None)
        if login == "joe:hunt%40%25r2":
            commit = await made.resolve(source)
            assert commit == remote.second
            assert (await made.checkout(Git(url=url, commit=commit)) / "content.txt").read_text() == "two"
        else:
            with pytest.raises(GitFailed):
                await made.resolve(source)
        assert server.seen[0] is None  # nobody is told before who asks is wanted
    written = [path for path in tmp_path.rglob("*") if path.is_file() and b"hunt" in path.read_bytes()]
    assert written == []
    assert "fetch" in (home / "words").read_text()


async def test_a_netrc_is_read_by_git_itself(tmp_path: Path, remote: Remote) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login joe password secret\n")
    environment = {**ENVIRONMENT, "HOME": str(tmp_path)}
    with serve_git(tmp_path, user="joe", password="secret") as server:
        source = Git(url=f"{server.url}/remote/.git")
        assert await repositories(tmp_path, environment=environment).resolve(source) == remote.second


def test_settings_for_git_that_are_there_already_stay() -> None:
    given = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "a.b", "GIT_CONFIG_VALUE_0": "c"}
    found = with_login(given, "https://git.example/r", "joe")
    assert found == {
        **given,
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_1": "credential.https://git.example.username",
        "GIT_CONFIG_VALUE_1": "joe",
    }


@pytest.mark.parametrize(("url", "login"), [("https://git.example/r", "joe:a%0Ahost=evil.example"), ("ssh://git@git.example/r", "joe:x")])
def test_what_is_no_login_for_a_web_server_is_not_told(url: str, login: str) -> None:
    assert with_login({"A": "1"}, url, login) == {"A": "1"}


async def test_large_files_without_the_extension_are_told(tmp_path: Path, remote: Remote) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "git").write_text(f'#!/bin/sh\n[ "$1" = lfs ] && exit 1\nexec {shutil.which("git")} "$@"\n')
    (programs / "git").chmod(0o755)
    found = repositories(tmp_path, environment={**ENVIRONMENT, "PATH": f"{programs}:{os.defpath}"})
    with pytest.raises(MissingLfs, match="Git LFS extension not found"):
        await found.checkout(Git(url=remote.url, commit=remote.first, lfs=True))


async def test_without_git_the_error_says_so(tmp_path: Path, remote: Remote) -> None:
    with pytest.raises(GitFailed, match="Git executable not found"):
        await repositories(tmp_path, environment={"PATH": str(tmp_path)}).resolve(replace(Git(url=remote.url)))


def test_git_never_works_in_the_callers_repository_and_never_asks() -> None:
    environment = git_environment({"GIT_DIR": "/x/.git", "GIT_INDEX_FILE": "i", "GIT_SSH_COMMAND": "ssh -4", "HOME": "/h"})
    assert environment == {"GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": "ssh -4", "HOME": "/h"}


async def test_kept_pins_are_what_references_mean(tmp_path: Path, remote: Remote) -> None:
    kept = repositories(tmp_path)
    source = Git(url=remote.url, reference_kind="branch", reference="main")
    kept.keep([replace(source, commit=remote.first)])
    assert await kept.resolve(source) == remote.first


async def test_another_process_in_the_repository_is_waited_for(tmp_path: Path, remote: Remote) -> None:
    source = Git(url=remote.url, commit=remote.second)
    first, second = repositories(tmp_path), repositories(tmp_path)  # they share no lock but the file's
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(first.checkout, source)
        tasks.start_soon(second.resolve, Git(url=remote.url))
        tasks.start_soon(second.checkout, source)
    assert checkouts(tmp_path) == [remote.second]
