"""One command at work: its folder, its settings, and how it finds interpreters."""

import os
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from hobd.core.vocab.names import normalize
from hobd.core.vocab.project import Member, Workspace
from hobd.core.vocab.settings import Settings
from hobd.core.vocab.shown_path import shown_path
from hobd.core.vocab.source import Git, Source
from hobd.environments.discovery import Prober
from hobd.environments.host import Host, read_host
from hobd.environments.requests import may_stand_in_file
from hobd.environments.search import Search
from hobd.errors import HobError
from hobd.projects.config_files import user_data_folder
from hobd.projects.discover import Discovery, select_member
from hobd.projects.project_lock import hold_project_lock
from hobd.projects.python_versions import VersionFile, find_version_file
from hobd.service.context import Context
from hobd.service.generations.files import FileWatch

if TYPE_CHECKING:  # most commands edit nothing, and ask no repository
    from hobd.projects.drafts import Drafts
    from hobd.sources.git import Resolved

_INTERPRETERS = "interpreters-v1"


class Session(Struct, frozen=True, kw_only=True):
    """A command's surroundings, settled: folder and settings."""

    context: Context
    cwd: Path
    """After `--directory`."""
    start: Path
    """Where projects are looked for: `--project`, or the current folder."""
    settings: Settings
    found: Workspace | HobError
    """The workspace at `start`, or why there is none."""
    logins: dict[str, str] = field(default_factory=dict)
    """Who we are to repositories, as far as the command has heard of it: an edited file or a lock does not say it any more."""
    commits: "Resolved" = field(default_factory=dict)
    """What references of repositories mean, as far as the command has asked: they do not change their meaning under it."""
    files: FileWatch | None = None
    """What the command does to the files of a project whose environment has generations; None elsewhere."""
    drafts: "Drafts | None" = None
    """Files as the command is to leave them, where it edits some."""
    is_configured: bool = True
    """False with `--no-config`: version files above are not looked at either."""

    @property
    def cache(self) -> Path:
        """The cache folder; a temporary one with `--no-cache`."""
        assert self.settings.cache.folder is not None  # `open_session` has seen to it
        return self.settings.cache.folder

    def workspace(self, package: str | None = None) -> Workspace:
        """The workspace, seen from the member `package` if one is named.

        Raises:
            HobError: there is none, it does not hold together, or has no such member.
        """
        if isinstance(self.found, HobError):
            raise self.found
        for warning in self.found.warnings:
            self.context.voice.warn(warning)
        return self.found if package is None else select_member(self.found, normalize(package))

    def alone_with(self, root: Path) -> AbstractAsyncContextManager[None]:
        """Keep other commands off a workspace, by its root, or a script for the length of a block."""
        return hold_project_lock(root, self.context.environ, self.settings.cache.lock_timeout_seconds, self.context.voice.debug)

    def learn_login(self, source: Source | None) -> None:
        """Keep who we are to a repository, where its address said so."""
        if isinstance(source, Git) and source.login is not None:
            self.logins.setdefault(source.url, source.login)

    def shown(self, path: Path) -> str:
        """A path as messages show it: relative to the current folder if it lies below."""
        return shown_path(path, self.cwd)

    def shown_member(self, member: Member) -> str:
        """The folder of a member as messages show it; empty for the current one."""
        return "" if member.root == self.cwd else self.shown(member.root)

    def discovery(self) -> Discovery:
        """What finding projects needs."""
        return Discovery(evidence=self.context.evidence, cwd=self.cwd, cache_folder=self.settings.cache.folder, drafts=self.drafts)

    def prober(self) -> Prober:
        """What asking interpreters needs."""
        context = self.context
        interpreters = context.memory.interpreters(self.cache / _INTERPRETERS)
        return Prober(
            interpreters=interpreters,
            spawner=context.spawner,
            environment=context.environ.whole(),
            evidence=context.evidence,
            cwd=self.cwd,
            tell=context.voice.debug,
        )

    def python_search(self, *, environments: str) -> Search:
        """Where to look for interpreters: see `Search.environments`."""
        environ = self.context.environ
        path = environ.get("UV_PYTHON_SEARCH_PATH") or environ.get("PATH") or ""
        return Search(
            cwd=self.cwd,
            environments=environments,
            preference=self.settings.python.preference,
            managed_folder=self.managed_pythons(),
            host=self.host,
            search_path=tuple(self.cwd / folder for folder in path.split(os.pathsep) if folder),
            active_environment=_folder(self.cwd, environ.get("VIRTUAL_ENV")),
            conda_environment=_folder(self.cwd, environ.get("CONDA_PREFIX")),
            conda_name=environ.get("CONDA_DEFAULT_ENV") or "",
            conda_root=_folder(self.cwd, environ.get("_CONDA_ROOT")),
        )

    @property
    def host(self) -> Host:
        """The platform that Pythons have to fit."""
        return read_host(self.context.environ.get("UV_LIBC"))

    def managed_pythons(self) -> Path | None:
        """Where managed interpreters are installed."""
        environ = self.context.environ
        if named := environ.get("UV_PYTHON_INSTALL_DIR"):
            return self.cwd / named
        data = user_data_folder(environ)
        return None if data is None else data / "uv" / "python"

    def find_version_file(self, start: Path, top: Path | None) -> VersionFile | None:
        """The version file that counts: from `start` up to `top`, else the user's own; warns of what it cannot use."""
        environ, evidence = self.context.environ, self.context.evidence
        found, warnings = find_version_file(start, top, environ, evidence, may_stand_in_file, is_configured=self.is_configured)
        for warning in warnings:
            self.context.voice.warn(warning)
        return found


def _folder(cwd: Path, text: str | None) -> Path | None:
    return cwd / text if text else None
