"""What an environment is to hold: roots, extras, groups, conflicts, files; and uv's words where it cannot be."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hobd.core.lockfile.parse import parse
from hobd.core.plan.choose_file import NoUsableFile
from hobd.core.plan.conflicts import ConflictingWishes
from hobd.core.plan.groups import GroupWishes
from hobd.core.plan.parts import Parts
from hobd.core.plan.select import select
from hobd.core.plan.wanted import NotInLock, Wishes
from hobd.core.vocab.names import Name
from hobd.core.vocab.settings import Choice
from hobd.errors import HobError
from tests.core.plan.places import GOLDEN, linux_place, names, workspace_lock
from tests.core.plan.projects import write_workspace

THIS_PYTHON = ".".join(map(str, sys.version_info[:3]))
APP: dict[str, object] = {"projects": (Name("app"),), "root": Name("app")}
SUB: dict[str, object] = {"projects": (Name("sub"),), "root": Name("app")}
ALL: dict[str, object] = {"projects": (Name("app"), Name("sub")), "root": Name("app"), "is_workspace": True}


@dataclass(frozen=True)
class Case:
    flags: str
    wishes: dict[str, object] = field(default_factory=dict)


def groups(**wishes: object) -> dict[str, object]:
    return {"groups": GroupWishes(**wishes)}  # type: ignore[arg-type]  # the cases below are what it takes


def parts(**parts: object) -> dict[str, object]:
    return {"parts": Parts(project=Name("app"), **parts)}  # type: ignore[arg-type]  # the cases below are what it takes


CASES = [
    Case("", APP),
    Case("--extra a", APP | {"extras": names("a")}),
    Case("--extra b", APP | {"extras": names("b")}),
    Case("--extra c", APP | {"extras": names("c")}),
    Case("--extra b --extra c", APP | {"extras": names("b", "c")}),
    Case("--group g1", APP | groups(include=names("g1"))),
    Case("--only-group g1", APP | groups(only=names("g1"))),
    Case("--only-dev", APP | groups(only=names("dev"))),
    Case("--no-dev", APP | groups(exclude=names("dev"))),
    Case("--no-default-groups", APP | groups(no_defaults=True)),
    Case("--all-groups", APP | groups(everything=True)),
    Case("--all-groups --no-group g1", APP | groups(everything=True, exclude=names("g1"))),
    Case("--package sub", SUB),
    Case("--package sub --extra x", SUB | {"extras": names("x")}),
    Case("--package sub --group g1", SUB | groups(include=names("g1"))),
    Case("--package sub --group dev", SUB | groups(include=names("dev"))),
    Case("--package sub --all-groups", SUB | groups(everything=True)),
    Case("--package sub --only-group subg", SUB | groups(only=names("subg"))),
    Case("--all-packages", ALL),
    Case("--all-packages --group g1", ALL | groups(include=names("g1"))),
    Case("--all-packages --extra x", ALL | {"extras": names("x")}),
    Case("--no-install-project", APP | parts(no_project=True)),
    Case("--no-install-workspace --extra c", APP | {"extras": names("c")} | parts(no_workspace=True)),
    Case("--no-install-local --extra c", APP | {"extras": names("c")} | parts(no_local=True)),
    Case("--no-install-package six", APP | parts(no_packages=names("six"))),
    Case("--only-install-project --extra c", APP | {"extras": names("c")} | parts(only_project=True)),
    Case("--only-install-workspace --extra c", APP | {"extras": names("c")} | parts(only_workspace=True)),
    Case("--only-install-local --extra c", APP | {"extras": names("c")} | parts(only_local=True)),
    Case("--only-install-package six --no-install-local", APP | parts(only_packages=names("six"), no_local=True)),
    Case("--extra a --extra b", APP | {"extras": names("a", "b")}),
    Case("--extra a --group g1", APP | {"extras": names("a")} | groups(include=names("g1"))),
    Case("--all-extras", APP | {"all_extras": True}),
    Case("--all-packages --extra c --extra y", ALL | {"extras": names("c", "y")}),
    Case("--extra nope", APP | {"extras": names("nope")}),
    Case("--package sub --extra nope", SUB | {"extras": names("nope")}),
    Case("--all-packages --extra nope", ALL | {"extras": names("nope")}),
    Case("--group nope", APP | groups(include=names("nope"))),
    Case("--no-group nope", APP | groups(exclude=names("nope"))),
    Case("--group subg", APP | groups(include=names("subg"))),
    Case("--all-packages --group nope", ALL | groups(include=names("nope"))),
    Case("--no-build", APP | {"no_build": Choice(everything=True)}),
    Case(
        "--no-build --extra c --no-install-package outer",
        APP | {"extras": names("c"), "no_build": Choice(everything=True)} | parts(no_packages=names("outer")),
    ),
    Case(
        "--no-binary --no-build --no-install-package outer",
        APP | {"no_build": Choice(everything=True), "no_binary": Choice(everything=True)} | parts(no_packages=names("outer")),
    ),
]


def by_hob(case: Case) -> str | list[str]:
    try:
        selection = select(workspace_lock(), Wishes(**case.wishes), linux_place(THIS_PYTHON))  # type: ignore[arg-type]
    except HobError as error:
        return str(error.message)
    return [str(pin.name) if pin.is_local else f"{pin.name}=={pin.package.version}" for pin in selection.pins]


def by_uv(case: Case, root: Path, folder: Path) -> str | list[str]:
    uv = Path(sys.executable).with_name("uv")
    env = {"PATH": os.defpath, "HOME": str(folder), "UV_OFFLINE": "1", "UV_PYTHON_DOWNLOADS": "never", "UV_PYTHON": sys.executable}
    command = [str(uv), "sync", "--frozen", "--dry-run", "--cache-dir", str(folder / "cache"), *case.flags.split()]
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        return done.stderr.partition("error: ")[2].strip()
    found: list[tuple[str, str]] = re.findall(r"^ \+ (\S+)( @ \S+)?", done.stderr, re.MULTILINE)
    return [name.partition("==")[0] if place or name.startswith("sub") else name for name, place in found]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_workspace(tmp_path_factory.mktemp("select"), GOLDEN.read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.flags or "plain")
def test_hob_selects_what_uv_selects_and_refuses_in_the_same_words(case: Case, workspace: Path) -> None:
    assert by_hob(case) == by_uv(case, workspace, workspace.parent)


def test_an_interpreter_outside_of_the_locked_pythons_is_refused() -> None:
    with pytest.raises(NotInLock, match=r"The current Python version \(3\.9\.1\) is not compatible with the locked Python requirement"):
        select(workspace_lock(), Wishes(), linux_place("3.9.1"))


def test_extras_that_exclude_each_other_are_found_even_if_nobody_named_them() -> None:
    text = GOLDEN.read_text().replace('    { name = "outer" },\n', '    { name = "sub", extra = ["y"] },\n    { name = "outer" },\n', 1)
    wishes = Wishes(projects=(Name("app"),), extras=names("c"), root=Name("app"))
    with pytest.raises(ConflictingWishes, match=r"Found conflicting extras `app\[c\]` and `sub\[y\]` enabled simultaneously"):
        select(parse(text), wishes, linux_place())


def test_it_can_say_why_a_package_is_wanted() -> None:
    selection = select(workspace_lock(), Wishes(projects=(Name("app"),), root=Name("app"), extras=names("c")), linux_place())
    because = {str(pin.name): selection.because(pin) for pin in selection.pins}
    assert because["six"] == "`six` (v1.17.0) was included because `app` (v0.1.0) depends on `six`"
    assert because["iniconfig"] == "`iniconfig` (v2.3.1) was included because `app:dev` (v0.1.0) depends on `iniconfig`"
    assert because["idna"] == "`idna` (v3.20) was included because `app[c]` (v0.1.0) depends on `sub[x]` (v0.2.0) which depends on `idna`"


WHEELS = """\
version = 1
revision = 5
requires-python = ">=3.11"

