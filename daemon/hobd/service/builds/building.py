"""What source trees and source distributions say of themselves, and the wheels that are built from them.

Building needs resolving and installing, and both may need building: that knot is tied here, once.
"""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from anyio import to_thread
from msgspec import Struct, field
from msgspec.structs import replace
from packaging.version import Version

from hobd.builds.hooks import BuildFailed
from hobd.core.formats.cache_info import CacheInfo
from hobd.core.formats.core_metadata import InvalidMetadata, parse_metadata
from hobd.core.lockfile.model import LockedPackage
from hobd.core.plan.model import Pin, Selection
from hobd.core.resolver.knowledge import Unusable
from hobd.core.resolver.source_lowering import member_source
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.project import Member
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Source
from hobd.environments.interpreter import Interpreter
from hobd.errors import HobError
from hobd.service.builds.buildables import Buildable, of_archive, of_folder, of_pin
from hobd.service.builds.checks import BuildRefused, WrongBuild
from hobd.service.builds.local_states import read_state
from hobd.service.builds.source_trees import SourceTree, Surroundings, read_tree
from hobd.service.builds.workshop import Shared, Workshop
from hobd.service.locks.files import local_place
from hobd.service.locks.subject import LockSubject
from hobd.service.network import Network
from hobd.service.session import Session
from hobd.sources.failures import FetchFailed
from hobd.store.wheels import StoredWheel

if TYPE_CHECKING:
    from hobd.service.builds.site import Order

Made = TypeVar("Made")
"""What comes of a build."""


