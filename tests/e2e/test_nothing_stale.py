"""Whatever changes, however shortly after a run: a warm answer is the one that a process of its own gives (promise P2).

Nothing rests on the watcher: one of the two daemons has it switched off.
"""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from tests.e2e.house import Home, Said
from tests.e2e.test_same_everywhere import TIMES
from tests.support.index_server import serve_in_thread
from tests.support.wheels import make_wheel

METADATA = "/// script\n# dependencies = []\n# ///"
QUESTION = ("sync", "--dry-run")
"""Says what is there, in the lock and in the environment, and changes nothing."""


def rewrite(path: Path, old: str, new: str, *, keeps_time: bool = False, is_renamed: bool = False) -> None:
    """Change a file in place or by a rename, with its time of change or with the old one."""
    before = path.stat()
    text = path.read_text()
    assert old in text
    target = path.with_name("beside") if is_renamed else path
    target.write_text(text.replace(old, new))
    if keeps_time:
        os.utime(target, ns=(before.st_atime_ns, before.st_mtime_ns))
    target.replace(path)


def relink(link: Path, target: str) -> None:
    link.unlink()
    link.symlink_to(target)


def remove_distribution(project: Path) -> None:
    shutil.rmtree(next(project.glob(".venv/lib/python*/site-packages/cherry-*.dist-info")))


CHANGES: dict[str, Callable[[Path], object]] = {
    "a requirement more": lambda project: rewrite(project / "pyproject.toml", '"apple"', '"apple", "cherry"'),
    "as long": lambda project: rewrite(project / "pyproject.toml", '"cherry"', '"banana"'),
    "as long and as old": lambda project: rewrite(project / "pyproject.toml", '"banana"', '"cherry"', keeps_time=True),
    "as long, as old, another file": lambda project: rewrite(
        project / "pyproject.toml", '"cherry"', '"banana"', keeps_time=True, is_renamed=True
    ),
    "back again": lambda project: rewrite(project / "pyproject.toml", '"banana"', '"cherry"', keeps_time=True),
    "no lock": lambda project: (project / "uv.lock").unlink(),
    "a lock of other versions": lambda project: rewrite(project / "uv.lock", "2.0", "1.0", keeps_time=True),
    "a distribution gone": remove_distribution,
    "no interpreter": lambda project: relink(project / ".venv/bin/python", "/nonexistent"),
    "no environment": lambda project: shutil.rmtree(project / ".venv"),
    "a version file": lambda project: (project / ".python-version").write_text("3.99\n"),
    "no version file": lambda project: (project / ".python-version").unlink(),
    "settings beside": lambda project: (project / "uv.toml").write_text("no-index = true\n"),
}


def timeless(said: Said) -> Said:
    return Said(said.code, TIMES.sub("[TIME]", said.out), TIMES.sub("[TIME]", said.err))


def settle(home: Home, project: Path, **variables: str) -> Said:
    """Ask until the answer is a repeated one."""
    home.hob("sync", cwd=project, **variables)
    time.sleep(0.03)  # younger files than that prove nothing: such an answer is not kept
    home.hob(*QUESTION, cwd=project, **variables)
    return timeless(home.hob(*QUESTION, cwd=project, **variables))


def test_each_change_is_seen_at_once_by_a_daemon_that_watches_and_one_that_does_not(home: Home) -> None:
    project = home.project("demo", "apple")
    (home.root / "run-2").mkdir(mode=0o700)
    blind = {"HOB_RUNTIME_DIR": str(home.root / "run-2"), "HOB_TEST_WATCH": "off"}
    wrong = {}
    try:
        for name, change in CHANGES.items():
            before = settle(home, project)
            settle(home, project, **blind)
            change(project)
            seen, unwatched = (timeless(home.hob(*QUESTION, cwd=project, **how)) for how in ({}, blind))
            alone = timeless(home.hob(*QUESTION, cwd=project, HOB_DAEMON="off"))
            if not (seen == unwatched == alone != before):
                wrong[name] = before, seen, unwatched, alone
        assert wrong == {}
    finally:
        home.hob("daemon", "stop", cwd=project, **blind)


def test_a_repeated_answer_is_a_replayed_one(home: Home) -> None:
    """Else the test above would prove nothing."""
    project = home.project("demo", "apple")
    settle(home, project)
    before = home.status()
    home.hob(*QUESTION, cwd=project)
    home.hob(*QUESTION, cwd=project, HOB_VERDICTS="off")
    after = home.status()
    assert before["verdicts"] > 0
    assert after["requests"] == before["requests"] + 1  # the first never got as far as the daemon


