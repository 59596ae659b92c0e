"""`hob add`, `hob remove`, `hob sync` and `hob lock` of scripts, command by command beside uv."""

from pathlib import Path

import pytest

from tests.e2e.house import Said, make_home
from tests.service.runs import Runner

BARE = "import apple\n"
WITH_BLOCK = '# /// script\n# requires-python = ">=3.11"\n# dependencies = ["banana<2"]\n# ///\nimport banana\n'


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    home = make_home(tmp_path)
    settings = home.root / "home" / ".config" / "uv" / "uv.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f'no-index = true\nfind-links = ["{home.wheels}"]\n')
    return Runner(home)


def assert_same(runner: Runner, files: dict[str, str], *commands: str) -> None:
    """Both say the same of the wheels in the home, and leave the same."""
    folders = {name: runner.folder(name) for name in ("hob", "uv")}
    for folder in folders.values():
        for name, text in files.items():
            (folder / name).write_bytes(text.encode())
    for command in commands:
        words = command.split()
        said = {name: told(runner, name, words, folder) for name, folder in folders.items()}
        assert said["hob"] == said["uv"], command


def told(runner: Runner, name: str, words: list[str], folder: Path) -> tuple[Said, dict[str, str]]:
    tool = runner.hob if name == "hob" else runner.uv
    said = tool(*words, cwd=folder)
    left = {path.name: path.read_bytes().decode() for path in sorted(folder.iterdir())}
    return said, left


def test_a_script_without_metadata_gets_a_block_of_its_own(runner: Runner) -> None:
    files = {
        "bare.py": BARE,
        "shebang.py": f"#!/usr/bin/env python3\n{BARE}",
        "comment.py": f"# What it does.\n{BARE}",
        "crlf.py": "print(1)\r\nprint(2)",
        "empty.py": "",
    }
    assert_same(runner, files, *(f"add --script {name} apple" for name in files))


def test_requirements_come_and_go_with_their_lock(runner: Runner) -> None:
    edits = ("add --script tool.py cherry", "add --script tool.py --bounds exact apple", "remove --script tool.py banana")
    assert_same(runner, {"tool.py": WITH_BLOCK}, "lock --script tool.py", *edits, "lock --script tool.py --check")


def test_a_script_without_a_lock_gets_none(runner: Runner) -> None:
    assert_same(
        runner, {"tool.py": WITH_BLOCK}, "add --script tool.py cherry", "remove --script tool.py cherry", "remove --script tool.py no"
    )


def test_options_that_scripts_have_no_use_for_are_told(runner: Runner) -> None:
    commands = ("add --script tool.py cherry --frozen", "add --script tool.py apple --no-sync", "remove --script tool.py apple --frozen")
    assert_same(runner, {"tool.py": WITH_BLOCK}, *commands)


def test_a_script_that_cannot_be_resolved_stays_as_it_was(runner: Runner) -> None:
    assert_same(runner, {"tool.py": WITH_BLOCK}, "add --script tool.py nothing", "add --script tool.py cherry>9")


def test_what_is_no_script_is_refused(runner: Runner) -> None:
    files = {"bare.py": BARE, "unclosed.py": "# /// script\n# dependencies = []\nx = 1\n"}
    verbs = (
        "add --script none.py apple",
        "add --script unclosed.py apple",
        "remove --script bare.py apple",
        "remove --script none.py apple",
    )
    assert_same(runner, files, *verbs, "sync --script bare.py", "sync --script none.py", "tree --script bare.py")


def test_constraints_of_files_hold_and_are_not_written_down(runner: Runner) -> None:
    files = {"tool.py": BARE, "most.txt": "banana<2\n", "all.txt": "-c most.txt\napple\n"}
    assert_same(runner, files, "add --script tool.py -c most.txt banana", "lock --script tool.py", "add --script tool.py -r all.txt")


def test_a_sync_makes_the_environment_of_a_script(runner: Runner) -> None:
    folder = runner.folder("alone")
    script = runner.script(folder, "tool.py", "apple", code="import apple; print(apple.NAME)")

    first = runner.hob("sync", "--script", "tool.py", cwd=folder)
    again = runner.hob("sync", "--script", "tool.py", "--check", cwd=folder)
    script.write_text(script.read_text().replace('"apple"', '"cherry"'))
    other = runner.hob("sync", "--script", "tool.py", "--check", cwd=folder)

    assert first.err.startswith("Creating script environment at: ")
    assert " + apple==1.0\n + banana==2.0\n" in first.err
    assert again.code == 0
    assert again.err.startswith("Would use script environment at: ")
    assert (other.code, other.err.splitlines()[-1]) == (1, "error: The environment is outdated; run `hob sync` to update the environment")


def test_a_sync_heeds_the_lock_of_a_script(runner: Runner) -> None:
    folder = runner.folder("alone")
    runner.script(folder, "tool.py", "banana<2", code="import banana; print(banana.VERSION)")
    refused = runner.hob("sync", "--script", "tool.py", "--locked", cwd=folder)
    runner.hob("lock", "--script", "tool.py", cwd=folder)
    runner.script(folder, "tool.py", "banana", code="import banana; print(banana.VERSION)")

    assert refused.err.splitlines()[-1].startswith("error: `hob sync --locked` requires a script lockfile; ")
    assert " + banana==1.0\n" in runner.hob("sync", "--script", "tool.py", "--frozen", cwd=folder).err
    assert runner.hob("sync", "--script", "tool.py", "--locked", cwd=folder).code == 1
