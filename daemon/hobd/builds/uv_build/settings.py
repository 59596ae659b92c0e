"""`[tool.uv.build-backend]`: where the module is, and what goes along (BIS-5)."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from hobd.core.formats.shapes import Place, Reader, boolean, fields, list_of, path_string, string

DEFAULT_EXCLUDES = ("__pycache__", "*.pyc", "*.pyo")
DATA_SCHEMES = ("purelib", "platlib", "headers", "scripts", "data")


class BackendSettings(Struct, frozen=True, kw_only=True):
    """The backend's table with its defaults."""

    module_root: str = "src"
    module_names: str | tuple[str, ...] | None = None
    """Dotted: one, several, or by default that of the project."""
    is_namespace: bool = False
    default_excludes: bool = True
    source_include: tuple[str, ...] = ()
    source_exclude: tuple[str, ...] = ()
    wheel_exclude: tuple[str, ...] = ()
    data: tuple[tuple[str, str], ...] = ()
    """Data scheme and folder, in the order of `DATA_SCHEMES`."""

    @property
    def excluded_from_wheel(self) -> tuple[str, ...]:
        """Every pattern that keeps a file out of a wheel: a wheel is made as if from the sdist."""
        return (*self._defaults, *self.wheel_exclude, *self.source_exclude)

    @property
    def excluded_from_sdist(self) -> tuple[str, ...]:
        """Every pattern that keeps a file out of an sdist."""
        return (*self._defaults, *self.source_exclude)

    @property
    def _defaults(self) -> tuple[str, ...]:
        return DEFAULT_EXCLUDES if self.default_excludes else ()


def _module_names(value: object, place: Place) -> str | tuple[str, ...]:
    if isinstance(value, str):
        return value
    return list_of(string, "a string or a sequence")(value, place)


_DATA: Mapping[str, Reader[Any]] = dict.fromkeys(DATA_SCHEMES, path_string)


def _data(value: object, place: Place) -> tuple[tuple[str, str], ...]:
    found = fields(value, place, _DATA, closed=True, wanted="struct WheelDataIncludes")
    return tuple((scheme, found[scheme]) for scheme in DATA_SCHEMES if scheme in found)


_READERS: Mapping[str, Reader[Any]] = {
    "module-root": path_string,
    "module-name": _module_names,
    "source-include": list_of(string),
    "default-excludes": boolean,
    "source-exclude": list_of(string),
    "wheel-exclude": list_of(string),
    "namespace": boolean,
    "data": _data,
}

_FIELDS = {"module-name": "module_names", "namespace": "is_namespace"}


def backend_settings(value: object, place: Place) -> BackendSettings:
    """The table; other keys in it mean nothing.

    Raises:
        Misfit: a value has the wrong type.
    """
    found = fields(value, place, _READERS, closed=False, wanted="struct BuildBackendSettings")
    return BackendSettings(**{_FIELDS.get(key, key.replace("-", "_")): entry for key, entry in found.items()})
