"""`hob why` and `hob why-not`, asked of whole projects."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from hobd.core.why.account import Account
from hobd.service.locks.accounts import MOST_KEPT, find_account, keep_account
from tests.e2e.house import Said, make_home
from tests.service.runs import Runner
from tests.support.evidence import Notes
from tests.support.wheels import make_wheel


def make_runner(root: Path) -> Runner:
    """Wheels: grape 1 and 2 (2 needs hazel 2), fig 1 (needs hazel below 2, and kiwi for its extra), hazel, kiwi."""
    home = make_home(root)
    for name, version, requires in (
        ("grape", "1", []),
        ("grape", "2", ["hazel>=2"]),
        ("hazel", "1", []),
        ("hazel", "2", []),
        ("kiwi", "1", []),
    ):
        make_wheel(home.wheels, name, version, requires)
    make_wheel(home.wheels, "fig", "1", ["hazel<2"], {"sweet": ["kiwi>=1"]})
    return Runner(home)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return make_runner(tmp_path)


@dataclass(frozen=True)
class Plum:
    """A project that requires fig, and is locked; questions do not change it."""

    runner: Runner
    project: Path

    def ask(self, *words: str) -> Said:
        return self.runner.hob(*words, cwd=self.project)


@pytest.fixture(scope="module")
def plum(tmp_path_factory: pytest.TempPathFactory) -> Plum:
    runner = make_runner(tmp_path_factory.mktemp("plum"))
    return Plum(runner, locked(runner, "fig"))


def locked(runner: Runner, *requirements: str) -> Path:
    project = runner.home.project("plum", *requirements)
    assert runner.hob("lock", cwd=project).code == 0
    return project


TOLD = """\
plum v0.1.0
└── fig v1
    └── hazel v1 [required: <2]

hazel v1 is the newest version that all requirements allow
  v2 is the newest there is; excluded by fig v1 (hazel<2)
Asked for by:
  fig v1 requires hazel<2
"""


def test_why_names_the_ways_and_what_decided_the_version(runner: Runner) -> None:
    project = locked(runner, "fig", "grape")
    said = runner.hob("why", "hazel", cwd=project)
    assert (said.code, said.out, said.err) == (0, TOLD, "")
    grape = runner.hob("why", "grape", cwd=project).out
    assert "  v2 depends on hazel>=2, which excludes hazel 1\n" in grape or "  v2 does not go with fig 1\n" in grape


def test_a_lock_of_uvs_is_worked_out_once(runner: Runner) -> None:
    project = runner.home.project("plum", "fig")
    assert runner.uv("lock", cwd=project).code == 0
    first = runner.hob("why", "-v", "hazel", cwd=project)
    assert first.out == TOLD
    assert "resolving again" in first.err
    again = runner.hob("why", "-v", "hazel", cwd=project)
    assert again.out == TOLD
    assert "resolving again" not in again.err
    quiet = runner.hob("why", "hazel", cwd=project)
    assert quiet.err == ""


def test_ways_are_told_even_where_the_rest_cannot_be_found_out(runner: Runner) -> None:
    project = runner.home.project("plum", "fig")
    assert runner.uv("lock", cwd=project).code == 0
    for wheel in runner.home.wheels.glob("fig-*"):
        wheel.unlink()
    said = runner.hob("why", "hazel", cwd=project)
    assert (said.code, said.out) == (0, "plum v0.1.0\n└── fig v1\n    └── hazel v1\n")
    assert "What decided the version could not be worked out" in said.err


def test_a_lock_that_is_out_of_date_says_so_where_that_matters(runner: Runner) -> None:
    project = runner.home.project("plum", "fig")
    assert runner.uv("lock", cwd=project).code == 0
    (project / "pyproject.toml").write_text(runner.home.pyproject("plum", "grape"))
    said = runner.hob("why", "hazel", cwd=project)
    assert said.out == "plum v0.1.0\n└── fig v1\n    └── hazel v1\n"
    assert "The lockfile is out of date" in said.err


def test_what_is_not_locked_is_refused_with_a_hint(plum: Plum) -> None:
    said = plum.ask("why", "kiwi")
    assert (said.code, said.out) == (1, "")
    assert said.err == "error: `kiwi` is not in the lockfile\n\nhint: `hob why-not kiwi` tells why\n"


def test_without_a_lock_there_is_nothing_to_ask(runner: Runner) -> None:
    said = runner.hob("why", "fig", cwd=runner.home.project("plum", "fig"))
    assert (said.code, said.err) == (1, "error: Unable to find lockfile at `uv.lock`\n\nhint: To create a lockfile, run `hob lock`\n")


def test_programs_get_json(plum: Plum) -> None:
    found = json.loads(plum.ask("why", "hazel", "--json").out)
    assert found["packages"][0]["ways"][0][-1]["required"] == "<2"
    assert found["packages"][0]["decided_by"]["newest"] == "2"


def test_a_picture_goes_to_a_file_or_to_standard_output(plum: Plum) -> None:
    said = plum.ask("why", "hazel", "--svg=why.svg")
    assert (said.out, said.err) == ("", "Drew `why.svg`\n")
    assert plum.ask("why", "hazel", "--svg").out == (plum.project / "why.svg").read_text("utf-8")
    refused = plum.ask("why-not", "hazel>=2", "--svg")
    assert refused.code == 1
    assert "you ask for hazel&gt;=2" in refused.out


def test_scripts_have_locks_to_ask_about_too(runner: Runner) -> None:
    folder = runner.folder("scripts")
    runner.script(folder, "s.py", "fig", code="")
    assert runner.hob("lock", "--script", "s.py", cwd=folder).code == 0
    assert runner.hob("why", "--script", "s.py", "hazel", cwd=folder).out.startswith(
        "what is asked for directly\n└── fig v1\n    └── hazel v1 [required: <2]\n"
    )


def test_why_not_shows_what_would_change_and_changes_nothing(runner: Runner) -> None:
    project = locked(runner, "grape<2")
    (project / "pyproject.toml").write_text(runner.home.pyproject("plum", "grape"))
    before = (project / "uv.lock").read_bytes()
    said = runner.hob("why-not", "grape==2", cwd=project)
    assert (said.code, said.out) == (
        0,
        "`grape==2` is possible\nUpdate grape v1 -> v2\nAdd hazel v2\n`hob lock --upgrade-package 'grape==2'` does it\n",
    )
    assert (project / "uv.lock").read_bytes() == before


CONFLICT = """\
`hazel>=2` is not possible: it conflicts with other requirements

  Because all versions of fig depend on hazel<2 and your project depends on fig, we can conclude that your project depends on hazel<2.
  And because you ask for hazel>=2, we can conclude that your project's requirements are unsatisfiable.

