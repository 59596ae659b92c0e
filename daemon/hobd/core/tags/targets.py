"""The names of `--python-platform`: what each does to markers and to tags."""

import re
from collections.abc import Mapping

from msgspec import Struct

from hobd.core.tags.platforms import Platform
from hobd.core.vocab.environ import Environ
from hobd.errors import RequestError

_ALIASES = {
    "windows": "x86_64-pc-windows-msvc",
    "linux": "x86_64-unknown-linux-gnu",
    "macos": "aarch64-apple-darwin",
    "arm64-pc-windows-msvc": "aarch64-pc-windows-msvc",
    "powerpc64le-unknown-linux-gnu": "ppc64le-unknown-linux-gnu",
    "riscv64-unknown-linux": "riscv64-unknown-linux-gnu",
}
_GNU_MINORS = {"x86_64": 28, "aarch64": 28, "s390x": 28, "ppc64le": 28, "riscv64": 39, "loongarch64": 36}
"""The glibc 2.x of a machine's `unknown-linux-gnu`."""

_PROFILE_MINORS = (17, 28, *range(31, 41))
_PROFILES = ("manylinux2014", *(f"manylinux_2_{minor}" for minor in _PROFILE_MINORS))
_PROFILE_MACHINES = {"x86_64": 17, "aarch64": 17, "s390x": 17, "ppc64le": 17, "loongarch64": 36}
"""The machines with names for each manylinux profile, from this glibc 2.x on."""

_REVERSED = re.compile(r"(manylinux2014|manylinux_2_[0-9]+)_(.+)")
_SHORT_PROFILE = re.compile(r"manylinux2([0-9]{2})")


class UnknownTarget(RequestError):
    """A name that `--python-platform` does not know."""


class Target(Struct, frozen=True, kw_only=True):
    """A platform to resolve and install for, instead of the interpreter's own."""

    platform: Platform
    markers: Mapping[str, str]
    """What replaces the interpreter's values: names of PEP 508."""
    is_manylinux_compatible: bool = False


class DeploymentFloors(Struct, frozen=True, kw_only=True):
    """The oldest systems to support, from `MACOSX_DEPLOYMENT_TARGET`, `IPHONEOS_DEPLOYMENT_TARGET` and `ANDROID_API_LEVEL`."""

    macos: tuple[int, int] = (13, 0)
    ios: tuple[int, int] = (13, 0)
    android: int = 24


_DEFAULT_FLOORS = DeploymentFloors()
_NUMBER = r"\+?([0-9]+)"
_FLOOR = re.compile(rf"{_NUMBER}(?:\.{_NUMBER}(?:\..*)?)?", re.DOTALL)
_LEVEL = re.compile(_NUMBER)
_LARGEST = 0xFFFF
"""Of a number of a floor, in uv: a variable with a larger one, or with anything else, does not count."""


def read_floors(environ: Environ) -> DeploymentFloors:
    """The oldest systems that a user names, each by its variable."""
    level = _numbers(_LEVEL, environ.get("ANDROID_API_LEVEL"))
    return DeploymentFloors(
        macos=_version(environ.get("MACOSX_DEPLOYMENT_TARGET")) or _DEFAULT_FLOORS.macos,
        ios=_version(environ.get("IPHONEOS_DEPLOYMENT_TARGET")) or _DEFAULT_FLOORS.ios,
        android=_DEFAULT_FLOORS.android if level is None else level[0],
    )


def _version(text: str | None) -> tuple[int, int] | None:
    """`11`, `11.2` or `11.2.1`: the first two numbers."""
    numbers = _numbers(_FLOOR, text)
    return None if numbers is None else (numbers[0], numbers[1])


def _numbers(pattern: re.Pattern[str], text: str | None) -> list[int] | None:
    found = pattern.fullmatch(text or "")
    numbers = [] if found is None else [int(number or 0) for number in found.groups()]
    return numbers if numbers and max(numbers) <= _LARGEST else None


def get_target(name: str, floors: DeploymentFloors = _DEFAULT_FLOORS) -> Target:
    """What a name of `--python-platform` stands for.

    Raises:
        UnknownTarget: there is no such name.
    """
    machine, _, system = _canonical(name).partition("-")
    target = _find_target(machine, system, floors)
    if target is None:
        raise UnknownTarget(f"`{name}` is not a platform", hint=f"Use one of {', '.join(TARGET_NAMES)}")
    return target


