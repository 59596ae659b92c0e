"""Which member of a wheel is its metadata (binary distribution format, "The .dist-info directory")."""

from hobd.core.vocab.names import Name, normalize
from hobd.sources.failures import SourceError


class InvalidStructure(SourceError):
    """An archive that is not built as its kind has to be. The message is uv's reason."""

    default_code = 1


def metadata_member(names: list[str], name: Name | None) -> str:
    """The path of `METADATA` in a wheel.

    Args:
        names: of all members.
        name: the project's; None where the wheel's only `.dist-info` will do.
    Raises:
        InvalidStructure: there is no `.dist-info` folder, there are several, or it is another project's.
    """
    folders = sorted({top for member in names if (top := member.partition("/")[0]).endswith(".dist-info") and "/" in member})
    if not folders:
        raise InvalidStructure("The wheel is missing a `.dist-info` directory")
    if len(folders) > 1:
        listed = ", ".join(folder.removesuffix(".dist-info") for folder in folders)
        raise InvalidStructure(f"Multiple `.dist-info` directories found: {listed}")
    prefix = folders[0].removesuffix(".dist-info")
    if name is not None and normalize(prefix.rpartition("-")[0]) != name:
        raise InvalidStructure(f"The `.dist-info` directory {prefix} does not start with the normalized package name: {name}")
    member = f"{folders[0]}/METADATA"
    if member not in names:
        raise InvalidStructure("The wheel is missing a `METADATA` file")
    return member
