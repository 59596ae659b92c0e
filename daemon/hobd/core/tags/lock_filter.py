"""Which wheels a lock leaves out, because no environment that it is for could use them (uv-lock.md 1.10, rules 2 and 3)."""

from functools import lru_cache

from hobd.core.markers import HasPythonBounds, Marker, PythonBounds, VersionCut
from hobd.core.tags.tag_parts import STABLE_ABIS, PlatformTag, parse_platform_tag, parse_python_tag, python_of_abi
from hobd.core.tags.wheel_name import WheelName

_SYSTEM_MARKERS = {
    "linux": "os_name == 'posix' and sys_platform == 'linux'",
    "windows": "os_name == 'nt' and sys_platform == 'win32'",
    "macos": "os_name == 'posix' and sys_platform == 'darwin'",
    "android": "sys_platform == 'android'",
}
_MACHINE_NAMES = {
    "arm": ("aarch64", "arm64", "ARM64"),
    "x86_64": ("x86_64", "amd64", "AMD64"),
    "x86": ("i686", "i386", "win32", "x86"),
    "armv7l": ("armv7l", "armv8l"),
    "armv6l": ("armv6l",),
    "ppc64le": ("ppc64le",),
    "ppc64": ("ppc64",),
    "s390x": ("s390x",),
    "riscv64": ("riscv64",),
    "loongarch64": ("loongarch64",),
}
"""The values of `platform_machine` per machine class."""

_CLASSES = {
    "linux": {"aarch64": "arm", "i686": "x86", **{name: name for name in _MACHINE_NAMES if name not in ("arm", "x86")}},
    "windows": {"arm64": "arm", "amd64": "x86_64", "x86": "x86"},
    "macos": {"arm64": "arm", "x86_64": "x86_64", "i386": "x86"},
    "android": {"arm64_v8a": "arm"},
    "ios": {"arm64_iphoneos": "arm", "arm64_iphonesimulator": "arm", "x86_64_iphonesimulator": "x86_64"},
}
"""The machine class of a platform tag, by system and machine. `universal2` and the like belong to none, as does Android on x86."""

_SYSTEMS = {system: Marker.parse(text) for system, text in _SYSTEM_MARKERS.items()}
_MACHINES = {
    machine: Marker.parse(" or ".join(f"platform_machine == '{name}'" for name in names)) for machine, names in _MACHINE_NAMES.items()
}
_WINDOWS_ON_ARM = _SYSTEMS["windows"] & _MACHINES["arm"]


def may_be_locked(wheel: WheelName, requires_python: HasPythonBounds, marker: Marker) -> bool:
    """Whether some environment of the lock could use the wheel.

    Args:
        wheel: its name's tags decide.
        requires_python: the lock's; only its bounds count.
        marker: where the package is reached at all (complexified, within the supported environments).
    """
    return fits_python(wheel, requires_python) and fits_platform(wheel, marker)


def fits_python(wheel: WheelName, requires_python: HasPythonBounds) -> bool:
    """Rule 2: whether one of the wheel's ABIs suits a Python within the bounds."""
    python = requires_python
    bounds = python if isinstance(python, PythonBounds) else PythonBounds(python.lower, python.upper)
    return _tags_fit(wheel.pythons, wheel.abis, bounds)


def reaches_below(wheel: WheelName, limit: VersionCut | None) -> bool:
    """Whether some Python below a bound could use the wheel: one for a stable ABI works from the Python of its tag on."""
    bounds = PythonBounds(None, limit)
    if not any(abi in STABLE_ABIS for abi in wheel.abis):
        return fits_python(wheel, bounds)
    pythons = (parse_python_tag(tag) for tag in wheel.pythons)
    return any(python is not None and _is_not_above((python.major, python.minor or 0), bounds) for python in pythons)


@lru_cache(maxsize=4096)
def _tags_fit(pythons: tuple[str, ...], abis: tuple[str, ...], bounds: PythonBounds) -> bool:
    return any(_abi_fits(abi, pythons, bounds) for abi in abis)


def _abi_fits(abi: str, pythons: tuple[str, ...], bounds: HasPythonBounds) -> bool:
    if abi in STABLE_ABIS:
        return True
    if abi == "none":
        return any(_python_fits(python, bounds) for python in pythons)
    python = python_of_abi(abi)
    if python is None:
        return abi.startswith("pyston_")  # its ABI names no Python; what is unknown fits nothing
    return python[0] == 3 and _is_within(python, bounds)


def _python_fits(tag: str, bounds: HasPythonBounds) -> bool:
    """Whether a Python tag of a wheel without ABI suits: `py3N` works from 3.N on, `cp3N` with 3.N alone."""
    python = parse_python_tag(tag)
    if python is None or python.major == 2:
        return False
    if python.major != 3 or python.minor is None:
        return True
    version = (python.major, python.minor)
    return _is_not_above(version, bounds) if python.letters == "py" else _is_within(version, bounds)


def _is_within(python: tuple[int, int], bounds: HasPythonBounds) -> bool:
    """Whether some patch release of a minor version may lie within the bounds."""
    return (bounds.lower is None or bounds.lower[0][:2] <= python) and _is_not_above(python, bounds)


def _is_not_above(python: tuple[int, int], bounds: HasPythonBounds) -> bool:
    """Whether the minor version begins below the upper bound: `<3.12` excludes 3.12, `<3.12.4` and `<=3.12` do not."""
    return bounds.upper is None or bounds.upper[:2] > ((python if python[1] else python[:1]), 0)


def fits_platform(wheel: WheelName, marker: Marker) -> bool:
    """Rule 3: whether one of the wheel's platforms can be where the marker holds."""
    return _platforms_fit(wheel.platforms, marker)


@lru_cache(maxsize=4096)
def _platforms_fit(platforms: tuple[str, ...], marker: Marker) -> bool:
    places = _places(platforms)
    if places is None:
        return True
    if "win_amd64" in platforms and not marker.is_disjoint(_WINDOWS_ON_ARM):
        return True  # Windows on ARM runs x86_64 programs
    return not any(marker.is_disjoint(place) for place in places)


@lru_cache(maxsize=4096)
def _places(platforms: tuple[str, ...]) -> tuple[Marker, ...] | None:
    """What has to be possible for a wheel of some platforms to be of use; None for one that any platform can use."""
    if all(tag == "any" for tag in platforms):
        return None
    parts = [parse_platform_tag(tag) for tag in platforms]
    system, machine = _one_system(parts), _one_class(parts)
    places = []
    if system in _SYSTEMS:
        places.append(_SYSTEMS[system] if machine is None else _SYSTEMS[system] & _MACHINES[machine])
    if machine is not None:
        places.append(_MACHINES[machine])
    return tuple(places)


def _one_system(parts: list[PlatformTag | None]) -> str:
    """The system that all tags are of; empty if there is none."""
    systems = {part.system if part else "" for part in parts}
    return systems.pop() if len(systems) == 1 else ""


def _one_class(parts: list[PlatformTag | None]) -> str | None:
    """The machine class that all tags are of."""
    classes = {_CLASSES.get(part.system, {}).get(part.machine) if part else None for part in parts}
    return classes.pop() if len(classes) == 1 else None
