"""The names of `--python-platform`: what each does to markers and to tags."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from hobd.core.tags.platforms import Platform
from hobd.errors import RequestError

_ALIASES = {"windows": "x86_64-pc-windows-msvc", "linux": "x86_64-unknown-linux-gnu", "macos": "aarch64-apple-darwin"}
_PROFILES = ("manylinux2014", *(f"manylinux_2_{minor}" for minor in (17, 28, *range(31, 41))))


class UnknownTarget(RequestError):
    """A name that `--python-platform` does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A platform to resolve and install for, instead of the interpreter's own."""

    platform: Platform
    markers: Mapping[str, str]
    """What replaces the interpreter's values: names of PEP 508."""
    is_manylinux_compatible: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentFloors:
    """The oldest systems to support, from `MACOSX_DEPLOYMENT_TARGET`, `IPHONEOS_DEPLOYMENT_TARGET` and `ANDROID_API_LEVEL`."""

    macos: tuple[int, int] = (13, 0)
    ios: tuple[int, int] = (13, 0)
    android: int = 24


_DEFAULT_FLOORS = DeploymentFloors()


def get_target(name: str, floors: DeploymentFloors = _DEFAULT_FLOORS) -> Target:
    """What a name of `--python-platform` stands for.

    Raises:
        UnknownTarget: there is no such name.
    """
    triple = _ALIASES.get(name, name)
    if name not in TARGET_NAMES:
        raise UnknownTarget(f"`{name}` is not a platform", hint=f"Use one of {', '.join(TARGET_NAMES)}")
    machine, _, system = triple.partition("-")
    match system:
        case "pc-windows-msvc":
            return _windows(machine)
        case "apple-darwin":
            return _apple("macos", "arm64" if machine == "aarch64" else machine, floors.macos, "darwin", "Darwin")
        case "apple-ios" | "apple-ios-simulator":
            return _apple(system.removeprefix("apple-"), machine, floors.ios, "ios", "iOS")
        case "linux-android":
            platform = Platform(system="android", machine=machine, version=(floors.android, 0))
            return Target(platform=platform, markers=_markers("posix", "android", "Android", machine))
    return _pyodide(system) if machine == "wasm32" else _linux(machine, system)


def _windows(machine: str) -> Target:
    """Windows has names of its own for machines; in markers some are upper case."""
    tag_machine, marker_machine = {"x86_64": ("x86_64", "AMD64"), "aarch64": ("arm64", "ARM64"), "i686": ("x86", "x86")}[machine]
    platform = Platform(system="windows", machine=tag_machine)
    return Target(platform=platform, markers=_markers("nt", "win32", "Windows", marker_machine))


def _apple(system: str, machine: str, version: tuple[int, int], sys_platform: str, platform_system: str) -> Target:
    platform = Platform(system=system, machine=machine, version=version)
    return Target(platform=platform, markers=_markers("posix", sys_platform, platform_system, machine))


def _linux(machine: str, system: str) -> Target:
    if system == "unknown-linux-musl":
        platform = Platform(system="musllinux", machine=machine, version=(1, 2))
    else:
        platform = Platform(system="manylinux", machine=machine, version=(2, _glibc_minor(machine, system)))
    return Target(platform=platform, markers=_markers("posix", "linux", "Linux", machine), is_manylinux_compatible=True)


def _glibc_minor(machine: str, system: str) -> int:
    if system == "manylinux2014":
        return 17
    if match := re.fullmatch(r"manylinux_2_([0-9]+)", system):
        return int(match[1])
    return 39 if machine == "riscv64" else 28


def _pyodide(system: str) -> Target:
    year = int(system.removeprefix("pyodide"))
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
    *_ALIASES,
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
"""Every name, in the order in which help lists them."""
