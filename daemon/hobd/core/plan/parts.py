"""Which of the wanted packages are installed, or shown: `--no-install-…`, `--only-install-…`, which exports call `--no-emit-…`."""

from collections.abc import Collection

from msgspec import Struct

from hobd.core.lockfile.model import LockedPackage
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Directory, Editable, Path, Virtual


class Parts(Struct, frozen=True, kw_only=True):
    """What is left out, or taken alone. Without any of it everything is taken."""

    project: Name | None = None
    """The project that the command is about; None where it names several, or is asked from none."""
    no_project: bool = False
    no_workspace: bool = False
    no_local: bool = False
    no_packages: frozenset[Name] = frozenset()
    only_project: bool = False
    only_workspace: bool = False
    only_local: bool = False
    only_packages: frozenset[Name] = frozenset()

    def takes(self, package: LockedPackage, members: Collection[Name]) -> bool:
        """Whether a package is taken. What is to be taken alone wins."""
        is_project = package.name == self.project
        is_member = is_project or package.name in members
        is_local = isinstance(package.source, Directory | Editable | Path | Virtual)
        if self.only_packages:
            return package.name in self.only_packages
        if self.only_local:
            return is_local
        if self.only_workspace:
            return is_member
        if self.only_project:
            return is_project
        is_left_out = (self.no_project and is_project) or (self.no_workspace and is_member) or (self.no_local and is_local)
        return not is_left_out and package.name not in self.no_packages
