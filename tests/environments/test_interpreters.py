"""Interpreters are asked once, believed while they stay the same, and complained about in uv's words."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from hobd.core.vocab.evidence import NoEvidence
from hobd.core.vocab.spawn import Finished
from hobd.engine.spawning import LocalSpawner
from hobd.environments.create import Shape, create_environment
from hobd.environments.interpreter import Interpreter
from hobd.environments.interpreters import Interpreters, MissingInterpreter, UnusableInterpreter
from tests.environments.fakes import fake_python, runs, write_program
from tests.environments.places import VARIABLES, this_python

MARKERS = "import platform, os, sys; print(platform.machine(), platform.python_version(), platform.release(), os.name, sys.platform)"


class Refusing:
    """Starts nothing."""

    async def run(self, argv: Sequence[str], **how: object) -> Finished:
        raise AssertionError(f"{argv[0]} was run")


async def ask(path: Path, interpreters: Interpreters | None = None) -> Interpreter:
    return await (interpreters or Interpreters(None)).probe(path, LocalSpawner(), VARIABLES, NoEvidence())


async def test_the_running_interpreter_is_described_as_it_is() -> None:
    found = await ask(Path(sys.executable))
    markers = found.markers
    expected = subprocess.run([sys.executable, "-c", MARKERS], capture_output=True, text=True, check=True).stdout.split()  # noqa: ASYNC221
    names = ("platform_machine", "python_full_version", "platform_release", "os_name", "sys_platform")
    assert [markers[name] for name in names] == expected
    assert str(found.prefix) == sys.prefix
    assert str(found.base_prefix) == sys.base_prefix
    assert found.cache_tag == sys.implementation.cache_tag
    assert found.tags().rank is not None
    assert next(iter(found.tags()))[0] == f"cp{sys.version_info[0]}{sys.version_info[1]}"


async def test_an_environment_is_told_from_what_it_was_made_of(tmp_path: Path) -> None:
    create_environment(tmp_path / "venv", this_python(), Shape())
    found = await ask(tmp_path / "venv/bin/python")
    assert found.is_environment
    assert found.prefix == tmp_path / "venv"
    assert found.scheme.purelib == tmp_path / "venv" / this_python().environment_purelib
    assert found.base_executable.samefile(this_python().base_executable)


async def test_a_new_environment_is_like_the_one_before_and_not_asked(tmp_path: Path) -> None:
    interpreters = Interpreters(None)
    for name in ("one", "other"):
        create_environment(tmp_path / name, this_python(), Shape())
        python = tmp_path / name / "bin" / "python"
        spawner = LocalSpawner() if name == "one" else Refusing()
        found = await interpreters.probe_new(python, this_python(), spawner, VARIABLES, NoEvidence())
        assert found == await ask(python)
        assert await interpreters.probe(python, Refusing(), VARIABLES, NoEvidence()) is found


async def test_what_an_environment_will_say_is_known_from_any_that_was_asked(tmp_path: Path) -> None:
    interpreters, other = Interpreters(None), tmp_path / "other/bin/python"
    create_environment(tmp_path / "one", this_python(), Shape(has_system_packages=True))
    create_environment(tmp_path / "other", this_python(), Shape())
    assert interpreters.expect(other, this_python(), NoEvidence()) is None
    await interpreters.probe(tmp_path / "one/bin/python", LocalSpawner(), VARIABLES, NoEvidence())
    expected = interpreters.expect(other, this_python(), NoEvidence())
    assert expected == await ask(other)
    assert await interpreters.probe(other, Refusing(), VARIABLES, NoEvidence()) is expected


async def test_nothing_of_the_environment_is_run_by_asking(tmp_path: Path) -> None:
    create_environment(tmp_path / "venv", this_python(), Shape())
    site = tmp_path / "venv" / this_python().environment_purelib
    (site / "trap.pth").write_text(f"import pathlib; pathlib.Path({str(tmp_path / 'sprung')!r}).touch()\n")
    (site / "sitecustomize.py").write_text("raise SystemExit(9)")
    (tmp_path / "json.py").write_text("raise SystemExit(9)")
    found = await Interpreters(None).probe(
        tmp_path / "venv/bin/python", LocalSpawner(), {**VARIABLES, "PYTHONPATH": str(tmp_path)}, NoEvidence()
    )
    assert found.is_environment
    assert not (tmp_path / "sprung").exists()


async def test_an_interpreter_is_asked_once_and_again_when_it_changed(tmp_path: Path) -> None:
    program = fake_python(tmp_path / "bin/python", "3.12.1")
    interpreters = Interpreters(tmp_path / "cache")
    assert [str((await ask(program, interpreters)).version) for _ in range(2)] == ["3.12.1"] * 2
    assert str((await ask(program, Interpreters(tmp_path / "cache"))).version) == "3.12.1"
    assert runs(program) == 1
    fake_python(program, "3.13.0")
    os.utime(program, ns=(1, 1))
    assert str((await ask(program, interpreters)).version) == "3.13.0"
    assert runs(program) == 2


async def test_a_shim_is_asked_every_time(tmp_path: Path) -> None:
    shim = fake_python(tmp_path / "shims/python", "3.12.1", executable=str(fake_python(tmp_path / "real/python", "3.12.1")))
    interpreters = Interpreters(tmp_path / "cache")
    for _ in range(2):
        await ask(shim, interpreters)
    assert runs(shim) == 2


@pytest.mark.parametrize("damage", ["{", "[]", '{"schema": 1}'])
async def test_damaged_answers_are_asked_again(tmp_path: Path, damage: str) -> None:
    program = fake_python(tmp_path / "bin/python", "3.12.1")
    await ask(program, Interpreters(tmp_path / "cache"))
    (kept,) = (tmp_path / "cache").iterdir()
    kept.write_text(damage)
    assert str((await ask(program, Interpreters(tmp_path / "cache"))).version) == "3.12.1"
    assert runs(program) == 2


async def test_a_folder_that_cannot_be_written_only_costs_time(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    program = fake_python(tmp_path / "bin/python", "3.12.1")
    assert str((await ask(program, Interpreters(tmp_path / "cache"))).version) == "3.12.1"


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo hello", "returned an invalid response: expected value at line 1 column 1\n\n[stdout]\nhello"),
        ("echo no such version >&2; exit 127", "failed with exit status exit status: 127\n\n[stderr]\nno such version"),
        ("kill -9 $$", "failed with exit status signal: 9"),
        ("echo '{}'", "returned an invalid response: "),
        ("echo '[1]'", "returned an invalid response: not an object"),
    ],
)
async def test_what_is_no_interpreter_is_reported_with_what_it_said(tmp_path: Path, script: str, message: str) -> None:
    program = write_program(tmp_path / "bin/python", script)
    with pytest.raises(UnusableInterpreter) as caught:
        await ask(program)
    assert message in caught.value.message
    assert str(program) in caught.value.message


async def test_an_interpreter_that_is_too_old_is_named_as_such(tmp_path: Path) -> None:
    program = write_program(tmp_path / "bin/python", "echo 'Unknown option: -I' >&2; exit 2")
    with pytest.raises(UnusableInterpreter) as caught:
        await ask(program)
    assert caught.value.causes == ("Python executable does not support `-I` flag. Please use Python 3.6 or newer.",)


async def test_an_interpreter_that_hangs_is_given_up(tmp_path: Path) -> None:
    program = write_program(tmp_path / "bin/python", "exec sleep 60")
    with pytest.raises(UnusableInterpreter, match="did not end in"):
        await ask(program, Interpreters(None, timeout_seconds=0.2))


async def test_what_is_not_there_or_leads_nowhere_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(MissingInterpreter, match="Python interpreter not found at"):
        await ask(tmp_path / "python")
    (tmp_path / "python").symlink_to("gone")
    with pytest.raises(MissingInterpreter, match=r"Broken symlink at .*, was the underlying Python interpreter removed"):
        await ask(tmp_path / "python")
    (tmp_path / "file").write_text("#!/bin/sh\n")
    with pytest.raises(UnusableInterpreter) as caught:
        await ask(tmp_path / "file")
    assert caught.value.causes == ("Permission denied (os error 13)",)