way out: If you know better than its dependents: `override-dependencies = ["hazel>=2"]` in `[tool.uv]`
"""


def test_why_not_explains_a_conflict(plum: Plum) -> None:
    said = plum.ask("why-not", "hazel>=2")
    assert (said.code, said.out, said.err) == (1, CONFLICT, "")


def test_why_not_tells_for_whom_a_version_can_be_had(runner: Runner) -> None:
    project = locked(runner, "grape<2 ; sys_platform == 'win32'", "grape>=2 ; sys_platform != 'win32'")
    make_wheel(runner.home.wheels, "grape", "1.5", [])
    assert runner.hob("why-not", "grape==1.5", cwd=project).out == (
        "`grape==1.5` is possible, but only for plum when sys_platform == 'win32'\n"
        "Update grape v1, v2 -> v1.5, v2\n"
        "Ask for it in the requirement there\n"
    )


def test_why_not_tells_who_asks_for_what_is_not_there(plum: Plum) -> None:
    said = plum.ask("why-not", "kiwi")
    assert said.out == (
        "fig v1 requires kiwi>=1, only with its extra `sweet`, which nothing asks for\n"
        "`kiwi` is possible\n"
        "Add kiwi v1\n"
        "`hob add 'kiwi'` does it\n"
    )


@pytest.mark.parametrize(
    ("asked", "code", "told"),
    [
        ("fig", 0, "`fig` is in the lockfile: fig v1\n`hob why fig` tells why\n"),
        ("fig==9", 1, "`fig==9` is not possible: there is no such version\n"),
        ("nosuch", 1, "`nosuch` is not possible: no index has the package\n"),
    ],
)
def test_why_not_knows_what_is_the_matter(plum: Plum, asked: str, code: int, told: str) -> None:
    said = plum.ask("why-not", asked)
    assert said.code == code
    assert said.out.startswith(told)


def test_an_override_has_the_last_word(runner: Runner) -> None:
    project = runner.home.project("plum", "fig")
    with (project / "pyproject.toml").open("a") as file:
        file.write('override-dependencies = ["hazel==1"]\n')
    assert runner.hob("lock", cwd=project).code == 0
    found = json.loads(runner.hob("why-not", "hazel==2", "--json", cwd=project).out)
    assert (found["is_possible"], found["kind"]) == (False, "amended")


def test_a_source_or_a_project_is_nothing_to_ask_about(plum: Plum) -> None:
    assert plum.ask("why-not", "fig @ https://files.example/fig-1.whl").code == 2
    assert plum.ask("why-not", "plum==2").code == 2


def test_only_the_accounts_of_the_last_locks_are_kept(tmp_path: Path) -> None:
    account = Account(forks=("",), choices=(), demands=())
    for number in range(MOST_KEPT + 3):
        keep_account(tmp_path, f"lock {number}", account)
        kept = sorted((tmp_path / "accounts-v1").iterdir(), key=lambda path: path.stat().st_mtime_ns)
        os.utime(kept[-1], ns=(number, number))
    assert len(list((tmp_path / "accounts-v1").iterdir())) == MOST_KEPT
    assert find_account(tmp_path, "lock 0", Notes()) is None
    assert find_account(tmp_path, f"lock {MOST_KEPT + 2}", Notes()) == account


def test_a_cache_that_cannot_be_written_to_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "accounts-v1").write_text("in the way")
    keep_account(tmp_path, "lock", Account(forks=(), choices=(), demands=()))
    assert find_account(tmp_path, "lock", Notes()) is None
