"""What installed distributions say of themselves."""

from hobd.core.formats.core_metadata import InvalidMetadata, parse_metadata
from hobd.core.plan.model import Installed
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.metadata import Metadata
from hobd.environments.inspect import metadata_file, read_metadata


def read_installed_metadata(installed: Installed, evidence: Evidence) -> Metadata | None:
    """The metadata of an installed distribution; None where it cannot be read."""
    file = metadata_file(installed)
    if file is None:
        return None
    evidence.saw(file)
    text = read_metadata(installed)
    try:
        return None if text is None else parse_metadata(text.encode("utf-8", "surrogateescape"))
    except InvalidMetadata:
        return None
