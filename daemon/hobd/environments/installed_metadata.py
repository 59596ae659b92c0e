"""What installed distributions say of themselves."""

import os

from hobd.core.formats.core_metadata import InvalidMetadata, parse_metadata
from hobd.core.plan.model import Installed
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.metadata import Metadata
from hobd.environments.inspect import metadata_file, read_metadata
from hobd.environments.installed_memory import InstalledMemory

_BYTES = 2048
_REQUIREMENT_BYTES = 1024


def read_installed_metadata(installed: Installed, evidence: Evidence, memory: InstalledMemory) -> Metadata | None:
    """The metadata of an installed distribution; None where it cannot be read."""
    file = metadata_file(installed)
    if file is None:
        return None
    evidence.saw(file)
    try:
        read_ns, state = memory.now_ns(), os.stat(file)
    except OSError:
        return None
    found = memory.metadata.get(file, state)
    if found is None:
        found = _read(installed)
        if found is not None:
            memory.metadata.put(file, state, read_ns, found, _BYTES + _REQUIREMENT_BYTES * len(found.requires_dist))
    return found


def _read(installed: Installed) -> Metadata | None:
    text = read_metadata(installed)
    try:
        return None if text is None else parse_metadata(text.encode("utf-8", "surrogateescape"))
    except InvalidMetadata:
        return None
