"""Which member of a wheel is its metadata (binary distribution format, "The .dist-info directory")."""

import zipfile

from hobd.core.formats.wheel import InvalidWheel, find_dist_info
from hobd.core.vocab.names import Name, normalize
from hobd.sources.failures import SourceError

_MAX_TEXT_BYTES = 64 * 1024 * 1024


class InvalidStructure(SourceError):
    """An archive that is not built as its kind has to be. The message is uv's reason."""

    default_code = 1


def check_text_size(member: str, size: int) -> None:
    """Refuse to read a member into memory that is far too large to be metadata. `size`: unpacked, in bytes.

    Raises:
        InvalidStructure: it is.
    """
    if size > _MAX_TEXT_BYTES:
        raise InvalidStructure(f"`{member}` claims to have {size} bytes, more than the {_MAX_TEXT_BYTES} that metadata may have")


def read_text_member(archive: zipfile.ZipFile, member: str) -> bytes:
    """A member of an archive that is no larger than metadata may be.

    Raises:
        InvalidStructure: it is larger.
        BadZipFile, OSError: it cannot be read.
    """
    info = archive.getinfo(member)
    check_text_size(member, info.file_size)
    return archive.read(info)


def metadata_member(names: list[str], name: Name | None) -> str:
    """The path of `METADATA` in a wheel.

    Args:
        names: of all members.
        name: the project's; None where the wheel's only `.dist-info` will do.
    Raises:
        InvalidStructure: there is no `.dist-info` folder, there are several, or it is another project's.
    """
    try:
        prefix = find_dist_info(member.partition("/")[0] for member in names if "/" in member)
    except InvalidWheel as error:
        raise InvalidStructure(error.message) from error
    if name is not None and normalize(prefix.rpartition("-")[0]) != name:
        raise InvalidStructure(f"The .dist-info directory `{prefix}` does not start with the normalized package name: {name}")
    member = f"{prefix}.dist-info/METADATA"
    if member not in names:
        raise InvalidStructure("The wheel is missing a `METADATA` file")
    return member
