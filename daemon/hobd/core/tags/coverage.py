"""Where a wheel works, as a marker (uv-lock.md 4.6, "On required platforms")."""

from functools import reduce
from operator import or_

from hobd.core.markers import FALSE, TRUE, Marker
from hobd.core.tags.tag_parts import IMPLEMENTATIONS, STABLE_ABIS, PythonTag, parse_platform_tag, parse_python_tag
from hobd.core.tags.wheel_name import WheelName

_WINDOWS_MACHINES = {"x86": "x86", "amd64": "AMD64", "arm64": "ARM64"}
_ANDROID_MACHINES = {"arm64_v8a": "aarch64", "x86_64": "x86_64", "x86": "i686", "armeabi_v7a": "armv7l"}
_MACOS_MACHINES = {
    "arm64": ("arm64",),
    "x86_64": ("x86_64",),
    "i386": ("i386",),
    "ppc": ("ppc",),
    "ppc64": ("ppc64",),
    "intel": ("x86_64", "i386"),
    "fat": ("x86_64", "ppc"),
    "fat32": ("x86_64", "i386", "ppc", "ppc64"),
    "fat64": ("x86_64", "ppc64"),
    "universal": ("x86_64", "i386", "ppc64", "ppc", "intel"),
    "universal2": ("x86_64", "arm64"),
}
"""The machines that a binary format runs on."""

_FIRST_ARM_KERNEL = 20
"""Of macOS 11, the first for ARM."""


def coverage(wheel: WheelName) -> Marker:
    """The environments that a wheel works in, by its tags."""
    return platform_coverage(wheel) & python_coverage(wheel)


def platform_coverage(wheel: WheelName) -> Marker:
    """The platforms that a wheel works on; unknown tags add nothing."""
    if "any" in wheel.platforms:
        return TRUE
    return reduce(or_, map(_platform_marker, wheel.platforms), FALSE)


def _platform_marker(tag: str) -> Marker:
    platform = parse_platform_tag(tag)
    if platform is None:
        return FALSE
    match platform.system:
        case "windows":
            return _on("win32", _WINDOWS_MACHINES[platform.machine])
        case "linux":
            return _on("linux", platform.machine)
        case "android" if platform.machine in _ANDROID_MACHINES:
            return _on("android", _ANDROID_MACHINES[platform.machine])
        case "macos":
            machines = _MACOS_MACHINES.get(platform.machine, ())
            return reduce(or_, (_macos_marker(machine, platform.version) for machine in machines), FALSE)
    return FALSE


def _on(sys_platform: str, machine: str) -> Marker:
    return Marker.parse(f"sys_platform == '{sys_platform}' and platform_machine == '{machine}'")


def _macos_marker(machine: str, version: tuple[int, int]) -> Marker:
    kernel = _kernel_of_macos(*version)
    if machine == "arm64":
        kernel = max(kernel, _FIRST_ARM_KERNEL)
    return _on("darwin", machine) & Marker.parse(f"platform_release >= '{kernel}'")


def _kernel_of_macos(major: int, minor: int) -> int:
    """The major version of the kernel, which is what `platform_release` tells: 10.x is x+4, 11 is 20, 26 is 25, then equal."""
    if major <= 10:
        return minor + 4
    if major <= 15:
        return major + 9
    return 25 if major <= 26 else major


def python_coverage(wheel: WheelName) -> Marker:
    """The Pythons that a wheel works with; unknown tags add nothing."""
    is_stable = any(abi in STABLE_ABIS for abi in wheel.abis)
    tags = [python for tag in wheel.pythons if (python := parse_python_tag(tag)) is not None]
    return TRUE if "none" in wheel.pythons else reduce(or_, (_python_marker(tag, is_stable=is_stable) for tag in tags), FALSE)


def _python_marker(tag: PythonTag, *, is_stable: bool) -> Marker:
    version = f"{tag.major}" if tag.minor is None else f"{tag.major}.{tag.minor}"
    if is_stable:
        text = f"python_version >= '{version}'"
    elif tag.letters == "py" and tag.minor is not None:
        text = f"python_version >= '{version}' and python_version < '{tag.major + 1}'"
    else:
        text = f"python_version == '{version}.*'"
    implementation = IMPLEMENTATIONS.get(tag.letters)
    return Marker.parse(text if implementation is None else f"{text} and platform_python_implementation == '{implementation}'")
