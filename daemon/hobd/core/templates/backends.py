"""What `pyproject.toml` says of each build backend that a new project can have (INI-9)."""

from collections.abc import Callable

from msgspec import Struct
from packaging.version import Version

from hobd.core.vocab.uv_version import UV_VERSION


class Backend(Struct, frozen=True):
    """One backend."""

    requires: tuple[str, ...]
    build_backend: str
    tables: Callable[[str], str] = lambda module: ""
    """The tables that every project with it has, for the name of its module; each ends with an empty line."""
    tables_of_odd_names: Callable[[str], str] = lambda module: ""
    """The tables that say where the module is, if the backend would not guess it from the project's name."""


def _uv_bounds() -> str:
    this = Version(UV_VERSION)
    return f"uv_build>={this},<{this.major}.{this.minor + 1}.0"


def _maturin(module: str) -> str:
    return f"""\
[tool.maturin]
module-name = "{module}._core"
python-packages = ["{module}"]
python-source = "src"

[tool.uv]
cache-keys = [{{ file = "pyproject.toml" }}, {{ file = "src/**/*.rs" }}, {{ file = "Cargo.toml" }}, {{ file = "Cargo.lock" }}]

"""


def _scikit(_module: str) -> str:
    return """\
[tool.scikit-build]
minimum-version = "build-system.requires"
build-dir = "build/{wheel_tag}"

[tool.uv]
cache-keys = [{ file = "pyproject.toml" }, { file = "src/**/*.{h,c,hpp,cpp}" }, { file = "CMakeLists.txt" }]

"""


def _table(header: str, entry: str) -> Callable[[str], str]:
    """A table of one entry, in which `MODULE` is the module's name."""
    return lambda module: f"[{header}]\n{entry.replace('MODULE', module)}\n\n"


BACKENDS = {
    "uv": Backend((_uv_bounds(),), "uv_build", tables_of_odd_names=_table("tool.uv.build-backend", 'module-name = "MODULE"')),
    "hatch": Backend(
        ("hatchling",), "hatchling.build", tables_of_odd_names=_table("tool.hatch.build.targets.wheel", 'packages = ["src/MODULE"]')
    ),
    "flit": Backend(("flit_core>=3.2,<4",), "flit_core.buildapi", tables_of_odd_names=_table("tool.flit.module", 'name = "MODULE"')),
    "pdm": Backend(("pdm-backend",), "pdm.backend"),
    "poetry": Backend(
        ("poetry-core>=2,<3",),
        "poetry.core.masonry.api",
        tables_of_odd_names=_table("tool.poetry", 'packages = [{ include = "MODULE", from = "src" }]'),
    ),
    "setuptools": Backend(("setuptools>=61",), "setuptools.build_meta"),
    "maturin": Backend(("maturin>=1.0,<2.0",), "maturin", tables=_maturin),
    "scikit": Backend(
        ("scikit-build-core>=0.12", "pybind11>=3"),
        "scikit_build_core.build",
        tables=_scikit,
        tables_of_odd_names=_table("tool.scikit-build.wheel", 'packages = ["src/MODULE"]'),
    ),
}
"""By the words of `--build-backend`."""
