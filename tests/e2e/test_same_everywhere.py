"""One-shot, cold daemon, warm daemon: the same output, the same files, the same exit codes (promise 2)."""

import re
from pathlib import Path

import pytest

from tests.e2e.house import Home, Said, make_home

SESSIONS: dict[str, list[list[str]]] = {
    "a lock": [["lock"], ["lock"], ["lock", "--check"], ["lock", "--dry-run"], ["lock", "--upgrade"], ["tree"]],
    "a sync": [["sync"], ["sync"], ["sync", "--frozen"], ["sync", "--locked"], ["sync", "--dry-run"], ["tree", "--frozen"]],
    "questions": [["lock"], ["why", "banana"], ["why", "banana"], ["why-not", "banana<2"], ["why", "nothing"]],
    "a run": [
        ["run", "python", "-c", "import apple; print(apple.NAME)"],
        ["run", "cherry"],
        ["run", "--", "python", "-c", "raise SystemExit(7)"],
        ["run", "nothing-of-that-name"],
    ],
    "no lock": [["lock", "--check"], ["sync", "--frozen"], ["sync", "--locked"], ["tree", "--frozen"]],
    "a venv": [["venv"], ["venv"], ["venv", "--clear"], ["venv", "other"]],
    "mistakes": [["lock", "--no-such-flag"], ["nothing"], ["sync", "--extra", "nope"], ["run", "--group", "nope", "true"], ["--version"]],
    "folders": [["cache", "dir"]],
}
LEARNING = {"a sync", "a run"}
"""In these, what was learnt the first time is heard the second time: nothing is prepared any more."""
TIMES = re.compile(r"\b\d+(\.\d+)?(ns|µs|ms|s)\b")


def blank(said: Said, root: Path) -> Said:
    """What may differ between two homes: their place, and times."""
    out, err = (TIMES.sub("[TIME]", text.replace(str(root), "[ROOT]")) for text in (said.out, said.err))
    return Said(said.code, out, err)


def files_of(project: Path) -> dict[str, str]:
    """All files of a project but the environment's, and the environment's distributions."""
    found = {
        path.relative_to(project).as_posix(): path.read_text().replace(str(project.parent), "[ROOT]")
        for path in sorted(project.rglob("*"))
        if path.is_file() and ".venv" not in path.parts and "other" not in path.parts
    }
    return found | {path.name: "" for path in project.glob(".venv/lib/python*/site-packages/*.dist-info")}


def play(home: Home, session: list[list[str]], times: int, **variables: str) -> list[tuple[list[Said], dict[str, str]]]:
    """A session in a fresh project, then in another of the same name with all that was learnt; what each said and left."""
    rounds = []
    for number in range(times):
        project = home.project("demo", "apple", "cherry")
        said = [blank(home.hob(*words, cwd=project, **variables), home.root) for words in session]
        rounds.append((said, files_of(project)))
        project.rename(home.root / f"done-{number}")
    return rounds


@pytest.mark.parametrize("name", SESSIONS)
def test_a_session_is_the_same_with_and_without_the_daemon(name: str, tmp_path: Path) -> None:
    alone, served = make_home(tmp_path / "one-shot"), make_home(tmp_path / "daemon").share_daemon()
    before = served.status()["requests"] if served.status()["running"] else 0
    cold, warm = play(served, SESSIONS[name], 2)
    assert served.status()["requests"] > before
    assert not [said.err for said in (*cold[0], *warm[0]) if "bug in hob" in said.err]
    expected = play(alone, SESSIONS[name], 2 if name in LEARNING else 1, HOB_DAEMON="off")
    assert (cold, warm) == (expected[0], expected[-1])
