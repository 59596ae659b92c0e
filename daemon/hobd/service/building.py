"""What source trees and source distributions say of themselves, and the wheels that are built from them.

Building needs resolving and installing, and both may need building: that knot is tied here, once.
"""

from dataclasses import dataclass
from os.path import normpath
from pathlib import Path

from anyio import to_thread
from packaging.version import Version

from hobd.core.formats.urls import path_url
from hobd.core.resolver.knowledge import Unusable
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.project import Member
from hobd.core.vocab.source import Git, Source
from hobd.environments.interpreter import Interpreter
from hobd.errors import HobError, WorldError
from hobd.service.lock_subject import LockSubject
from hobd.service.network import Network
from hobd.service.session import Session
from hobd.service.source_trees import SourceTree, Surroundings, read_tree


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
        folder = Path(normpath(tree))
        try:
            found = await to_thread.run_sync(read_tree, folder, self._surroundings(), source)
            return await self._metadata_of(found, name)
        except HobError as error:
            raise failed(label_of(folder, source, name), error) from error

    async def of_member(self, member: Member) -> Metadata:
        """See `MemberBuilder.of_member`."""
        raise WorldError(f"`{member.name}` has to be built")

    async def _metadata_of(self, tree: SourceTree, name: Name | None) -> Metadata:
        static = tree.static(str(tree.folder))
        if static is not None and name in (None, static.name):
            return static
        raise WorldError(f"`{tree.folder}` has to be built")

    def _surroundings(self) -> Surroundings:
        session = self.session
        return Surroundings(discovery=session.discovery(), settings=session.settings, lock_root=self.network.root)


def label_of(tree: Path, source: Source, name: Name | None) -> str:
    """A tree as lines and errors name it."""
    if isinstance(source, Git):
        reference = f"@{source.reference}" if source.reference else ""
        place = f"git+{source.url}{reference}" + (f"#subdirectory={source.subdirectory}" if source.subdirectory else "")
    else:
        place = path_url(str(tree))
    return place if name is None else f"{name} @ {place}"


def failed(label: str, error: HobError) -> HobError:
    """The error as a failed build; lowering may have said so already."""
    inner = error.__cause__ if error.message.startswith("Failed to build `") else error
    cause = inner if isinstance(inner, HobError) else error
    return cause.under(f"Failed to build `{label}`", code=1)