def _canonical(name: str) -> str:
    """One spelling of a name: settings also know `x8664-…`, `…-manylinux228` and `manylinux_2_28_x86_64`."""
    if found := _REVERSED.fullmatch(name):
        name = f"{found[2]}-{found[1]}"
    machine, dash, system = name.partition("-")
    if found := _SHORT_PROFILE.fullmatch(system):
        system = f"manylinux_2_{found[1]}"
    name = f"{'x86_64' if machine == 'x8664' else machine}{dash}{system}"
    return _ALIASES.get(name, name)


def _find_target(machine: str, system: str, floors: DeploymentFloors) -> Target | None:
    match machine, system:
        case (("x86_64" | "aarch64" | "i686"), "pc-windows-msvc"):
            return windows_target(machine)
        case (("x86_64" | "aarch64"), "apple-darwin"):
            return apple_target("macos", "arm64" if machine == "aarch64" else machine, floors.macos, "darwin", "Darwin")
        case ("arm64", "apple-ios") | (("arm64" | "x86_64"), "apple-ios-simulator"):
            return apple_target(system.removeprefix("apple-"), machine, floors.ios, "ios", "iOS")
        case (("x86_64" | "aarch64"), "linux-android"):
            platform = Platform(system="android", machine=machine, version=(floors.android, 0))
            return Target(platform=platform, markers=_markers("posix", "android", "Android", machine))
        case (("x86_64" | "aarch64"), "unknown-linux-musl"):
            return linux_target(Platform(system="musllinux", machine=machine, version=(1, 2)))
        case "wasm32", ("pyodide2024" | "pyodide2025"):
            return _pyodide(int(system.removeprefix("pyodide")))
    minor = _glibc_minor(machine, system)
    return None if minor is None else linux_target(Platform(system="manylinux", machine=machine, version=(2, minor)))


def windows_target(machine: str) -> Target:
    """Windows has names of its own for machines; in markers some are upper case."""
    tag_machine, marker_machine = {"x86_64": ("x86_64", "AMD64"), "aarch64": ("arm64", "ARM64"), "i686": ("x86", "x86")}[machine]
    platform = Platform(system="windows", machine=tag_machine)
    return Target(platform=platform, markers=_markers("nt", "win32", "Windows", marker_machine))


def apple_target(system: str, machine: str, version: tuple[int, int], sys_platform: str, platform_system: str) -> Target:
    """A system of Apple's, with its names in markers."""
    platform = Platform(system=system, machine=machine, version=version)
    return Target(platform=platform, markers=_markers("posix", sys_platform, platform_system, machine))


def linux_target(platform: Platform) -> Target:
    """A Linux of some C library."""
    return Target(platform=platform, markers=_markers("posix", "linux", "Linux", platform.machine), is_manylinux_compatible=True)


def _glibc_minor(machine: str, system: str) -> int | None:
    """The glibc 2.x of a name; None if there is no such name."""
    if system == "unknown-linux-gnu":
        return _GNU_MINORS.get(machine)
    if machine not in _PROFILE_MACHINES or system not in _PROFILES:
        return None
    minor = 17 if system == "manylinux2014" else int(system.rpartition("_")[2])
    return minor if minor >= _PROFILE_MACHINES[machine] else None


def _pyodide(year: int) -> Target:
    release = {2024: "3.1.58", 2025: "4.0.9"}[year]  # of the Emscripten that its ABI fixes
    markers = _markers("posix", "emscripten", "Emscripten", "wasm32", release=release, version="#1")
    return Target(platform=Platform(system="pyodide", machine="wasm32", version=(year, 0)), markers=markers)


def _markers(os_name: str, sys_platform: str, system: str, machine: str, *, release: str = "", version: str = "") -> Mapping[str, str]:
    return {
        "os_name": os_name,
        "sys_platform": sys_platform,
        "platform_system": system,
        "platform_machine": machine,
        "platform_release": release,
        "platform_version": version,
    }


TARGET_NAMES = (
    "windows",
    "linux",
    "macos",
    "x86_64-pc-windows-msvc",
    "aarch64-pc-windows-msvc",
    "i686-pc-windows-msvc",
    "x86_64-unknown-linux-gnu",
    "aarch64-apple-darwin",
    "x86_64-apple-darwin",
    "aarch64-unknown-linux-gnu",
    "aarch64-unknown-linux-musl",
    "x86_64-unknown-linux-musl",
    "riscv64-unknown-linux",
    *(f"{machine}-{profile}" for machine in ("x86_64", "aarch64") for profile in _PROFILES),
    "aarch64-linux-android",
    "x86_64-linux-android",
    "wasm32-pyodide2024",
    "wasm32-pyodide2025",
    "arm64-apple-ios",
    "arm64-apple-ios-simulator",
    "x86_64-apple-ios-simulator",
)
"""The names that help lists, in its order; `get_target` knows more, as uv does."""
