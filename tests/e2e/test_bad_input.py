"""What is wrong is named, ends in uv's exit code, and leaves the daemon alive."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.house import HOB, Home, Said, installed, wait_until

OFF = {"HOB_DAEMON": "off"}

TEXTS: dict[str, str | bytes] = {
    "broken TOML": "[project\nname=1\n",
    "no name": "[project]\nversion = '1'\n",
    "a bad name": '[project]\nname = "-a"\nversion = "1"\n',
    "a bad version": '[project]\nname = "a"\nversion = "x.y"\n',
    "no UTF-8": b"# caf\xe9\n[project]\n",
    "too deep": "a = " + "[" * 3000 + "]" * 3000,
}
LINES = [
    "lock --no-such-flag",
    "sink",
    "lock --script nope.py",
    "sync --group nope",
    "lock --python 9.9",
    "run no-such-program",
    "lock --project nope",
    "lock --directory nope",
    "lock --config-file nope",
]


@pytest.fixture
def lasting(home: Home) -> Iterator[Home]:
    """A home whose daemon lives from the beginning of the test to its end, in good health."""
    home.hob("cache", "dir", cwd=Path("/"))
    before = home.status()
    yield home
    after = home.status()
    assert after["instance"] == before["instance"]
    assert [engine["pid"] for engine in after["engines"]] == [engine["pid"] for engine in before["engines"]]
    wait_until(lambda: home.status()["active_requests"] == [])  # the end of a command is told before what it leaves is noted


def as_uv(said: Said) -> Said:
    """What uv would have said, if it were called hob."""
    return Said(said.code, said.out, said.err.replace("uv sync", "hob sync").replace("Usage: uv", "Usage: hob"))


def test_bad_projects_are_refused_as_by_uv(lasting: Home) -> None:
    wrong = {}
    for name, text in TEXTS.items():
        folder = lasting.root / name
        folder.mkdir()
        (folder / "pyproject.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
        said, expected = lasting.hob("lock", cwd=folder), lasting.uv("lock", cwd=folder)
        if said != expected or not said.code:
            wrong[name] = said, expected
    assert wrong == {}


def test_bad_command_lines_are_refused_as_by_uv(lasting: Home) -> None:
    project = lasting.project("demo")
    assert lasting.hob("sync", cwd=project).code == 0
    wrong = {}
    for line in LINES:
        said, expected = lasting.hob(*line.split(), cwd=project), as_uv(lasting.uv(*line.split(), cwd=project))
        times = said.err.startswith("Resolved")  # how long that took is another story
        if (said.code, said.out) != (expected.code, expected.out) or (said.err != expected.err and not times) or not said.code:
            wrong[line] = said, expected
    assert wrong == {}


def test_no_project_is_said_so(lasting: Home) -> None:
    for word in ("lock", "sync", "tree"):
        said = lasting.hob(word, cwd=lasting.root / "home")
        assert said == Said(2, "", "error: No `pyproject.toml` found in current directory or any parent directory\n")


def put_folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def put_file(path: Path) -> None:
    shutil.rmtree(path)
    path.touch()


def put_files_of_another(path: Path) -> None:
    path.rename(path.with_name("aside"))
    path.mkdir()
    (path / "precious").touch()


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "a lock that is none": (lambda project: (project / "uv.lock").write_text("garbage ["), "uv.lock"),
    "a folder for a lock": (lambda project: put_folder(project / "uv.lock"), "uv.lock"),
    "a file for an environment": (lambda project: put_file(project / ".venv"), ".venv"),
    "something else for an environment": (lambda project: put_files_of_another(project / ".venv"), ".venv"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_in_the_way_is_named_and_kept(lasting: Home, name: str) -> None:
    spoil, named = SPOILT[name]
    project = lasting.project("demo", "apple")
    assert lasting.hob("sync", cwd=project).code == 0
    spoil(project)
    said = lasting.hob("sync", cwd=project)
    assert (said.code, said.err.count("error:")) == (2, 1), said
    assert named in said.err
    assert said.code == lasting.uv("sync", cwd=project).code
    assert installed(project) == (["apple-1.0", "banana-2.0"] if (project / ".venv/bin").exists() else [])


def test_words_that_are_no_text_reach_the_program_and_the_errors(lasting: Home) -> None:
    project = lasting.project("demo")
    said = lasting.hob("run", "python", "-c", "import sys; print(ascii(sys.argv[1]))", b"\xff\xfe", cwd=project)
    assert (said.code, said.out) == (0, "'\\udcff\\udcfe'\n")
    refused = lasting.hob(b"--\xff", cwd=project)
    assert (refused.code, refused.err.count("error:")) == (2, 1), refused
    assert "Traceback" not in refused.err


@pytest.mark.parametrize("size", [1_000, 100_000])
def test_a_large_environment_arrives_whole(lasting: Home, size: int) -> None:
    project = lasting.project("demo")
    variables = {f"LARGE_{number}": "x" * size for number in range(15_00_000 // size // 2)}
    said = lasting.hob(
        "run", "python", "-c", "import os; print(sum(len(v) for n, v in os.environ.items() if n[:6] == 'LARGE_'))", cwd=project, **variables
    )
    assert (said.code, said.out) == (0, f"{len(variables) * size}\n"), said.err


def test_a_folder_that_was_deleted_is_said_so(lasting: Home) -> None:
    script = 'mkdir "$1" && cd "$1" && rmdir "$1" && shift && exec "$@"'
    for how in ({}, OFF):
        command = ["sh", "-c", script, "sh", str(lasting.root / "gone"), str(HOB), "lock"]
        done = subprocess.run(command, env=lasting.environment() | how, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", "error: Current directory does not exist\n")


def test_a_project_of_five_megabytes_is_read(lasting: Home) -> None:
    rows = "".join(f'key{number} = "{"y" * 90}"\n' for number in range(50_000))
    project = lasting.project("demo", "apple")
    with (project / "pyproject.toml").open("a") as file:
        file.write(f"[tool.other]\n{rows}")
    assert lasting.hob("lock", cwd=project).code == 0


def test_a_full_disk_for_output_is_an_error_in_every_mode(lasting: Home) -> None:
    project = lasting.project("demo", "apple")
    assert lasting.hob("sync", cwd=project).code == 0
    for how in ({}, OFF):
        with open("/dev/full", "wb") as full:
            said = lasting.hob("tree", cwd=project, stdout=full, **how)
        assert said.code == 2
        assert said.err.endswith("error: Failed to write output: No space left on device (os error 28)\n"), said


@pytest.mark.parametrize("blocks", [0, 1])
def test_a_full_disk_ends_a_sync_and_the_next_one_makes_it_good(lasting: Home, blocks: int) -> None:
    """A limit on the size of files stands for the disk."""
    project = lasting.project("demo", "apple", "cherry")
    command = ["sh", "-c", f'ulimit -f {blocks}; exec "$@"', "sh", str(HOB), "sync"]
    done = subprocess.run(command, cwd=project, env=lasting.environment() | OFF, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("error:")) == (2, 1), done.stderr
    assert "File too large (os error 27)" in done.stderr
    said = lasting.hob("sync", cwd=project)
    assert said.code == 0, said
    assert installed(project) == ["apple-1.0", "banana-2.0", "cherry-3.1"]


@pytest.mark.parametrize("how", [{}, OFF], ids=["daemon", "one-shot"])
def test_a_cache_that_cannot_be_written_is_named_before_anything_is_made(lasting: Home, how: dict[str, str]) -> None:
    project = lasting.project("demo", "apple")
    file = lasting.root / "file"
    file.touch()
    reason = "Not a directory (os error 20)"
    text = f"error: Failed to initialize cache at `{file}/hob`\n  cause: failed to create directory `{file}/hob`: {reason}\n"
    for words in (["sync"], ["lock"], ["run", "true"], ["venv"], ["add", "--frozen", "cherry"]):
        said = lasting.hob(*words, cwd=project, XDG_CACHE_HOME=str(file), **how)
        assert said == Said(2, "", text)
    assert os.listdir(project) == ["pyproject.toml"]
    assert lasting.hob("version", cwd=project, XDG_CACHE_HOME=str(file), **how) == Said(0, "demo 0.1.0\n", "")
    assert lasting.hob("sync", cwd=project).code == 0


def make_unfit(root: Path, how: str) -> Path:
    """A runtime folder that must not be used."""
    place = root / "unfit"
    if how == "a link":
        place.symlink_to(root / "run")
    elif how == "open to others":
        place.mkdir()
        place.chmod(0o755)
    elif how == "a file":
        place.touch()
    else:
        place = place / "below"
    return place


@pytest.mark.parametrize("how", ["a link", "open to others", "a file", "missing"])
def test_an_unfit_runtime_folder_is_named_left_alone_and_done_without(own_home: Home, how: str) -> None:
    place = make_unfit(own_home.root, how)
    before = os.lstat(place) if how != "missing" else None
    said = own_home.hob("cache", "dir", cwd=own_home.root, HOB_RUNTIME_DIR=str(place))
    assert (said.code, said.out) == (0, f"{own_home.root}/cache/hob\n")
    assert said.err.startswith(f"hob: daemon unavailable (`$HOB_RUNTIME_DIR` is `{place}`, which ")
    assert said.err.count("\n") == 1
    assert before is None or os.lstat(place) == before
    assert not own_home.status()["running"]


def test_a_runtime_folder_with_a_long_name_serves(own_home: Home) -> None:
    long = own_home.root / ("l" * 100) / ("m" * 100)
    long.mkdir(parents=True, mode=0o700)
    there: dict[str, Any] = {"HOB_RUNTIME_DIR": str(long)}
    try:
        said = [own_home.hob("cache", "dir", cwd=own_home.root, HOB_VERDICTS="off", **there) for _ in range(2)]
        assert said == [Said(0, f"{own_home.root}/cache/hob\n", "")] * 2
        assert own_home.hob("daemon", "status", cwd=own_home.root, **there).code == 0
    finally:
        assert own_home.hob("daemon", "stop", cwd=own_home.root, **there).code == 0
