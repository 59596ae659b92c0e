"""Whether what is installed is what a requirement on a folder, a repository or an address asks for (uv-lock.md 6.4)."""

from pathlib import PurePosixPath

from msgspec import Struct

from hobd.core.lockfile.model import LockedPackage
from hobd.core.plan.diff import DiffRules, is_satisfied
from hobd.core.plan.model import Installed, Pin
from hobd.core.tags import Tags
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Git
from hobd.service.builds.building import Builder


class Origins(Struct, frozen=True, kw_only=True):
    """Compares for one command."""

    builder: Builder
    tags: Tags

    def comes_from(self, requirement: Requirement, installed: Installed) -> bool:
        """Whether it is installed from there, and there is nothing new.

        Of a repository the reference counts, not what it stands for now.
        """
        source = requirement.source
        assert source is not None  # only direct references are compared
        if isinstance(source, Git):
            origin = installed.origin
            return origin is not None and (origin.url, origin.requested_revision, origin.subdirectory) == (
                source.url,
                source.reference,
                source.subdirectory,
            )
        pin = Pin(package=LockedPackage(name=requirement.name, source=source), index=0, is_by_hand=True)
        rules = DiffRules(
            root=PurePosixPath(self.builder.network.root),
            tags=self.tags,
            cache_info=self.builder.cache_info,
            build_info=self.builder.build_info,
        )
        return is_satisfied(pin, installed, rules)
