"""What the output of a failed build says about its cause, and the way out of it."""

import re

from msgspec import Struct
from packaging.version import Version

from hobd.core.vocab.names import Name

_LINES = 10
"""How many lines from the end are looked at: causes stand near it."""

_MISSING_HEADER = re.compile(r".*fatal error: '?([^\s':]+\.(?:h|h..))'?(?: file not found|: No such file or directory)")
_MISSING_LIBRARY = re.compile(r".*/ld: cannot find -l([A-Za-z0-9_.+-]+): No such file or directory")
_MISSING_COMMAND = re.compile(r"error: invalid command 'bdist_wheel'")
_MISSING_MODULE = re.compile(r"""ModuleNotFoundError: No module named ['"]([^'"]+)['"]""")

_PACKAGES = {
    "Cython": "cython",
    "mesonpy": "meson-python",
    "pkg_resources": "setuptools",
    "pybind11": "pybind11",
    "skbuild": "scikit-build",
    "yaml": "pyyaml",
}
"""By the module that builds import, the package that has it, where the names differ."""


class Subject(Struct, frozen=True, kw_only=True):
    """What was built, as far as it is known."""

    name: Name | None = None
    version: Version | None = None

    @property
    def shown(self) -> str | None:
        """`name@version`."""
        if self.name is None:
            return None
        return f"{self.name}" if self.version is None else f"{self.name}@{self.version}"


def find_hint(output: str, subject: Subject) -> str:
    """The hint for a failed build.

    Args:
        output: the standard error of the backend.
        subject: what was built.
    """
    for line in reversed(output.splitlines()[-_LINES:]):
        hint = _hint_of(line.strip(), subject)
        if hint is not None:
            return hint
    return "Build failures usually indicate a problem with the package or the build environment"


def _hint_of(line: str, subject: Subject) -> str | None:
    whom = "" if subject.shown is None else f" for `{subject.shown}`"
    if found := _MISSING_HEADER.match(line):
        return f'This error likely indicates that you need to install a library that provides "{found[1]}"{whom}'
    if found := _MISSING_LIBRARY.match(line):
        library = found[1]
        return (
            "This error likely indicates that you need to install the library that provides a shared library "
            f"for `{library}`{whom} (e.g., `lib{library}-dev`)"
        )
    if _MISSING_COMMAND.search(line):
        return _missing_package("wheel", subject)
    found = _MISSING_MODULE.search(line)
    if found is None:
        return None
    return _removed_module(found[1], subject) if found[1] == "distutils" else _missing_package(_PACKAGES.get(found[1], found[1]), subject)


def _removed_module(module: str, subject: Subject) -> str:
    gone = f"`{module}` was removed from the standard library in Python 3.12."
    if subject.name is None or subject.version is None:
        return f"{gone} Consider adding a constraint to avoid building a package that depends on `{module}`."
    return (
        f"{gone} Consider adding a constraint (like `{subject.name} >{subject.version}`) to avoid building a version of "
        f"`{subject.name}` that depends on `{module}`."
    )


def _missing_package(package: str, subject: Subject) -> str:
    installed = f"`hob pip install {package}` into the environment and re-run with `--no-build-isolation`."
    if subject.name is None:
        return (
            f"This error likely indicates that a package depends on `{package}`, but doesn't declare it as a build dependency. "
            f"If the package is a first-party package, consider adding `{package}` to its `build-system.requires`. Otherwise, {installed}"
        )
    return (
        f"This error likely indicates that `{subject.shown}` depends on `{package}`, but doesn't declare it as a build dependency. "
        f"If `{subject.name}` is a first-party package, consider adding `{package}` to its `build-system.requires`. "
        "Otherwise, either add it to your `pyproject.toml` under:\n\n"
        f'[tool.uv.extra-build-dependencies]\n{subject.name} = ["{package}"]\n\nor {installed}'
    )
