"""The files of a new project (INI-2 to INI-9)."""

from msgspec import Struct

from hobd.core.formats.shapes import quoted
from hobd.core.templates.backends import BACKENDS
from hobd.core.templates.native import cmake_lists, cpp_module, rust_manifest, rust_module
from hobd.core.vocab.names import Name

_NATIVE = ("maturin", "scikit")

GITIGNORE = """\
# Python-generated files
__pycache__/
*.py[oc]
build/
dist/
wheels/
*.egg-info

# Virtual environments
.venv
"""


class Author(Struct, frozen=True, kw_only=True):
    """Whom the project names; at least one of the two is there."""

    name: str | None = None
    email: str | None = None


class NewProject(Struct, frozen=True, kw_only=True):
    """What was decided of a project before its first line."""

    name: Name
    requires_python: str
    backend: str | None
    """A word of `--build-backend`; None where nothing is built."""
    is_library: bool = False
    is_bare: bool = False
    """Nothing but a `pyproject.toml` that says as little as it can."""
    description: str | None = None
    has_readme: bool = True
    author: Author | None = None

    @property
    def module(self) -> str:
        """The name of its package for imports: no digit can be first."""
        name = self.name.replace("-", "_")
        return f"_{name}" if name[0].isdigit() else name

    @property
    def has_odd_module(self) -> bool:
        """Whether that is not what backends guess from the project's name."""
        return self.module.startswith("_")


def render_pyproject(project: NewProject) -> str:
    """`pyproject.toml`, as uv lays it out."""
    lines = ["[project]", f"name = {quoted(project.name)}", 'version = "0.1.0"']
    if project.description is not None:
        lines.append(f"description = {quoted(project.description)}")
    if project.has_readme:
        lines.append('readme = "README.md"')
    if project.author is not None:
        lines += ["authors = [", f"    {{ {_author(project.author)} }}", "]"]
    lines += [f"requires-python = {quoted(project.requires_python)}", "dependencies = []", ""]
    text = "\n".join(lines)
    return text if project.backend is None else f"{text}\n{_packaging(project, project.backend)}"


def _author(author: Author) -> str:
    said = (("name", author.name), ("email", author.email))
    return ", ".join(f"{key} = {quoted(value)}" for key, value in said if value is not None)


def _packaging(project: NewProject, name: str) -> str:
    backend, text = BACKENDS[name], ""
    if not project.is_library and not project.is_bare:
        text += f'[project.scripts]\n{project.name} = "{project.module}:main"\n\n'
    if not project.is_bare:
        text += backend.tables_of_odd_names(project.module) if project.has_odd_module else ""
        text += backend.tables(project.module)
    requires = ", ".join(map(quoted, backend.requires))
    return f"{text}[build-system]\nrequires = [{requires}]\nbuild-backend = {quoted(backend.build_backend)}\n"


def render_files(project: NewProject) -> dict[str, str]:
    """The other files, by path: what is there already stays as it is."""
    if project.is_bare:
        return {}
    files = {"README.md": ""} if project.has_readme else {}
    if project.backend is None:
        return files | {"main.py": _MAIN.replace("NAME", project.name)}
    package = f"src/{project.module}"
    files[f"{package}/__init__.py"] = _module(project)
    if project.is_library:
        files[f"{package}/py.typed"] = ""
    if project.backend in _NATIVE:
        files[f"{package}/_core.pyi"] = "def hello_from_bin() -> str: ...\n"
    if project.backend == "maturin":
        files |= {"Cargo.toml": rust_manifest(project.module), "src/lib.rs": rust_module(project.name)}
    if project.backend == "scikit":
        files |= {"CMakeLists.txt": cmake_lists(project.module, is_odd=project.has_odd_module), "src/main.cpp": cpp_module(project.name)}
    return files


_MAIN = """\
def main():
    print("Hello from NAME!")


if __name__ == "__main__":
    main()
"""


def _module(project: NewProject) -> str:
    greeting = f'"Hello from {project.name}!"'
    is_native = project.backend in _NATIVE
    head = f"from {project.module}._core import hello_from_bin\n\n\n" if is_native else ""
    greeting = "hello_from_bin()" if is_native else greeting
    if project.is_library:
        return f"{head}def hello() -> str:\n    return {greeting}\n"
    return f"{head}def main() -> None:\n    print({greeting})\n"
