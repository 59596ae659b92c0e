"""Digests of wheels on this machine that nobody told: found for a whole plan at once, so that the store can be asked for all of them."""

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from hobd.core.plan.model import Pin
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.source import Registry
from hobd.service.locks.files import is_portable_pin
from hobd.service.network import Network


async def with_local_digests(pins: Sequence[Pin], network: Network) -> tuple[Pin, ...]:
    """The pins, those of wheels in folders with their digests. What cannot be read stays as it is: whoever fetches it tells why."""
    paths = {pin.name: path for pin in pins if (path := _undigested(pin, network)) is not None}
    if not paths:
        return tuple(pins)
    found = await network.files.digest_all(paths.values())
    return tuple(_with_digest(pin, found[paths[pin.name]]) if pin.name in paths else pin for pin in pins)


def _undigested(pin: Pin, network: Network) -> Path | None:
    """Where a wheel of a folder lies, if that is all that is known of it."""
    source, file = pin.package.source, pin.file
    if file is None or file.digest is not None or file.path is None or not pin.is_wheel:
        return None
    if not isinstance(source, Registry) or is_portable_pin(pin, network):
        return None
    return (network.indexes.folder(source) or network.root) / file.path


def _with_digest(pin: Pin, found: Digest | OSError) -> Pin:
    return pin if isinstance(found, OSError) or pin.file is None else replace(pin, file=replace(pin.file, digest=found))
