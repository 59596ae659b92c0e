"""Repositories, by way of the system's `git` (features.md SRC-3, SRC-10, ENV-55, ENV-56).

db/KEY              one bare repository an address; each commit that was asked for has a ref of its own
checkouts/KEY/SHA   the tree of one commit, submodules included; it appears whole or not at all
"""

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import anyio

from hobd.core.formats.urls import with_masked_password
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.source import Git
from hobd.core.vocab.spawn import Finished, Spawner
from hobd.faults import crash_point
from hobd.sources.failures import SourceError
from hobd.sources.git_login import with_login
from hobd.sources.threads import in_thread

_LOCK_WAIT_SECONDS = 0.05
COMMIT = re.compile(r"[0-9a-f]{40}")
_SHORT_COMMIT = re.compile(r"[0-9a-f]{4,39}")
_EVERYTHING = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/remotes/origin/tags/*", "+HEAD:refs/remotes/origin/HEAD")
_FOREIGN_VARIABLES = frozenset(
    ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR")
)
"""They would make git work in the repository from which hob was called."""

Resolved = dict[tuple[str, str | None, str | None], str]
"""Commits by the address of a repository and the kind and name of a reference."""

Announce = Callable[[str, str], None]
"""Hears `Updating` with the address and reference, then `Updated` with the address and commit."""


class GitFailed(SourceError):
    """git could not do it. The causes have its own words."""

    default_code = 1


class MissingLfs(GitFailed):
    """Large files are wanted, and git cannot fetch them."""


class Repositories:
    """Repositories as one request may have them.

    Args:
        folder: where they are kept, shared by all requests.
        environment: of the request; proxies, credentials and ssh settings are git's business.
        logins: `user:password`, escaped, by the address of a repository. Those of sources that are asked for are added to it.
        resolved: what references meant earlier in the same command: they mean it to its end. Added to.
    """

    def __init__(
        self,
        folder: Path,
        spawner: Spawner,
        environment: Mapping[str, str],
        evidence: Evidence,
        *,
        is_offline: bool = False,
        logins: dict[str, str] | None = None,
        resolved: Resolved | None = None,
        announce: Announce = lambda verb, what: None,
    ) -> None:
        self._folder = folder
        self._spawner = spawner
        self._environment = git_environment(environment)
        self._evidence = evidence
        self._is_offline = is_offline
        self._logins = {} if logins is None else logins
        self._announce = announce
        self._locks: dict[str, anyio.Lock] = {}
        self._resolved: Resolved = {} if resolved is None else resolved

    async def resolve(self, source: Git) -> str:
        """The full commit that a reference means now; a full commit means itself, without a look at the network.

        Raises:
            GitFailed: the repository cannot be reached, or has no such reference.
        """
        self._learn_login(source)
        commit = source.commit or _stated_commit(source)
        if commit is not None:
            return commit
        key = (source.url, source.reference_kind, source.reference)
        async with self._alone(source.url):
            if key not in self._resolved:
                self._resolved[key] = await self._resolve(source)
        return self._resolved[key]

    def keep(self, pins: Iterable[Git]) -> None:
        """References mean the commits of these, whatever they mean in the repositories now."""
        for pin in pins:
            if pin.commit is not None:
                self._resolved[pin.url, pin.reference_kind, pin.reference] = pin.commit

    async def checkout(self, source: Git) -> Path:
        """The folder with the tree of `source.commit`.

        Raises:
            GitFailed: the commit cannot be had.
        """
        assert source.commit is not None  # resolve() comes first
        self._learn_login(source)
        tree = self._folder / "checkouts" / _key(source.url) / (source.commit + ("-lfs" if source.lfs else ""))
        async with self._alone(source.url):
            if not await in_thread(tree.is_dir):
                database = await self._database(source.url)
                await self._ensure_commit(database, source)
                await self._check_out(database, source, tree)
        return tree

    async def _resolve(self, source: Git) -> str:
        self._evidence.spoil("network")
        database = await self._database(source.url)
        self._announce("Updating", f"{self._shown(source.url)} ({source.reference or 'HEAD'})")
        commit = await self._fetch_reference(database, source)
        self._announce("Updated", f"{self._shown(source.url)} ({commit})")
        return commit

    async def _fetch_reference(self, database: Path, source: Git) -> str:
        kind, reference = source.reference_kind, source.reference
        if kind is None or reference is None:
            return await self._fetch_first(database, source, ["+HEAD:refs/remotes/origin/HEAD"], None)
        branch = f"+refs/heads/{reference}:refs/remotes/origin/{reference}"
        tag = f"+refs/tags/{reference}:refs/remotes/origin/tags/{reference}"
        if kind in ("branch", "tag"):
            return await self._fetch_first(database, source, [branch if kind == "branch" else tag], f"{kind} `{reference}`")
        if reference.startswith("refs/"):
            return await self._fetch_first(database, source, [f"+{reference}:{reference}"], f"ref `{reference}`")
        if not _SHORT_COMMIT.fullmatch(reference):
            return await self._fetch_first(database, source, [branch, tag], f"branch or tag `{reference}`")
        try:
            return await self._fetch_first(database, source, [branch, tag], f"branch, tag, or commit `{reference}`")
        except GitFailed:
            return await self._fetch_short(database, source, reference)

    async def _fetch_first(self, database: Path, source: Git, refspecs: Sequence[str], told: str | None) -> str:
        """The commit of the first of several refs that the remote has."""
        failure: GitFailed | None = None
        for refspec in refspecs:
            try:
                await self._fetch(database, source, [refspec], told)
            except GitFailed as error:
                failure = error
                continue
            return await self._commit_of(database, refspec.partition(":")[2])
        assert failure is not None  # there is at least one ref
        raise failure

    async def _fetch_short(self, database: Path, source: Git, reference: str) -> str:
        await self._fetch(database, source, _EVERYTHING, f"branch, tag, or commit `{reference}`")
        try:
            return await self._commit_of(database, reference)
        except GitFailed as error:
            raise GitFailed(f"failed to find branch, tag, or commit `{reference}`", causes=(error.message,)) from error

    async def _ensure_commit(self, database: Path, source: Git) -> None:
        """Fetch one commit, directly where the server allows it, else with everything."""
        commit = source.commit
        if await self._has(database, commit):
            return
        self._evidence.spoil("network")
        self._announce("Updating", f"{self._shown(source.url)} ({commit})")
        try:
            await self._fetch(database, source, [f"+{commit}:refs/commit/{commit}"], f"commit `{commit}`")
        except GitFailed:
            if self._is_offline:
                raise
            await self._fetch(database, source, _EVERYTHING, f"commit `{commit}`")
            if not await self._has(database, commit):
                raise
        self._announce("Updated", f"{self._shown(source.url)} ({commit})")

    async def _has(self, database: Path, commit: str | None) -> bool:
        return (await self._git(["cat-file", "-e", f"{commit}^{{commit}}"], database)).code == 0

    async def _fetch(self, database: Path, source: Git, refspecs: Sequence[str], told: str | None) -> None:
        is_new = not (database / "refs" / "remotes").is_dir() and not (database / "FETCH_HEAD").is_file()
        head = f"failed to {'clone' if is_new else 'fetch'} into: {database}"
        tail = (f"failed to fetch {told}",) if told else ()
        if self._is_offline and urlsplit(source.url).scheme != "file":
            refused = "Remote Git fetches are not allowed because network connectivity is disabled (i.e., with `--offline`)"
            raise GitFailed(head, causes=(*tail, refused))
        command = ["fetch", "--force", "--update-head-ok", source.url, *refspecs]
        finished = await self._git(command, database, remote=source)
        if finished.code != 0:
            raise GitFailed(head, causes=(*tail, self._words(command, finished)))

    async def _commit_of(self, database: Path, revision: str) -> str:
        command = ["rev-parse", f"{revision}^0"]
        finished = await self._git(command, database)
        commit = finished.out.decode("ascii", "replace").strip()
        if finished.code != 0 or not COMMIT.fullmatch(commit):
            raise GitFailed(self._words(command, finished))
        return commit

    async def _check_out(self, database: Path, source: Git, tree: Path) -> None:
        """Clone from the database beside the tree's place, then rename: who is interrupted leaves nothing half made."""
        beside = tree.parent / f".tmp-{uuid4().hex}"
        tree.parent.mkdir(parents=True, exist_ok=True)
        try:
            await self._must(["clone", "--quiet", "--local", "--no-checkout", str(database), str(beside)], None)
            if source.lfs:
                if (await self._git(["lfs", "version"], beside)).code != 0:
                    raise MissingLfs("Git LFS extension not found. Ensure that Git LFS is installed and available.")
                await self._must(["lfs", "fetch", source.url, str(source.commit)], beside, remote=source)
            await self._must(["reset", "--quiet", "--hard", str(source.commit)], beside, remote=source)
            if (beside / ".gitmodules").is_file():
                # Submodules with relative addresses start from the real one, not from the database.
                await self._must(["remote", "set-url", "origin", source.url], beside)
                await self._must(["submodule", "update", "--quiet", "--recursive", "--init"], beside, remote=source)
            crash_point("sources.git.checked_out")
            await in_thread(_publish, beside, tree)
        finally:
            with anyio.move_on_after(5, shield=True):
                await in_thread(_remove, beside)

    async def _database(self, url: str) -> Path:
        path = self._folder / "db" / _key(url)
        if not await in_thread((path / "HEAD").is_file):
            beside = path.parent / f".tmp-{uuid4().hex}"
            path.parent.mkdir(parents=True, exist_ok=True)
            await self._must(["init", "--quiet", "--bare", str(beside)], None)
            await in_thread(_publish, beside, path)
        return path

    def _learn_login(self, source: Git) -> None:
        if source.login is not None:
            self._logins.setdefault(source.url, source.login)

    def _shown(self, url: str) -> str:
        """An address with whom we are there, but for the password."""
        login = self._logins.get(url)
        return url if login is None else with_masked_password(url.replace("://", f"://{login}@", 1))

    async def _must(self, command: Sequence[str], cwd: Path | None, *, remote: Git | None = None) -> None:
        finished = await self._git(command, cwd, remote=remote)
        if finished.code != 0:
            raise GitFailed(self._words(command, finished))

    async def _git(self, command: Sequence[str], cwd: Path | None, *, remote: Git | None = None) -> Finished:
        """Run git; `remote` is the repository whose server it may have to ask."""
        env: Mapping[str, str] = self._environment
        if remote is not None:
            env = with_login(env, remote.url, self._logins.get(remote.url))
        if remote is None or not remote.lfs:
            env = {**env, "GIT_LFS_SKIP_SMUDGE": "1"}
        try:
            return await self._spawner.run(["git", *command], env=env, cwd=cwd)
        except FileNotFoundError as error:
            raise GitFailed("Git executable not found. Ensure that Git is installed and available.") from error

    def _words(self, command: Sequence[str], finished: Finished) -> str:
        """What uv shows of a failed process, without secrets."""
        program = shutil.which("git", path=self._environment.get("PATH")) or "git"
        shown = " ".join([program, *(_quoted(self._shown(argument)) for argument in command)])
        text = f"process didn't exit successfully: `{shown}` (exit status: {finished.code})"
        for title, output in (("stdout", finished.out), ("stderr", finished.err)):
            words = output.decode("utf-8", "replace").strip("\n")
            text += f"\n--- {title}\n{words}" if words else ""
        return text

    @asynccontextmanager
    async def _alone(self, url: str) -> AsyncIterator[None]:
        """One piece of work at a time in a repository, over all requests and processes: git itself fails where two move one ref."""
        async with self._locks.setdefault(url, anyio.Lock()):
            path = self._folder / "locks" / _key(url)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                while not _try_lock(file.fileno()):  # noqa: ASYNC110 - another process gives it back, whom no event tells of
                    await anyio.sleep(_LOCK_WAIT_SECONDS)
                yield


def git_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of git: the request's, without what points at another repository, and never asking questions."""
    kept = {name: value for name, value in environment.items() if name not in _FOREIGN_VARIABLES}
    return {"GIT_TERMINAL_PROMPT": "0", **kept}


def _stated_commit(source: Git) -> str | None:
    """The commit that a revision is, where it is written in full."""
    revision = (source.reference or "").lower() if source.reference_kind == "rev" else ""
    return revision if COMMIT.fullmatch(revision) else None


def _key(url: str) -> str:
    """The name of a repository's folder: addresses that differ in case of host, in `.git` or a slash are one."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/").removesuffix(".git")
    return hashlib.sha256(f"{parts.scheme}://{parts.netloc.lower()}{path}".encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _quoted(argument: str) -> str:
    return argument if re.fullmatch(r"[A-Za-z0-9_./=-]+", argument) else f"'{argument}'"


def _try_lock(descriptor: int) -> bool:
    """Take a lock that is given back when the file is closed, however that comes about."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _publish(beside: Path, final: Path) -> None:
    try:
        os.rename(beside, final)
    except OSError:
        if not final.is_dir():
            raise
        _remove(beside)  # another process was first, with the same content


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
