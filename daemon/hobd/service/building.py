"""What source trees and source distributions say of themselves, and the wheels that are built from them.

Building needs resolving and installing, and both may need building: that knot is tied here, once.
"""

from dataclasses import dataclass
from pathlib import Path

from packaging.version import Version

from hobd.core.resolver.knowledge import Unusable
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.project import Member
from hobd.core.vocab.source import Source
from hobd.environments.interpreter import Interpreter
from hobd.errors import WorldError
from hobd.service.lock_subject import LockSubject
from hobd.service.network import Network
from hobd.service.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Builder:
    """Builds for one command. Implements `sources.remote_metadata.BuildMetadata`."""

    session: Session
    network: Network
    interpreter: Interpreter
    subject: LockSubject

    async def of_archive(
        self, archive: Path, digest: Digest, name: Name | None, version: Version | None, subdirectory: str | None
    ) -> Metadata | Unusable:
        """See `BuildMetadata.of_archive`."""
        raise WorldError(f"`{archive.name}` has to be built")

    async def of_tree(self, tree: Path, source: Source, name: Name | None) -> Metadata | Unusable:
        """See `BuildMetadata.of_tree`."""
        raise WorldError(f"`{tree}` has to be built")

    async def of_member(self, member: Member) -> Metadata:
        """See `MemberBuilder.of_member`."""
        raise WorldError(f"`{member.name}` has to be built")