def put_program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


RUNS: list[tuple[list[str], Callable[[Path], object], str]] = [
    (["x.py"], lambda project: (project / "x.py").write_text("print('a script')\n"), "a script\n"),
    (["x.py"], lambda project: (project / "x.py").write_text(f"# {METADATA}\nprint(__import__('sys').prefix)\n"), "/"),
    (["x.py"], lambda project: (project / "x.py").unlink(), ""),
    (["hello"], lambda project: put_program(project / ".venv/bin/hello", "#!/bin/sh\necho hello\n"), "hello\n"),
    (["hello"], lambda project: (project / ".venv/bin/hello").unlink(), ""),
    (["--env-file", ".env", "sh", "-c", "echo $A"], lambda project: (project / ".env").write_text("A=2\n"), "2\n"),
]
"""Words after `run`, a change, and what is said after it, or how that begins."""


def test_what_is_run_is_what_is_there(home: Home) -> None:
    project = home.project("demo", "cherry")
    (project / ".env").write_text("A=1\n")
    assert home.hob("sync", cwd=project).code == 0
    wrong = []
    for words, change, expected in RUNS:
        time.sleep(0.03)
        before = [home.hob("run", *words, cwd=project).out for _ in range(3)]
        change(project)
        after = home.hob("run", *words, cwd=project)
        if (
            not after.out.startswith(expected)
            or bool(after.out) != bool(expected)
            or after.out in before
            or (after.code == 0) != bool(expected)
        ):
            wrong.append((words, before, after))
    assert wrong == []


def test_a_changed_variable_is_seen(home: Home) -> None:
    project = home.project("demo", "apple")
    settle(home, project)
    for variables in (
        {"UV_PROJECT_ENVIRONMENT": "other"},
        {"VIRTUAL_ENV": "/elsewhere"},
        {"UV_NO_INSTALL_PROJECT": "1"},
        {"NO_COLOR": "1"},
    ):
        warm = timeless(home.hob(*QUESTION, cwd=project, **variables))
        assert warm == timeless(home.hob(*QUESTION, cwd=project, HOB_DAEMON="off", **variables)), variables


def test_a_new_release_is_seen_by_the_next_upgrade(home: Home) -> None:
    project = home.project("demo", "apple")
    settle(home, project)
    upgrade = "lock", "--upgrade", "--dry-run"
    assert "banana" not in home.hob(*upgrade, cwd=project).err
    make_wheel(home.wheels, "banana", "3.0")
    assert "banana v2.0 -> v3.0" in home.hob(*upgrade, cwd=project).err


def test_a_cache_that_was_deleted_is_gone_for_the_daemon_too(home: Home) -> None:
    with serve_in_thread(home.wheels) as index:
        index.max_age = 600
        project = home.project("demo", "apple", index=index.url)
        assert home.hob("sync", cwd=project).code == 0
        assert home.hob("lock", "--upgrade", "--offline", cwd=project).code == 0
        shutil.rmtree(home.root / "cache")
        warm = home.hob("lock", "--upgrade", "--offline", cwd=project)
        assert warm == home.hob("lock", "--upgrade", "--offline", cwd=project, HOB_DAEMON="off")
        assert warm.code == 1, warm
        shutil.rmtree(project / ".venv")
        assert home.hob("sync", cwd=project).code == 0


def test_what_rests_on_fresh_pages_is_replayed_until_they_change(home: Home) -> None:
    question = ("run", "--no-project", "--with", "cherry", "cherry")
    with serve_in_thread(home.wheels) as index:
        index.max_age = 600
        wide = {"UV_DEFAULT_INDEX": index.url}
        for _ in range(3):  # the first makes the environment, the second may rest on files that are too new to be relied on
            assert home.hob(*question, cwd=home.root, **wide).out == "a cherry\n"
            time.sleep(0.03)
        before, asked = home.status()["requests"], len(index.seen)
        assert home.hob(*question, cwd=home.root, **wide).out == "a cherry\n"
        assert home.status()["requests"] == before  # it never got as far as the daemon
        page = next(path for path in (home.root / "cache").rglob("*.answer") if b"/simple/cherry/" in path.read_bytes())
        page.unlink()
        assert home.hob(*question, cwd=home.root, **wide).out == "a cherry\n"
        assert len(index.seen) == asked + 1
