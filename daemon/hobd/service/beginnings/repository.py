"""Git as `hob init` needs it: whether a folder is in a work tree, a new repository, and who the user is."""

from pathlib import Path

from msgspec import Struct

from hobd.core.templates.project import Author
from hobd.core.vocab.spawn import Finished
from hobd.errors import WorldError
from hobd.service.session import Session
from hobd.sources.git import git_environment


class NoGit(WorldError):
    """There is no git program."""


class GitProgram(Struct, frozen=True):
    """The user's git, run as the user."""

    session: Session

    async def is_in_work_tree(self, folder: Path) -> bool:
        """Whether a folder belongs to a repository already; False where there is no git to say."""
        try:
            return (await self._run(folder, "rev-parse", "--is-inside-work-tree")).code == 0
        except NoGit:
            return False

    async def make_repository(self, folder: Path) -> None:
        """Make a folder the top of a repository.

        Raises:
            NoGit: nothing could.
            WorldError: git refuses.
        """
        done = await self._run(folder, "init")
        if done.code:
            raise WorldError(f"Failed to initialize Git repository at `{folder}`", causes=(done.err.decode(errors="replace").strip(),))

    async def author(self, folder: Path) -> Author | None:
        """The name and the address that the user makes commits with; None where neither is known."""
        try:
            done = await self._run(folder, "config", "-z", "--get-regexp", r"^user\.(name|email)$")
        except NoGit:
            return None
        settings = (entry.partition("\n") for entry in done.out.decode(errors="replace").split("\0"))
        said = {key: value.strip() or None for key, _, value in settings}  # of several values the last counts
        name, email = said.get("user.name"), said.get("user.email")
        return Author(name=name, email=email) if name or email else None

    async def _run(self, folder: Path, *words: str) -> Finished:
        context = self.session.context
        try:
            return await context.spawner.run(["git", *words], env=git_environment(context.environ.whole()), cwd=folder)
        except FileNotFoundError as error:
            raise NoGit("Attempted to initialize a Git repository, but `git` was not found in PATH") from error
