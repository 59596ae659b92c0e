"""`[tool.uv.build-backend]`: where the module is, and what goes along (BIS-5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hobd.errors import RequestError

DEFAULT_EXCLUDES = ("__pycache__", "*.pyc", "*.pyo")


class LayoutError(RequestError):
    """The source tree is not laid out as the backend wants it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendSettings:
    """The backend's table with its defaults."""

    module_root: str = "src"
    module_names: tuple[str, ...]
    """Dotted; one or more."""
    is_namespace: bool = False
    default_excludes: bool = True
    source_include: tuple[str, ...] = ()
    source_exclude: tuple[str, ...] = ()
    wheel_exclude: tuple[str, ...] = ()
    data: Mapping[str, str] = field(default_factory=dict)
    """Data scheme (`scripts`, `data`, `headers`, `purelib`, `platlib`) to folder."""

    @property
    def excluded_from_wheel(self) -> tuple[str, ...]:
        """Every pattern that keeps a file out of a wheel: a wheel is made as if from the sdist."""
        return (*self.excluded_from_sdist, *self.wheel_exclude)

    @property
    def excluded_from_sdist(self) -> tuple[str, ...]:
        """Every pattern that keeps a file out of an sdist."""
        defaults = DEFAULT_EXCLUDES if self.default_excludes else ()
        return (*defaults, *self.source_exclude)


def parse_settings(pyproject: Mapping[str, Any]) -> BackendSettings:
    """Read the backend's table from a whole pyproject.toml."""
    table = pyproject.get("tool", {}).get("uv", {}).get("build-backend", {})
    default_name = str(pyproject["project"]["name"]).replace("-", "_").replace(".", "_").lower()
    names = table.get("module-name", default_name)
    return BackendSettings(
        module_root=table.get("module-root", "src"),
        module_names=tuple(names) if isinstance(names, list) else (names,),
        is_namespace=bool(table.get("namespace", False)),
        default_excludes=bool(table.get("default-excludes", True)),
        source_include=tuple(table.get("source-include", ())),
        source_exclude=tuple(table.get("source-exclude", ())),
        wheel_exclude=tuple(table.get("wheel-exclude", ())),
        data=dict(table.get("data", {})),
    )


def find_modules(source: Path, settings: BackendSettings, cwd: Path | None = None) -> list[Path]:
    """The folders of the modules, each checked for its `__init__.py`.

    Args:
        cwd: where the caller is: errors show paths below it without it. None: in the source tree.
    Raises:
        LayoutError: a module is not where it should be, or a namespace package has an `__init__.py`.
    """
    root = source / settings.module_root
    for name in settings.module_names:
        _check_name(name)
    return [_find_module(root, name, settings, source if cwd is None else cwd) for name in settings.module_names]


def _check_name(name: str) -> None:
    """Each part has to be an identifier; a package of stubs may end in `-stubs`."""
    for part in name.removesuffix("-stubs").split("."):
        wrong = next((place for place, letter in enumerate(part) if not (letter == "_" or letter.isalnum())), None)
        if not part:
            raise LayoutError(f"Invalid module name: {name}", causes=("An identifier must not be empty",))
        if part[0].isdigit():
            why = f"Invalid first character `{part[0]}` for identifier `{part}`, expected an underscore or an alphabetic character"
            raise LayoutError(f"Invalid module name: {name}", causes=(why,))
        if wrong is not None:
            why = f"Invalid character `{part[wrong]}` at position {wrong + 1} for identifier `{part}`"
            raise LayoutError(f"Invalid module name: {name}", causes=(f"{why}, expected an underscore or an alphanumeric character",))


def _find_module(root: Path, name: str, settings: BackendSettings, cwd: Path) -> Path:
    folder = root.joinpath(*name.split("."))
    shown = _shown(folder, cwd)
    if settings.is_namespace:
        if not folder.is_dir():
            raise LayoutError(f"Expected a Python module at: {shown}")
        return folder
    init = "__init__.pyi" if name.split(".", maxsplit=1)[0].endswith("-stubs") else "__init__.py"
    if not (folder / init).is_file():
        raise LayoutError(f"Expected a Python module at: {shown / init}")
    for parent in [folder.parent, *folder.parent.parents]:
        if parent in (root, *root.parents):
            break
        if (parent / "__init__.py").exists():
            raise LayoutError(f"Expected no `__init__.py` in a namespace package, found one at: {_shown(parent, cwd)}/__init__.py")
    return folder


def _shown(path: Path, cwd: Path) -> Path:
    return path.relative_to(cwd) if path.is_relative_to(cwd) else path
