"""`kill -9` at any point: the next plain command succeeds, and leaves what an undisturbed one would have (promise P3)."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

from tests.e2e.house import Home, Said, environment_files, leftovers
from tests.support.index_server import serve_in_thread
from tests.support.wheels import make_source_tree

WRITING = ["cache.lock", "lock.write", "projects.written", "projects.replaced", "interpreters.keep", "register.written"]
CREATING = ["create.opened", "create.begun", "create.linked", "create.scripts"]
FETCHING = ["sources.cache.written:2", "sources.archive.write:2", "sources.archive.written"]
STORING = ["store.temporary:2", "store.unpack:3", "store.unpacked:2", "store.published:2"]
COMPILING = ["compile.ready"]
INSTALLING = ["stage.link:2", "stage.write:3", "journal.staged", "journal.decided", "journal.forgotten", "journal.move:3"]
FINISHING = ["journal.merged", "journal.removed", "journal.done"]
EVERYTHING = "import apple, banana, cherry; print(apple.NAME, banana.VERSION)"
PLUM = '[tool.uv.sources]\nplum = { path = "../plum" }\n'


def outcome(project: Path) -> dict[str, str]:
    """All that a sync makes, but for where and when."""
    return environment_files(project) | {"uv.lock": (project / "uv.lock").read_text()}


def check_whole(project: Path, expected: dict[str, str]) -> str:
    """What is wrong with a synced project; empty if nothing is."""
    python = project / ".venv/bin/python"
    said = subprocess.run([python, "-c", EVERYTHING], capture_output=True, text=True, check=False)
    if said.stdout != "apple 2\n":
        return said.stderr
    if outcome(project) != expected:
        return "other files"
    if "incomplete" in (project / ".venv/pyvenv.cfg").read_text() or not (project / ".venv/bin/activate").exists():
        return "half an environment"
    return ", ".join([*leftovers(project), *(path.name for path in (project / ".venv").glob(".hob-txn*"))])


def test_a_sync_that_was_killed_anywhere_is_made_good_by_the_next(home: Home) -> None:
    wrong = {}
    with serve_in_thread(home.wheels) as index:
        project = home.project("demo", "apple", "cherry", index=index.url)
        assert home.hob("sync", cwd=project).code == 0
        expected = outcome(project)
        for point in (*WRITING, *CREATING, *FETCHING, *STORING, *COMPILING, *INSTALLING, *FINISHING):
            shutil.rmtree(project / ".venv")
            (project / "uv.lock").unlink()
            shutil.rmtree(home.root / "cache")
            killed = home.hob("sync", "--compile-bytecode", cwd=project, HOB_DAEMON="off", HOB_TEST_CRASH_AT=point)
            if killed.code != -signal.SIGKILL:
                wrong[point] = f"not reached: {killed}"
                continue
            for young in project.glob(".uv.lock.*.tmp"):
                os.utime(young, (0, 0))  # as if it had been left behind a while ago
            said = home.hob("sync", cwd=project)
            fault = said.err if said.code else check_whole(project, expected)
            if fault:
                wrong[point] = fault
    assert wrong == {}


def test_a_build_that_was_killed_is_made_good_by_the_next(home: Home) -> None:
    make_source_tree(home.root / "plum", "plum", "1.0", static_pyproject=False)
    project = home.project("demo", "plum", extra=PLUM)
    for point in ("build.scratch", "built.write"):
        killed = home.hob("sync", cwd=project, HOB_DAEMON="off", HOB_TEST_CRASH_AT=point)
        assert killed.code == -signal.SIGKILL, point
        assert home.hob("sync", cwd=project).code == 0
        assert home.hob("run", "python", "-c", "import plum; print(plum.__version__)", cwd=project).out == "1.0\n"
        shutil.rmtree(project / ".venv")
        shutil.rmtree(home.root / "cache")


def test_a_checkout_that_was_killed_is_made_good_by_the_next(home: Home) -> None:
    plum = make_source_tree(home.root / "plum", "plum", "1.0", static_pyproject=False)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.example"]
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "plum"]):
        subprocess.run([*git, *words], cwd=plum, check=True)
    project = home.project("demo", "plum", extra=f'[tool.uv.sources]\nplum = {{ git = "{plum.as_uri()}" }}\n')
    killed = home.hob("sync", cwd=project, HOB_DAEMON="off", HOB_TEST_CRASH_AT="sources.git.checked_out")
    assert killed.code == -signal.SIGKILL
    assert home.hob("run", "python", "-c", "import plum; print(plum.__version__)", cwd=project).out == "1.0\n"


def test_a_clean_up_that_was_killed_costs_at_most_what_it_was_to_remove(home: Home) -> None:
    project = home.project("demo", "apple", "cherry")
    assert home.hob("sync", cwd=project).code == 0
    expected = outcome(project)
    for point, words in {"upkeep.clean:2": [], "upkeep.removed": ["cherry"]}.items():
        killed = home.hob("cache", "clean", *words, cwd=project, HOB_DAEMON="off", HOB_TEST_CRASH_AT=point)
        assert killed.code == -signal.SIGKILL, point
        shutil.rmtree(project / ".venv")
        said = home.hob("sync", cwd=project)
        assert (said.code, check_whole(project, expected)) == (0, ""), (point, said)
    assert home.hob("cache", "clean", cwd=project).code == 0


def test_programs_whose_moving_was_killed_run(home: Home) -> None:
    project = home.project("demo", "cherry")
    assert home.hob("sync", cwd=project).code == 0
    shutil.copytree(project, home.root / "plain", symlinks=True)
    text = (project / "pyproject.toml").read_text() + "[tool.hob]\ngenerations = true\n"
    for point in ("relocating.program", "relocating.record"):
        (project / "pyproject.toml").write_text(text)
        assert home.hob("sync", cwd=project, HOB_DAEMON="off", HOB_TEST_CRASH_AT=point).code == -signal.SIGKILL, point
        assert home.hob("run", "cherry", cwd=project).out == "a cherry\n", point
        shutil.rmtree(project)
        shutil.copytree(home.root / "plain", project, symlinks=True)


def test_an_environment_whose_clearing_was_killed_is_made_anew(home: Home) -> None:
    project = home.project("demo", "apple", "cherry")
    assert home.hob("sync", cwd=project).code == 0
    expected = outcome(project)
    for point in ("create.empty:2", "create.empty:4"):
        assert home.hob("venv", "--clear", cwd=project, HOB_DAEMON="off", HOB_TEST_CRASH_AT=point).code == -signal.SIGKILL
        said = home.hob("sync", cwd=project)
        assert (said.code, check_whole(project, expected)) == (0, ""), (point, said)


def test_an_update_that_was_killed_is_old_or_new_and_then_new(home: Home) -> None:
    project = home.project("demo", "apple", "cherry", "banana==1.0")
    (project / "pyproject.toml").rename(home.root / "old.toml")
    (home.root / "new.toml").write_text(home.pyproject("demo", "apple", "cherry", "banana>1"))
    wrong = {}
    for point in ("lock.write", "journal.decided", "journal.remove:2", "journal.removed", "journal.done"):
        shutil.copy(home.root / "old.toml", project / "pyproject.toml")
        assert home.hob("sync", cwd=project).code == 0
        old_lock = (project / "uv.lock").read_text()
        shutil.copy(home.root / "new.toml", project / "pyproject.toml")
        assert home.hob("sync", cwd=project, HOB_DAEMON="off", HOB_TEST_CRASH_AT=point).code == -signal.SIGKILL, point
        lock = (project / "uv.lock").read_text()
        assert (lock == old_lock) == (point == "lock.write")
        said = home.hob("sync", cwd=project)
        fault = said.err if said.code else check_whole(project, outcome(project))
        if fault or home.hob("sync", "--check", cwd=project).code != 0:
            wrong[point] = fault or "still outdated"
    assert wrong == {}


def test_an_engine_that_dies_before_it_spoke_is_replaced_and_its_command_done_again(own_home: Home) -> None:
    project = own_home.project("demo", "apple")
    assert own_home.hob("lock", cwd=project, HOB_TEST_CRASH_AT="lock.write:2").code == 0  # what starts the daemon arms it
    (project / "pyproject.toml").write_text(own_home.pyproject("demo", "apple", "cherry"))
    assert own_home.hob("lock", "--quiet", cwd=project) == Said(0, "", "")
    assert 'name = "cherry"' in (project / "uv.lock").read_text()
    assert (own_home.runtime / "hobd.log").read_text().count('"engine started"') == 2


def test_an_engine_that_dies_after_it_spoke_is_an_error_and_the_next_command_goes_on(own_home: Home) -> None:
    project = own_home.project("demo", "apple", "cherry")
    first = own_home.hob("sync", cwd=project, HOB_TEST_CRASH_AT="store.published:2")
    assert (first.code, first.err.count("error:")) == (2, 1), first
    assert own_home.hob("sync", cwd=project).code == 0
    assert own_home.hob("run", "python", "-c", EVERYTHING, cwd=project).out == "apple 2\n"


def test_an_engine_that_always_dies_is_an_error_and_the_lock_stays_old(own_home: Home) -> None:
    project = own_home.project("demo", "apple")
    said = own_home.hob("lock", cwd=project, HOB_TEST_CRASH_AT="lock.write")
    assert said.code == 2, said
    assert said.err.count("error:") == 1, said
    assert leftovers(project) == []
    assert not (project / "uv.lock").exists()
    assert own_home.status()["running"]


def test_a_daemon_killed_while_it_keeps_a_verdict_costs_nothing_but_the_verdict(own_home: Home) -> None:
    project = own_home.project("demo", "apple")
    assert own_home.hob("sync", cwd=project, HOB_DAEMON="off").code == 0
    for point in ("verdict-written", "verdict-published"):
        expected = own_home.hob("tree", cwd=project, HOB_DAEMON="off").out
        own_home.stop()
        shutil.rmtree(own_home.runtime / "verdicts", ignore_errors=True)
        answers = [
            own_home.hob("tree", cwd=project, HOB_TEST_CRASH_AT=point),
            own_home.hob("tree", cwd=project),
            own_home.hob("tree", cwd=project),
        ]
        assert [(said.code, said.out) for said in answers] == [(0, expected)] * 3
        assert [path for path in (own_home.runtime / "verdicts").iterdir() if path.suffix != ".bin"] == [], point
