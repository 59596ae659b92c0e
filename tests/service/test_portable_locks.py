"""Portable locks: written, kept fresh, installed from anywhere, bundled; held against uv where uv has a say."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.house import Home, installed
from tests.service.runs import Runner
from tests.support.index_server import IndexServer, serve_in_thread
from tests.support.wheels import make_sdist, make_source_tree, make_wheel, sha256

PORTABLE = "[tool.hob]\nportable-lock = true\n"
HEAD = '[project]\nname = "demo"\nversion = "0.1.0"\nrequires-python = ">=3.11"\n'
NOWHERE = "http://127.0.0.1:9/simple"
"""Nobody listens there."""

GOLDEN = """\
version = 1
revision = 5
requires-python = ">=3.11"

[[package]]
name = "apple"
version = "1.0"
source = {{ registry = "wheelhouse" }}
dependencies = [
    {{ name = "banana" }},
]
wheels = [
    {{ path = "apple-1.0-py3-none-any.whl", hash = "sha256:{apple}", size = {size}, upload-time = "2024-01-02T03:04:05.678Z" }},
]

[[package]]
name = "banana"
version = "2.0"
source = {{ registry = "wheelhouse" }}
wheels = [
    {{ path = "banana-2.0-py3-none-any.whl", hash = "sha256:{banana}", size = {banana_size}, upload-time = "2024-01-02T03:04:05.678Z" }},
]

[[package]]
name = "demo"
version = "0.1.0"
source = {{ virtual = "." }}
dependencies = [
    {{ name = "apple" }},
]