[[package]]
name = "app"
version = "0.1.0"
source = { virtual = "." }
dependencies = [{ name = "thing" }]

[[package]]
name = "thing"
version = "1.0"
source = { registry = "https://index.example/simple" }
"""


def locked_with(*wheels: str, sdist: bool = False) -> str:
    rows = "".join(f'    {{ url = "https://files.example/thing-1.0-{tag}.whl", hash = "sha256:{"0" * 64}" }},\n' for tag in wheels)
    source = f'sdist = {{ url = "https://files.example/thing-1.0.tar.gz", hash = "sha256:{"0" * 64}" }}\n' if sdist else ""
    return f"{WHEELS}{source}wheels = [\n{rows}]\n"


def chosen(text: str) -> str:
    selection = select(parse(text), Wishes(projects=(Name("app"),)), linux_place("3.12.1"))
    assert selection.pins[0].file is not None
    return selection.pins[0].file.name


def test_the_wheel_that_fits_best_is_chosen() -> None:
    wheels = [
        "py3-none-any",
        "cp312-cp312-win_amd64",
        "cp312-cp312-manylinux_2_17_x86_64",
        "cp312-cp312-manylinux_2_28_x86_64",
        "cp311-abi3-linux_x86_64",
    ]
    assert chosen(locked_with(*wheels, sdist=True)) == "thing-1.0-cp312-cp312-manylinux_2_28_x86_64.whl"
    assert chosen(locked_with("cp312-cp312-manylinux_2_99_x86_64", sdist=True)) == "thing-1.0.tar.gz"


USING = "You're using CPython 3.12 (`cp312`), but `thing` (v1.0) only has wheels with the following"
ON = """\
You're on Linux (`manylinux_2_36_x86_64`), but `thing` (v1.0) only has wheels for the following platform: `win_amd64`; \
consider adding "sys_platform == 'linux' and platform_machine == 'x86_64'" to `tool.uv.required-environments` \
to ensure uv resolves to a version with compatible wheels"""
HINTS = {
    "cp39-cp39-win_amd64": f"{USING} Python ABI tag: `cp39`",
    "py2-none-any": f"{USING} Python implementation tag: `py2`",
    "cp312-cp312-win_amd64": ON,
}


@pytest.mark.parametrize(("wheel", "hint"), HINTS.items())
def test_what_does_not_fit_is_explained(wheel: str, hint: str) -> None:
    with pytest.raises(NoUsableFile, match="doesn't have a source distribution or wheel for the current platform") as caught:
        chosen(locked_with(wheel))
    assert caught.value.hints == (hint,)


ASKING = """\
version = 1
requires-python = ">=3.11"
conflicts = [[{ package = "app", extra = "a" }, { package = "app", extra = "b" }]]
[manifest]
members = ["app", "other"]
[[package]]
name = "app"
version = "1"
source = { editable = "app" }
[package.optional-dependencies]
a = [{ name = "apple" }]
[[package]]
name = "apple"
version = "1"
source = { directory = "apple" }
[[package]]
name = "other"
version = "1"
source = { virtual = "other" }
dependencies = [{ name = "app" }, { name = "app", extra = ["a"], marker = "extra == 'extra-3-app-a'" }]
"""


def test_a_member_that_asks_for_an_extra_makes_it_active() -> None:
    """The entry holds only where the extra is active, and nobody else asks for that."""
    chosen = select(parse(ASKING), Wishes(projects=(Name("other"),)), linux_place())
    assert [pin.name for pin in chosen.pins] == ["app", "apple"]
