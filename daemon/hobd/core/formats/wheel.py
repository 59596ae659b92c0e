"""The inside of a wheel: which folder holds its metadata, and what `WHEEL` says (binary distribution format, PEP 427)."""

from collections.abc import Iterable

from msgspec import Struct
from packaging.version import InvalidVersion, Version

from hobd.core.tags import WheelName
from hobd.core.vocab.names import normalize
from hobd.errors import WorldError

DATA_KINDS = ("purelib", "platlib", "scripts", "headers", "data")
"""The folders that a `.data` folder may have."""


class InvalidWheel(WorldError):
    """A wheel whose content does not follow the format. The message says what, without naming the wheel."""

    default_code = 1


class UninstallableWheel(InvalidWheel):
    """A wheel that can be read, but whose content cannot be installed."""

    default_code = 2


class WheelFile(Struct, frozen=True, kw_only=True):
    """The content of `WHEEL`."""

    is_purelib: bool
    """Whether the root of the wheel goes to `purelib`, else to `platlib`."""
    tags: tuple[str, ...] = ()
    """`py3-none-any`, ... expanded."""
    build: str | None = None


def find_dist_info(top_level: Iterable[str], wheel: WheelName | None = None) -> str:
    """The one `NAME-VERSION` that has a `.dist-info` folder.

    Args:
        top_level: the names at the root of the wheel, in its order.
        wheel: what the file's name says; None to believe the content.
    Raises:
        InvalidWheel: there is none, there are several, or it is another project's or version's.
    """
    found = list(dict.fromkeys(entry.removesuffix(".dist-info") for entry in top_level if entry.endswith(".dist-info")))
    if not found:
        raise InvalidWheel("No .dist-info directory found")
    if len(found) > 1:
        raise InvalidWheel(f"Multiple .dist-info directories found: {', '.join(found)}")
    if wheel is not None:
        _check_stem(found[0], wheel)
    return found[0]


def _check_stem(stem: str, wheel: WheelName) -> None:
    name, _, version = stem.partition("-")
    if normalize(name) != wheel.name:
        raise InvalidWheel(f"The .dist-info directory {stem} does not start with the normalized package name: {wheel.name}")
    try:
        is_same = Version(version.replace("_", "+")) == wheel.version
    except InvalidVersion:
        is_same = False
    if not is_same:
        raise UninstallableWheel(
            f"Wheel version does not match filename ({version} != {wheel.version}), which indicates a malformed wheel. "
            "If this is intentional, set `UV_SKIP_WHEEL_FILENAME_CHECK=1`."
        )


def parse_wheel_file(text: str) -> WheelFile:
    """Read `WHEEL`.

    Raises:
        UninstallableWheel: its version of the format is missing, no version, or newer than hob knows.
    """
    pairs = [(key.strip().lower(), value.strip()) for key, colon, value in (line.partition(":") for line in text.splitlines()) if colon]
    values = dict(reversed(pairs))
    _check_version(values.get("wheel-version"))
    return WheelFile(
        is_purelib=_parse_root(values.get("root-is-purelib")),
        tags=tuple(value for key, value in pairs if key == "tag"),
        build=values.get("build"),
    )


def _check_version(text: str | None) -> None:
    major, dot, minor = (text or "").partition(".")
    if not dot or not major.isdecimal() or not minor.isdecimal():
        shown = "None" if text is None else f'Some("{text}")'
        raise UninstallableWheel(f"The wheel is invalid: Invalid Wheel-Version in `WHEEL` file: {shown}")
    if major != "1":
        raise UninstallableWheel(f"The wheel is invalid: Unsupported wheel major version (expected 1, got {major})")


def _parse_root(text: str | None) -> bool:
    if text is None or text.lower() not in ("true", "false"):
        shown = "None" if text is None else f'Some("{text}")'
        raise UninstallableWheel(f"The wheel is invalid: Unknown Root-Is-Purelib value in `WHEEL` file: {shown}")
    return text.lower() == "true"
