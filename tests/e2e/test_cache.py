"""Cleaning, pruning and measuring the cache from the command line; and exporting into a file."""

import fcntl
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.house import Home, wait_until
from tests.support.index_server import serve_in_thread


@pytest.fixture
def used(home: Home) -> Path:
    """The cache of a home whose project has been synced."""
    project = home.project("demo", "apple")
    assert home.hob("sync", cwd=project).code == 0
    return home.root / "cache" / "hob"


def test_a_cache_is_where_it_is_said_to_be_and_marked(home: Home, used: Path) -> None:
    assert home.hob("cache", "dir", cwd=home.root).out == f"{used}\n"
    assert home.hob("cache", "dir", "-q", cwd=home.root).out == ""
    assert (used / "CACHEDIR.TAG").read_text() == "Signature: 8a477f597d28d172789f06886806bc55"
    assert (used / ".gitignore").read_text() == "*"


def test_a_cache_folder_that_was_named_is_marked_too(home: Home, used: Path) -> None:
    assert home.hob("lock", cwd=home.root / "demo", UV_CACHE_DIR="named").code == 0
    for folder in ("named", "named/hob"):
        assert {"CACHEDIR.TAG", ".gitignore"} < set(os.listdir(home.root / "demo" / folder))


def test_cleaning_removes_all_but_the_lock_and_says_how_much(home: Home, used: Path) -> None:
    said = home.hob("cache", "clean", cwd=home.root)
    assert re.fullmatch(r"Clearing cache at: \S+\nRemoved \d+ files \([\d.]+KiB\)\n", said.err)
    assert os.listdir(used) == [".lock"]
    assert home.hob("cache", "clean", cwd=home.root).err.endswith("\nNo cache entries found\n")


def test_cleaning_a_package_leaves_the_others(home: Home, used: Path) -> None:
    assert home.hob("cache", "clean", "Apple", cwd=home.root).err.startswith("Removed ")
    assert home.hob("cache", "clean", "apple", "unknown", cwd=home.root).err == "No cache entries found\n"
    assert home.hob("cache", "clean", "banana", cwd=home.root).err.startswith("Removed ")


def test_pruning_for_ci_removes_what_can_be_had_again(home: Home, used: Path) -> None:
    assert home.hob("cache", "prune", cwd=home.root).err.endswith("\nNo unused entries found\n")
    assert "\nRemoved " in home.hob("cache", "prune", "--ci", cwd=home.root).err


@pytest.mark.parametrize("mode", ["off", "auto"])
def test_without_a_cache_the_environment_of_a_script_lives_as_long_as_the_script(home: Home, mode: str) -> None:
    temporary = home.root / "tmp"
    temporary.mkdir()
    (home.root / "script.py").write_text("# /// script\n# dependencies = []\n# ///\nimport sys; print(sys.prefix, flush=True); input()\n")
    words = ("run", "--no-cache", "--no-index", "script.py")
    with home.start(*words, cwd=home.root, HOB_DAEMON=mode, TMPDIR=str(temporary), stdin=subprocess.PIPE) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        place = Path(program.stdout.readline().strip())
        assert place.is_relative_to(temporary)
        assert is_held(place.parents[1] / ".lock")
        assert (place / "pyvenv.cfg").exists()
        program.stdin.close()
    wait_until(lambda: not list(temporary.glob(".tmp*")), seconds=30)


def is_held(lock: Path) -> bool:
    """Whether a program holds a cache."""
    with lock.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


@pytest.mark.parametrize("mode", ["off", "auto"])
def test_a_running_program_keeps_the_cache_from_being_cleaned(home: Home, used: Path, mode: str) -> None:
    """The client has become the program by then; with the daemon, the second run is a replay that the daemon hears nothing of."""
    command = ("run", "python", "-c", "print('up', flush=True); input()")
    for _ in range(1 if mode == "off" else 2):
        with home.start(*command, cwd=home.root / "demo", HOB_DAEMON=mode, stdin=subprocess.PIPE) as program:
            assert program.stdout is not None
            assert program.stdin is not None
            assert program.stdout.readline() == "up\n"
            refused = home.hob("cache", "prune", cwd=home.root, UV_LOCK_TIMEOUT="0", HOB_DAEMON=mode)
            assert refused.code == 2
            assert refused.err.startswith(
                "Cache is currently in-use, waiting for other hob processes to finish (use `--force` to override)\n"
            )
            assert home.hob("sync", cwd=home.root / "demo", HOB_DAEMON=mode, UV_LOCK_TIMEOUT="0").code == 0
            program.stdin.close()
        assert home.hob("cache", "prune", cwd=home.root, UV_LOCK_TIMEOUT="5", HOB_DAEMON=mode).code == 0


def test_a_cache_is_swept_within_its_budget_when_nobody_waits(home: Home, used: Path) -> None:
    project, wheels = home.root / "demo", used / "wheels" / "sha256"
    shutil.rmtree(project / ".venv")  # what an environment links to would stay
    os.utime(used / ".swept", (1e9, 1e9))
    assert home.hob("lock", cwd=project, HOB_CACHE_BUDGET="1KiB").code == 0
    wait_until(lambda: not list(wheels.glob("*/*")), seconds=30)
    wait_until(lambda: os.stat(used / ".swept").st_mtime > 1e9 + 60)
    assert home.hob("sync", cwd=project, HOB_CACHE_BUDGET="1KiB").code == 0
    assert len(list(wheels.glob("*/*"))) == 2


