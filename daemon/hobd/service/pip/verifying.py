"""How far files are held against what requirements promise of them: what install, sync and download share (PIP-9)."""

from collections.abc import Mapping

from msgspec import Struct

from hobd.cli.options.hashes import HashOptions
from hobd.core.lockfile.model import Lock
from hobd.service.network import Network
from hobd.service.pip.collecting import Collected
from hobd.service.pip.expected import expected_digests
from hobd.service.pip.settings import is_not_off, is_on, pip_layer
from hobd.service.session import Session
from hobd.service.syncs.promises import Promises, with_promised_digests, with_promised_files


class Verification(Struct, frozen=True, kw_only=True):
    """What is promised, and whether something has to be promised of everything."""

    expected: Promises
    is_required: bool

    async def limit(self, lock: Lock, network: Network) -> Lock:
        """The resolution with the files that may be installed.

        Raises:
            HobError: there is no promise where there has to be one, or a file cannot be had to compare it.
        """
        digested = await with_promised_digests(lock, self.expected, network)
        return with_promised_files(digested, self.expected, is_required=self.is_required)


def find_promises(hashes: HashOptions, collected: Collected, values: Mapping[str, str]) -> Verification:
    """What the requirements of a command promise.

    Args:
        values: of markers.
    Raises:
        RequestError: see `expected_digests`.
    """
    session = collected.session
    is_required = requires_hashes(hashes, session) or collected.requires_hashes
    if not is_required and not verifies_hashes(hashes, session):
        return Verification(expected={}, is_required=False)
    expected = expected_digests(collected.stated, collected.constraints, values, is_required=is_required)
    return Verification(expected=expected, is_required=is_required)


def requires_hashes(hashes: HashOptions, session: Session) -> bool:
    """Whether everything has to have a hash, whatever files say."""
    return is_on(hashes.require_hashes, pip_layer(session).require_hashes)


def verifies_hashes(hashes: HashOptions, session: Session) -> bool:
    """Whether hashes that are there count."""
    return requires_hashes(hashes, session) or is_not_off(hashes.verify_hashes, pip_layer(session).verify_hashes)
