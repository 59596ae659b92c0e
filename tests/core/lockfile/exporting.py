"""Projects to golden locks, and their exports as the command line asks for them."""

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from hobd.core.lockfile.export import Exported, export
from hobd.core.lockfile.export_cyclonedx import CyclonedxOptions, Occasion, render_cyclonedx
from hobd.core.lockfile.export_pylock import PylockPlaces, render_pylock
from hobd.core.lockfile.export_requirements import render_requirements
from hobd.core.lockfile.parse import parse
from hobd.core.plan.groups import GroupWishes
from hobd.core.plan.parts import Parts
from hobd.core.plan.wanted import Wishes
from hobd.core.vocab.names import Name
from tests.core.lockfile.goldens import golden

OCCASION = Occasion(serial="S", moment="T", tool="hob", tool_version="V")

ROOT_APP = """\
[project]
name = "root-app"
version = "1.0"
requires-python = ">=3.9, <3.13"
[dependency-groups]
dev = ["beta"]
lint = ["beta"]
[tool.uv]
default-groups = ["dev", "lint"]
[tool.uv.workspace]
members = ["m1", "m2"]
"""
NO_ROOT = """\
[tool.uv.workspace]
members = ["m"]
[tool.uv]
default-groups = ["docs"]
[dependency-groups]
dev = ["beta"]
docs = ["eps"]
"""


@dataclass(frozen=True)
class Case:
    """An export of a golden lock: the flags for uv, and what they mean."""

    lock: str
    flags: str
    wishes: Wishes
    parts: Parts | None = None
    prune: frozenset[Name] = frozenset()

    def rows(self) -> tuple[Exported, ...]:
        """What is exported."""
        return export(parse(golden(self.lock)), self.wishes, prune=self.prune, parts=self.parts)

    def requirements(self) -> str:
        """As `requirements.txt`."""
        return render_requirements(self.rows(), is_editable=lambda _: True, has_hashes=True, has_annotations=True, paint=str)

    def pylock(self, root: Path) -> str:
        """As `pylock.toml` in the project's folder."""
        places = PylockPlaces(root=PurePosixPath(root), shown=lambda path: str(path.relative_to(root)), editable=lambda _: None)
        return render_pylock(parse(golden(self.lock)), self.rows(), places)

    def cyclonedx(self) -> str:
        """As a CycloneDX document."""
        options = CyclonedxOptions(
            roots=self.wishes.projects,
            has_hashes=True,
            is_whole_workspace="--all-packages" in self.flags,
            default_site="https://index.example",
        )
        return render_cyclonedx(parse(golden(self.lock)), self.rows(), options, OCCASION)


@dataclass(frozen=True)
class Project:
    """The files that a golden lock was made from, as far as an export looks at them."""

    pyproject: str
    members: dict[str, str] = field(default_factory=dict)

    def write(self, folder: Path, lock: str) -> None:
        """Write them, and the lock."""
        (folder / "uv.lock").write_text(golden(lock))
        for place, text in {".": self.pyproject, **self.members}.items():
            (folder / place).mkdir(exist_ok=True)
            (folder / place / "pyproject.toml").write_text(text)


def member(name: str) -> str:
    """A project without anything."""
    return f'[project]\nname = "{name}"\nversion = "0.1"\nrequires-python = ">=3.9"\n'


PROJECTS = {
    "every-source": Project(ROOT_APP, {"m1": member("m1"), "m2": member("m2")}),
    "no-root-project": Project(NO_ROOT, {"m": member("m")}),
    "conflicting-groups": Project(member("conflicting-groups") + '[dependency-groups]\na = ["x"]\nb = ["y"]\n'),
    "forking-markers": Project(member("forking-markers")),
}


def wishes(*projects: str, root: str | None = None, is_workspace: bool = False, extras: tuple[str, ...] = (), **groups: object) -> Wishes:
    """Wishes, their groups as `GroupWishes` takes them."""
    return Wishes(
        projects=tuple(map(Name, projects)),
        root=None if root is None else Name(root),
        is_workspace=is_workspace,
        extras=frozenset(map(Name, extras)),
        groups=GroupWishes(**groups),  # type: ignore[arg-type]  # the cases are what it takes
    )


def some(*texts: str) -> frozenset[Name]:
    """Names."""
    return frozenset(map(Name, texts))


CASES = [
    Case("every-source", "", wishes("root-app", root="root-app", defaults=("dev", "lint"))),
    Case("every-source", "--extra one --no-default-groups", wishes("root-app", root="root-app", no_defaults=True, extras=("one",))),
    Case("every-source", "--extra two --no-default-groups", wishes("root-app", root="root-app", no_defaults=True, extras=("two",))),
    Case("every-source", "--only-group lint", wishes("root-app", root="root-app", only=some("lint"))),
    Case("every-source", "--package m2 --group lint", wishes("m2", root="root-app", include=some("lint"), defaults=("dev",))),
    Case(
        "every-source",
        "--all-packages --no-default-groups",
        wishes("root-app", "m1", "m2", root="root-app", no_defaults=True, is_workspace=True),
    ),
    Case(
        "every-source",
        "--no-emit-workspace --no-default-groups",
        wishes("root-app", root="root-app", no_defaults=True),
        Parts(project=Name("root-app"), no_workspace=True),
    ),
    Case(
        "every-source",
        "--no-emit-local --no-emit-package eps --no-default-groups",
        wishes("root-app", root="root-app", no_defaults=True),
        Parts(project=Name("root-app"), no_local=True, no_packages=some("eps")),
    ),
    Case("every-source", "--prune alpha --no-default-groups", wishes("root-app", root="root-app", no_defaults=True), prune=some("alpha")),
    Case("no-root-project", "", wishes("m", is_workspace=True, defaults=("docs",))),
    Case("no-root-project", "--all-packages", wishes("m", is_workspace=True, defaults=("docs",))),
    Case("no-root-project", "--group dev", wishes("m", is_workspace=True, defaults=("docs",), include=some("dev"))),
    Case("no-root-project", "--package m", wishes("m")),
    Case("conflicting-groups", "", wishes("conflicting-groups", root="conflicting-groups")),
    Case("conflicting-groups", "--group b", wishes("conflicting-groups", root="conflicting-groups", include=some("b"))),
    Case("forking-markers", "", wishes("forking-markers", root="forking-markers")),
]