def test_a_budget_that_cannot_be_kept_is_told_once_a_day(home: Home, used: Path) -> None:
    project, budget = home.root / "demo", {"HOB_CACHE_BUDGET": "1KiB", "HOB_VERDICTS": "off"}
    os.utime(used / ".swept", (1e9, 1e9))
    assert home.hob("sync", cwd=project, **budget).code == 0
    wait_until(lambda: os.stat(used / ".swept").st_mtime > 1e9 + 60, seconds=30)
    assert list((used / "wheels" / "sha256").glob("*/*")) != []  # the environment links to them: nothing would be free
    said = home.hob("sync", cwd=project, **budget).err
    assert re.search(
        r"warning: The cache takes [\d.]+KiB of its budget of 1.0KiB, and what is left in it is in use\. `hob cache list` ", said
    )
    assert "warning" not in home.hob("sync", cwd=project, **budget).err


def test_without_a_daemon_a_sweep_that_was_due_is_not_due_again(home: Home, used: Path) -> None:
    os.utime(used / ".swept", (1e9, 1e9))
    assert home.hob("lock", cwd=home.root / "demo", HOB_DAEMON="off").code == 0
    assert os.stat(used / ".swept").st_mtime > 1e9 + 60


def test_a_cache_that_is_not_there_is_not_made_to_be_looked_at(home: Home) -> None:
    assert home.hob("cache", "clean", cwd=home.root).err.startswith("No cache found at: ")
    assert home.hob("cache", "size", "--preview-features", "cache-size", cwd=home.root).out == "0\n"
    assert not (home.root / "cache").exists()


def test_a_wheel_whose_digest_nobody_tells_is_fetched_once(home: Home) -> None:
    with serve_in_thread(home.wheels) as index:
        index.offers_digests = False
        for name in ("one", "two"):
            assert home.hob("venv", name, cwd=home.root).code == 0
            said = home.hob("pip", "install", "-p", name, "--default-index", index.url, "banana", cwd=home.root)
            assert (said.code, "Prepared 1 package" in said.err) == (0, name == "one")
        assert len([path for path in index.paths() if path.endswith(".whl")]) == 1
        said = home.hob("pip", "install", "-p", "two", "--default-index", index.url, "--reinstall", "--offline", "banana", cwd=home.root)
        assert said.code == 0


def test_pruning_takes_what_was_made_for_runs_and_tells_it_before(home: Home, used: Path) -> None:
    project = home.root / "demo"
    (project / "script.py").write_text("# /// script\n# dependencies = []\n# ///\nprint('ran')\n")
    assert home.hob("run", "--no-index", "script.py", cwd=project).out == "ran\n"
    (made,) = (used / "environments-v1").glob("script-*[0-9a-f]")
    said = home.hob("cache", "prune", "--dry-run", cwd=home.root)
    assert said.err.startswith(f"Would prune cache at: {used.relative_to(home.root)}\n - {made.relative_to(home.root)} (")
    assert made.exists()
    would, removed = said.err.splitlines()[-1], home.hob("cache", "prune", cwd=home.root).err.splitlines()[-1]
    assert removed == would.replace("Would remove", "Removed")
    assert not made.exists()
    assert home.hob("run", "--no-index", "script.py", cwd=project).out == "ran\n"


def test_the_list_names_the_environment_that_holds_a_wheel(home: Home, used: Path) -> None:
    project = home.root / "demo"
    told = home.hob("cache", "list", cwd=project).out
    assert re.search(r"^ *[\d.]+KiB  +[\d.]+KiB  today  wheel apple 1.0  \.venv$", told, re.MULTILINE)
    data = json.loads(home.hob("cache", "list", "--output-format", "json", cwd=project).out)
    users = {row["name"]: row["environments"] for row in data["items"] if row["kind"] == "wheel"}
    assert users == {"apple 1.0": [str(project / ".venv")], "banana 2.0": [str(project / ".venv")]}
    assert home.hob("cache", "list", "--svg", "cache.svg", cwd=project).err == "Drew `cache.svg`\n"
    assert (project / "cache.svg").read_text().startswith("<svg ")
    shutil.rmtree(project / ".venv")
    assert ".venv" not in home.hob("cache", "list", cwd=project).out


def test_an_export_makes_the_folders_of_its_file_and_is_said_too(home: Home, used: Path) -> None:
    project = home.root / "demo"
    said = home.hob("export", "--frozen", "--no-hashes", "-o", "out/deps/all.txt", cwd=project)
    assert said.out == (
        "# This file was autogenerated by uv via the following command:\n"
        "#    uv export --frozen --no-hashes -o out/deps/all.txt\n"
        "apple==1.0\n    # via demo\nbanana==2.0\n    # via apple\n"
    )
    assert (project / "out" / "deps" / "all.txt").read_text() == said.out
    assert home.hob("export", "-q", "--frozen", "-o", "pylock.toml", cwd=project).out == ""
    assert '[[packages]]\nname = "apple"\n' in (project / "pylock.toml").read_text()
    refused = home.hob("export", "--frozen", "--format", "pylock.toml", "-o", "pylock.a.b.toml", cwd=project)
    assert (refused.code, (project / "pylock.a.b.toml").exists()) == (2, False)
