"""What to tell somebody for whose Python or machine a package has no wheel."""

from collections.abc import Iterable

from hobd.core.lockfile.model import LockedPackage
from hobd.core.tags import InvalidWheelName, Misfit, Tags, WheelName, find_misfit, parse_wheel_name

_ONLY = "only has wheels with the following"
_SYSTEMS = {"manylinux": "Linux", "musllinux": "Linux", "linux": "Linux", "macosx": "macOS", "win": "Windows"}


def tag_hint(package: LockedPackage, tags: Tags, implementation: str) -> str | None:
    """The first of Python, ABI and platform by which all wheels fail; None without wheels.

    Args:
        package: whose wheels do not fit.
        tags: of the interpreter.
        implementation: its name, `CPython`.
    """
    wheels = [name for name in map(_parse, (wheel.name for wheel in package.wheels)) if name is not None]
    if not wheels:
        return None
    known = list(tags)
    pythons, abis = {one[0] for one in known}, {(one[0], one[1]) for one in known}
    best_python, best_abi, best_platform = known[0]
    shown = f"`{package.name}` (v{package.version})" if package.version is not None else f"`{package.name}`"
    python = _named(implementation, best_python)
    fits_python = [wheel for wheel in wheels if pythons.intersection(wheel.pythons)]
    if not fits_python:
        return f"You're using {python} (`{best_python}`), but {shown} {_ONLY} Python implementation tag{_listed(_all(wheels, 0))}"
    fits_abi = [wheel for wheel in fits_python if any((python, abi) in abis for python in wheel.pythons for abi in wheel.abis)]
    if not fits_abi:
        return f"You're using {python} (`{best_abi}`), but {shown} {_ONLY} Python ABI tag{_listed(_all(fits_python, 1))}"
    return _platform_hint(shown, best_platform, _all(fits_abi, 2))


def misfit_hint(wheel: WheelName, tags: Tags) -> str | None:
    """What one wheel is for, and where it was to be installed; None where it fits."""
    misfit = find_misfit(wheel, tags)
    best = tags.best
    match misfit:
        case Misfit.PYTHON | Misfit.ABI:
            offered_tag = (wheel.pythons if misfit is Misfit.PYTHON else wheel.abis)[0]
            own = best[misfit - 1]
            return f"The wheel is compatible with {_spoken(offered_tag)}, but you're using {_spoken(own)}"
        case Misfit.PLATFORM:
            offered_tag = wheel.platforms[0]
            return f"The wheel is compatible with {_system(offered_tag)} (`{offered_tag}`), but you're on {_system(best[2])} (`{best[2]}`)"
    return None


def _spoken(tag: str) -> str:
    """``CPython 3.12 (`cp312`)``; a tag of another kind stands alone."""
    name = {"cp": "CPython", "pp": "PyPy"}.get(tag[:2])
    return f"`{tag}`" if name is None or not tag[2:].isdigit() else f"{_named(name, tag)} (`{tag}`)"


def _platform_hint(shown: str, platform: str, offered: list[str]) -> str:
    what = f"You're on {_system(platform)} (`{platform}`), but {shown} only has wheels for the following platform{_listed(offered)}"
    setting = f'consider adding "{_marker(platform)}" to `tool.uv.required-environments`'
    return f"{what}; {setting} to ensure uv resolves to a version with compatible wheels"


def _parse(filename: str) -> WheelName | None:
    try:
        return parse_wheel_name(filename)
    except InvalidWheelName:
        return None


def _all(wheels: Iterable[WheelName], part: int) -> list[str]:
    """The tags of one kind, sorted, each once."""
    return sorted({tag for wheel in wheels for tag in (wheel.pythons, wheel.abis, wheel.platforms)[part]})


def _listed(tags: list[str]) -> str:
    return f"{'' if len(tags) == 1 else 's'}: {', '.join(f'`{tag}`' for tag in tags)}"


def _named(implementation: str, python: str) -> str:
    digits = python.lstrip("abcdefghijklmnopqrstuvwxyz")
    return f"{implementation} {digits[0]}.{digits[1:]}"


def _system(platform: str) -> str:
    return next((name for start, name in _SYSTEMS.items() if platform.startswith(start)), platform)


def _marker(platform: str) -> str:
    system = _system(platform)
    sys_platform = {"Linux": "linux", "macOS": "darwin", "Windows": "win32"}.get(system, system)
    machine = next(
        (name for name in ("x86_64", "aarch64", "arm64", "i686", "armv7l", "ppc64le", "s390x", "riscv64") if platform.endswith(name)), None
    )
    return f"sys_platform == '{sys_platform}'" + ("" if machine is None else f" and platform_machine == '{machine}'")