[package.metadata]
requires-dist = [{{ name = "apple" }}]
"""


@pytest.fixture
def index(runner: Runner) -> Iterator[IndexServer]:
    with serve_in_thread(runner.home.wheels) as server:
        yield server


def make_project(home: Home, *requirements: str, extra: str = PORTABLE, name: str = "demo") -> Path:
    """A project that configures no index: each command is told one."""
    folder = home.root / name
    folder.mkdir()
    listed = ", ".join(f'"{requirement}"' for requirement in requirements)
    (folder / "pyproject.toml").write_text(f"{HEAD}dependencies = [{listed}]\n{extra}")
    return folder


def lock_text(project: Path) -> str:
    return (project / "uv.lock").read_text()


def forget(runner: Runner, project: Path) -> None:
    """As on another machine: no cache, no environment."""
    shutil.rmtree(runner.home.root / "cache", ignore_errors=True)
    shutil.rmtree(project / ".venv", ignore_errors=True)


def golden(home: Home) -> str:
    """The lock of a project that needs `apple`."""
    apple, banana = (home.wheels / f"{name}-py3-none-any.whl" for name in ("apple-1.0", "banana-2.0"))
    sizes = {"size": apple.stat().st_size, "banana_size": banana.stat().st_size}
    return GOLDEN.format(apple=sha256(apple), banana=sha256(banana), **sizes)


@pytest.fixture
def locked(runner: Runner) -> Path:
    """A project with a portable lock."""
    project = make_project(runner.home, "apple")
    (project / "uv.lock").write_text(golden(runner.home))
    return project


def test_a_portable_lock_names_no_server(runner: Runner, index: IndexServer) -> None:
    project = make_project(runner.home, "apple")

    said = runner.hob("lock", cwd=project, UV_DEFAULT_INDEX=index.url)

    assert said.code == 0, said.err
    assert lock_text(project) == golden(runner.home)


def test_it_is_fresh_whatever_the_index_is_and_without_one(runner: Runner, locked: Path, index: IndexServer) -> None:
    index.seen.clear()

    for variables in ({}, {"UV_DEFAULT_INDEX": NOWHERE}, {"UV_INDEX": index.url}, {"UV_OFFLINE": "1"}):
        assert runner.hob("lock", "--check", cwd=locked, **variables).code == 0
    assert index.seen == []


def test_uv_keeps_it_where_no_index_is_configured(runner: Runner, locked: Path) -> None:
    (locked / "wheelhouse").mkdir()

    assert runner.uv("lock", "--offline", cwd=locked).code == 0
    assert runner.uv("lock", cwd=locked, UV_FIND_LINKS="wheelhouse", UV_DEFAULT_INDEX=NOWHERE).code == 0
    assert lock_text(locked) == golden(runner.home)


def test_switching_changes_the_form_and_no_version(runner: Runner, locked: Path, index: IndexServer) -> None:
    portable = lock_text(locked)
    make_wheel(runner.home.wheels, "apple", "1.1")
    pyproject = locked / "pyproject.toml"
    text = pyproject.read_text()

    pyproject.write_text(text.replace("true", "false"))
    assert runner.hob("lock", cwd=locked, UV_DEFAULT_INDEX=index.url).code == 0
    ordinary = lock_text(locked)
    assert f'source = {{ registry = "{index.url}" }}' in ordinary
    assert 'name = "apple"\nversion = "1.0"' in ordinary
    assert runner.uv("lock", "--check", cwd=locked, UV_DEFAULT_INDEX=index.url).code == 0

    pyproject.write_text(text)
    stale = runner.hob("lock", "--check", "--offline", cwd=locked)
    assert (stale.code, "needs to be updated" in stale.err) == (1, True)
    assert runner.hob("lock", "--offline", cwd=locked).code == 0
    assert lock_text(locked) == portable


def test_an_upgrade_looks_at_the_index_again(runner: Runner, locked: Path, index: IndexServer) -> None:
    make_wheel(runner.home.wheels, "apple", "1.1")

    said = runner.hob("lock", "--upgrade", cwd=locked, UV_DEFAULT_INDEX=index.url)

    assert said.err.splitlines()[-2:] == ["Updated apple v1.0 -> v1.1", "Removed banana v2.0"]
    assert 'path = "apple-1.1-py3-none-any.whl"' in lock_text(locked)


def test_another_requirement_leaves_the_versions_and_files_of_the_others(runner: Runner, locked: Path, index: IndexServer) -> None:
    make_wheel(runner.home.wheels, "banana", "2.1")
    with_cherry = (locked / "pyproject.toml").read_text().replace('"apple"', '"apple", "cherry"')
    (locked / "pyproject.toml").write_text(with_cherry)

    assert runner.hob("lock", cwd=locked, UV_DEFAULT_INDEX=index.url).code == 0

    assert re.findall(r'path = "([^"]*)"', lock_text(locked)) == [
        "apple-1.0-py3-none-any.whl",
        "banana-2.0-py3-none-any.whl",
        "cherry-3.1-py3-none-any.whl",
    ]


def test_a_changed_file_is_refused_when_locking_and_when_installing(runner: Runner, locked: Path, index: IndexServer) -> None:
    expected = sha256(runner.home.wheels / "banana-2.0-py3-none-any.whl")
    other = make_wheel(runner.home.wheels, "banana", "2.0", files={"banana.py": "EVIL = 1\n"})
    found = sha256(other)

    synced = runner.hob("sync", cwd=locked, UV_DEFAULT_INDEX=index.url)
    assert synced.code == 1
    assert all(text in synced.err for text in ("Hash mismatch for `banana-2.0-py3-none-any.whl`", expected, found))
    assert installed(locked) == []

    (locked / "pyproject.toml").write_text((locked / "pyproject.toml").read_text().replace('"apple"', '"apple", "cherry"'))
    before = lock_text(locked)
    said = runner.hob("lock", cwd=locked, UV_DEFAULT_INDEX=index.url)
    assert said.code == 1
    assert all(text in said.err for text in ("`banana-2.0-py3-none-any.whl`", expected, found, "--upgrade-package banana"))
    assert lock_text(locked) == before


def test_the_folder_beside_the_lock_is_verified_too(runner: Runner, locked: Path, index: IndexServer) -> None:
    assert runner.hob("bundle", cwd=locked, UV_DEFAULT_INDEX=index.url).code == 0
    path = locked / "wheelhouse" / "banana-2.0-py3-none-any.whl"
    path.write_bytes(path.read_bytes() + b"x")
    forget(runner, locked)

    said = runner.hob("sync", "--offline", cwd=locked)

    assert said.code == 1
    assert "Hash mismatch for `banana-2.0-py3-none-any.whl`" in said.err
    assert sha256(path) in said.err


def test_files_come_from_whichever_index_has_them(runner: Runner, locked: Path, index: IndexServer, tmp_path: Path) -> None:
    """The first one has another file of that name, the second the right one, without a digest."""
    make_wheel(tmp_path / "other", "banana", "2.0", files={"banana.py": "EVIL = 1\n"})
    index.offers_digests = False
    with serve_in_thread(tmp_path / "other") as other:
        said = runner.hob("sync", cwd=locked, UV_INDEX=other.url, UV_DEFAULT_INDEX=index.url)

    assert said.code == 0, said.err
    assert installed(locked) == ["apple-1.0", "banana-2.0"]


def test_an_index_that_is_down_is_passed_over(runner: Runner, locked: Path, index: IndexServer) -> None:
    said = runner.hob("sync", cwd=locked, UV_INDEX=NOWHERE, UV_DEFAULT_INDEX=index.url, UV_HTTP_RETRIES="0")

    assert said.code == 0, said.err


def test_files_come_from_a_folder_of_links(runner: Runner, locked: Path) -> None:
    said = runner.hob("sync", "--offline", cwd=locked, UV_FIND_LINKS=str(runner.home.wheels))

    assert said.code == 0, said.err
    assert installed(locked) == ["apple-1.0", "banana-2.0"]


def test_a_file_that_nobody_has_is_named(runner: Runner, locked: Path) -> None:
    said = runner.hob("sync", "--offline", cwd=locked)

    assert said.code == 1
    assert "-py3-none-any.whl` is not in `wheelhouse`, and the network is disabled" in said.err
    assert "`hob bundle`" in said.err


def test_files_without_a_digest_are_digested_when_they_are_locked(runner: Runner, index: IndexServer) -> None:
    index.offers_digests = False
    remote, local = make_project(runner.home, "apple", name="remote"), make_project(runner.home, "apple", name="local")

    assert runner.hob("lock", cwd=remote, UV_DEFAULT_INDEX=index.url).code == 0
    assert runner.hob("lock", "--no-index", cwd=local, UV_FIND_LINKS=str(runner.home.wheels)).code == 0

    for project in (remote, local):
        assert f'"sha256:{sha256(runner.home.wheels / "apple-1.0-py3-none-any.whl")}"' in lock_text(project)
        assert runner.hob("lock", "--check", "--offline", cwd=project).code == 0


def test_a_pinned_index_has_a_folder_of_its_own(runner: Runner, index: IndexServer) -> None:
    sources = f'[tool.uv.sources]\nbanana = {{ index = "corp" }}\n[[tool.uv.index]]\nname = "corp"\nurl = "{index.url}"\nexplicit = true\n'
    project = make_project(runner.home, "apple", "banana", extra=sources + PORTABLE)

    assert runner.hob("sync", cwd=project, UV_DEFAULT_INDEX=index.url).code == 0
    text = lock_text(project)
    assert 'source = { registry = "wheelhouse/corp" }' in text
    assert '{ name = "banana", index = "wheelhouse:corp" }' in text
    assert "127.0.0.1" not in text
    assert runner.hob("lock", "--check", cwd=project, UV_INDEX=f"corp={NOWHERE}", UV_DEFAULT_INDEX=NOWHERE).code == 0

    assert runner.hob("bundle", cwd=project, UV_DEFAULT_INDEX=index.url).code == 0
    assert (project / "wheelhouse" / "corp" / "banana-2.0-py3-none-any.whl").is_file()
    for sync in (runner.hob, runner.uv):
        forget(runner, project)
        said = sync("sync", "--frozen", "--offline", cwd=project, UV_CACHE_DIR=str(runner.home.root / "cache" / "uv"))
        assert said.code == 0, said.err
        assert installed(project) == ["apple-1.0", "banana-2.0"]


def test_leaving_an_index_for_another_is_no_small_change(runner: Runner, index: IndexServer) -> None:
    sources = '[tool.uv.sources]\nbanana = {{ index = "{0}" }}\n[[tool.uv.index]]\nname = "{0}"\nurl = "{1}"\nexplicit = true\n'
    project = make_project(runner.home, "banana", extra=sources.format("corp", index.url) + PORTABLE)
    assert runner.hob("lock", cwd=project).code == 0

    pyproject = project / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace('"corp"', '"other"'))

    assert runner.hob("lock", "--check", cwd=project).code == 1


def test_a_bundle_is_all_that_another_machine_needs(runner: Runner, locked: Path, index: IndexServer) -> None:
    said = runner.hob("bundle", cwd=locked, UV_DEFAULT_INDEX=index.url)
    assert said.code == 0, said.err
    assert said.err.splitlines()[-1].startswith("Bundled 2 files (")
    assert sorted(path.name for path in (locked / "wheelhouse").iterdir()) == ["apple-1.0-py3-none-any.whl", "banana-2.0-py3-none-any.whl"]

    for sync in (runner.hob, runner.uv):
        forget(runner, locked)
        said = sync("sync", "--frozen", "--offline", cwd=locked, UV_CACHE_DIR=str(runner.home.root / "cache" / "uv"))
        assert said.code == 0, said.err
        assert installed(locked) == ["apple-1.0", "banana-2.0"]


def test_an_ordinary_lock_is_installed_from_its_bundle_too(runner: Runner, index: IndexServer) -> None:
    project = make_project(runner.home, "apple", extra=f'[[tool.uv.index]]\nurl = "{index.url}"\ndefault = true\n')
    assert runner.hob("bundle", cwd=project).code == 0
    (project / "wheelhouse" / "apple-1.0-py3-none-any.whl").write_bytes(b"something else of that name")
    forget(runner, project)
    index.seen.clear()

    said = runner.hob("sync", cwd=project)

    assert said.code == 0, said.err
    assert [path for path in index.paths() if path.endswith(".whl")] == ["/files/apple-1.0-py3-none-any.whl"]
    assert runner.hob("bundle", cwd=project).err.splitlines()[-1].startswith("Bundled 1 file (")
    forget(runner, project)
    assert runner.hob("sync", "--offline", cwd=project).code == 0


def test_a_bundle_is_filled_once(runner: Runner, locked: Path, index: IndexServer) -> None:
    runner.hob("bundle", cwd=locked, UV_DEFAULT_INDEX=index.url)
    (locked / "wheelhouse" / "notes.txt").write_text("mine")
    index.seen.clear()

    again = runner.hob("bundle", cwd=locked, UV_DEFAULT_INDEX=index.url)

    assert (again.code, again.err.splitlines()[-1]) == (0, "Checked 2 files in wheelhouse")
    assert index.seen == []
    assert (locked / "wheelhouse" / "notes.txt").read_text() == "mine"


def test_a_killed_bundle_is_completed_by_the_next(runner: Runner, locked: Path, index: IndexServer) -> None:
    killed = runner.hob("bundle", cwd=locked, UV_DEFAULT_INDEX=index.url, HOB_TEST_CRASH_AT="sources.archive.written:2")
    assert killed.code == -9
    folder = locked / "wheelhouse"
    whole = [path for path in folder.iterdir() if path.suffix == ".whl"]
    assert all(sha256(path) == sha256(runner.home.wheels / path.name) for path in whole)

    assert runner.hob("bundle", cwd=locked, UV_DEFAULT_INDEX=index.url).code == 0

    for name in ("apple-1.0-py3-none-any.whl", "banana-2.0-py3-none-any.whl"):
        assert sha256(folder / name) == sha256(runner.home.wheels / name)


def test_two_bundles_at_once_fill_one_folder(runner: Runner, locked: Path, index: IndexServer) -> None:
    both = [runner.home.start("bundle", cwd=locked, HOB_DAEMON="off", UV_DEFAULT_INDEX=index.url) for _ in range(2)]

    for one in both:
        _, err = one.communicate(timeout=60)
        assert one.returncode == 0, err
    assert sorted(path.name for path in (locked / "wheelhouse").iterdir()) == ["apple-1.0-py3-none-any.whl", "banana-2.0-py3-none-any.whl"]


def test_a_bundle_for_one_platform_has_what_is_installed_there(runner: Runner, index: IndexServer) -> None:
    for tag in ("cp311-cp311-win_amd64", "cp311-cp311-manylinux_2_17_x86_64", "py3-none-any"):
        make_wheel(runner.home.wheels, "plum", "1.0", tag=tag)
    make_sdist(runner.home.wheels, "plum", "1.0")
    project = make_project(runner.home, "plum")

    def bundled(*words: str) -> list[str]:
        said = runner.hob("bundle", "-o", "/".join(("out", *words)), *words, cwd=project, UV_DEFAULT_INDEX=index.url)
        assert said.code == 0, said.err
        return sorted(path.name.removeprefix("plum-1.0") for path in (project / "out" / "/".join(words)).iterdir())

    assert bundled() == ["-cp311-cp311-manylinux_2_17_x86_64.whl", "-cp311-cp311-win_amd64.whl", "-py3-none-any.whl"]
    assert bundled("--no-binary-package", "plum") == [".tar.gz"]
    assert bundled("--sdists", "--python-platform", "aarch64-apple-darwin") == ["-py3-none-any.whl", ".tar.gz"]


def test_what_no_bundle_can_hold_is_told(runner: Runner, index: IndexServer) -> None:
    wheel = runner.home.wheels / "cherry-3.1-py3-none-any.whl"
    project = make_project(runner.home, f"cherry @ {index.origin}/files/{wheel.name}", "apple")
    assert runner.hob("lock", cwd=project, UV_DEFAULT_INDEX=index.url).code == 0

    assert runner.hob("bundle", cwd=project, UV_DEFAULT_INDEX=index.url).code == 0
    forget(runner, project)
    assert runner.hob("sync", "--offline", cwd=project).code == 0
    assert installed(project) == ["apple-1.0", "banana-2.0", "cherry-3.1"]

    fig = f'[[package]]\nname = "fig"\nversion = "1"\nsource = {{ git = "https://git.example/fig?rev=main#{"a" * 40}" }}\n\n'
    (project / "uv.lock").write_text(lock_text(project).replace("[[package]]", f"{fig}[[package]]", 1))
    said = runner.hob("bundle", "--frozen", cwd=project)
    assert "warning: `fig` is not in the bundle: it comes from a Git repository" in said.err


def test_a_bundle_has_what_building_needs(runner: Runner, index: IndexServer) -> None:
    """`banana` is in `build-system.requires`, `cherry` only the backend asks for; both have to be there when it builds."""
    project = make_source_tree(runner.home.root / "demo", "demo", "0.1.0", requires_python=">=3.11")
    pyproject, backend = project / "pyproject.toml", project / "tiny_backend.py"
    pyproject.write_text(pyproject.read_text().replace("requires = []", 'requires = ["banana"]') + PORTABLE)
    needs = 'def get_requires_for_build_editable(config=None):\n    return ["cherry"]\n'
    builds = "plain = build_editable\ndef build_editable(*given):\n    import banana, cherry\n    return plain(*given)\n"
    backend.write_text(f"{backend.read_text()}\n\n{needs}\n\n{builds}")

    for _ in range(2):
        assert runner.hob("bundle", cwd=project, UV_DEFAULT_INDEX=index.url).code == 0
    assert runner.hob("bundle", "--no-build", "-o", "less", cwd=project, UV_DEFAULT_INDEX=index.url).code == 0

    assert not (project / "less").exists()
    found = sorted(path.name for path in (project / "wheelhouse" / "build-requirements").iterdir())
    assert found == ["banana-2.0-py3-none-any.whl", "cherry-3.1-py3-none-any.whl"]
    for words in (("sync", "--offline"), ("bundle", "--offline")):
        forget(runner, project)
        said = runner.hob(*words, cwd=project)
        assert (said.code, "warning" in said.err) == (0, False), said.err


def test_a_portable_lock_is_read_like_any_other(runner: Runner, locked: Path) -> None:
    exported = "export --frozen --no-header"
    for words in ("tree --frozen", exported, f"{exported} --format pylock.toml"):
        assert runner.hob(*words.split(), cwd=locked).out == runner.uv(*words.split(), cwd=locked).out


def test_a_dry_run_and_the_report_tell_of_every_file(runner: Runner, locked: Path, index: IndexServer) -> None:
    dry = runner.hob("bundle", "--dry-run", cwd=locked, UV_DEFAULT_INDEX=index.url)
    assert (dry.code, (locked / "wheelhouse").exists()) == (0, False)
    assert dry.err.splitlines()[-1].startswith("Would bundle 2 files (")

    report = json.loads(runner.hob("bundle", "--output-format", "json", cwd=locked, UV_DEFAULT_INDEX=index.url).out)
    assert [(each["path"], each["action"]) for each in report["files"]] == [
        ("apple-1.0-py3-none-any.whl", "fetched"),
        ("banana-2.0-py3-none-any.whl", "fetched"),
    ]
    assert report["files"][0]["hash"] == f"sha256:{sha256(runner.home.wheels / 'apple-1.0-py3-none-any.whl')}"
