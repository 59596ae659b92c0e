"""One-shot, cold daemon, warm daemon: the same output, the same files, the same exit codes (promise 2)."""

import re
from pathlib import Path

import pytest

from tests.e2e.house import Home, Said, make_home

SESSIONS: dict[str, list[list[str]]] = {
    "a lock": [["lock"], ["lock"], ["lock", "--check"], ["lock", "--dry-run"], ["lock", "--upgrade"], ["tree"]],
    "a sync": [["sync"], ["sync"], ["sync", "--frozen"], ["sync", "--locked"], ["sync", "--dry-run"], ["tree", "--frozen"]],
    "a run": [
        ["run", "python", "-c", "import apple; print(apple.NAME)"],
        ["run", "cherry"],
        ["run", "--", "python", "-c", "raise SystemExit(7)"],
        ["run", "nothing-of-that-name"],
    ],
    "no lock": [["lock", "--check"], ["sync", "--frozen"], ["sync", "--locked"], ["tree", "--frozen"]],
    "a venv": [["venv"], ["venv"], ["venv", "--clear"], ["venv", "other"]],
    "mistakes": [["lock", "--no-such-flag"], ["nothing"], ["sync", "--extra", "nope"], ["run", "--group", "nope", "true"], ["help"], ["--version"]],
    "folders": [["cache", "dir"]],
}
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


def play(home: Home, session: list[list[str]], rounds: int, **variables: str) -> tuple[list[Said], dict[str, str]]:
    """A session in a fresh project, in the last of some rounds; what was said in it, and what it left."""
    said: list[Said] = []
    for number in range(rounds):
        project = home.project("demo", "apple", "cherry")
        said = [blank(home.hob(*words, cwd=project, **variables), home.root) for words in session]
        left = files_of(project)
        project.rename(home.root / f"done-{number}")
    return said, left


@pytest.mark.parametrize("name", SESSIONS)
def test_a_session_is_the_same_with_and_without_the_daemon(name: str, tmp_path: Path) -> None:
    homes = {mode: make_home(tmp_path / mode) for mode in ("one-shot", "cold", "warm")}
    try:
        one_shot = play(homes["one-shot"], SESSIONS[name], 1, HOB_DAEMON="off")
        cold = play(homes["cold"], SESSIONS[name], 1)
        assert cold == one_shot
        assert play(homes["warm"], SESSIONS[name][:1], 1)[0][0].code == one_shot[0][0].code
        warm = play(homes["warm"], SESSIONS[name], 2)
        without_preparing = play(homes["one-shot"], SESSIONS[name], 2, HOB_DAEMON="off")
        assert warm == without_preparing
    finally:
        for home in homes.values():
            home.stop()