class Builder(Struct, frozen=True, kw_only=True):
    """Builds for one command. Implements `sources.remote_metadata.BuildMetadata` and `lock_subject.MemberBuilder`."""

    session: Session
    network: Network
    interpreter: Interpreter
    """Backends run with it; wheels are to fit it."""
    subject: LockSubject
    runtime: Mapping[Name, LockedPackage] = field(default_factory=dict)
    """What the environment is to hold, for builds that have to match it."""
    promised: Mapping[Name, tuple[Digest, ...]] = field(default_factory=dict)
    """Of what builds require: the files that may be installed, where constraints say which."""
    constraints: tuple[Requirement, ...] = ()
    """On what builds require, beside the project's own."""
    stack: tuple[tuple[str, ...], ...] = ()
    """The builds that this one is needed for."""
    shared: Shared = field(default_factory=Shared)

    async def of_archive(
        self, archive: Path, digest: Digest, name: Name | None, version: Version | None, subdirectory: str | None
    ) -> Metadata | Unusable:
        """See `BuildMetadata.of_archive`."""
        content = await self._metadata(of_archive(archive, digest, name, version, subdirectory))
        try:
            return content if isinstance(content, Metadata) else parse_metadata(content)
        except InvalidMetadata as error:
            return Unusable(reason="has invalid metadata", detail=error.message)

    async def of_tree(self, tree: Path, source: Source, name: Name | None) -> Metadata | Unusable:
        """See `BuildMetadata.of_tree`."""
        buildable = await to_thread.run_sync(of_folder, tree, source, name, self.network)
        try:
            found = await to_thread.run_sync(read_tree, buildable.folder or tree, self._surroundings(), source)
            static = found.static(str(found.folder))
        except HobError as error:
            raise buildable.failed(error, is_backend=False) from error
        if static is not None and name in (None, static.name):
            return static
        return _lowered(found, await self._said(buildable), buildable)

    async def of_member(self, member: Member) -> Metadata:
        """See `MemberBuilder.of_member`."""
        source = member_source(member, self.subject.stating(self.session.settings).ground)
        return await self._said(await to_thread.run_sync(of_folder, member.root, source, member.name, self.network))

    async def wheel_of(self, pin: Pin) -> StoredWheel:
        """The wheel of a pin that is no wheel: from the store, else built.

        Raises:
            HobError: it cannot be had or built; names it.
        """
        return await self._work(pin, Workshop.wheel)

    async def make_wheel(self, pin: Pin, into: Path) -> Path:
        """The wheel of a pin that is no wheel as a file in a folder, built now; errors as of `wheel_of`."""
        from hobd.service.builds.site import Order

        return await self._work(pin, lambda workshop, buildable: workshop.make(buildable, Order("wheel"), into))

    async def _work(self, pin: Pin, work: Callable[[Workshop, Buildable], Awaitable[Made]]) -> Made:
        try:
            buildable = await of_pin(pin, self.network)
        except HobError as error:
            raise error.under(f"Failed to download and build `{pin}`", code=error.code if isinstance(error, FetchFailed) else 1) from error
        workshop = self._enter(buildable)
        try:
            return await work(workshop, buildable)
        except HobError as error:
            raise buildable.failed(error, is_backend=isinstance(error, BuildFailed)) from error

    async def make(self, buildable: Buildable, order: "Order", into: Path) -> Path:
        """Build a distribution into a folder: see `Workshop.make`."""
        return await self._enter(buildable).make(buildable, order, into)

    async def build_requirements(self, pin: Pin) -> tuple[Pin, ...]:
        """What an environment in which a pin is built is made of; nothing is built.

        Raises:
            HobError: it cannot be had, or may not be built.
        """
        buildable = await of_pin(pin, self.network)
        alone = replace(self, shared=Shared(limiter=self.shared.limiter))
        await alone._enter(buildable).prepare(buildable)
        return tuple(alone.shared.required)

    async def is_built(self, pin: Pin) -> bool:
        """Whether the wheel of a folder is there, as the folder is now."""
        buildable = await of_pin(pin, self.network)
        return await self._workshop(()).find(buildable) is not None

    def matching(self, selection: Selection) -> "Builder":
        """The same builder, for an environment that is to hold a selection: builds may have to match it."""
        return replace(self, runtime={pin.name: pin.package for pin in selection.pins})

    def cache_info(self, pin: Pin) -> CacheInfo | None:
        """The present state of a pin's local source, or of its file, as `uv_cache.json` keeps it; None where it has none. Blocks."""
        path = local_place(pin, self.network)
        try:
            return None if path is None else read_state(path, self.session.context)
        except OSError:
            return None

    def build_info(self, pin: Pin) -> str:
        """The settings that a build of the pin has, as `uv_build.json` keeps them."""
        return self._workshop(()).rules(pin.name).info(self.network.root)

    async def _said(self, buildable: Buildable) -> Metadata:
        """What the backend of a folder says.

        Raises:
            HobError: it failed, or says nonsense.
        """
        content = await self._metadata(buildable)
        try:
            said = content if isinstance(content, Metadata) else parse_metadata(content)
        except InvalidMetadata as error:
            raise buildable.failed(error.under("Failed to parse metadata from built wheel"), is_backend=False) from error
        if buildable.name is not None and said.name != buildable.name:
            wrong = WrongBuild(f"Package metadata name `{said.name}` does not match given name `{buildable.name}`")
            raise buildable.failed(wrong, is_backend=False)
        return said

    async def _metadata(self, buildable: Buildable) -> bytes | Metadata:
        workshop = self._enter(buildable)
        try:
            return await workshop.metadata(buildable)
        except HobError as error:
            raise buildable.failed(error, is_backend=isinstance(error, BuildFailed)) from error

    def _enter(self, buildable: Buildable) -> Workshop:
        """The place to build something.

        Raises:
            BuildRefused: it is needed to build itself.
        """
        if buildable.identity in self.stack:
            raise BuildRefused(f"Cyclic build dependency detected for `{buildable.name or buildable.label}`")
        return self._workshop((*self.stack, buildable.identity))

    def _workshop(self, stack: tuple[tuple[str, ...], ...]) -> Workshop:
        return Workshop(
            session=self.session,
            network=self.network,
            interpreter=self.interpreter,
            subject=self.subject,
            runtime=self.runtime,
            constraints=self.constraints,
            promised=self.promised,
            shared=self.shared,
            builder=replace(self, stack=stack),
            is_nested=bool(self.stack),
        )

    def _surroundings(self) -> Surroundings:
        session = self.session
        return Surroundings(discovery=session.discovery(), settings=session.settings, lock_root=self.network.root)


def _lowered(tree: SourceTree, said: Metadata, buildable: Buildable) -> Metadata:
    try:
        return tree.lowered(said, str(tree.folder))
    except HobError as error:
        raise buildable.failed(error, is_backend=False) from error
