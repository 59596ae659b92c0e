"""The platform tags that a machine can use, best first (PEP 425, 513, 571, 599, 600, 656, 730, 738, 783)."""

from collections.abc import Iterator

from msgspec import Struct

from hobd.errors import WorldError

_FIRST_MANYLINUX_MINOR = {
    "x86_64": 5,
    "i686": 5,
    "aarch64": 17,
    "armv7l": 17,
    "ppc64": 17,
    "ppc64le": 17,
    "s390x": 17,
    "riscv64": 31,
    "loongarch64": 36,
}
"""The oldest glibc 2.x that a manylinux profile exists for, per machine."""

_LEGACY_MANYLINUX = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
_MACOS_FORMATS = {
    "arm64": ("arm64", "universal2"),
    "x86_64": ("x86_64", "intel", "fat64", "fat32", "universal2", "universal"),
}
_WINDOWS_TAGS = {"x86": "win32", "x86_64": "win_amd64", "arm64": "win_arm64"}
_ANDROID_ABIS = {"aarch64": "arm64_v8a", "x86_64": "x86_64", "i686": "x86", "armv7l": "armeabi_v7a"}


class UnknownPlatform(WorldError):
    """A platform for which there are no tags."""


class Platform(Struct, frozen=True, kw_only=True):
    """What wheels with machine code depend on besides Python."""

    system: str
    """`manylinux` (glibc), `musllinux`, `macos`, `windows`, `android`, `ios`, `ios-simulator`, `pyodide`, or `other`."""
    machine: str
    """As wheels spell it: `x86_64`, `aarch64`, `i686`, ...; `arm64` on macOS, iOS and Windows, `x86` on Windows."""
    version: tuple[int, int] = (0, 0)
    """glibc, musl, macOS, iOS or pyodide: major and minor; android: (API level, 0)."""
    tag: str = ""
    """For `other`: the one tag, as `sysconfig.get_platform()` says it with `-` and `.` as `_`."""


def platform_tags(platform: Platform, *, is_manylinux_compatible: bool = True) -> tuple[str, ...]:
    """The tags of a platform, best first; without `any`.

    Args:
        platform: the machine.
        is_manylinux_compatible: False where the interpreter's `_manylinux` module or a broken libc forbids manylinux wheels.
    Raises:
        UnknownPlatform: the machine does not exist on the system.
    """
    match platform.system:
        case "manylinux":
            return tuple(_manylinux_tags(platform) if is_manylinux_compatible else (f"linux_{platform.machine}",))
        case "musllinux":
            return tuple(_musllinux_tags(platform))
        case "macos":
            return tuple(_macos_tags(platform))
        case "windows" if platform.machine in _WINDOWS_TAGS:
            return (_WINDOWS_TAGS[platform.machine],)
        case "android" if platform.machine in _ANDROID_ABIS:
            return tuple(f"android_{level}_{_ANDROID_ABIS[platform.machine]}" for level in range(platform.version[0], 15, -1))
        case "ios" | "ios-simulator":
            return tuple(_ios_tags(platform))
        case "pyodide":
            major, minor = platform.version
            return f"pyemscripten_{major}_{minor}_wasm32", f"pyodide_{major}_{minor}_wasm32"
        case "other" if platform.tag:
            return (platform.tag,)
    raise UnknownPlatform(f"There are no wheels for the machine `{platform.machine}` on `{platform.system}`")


def _manylinux_tags(platform: Platform) -> Iterator[str]:
    major, minor = platform.version
    first = _FIRST_MANYLINUX_MINOR.get(platform.machine)
    for older in range(minor, first - 1, -1) if first is not None else ():
        yield f"manylinux_{major}_{older}_{platform.machine}"
        if older in _LEGACY_MANYLINUX:
            yield f"{_LEGACY_MANYLINUX[older]}_{platform.machine}"
    yield f"linux_{platform.machine}"


def _musllinux_tags(platform: Platform) -> Iterator[str]:
    major, minor = platform.version
    for older in range(minor, -1, -1):
        yield f"musllinux_{major}_{older}_{platform.machine}"
    yield f"linux_{platform.machine}"


def _macos_tags(platform: Platform) -> Iterator[str]:
    """Since 11 the major version counts and the minor is 0; before, the major version was always 10."""
    major, minor = platform.version
    formats = _MACOS_FORMATS.get(platform.machine)
    if formats is None:
        raise UnknownPlatform(f"There are no wheels for the machine `{platform.machine}` on `macos`")
    for older in range(major, 10, -1):
        yield from (f"macosx_{older}_0_{binary}" for binary in formats)
    if platform.machine == "arm64":
        formats = ("universal2",)  # its x86_64 half may be for an older system than the first ARM one
    for older in range(16 if major > 10 else minor, 3, -1):
        yield from (f"macosx_10_{older}_{binary}" for binary in formats)


def _ios_tags(platform: Platform) -> Iterator[str]:
    """Down to 12.0, and of older major versions every minor that could ever be."""
    major, minor = platform.version
    sdk = "iphonesimulator" if platform.system == "ios-simulator" else "iphoneos"
    for older in range(minor, -1, -1) if major >= 12 else ():
        yield f"ios_{major}_{older}_{platform.machine}_{sdk}"
    for older_major in range(major - 1, 11, -1):
        for older in range(9, -1, -1):
            yield f"ios_{older_major}_{older}_{platform.machine}_{sdk}"
