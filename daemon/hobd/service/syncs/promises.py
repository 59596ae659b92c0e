"""Files that somebody promised by their digests, held against those that are to be installed (PIP-9, BIS-1)."""

from collections.abc import Mapping
from dataclasses import replace

from hobd.core.plan.model import Pin
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Registry
from hobd.errors import RequestError
from hobd.sources.archive import HashMismatch


def with_promises(pins: tuple[Pin, ...], promised: Mapping[Name, tuple[Digest, ...]], *, is_required: bool) -> tuple[Pin, ...]:
    """Pins with what is promised of them.

    Raises:
        RequestError: one comes from an index, and nothing is promised of it, where that has to be.
    """
    for pin in pins:
        if is_required and not promised.get(pin.name) and isinstance(pin.package.source, Registry):
            raise RequestError(f"Hash-checking is required, but no trusted hash was provided for: `{pin.name}`", code=1)
    return tuple(replace(pin, promised=promised.get(pin.name, ())) for pin in pins)


def check_promise(pin: Pin) -> None:
    """Refuse a file that is known to be another one than was promised.

    Raises:
        HashMismatch: it is.
    """
    digest = None if pin.file is None else pin.file.digest
    if digest is not None and pin.promised and digest not in pin.promised:
        raise HashMismatch(str(pin), pin.promised, (digest,)).under(f"Failed to download `{pin}`", code=1)
