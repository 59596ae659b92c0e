"""The metadata inside wheels on this machine."""

import zipfile
import zlib
from pathlib import Path

from hobd.core.formats.core_metadata import InvalidMetadata, parse_metadata
from hobd.core.resolver.knowledge import Unusable
from hobd.core.vocab.disk import os_reason
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.sources.failures import SourceError
from hobd.sources.wheel_members import InvalidStructure, metadata_member, read_text_member

BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError)
"""What reading an archive raises that is none, or none of ours."""


def read_wheel_metadata(path: Path, name: Name | None) -> Metadata | Unusable:
    """The metadata of a wheel on this machine. Blocks: call it in a thread.

    Raises:
        SourceError: it cannot be read.
    """
    try:
        return parse_wheel_metadata(read_metadata_member(path, name))
    except InvalidStructure as error:
        return Unusable(reason="has an invalid package format", detail=error.message)


def read_metadata_member(path: Path, name: Name | None) -> bytes:
    """METADATA as it stands in a wheel. Blocks.

    Raises:
        InvalidStructure: it is no wheel.
        SourceError: it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return read_text_member(archive, metadata_member(archive.namelist(), name))
    except BROKEN_ZIP as error:
        raise InvalidStructure("Failed to read from zip file") from error
    except OSError as error:
        raise SourceError(f"Failed to read `{path}`", causes=(os_reason(error),)) from error


def parse_wheel_metadata(content: bytes) -> Metadata | Unusable:
    """What METADATA says; `Unusable` where it cannot be read."""
    try:
        return parse_metadata(content)
    except InvalidMetadata as error:
        return Unusable(reason="has invalid metadata", detail=error.message)
