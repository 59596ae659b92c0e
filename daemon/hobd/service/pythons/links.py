"""Which programs an installation is linked by, and what is told of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from hobd.environments.managed import ManagedPython
from hobd.environments.python_links import LinkManners, NotLinked, link_names, link_program
from hobd.errors import HobError
from hobd.service.pythons.folders import programs_folder
from hobd.service.pythons.report import Changes
from hobd.service.session import Session


class LinkOrder(Protocol):
    """What a command says of links."""

    @property
    def bin(self) -> bool | None:
        """Whether they are wanted."""

    @property
    def default(self) -> bool:
        """Whether `python` and `python3` are wanted too."""

    @property
    def force(self) -> bool:
        """Whether other programs give way."""

    @property
    def reinstall(self) -> bool:
        """Whether links are made anew."""

    @property
    def is_upgrade_of_all(self) -> bool:
        """Whether only links that are there are led to the new patch."""


class Linker(Struct, frozen=True, kw_only=True):
    """Links installations for one command."""

    session: Session
    order: LinkOrder
    minors: frozenset[str]
    """Minor versions that were asked for as such."""
    is_default: bool
    """Whether an installation stands for `the` Python, not for a version."""

    @property
    def folder(self) -> Path:
        """Where links lie."""
        return programs_folder(self.session.context.environ, self.session.cwd)

    def link(self, python: ManagedPython, known: Sequence[ManagedPython], changes: Changes) -> None:
        """Link an installation's programs; what is in the way is noted."""
        if self.order.bin is False:
            return
        link = python.link
        follows_patches = link is not None and (self.is_default or python.key.minor in self.minors)
        target = link / "bin" / python.key.program if link is not None and follows_patches else python.program
        previews = self.is_default and self.session.settings.previews("python-install-default")
        for name in link_names(python, is_default=self.order.default or previews):
            place = self.folder / name
            if not self.order.is_upgrade_of_all or place.exists():
                self._link(place, python, target, known, changes)

    def _link(self, place: Path, python: ManagedPython, target: Path, known: Sequence[ManagedPython], changes: Changes) -> None:
        manners = LinkManners(is_forced=self.order.force, replaces_own=self.order.reinstall, replaces_others=self.order.default)
        try:
            if link_program(place, python, target, known, manners):
                changes.add_program(python.key, place.name)
        except NotLinked as error:
            self._note(place, python, error, changes)

    def _note(self, place: Path, python: ManagedPython, error: HobError, changes: Changes) -> None:
        if not self.order.is_upgrade_of_all:
            changes.unlinked.append((python.key, error))
            return
        version = f"{python.key.minor}{python.key.suffix}"
        self.session.context.voice.warn(
            f"Executable already exists at `{place}` but is not managed by hob; use `hob python install {version} --force` to replace it"
        )
