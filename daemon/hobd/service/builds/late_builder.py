"""A builder for who may need one. What builds takes as long to import as all else that a lock in order needs."""

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.project import Member
from hobd.environments.interpreter import Interpreter
from hobd.service.locks.subject import LockSubject
from hobd.service.network import Network
from hobd.service.session import Session

if TYPE_CHECKING:
    from hobd.service.builds.building import Builder


class LateBuilder(Struct, frozen=True, kw_only=True, dict=True):
    """Makes a builder when something has to be built. Implements `lock_subject.MemberBuilder`."""

    session: Session
    network: Network
    interpreter: Interpreter
    subject: LockSubject

    @cached_property
    def builder(self) -> "Builder":
        """The builder."""
        from hobd.service.builds.building import Builder

        return Builder(session=self.session, network=self.network, interpreter=self.interpreter, subject=self.subject)

    async def of_member(self, member: Member) -> Metadata:
        """See `MemberBuilder.of_member`."""
        return await self.builder.of_member(member)
