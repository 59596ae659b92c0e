"""The daemon managed from outside, also when it hangs or is not there."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hobd.build_id import build_id, compute_build_id
from hobd.front import control, installation
from hobd.front.living import find_living, is_owned
from hobd.front.runtime_dir import Places
from tests.front.hobd_process import Hobd


def run(runtime_dir: Path, *words: str, **environment: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = control.run(words, {"HOB_RUNTIME_DIR": str(runtime_dir), "PATH": "/nonexistent", **environment}, out, err)
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def own(runtime_dir: Path) -> Hobd:
    """A daemon of this installation's build, not yet started."""
    return Hobd(runtime_dir, build=build_id())


def test_without_a_daemon_the_status_says_so_and_where_it_would_be(runtime_dir: Path) -> None:
    code, out, _ = run(runtime_dir, "status")
    assert (code, out) == (1, f"No daemon is running\n  {runtime_dir}: taken\n")
    code, out, _ = run(runtime_dir, "status", "--json")
    assert (code, json.loads(out)["running"]) == (1, False)


def test_the_status_of_a_daemon_is_what_it_says_itself(own: Hobd) -> None:
    own.start()
    code, out, _ = run(own.places.folder, "status", "--json")
    assert (code, json.loads(out)["instance"]) == (0, own.instance)
    assert f"pid {own.pid}" in run(own.places.folder, "status")[1]
    own.stop()


def test_stop_ends_the_daemon_and_is_content_without_one(own: Hobd) -> None:
    own.start()
    code, _, err = run(own.places.folder, "stop")
    assert (code, err) == (0, f"Stopped the daemon (pid {own.pid})\n")
    assert own.process is not None
    assert own.process.wait(1) == 0
    assert run(own.places.folder, "stop") == (0, "", "No daemon is running\n")


def test_a_daemon_that_hangs_is_ended_by_force(own: Hobd) -> None:
    own.start()
    os.kill(own.pid, signal.SIGSTOP)
    assert "does not answer" in run(own.places.folder, "status")[1]
    assert run(own.places.folder, "stop", "--force")[0] == 0
    assert own.process is not None
    assert own.process.wait(1) == -signal.SIGKILL


def test_a_daemon_is_found_by_who_listens_when_its_info_is_gone_or_lies(own: Hobd) -> None:
    own.start()
    info = json.loads(own.places.info.read_text())
    for lie in ({"start_time": 1}, {"boot_id": "another"}, {"pid": os.getpid()}):
        own.places.info.write_text(json.dumps({**info, **lie}))
        living = find_living(own.places)
        assert living is not None
        assert living.pid == own.pid
        living.close()
    own.places.info.write_text("{")
    assert find_living(own.places) is not None
    own.stop()


def test_a_lock_that_nobody_holds_is_nobodys(runtime_dir: Path) -> None:
    places = Places(runtime_dir, "0123abcd", 1)
    assert not is_owned(places)
    places.owner_lock.touch()
    assert not is_owned(places)
    assert find_living(places) is None


def test_restart_puts_another_daemon_in_its_place(own: Hobd) -> None:
    own.start()
    code, _, err = run(own.places.folder, "restart")
    assert code == 0
    assert err.startswith("Started a daemon (instance ")
    status = json.loads(run(own.places.folder, "status", "--json")[1])
    assert status["instance"] != own.instance
    assert status["start_reason"] == "restart"
    own.stop()
    assert run(own.places.folder, "stop")[0] == 0


def test_the_endpoint_is_that_of_the_client_that_asks(runtime_dir: Path) -> None:
    code, out, _ = run(runtime_dir, "endpoint", HOB_CLIENT="/opt/hob/bin/hob")
    build = compute_build_id(__import__("hobd").__version__, str(Path("/opt/hob/bin").resolve()))
    assert code == 0
    assert out.startswith(f"unix:{runtime_dir}/v1-{build}-")
    document = json.loads(run(runtime_dir, "endpoint", "--json")[1])
    assert (document["running"], document["build"]) == (False, build_id())


def test_the_end_of_the_log_is_shown(runtime_dir: Path) -> None:
    code, _, err = run(runtime_dir, "logs")
    assert (code, err.splitlines()[0]) == (1, f"error: There is no log at `{runtime_dir}/hobd.log` yet")
    (runtime_dir / "hobd.log").write_text("one\ntwo\nthree\n")
    assert run(runtime_dir, "logs", "-n", "2") == (0, "two\nthree\n", "")


@pytest.mark.parametrize("words", [(), ("bogus",), ("stop", "--nonsense")])
def test_what_is_no_command_is_a_usage_error(runtime_dir: Path, words: tuple[str, ...]) -> None:
    assert run(runtime_dir, *words)[0] == 2


def test_an_unfit_directory_is_an_error_with_a_hint(runtime_dir: Path) -> None:
    runtime_dir.chmod(0o750)
    code, _, err = run(runtime_dir, "status")
    assert code == 2
    assert "can be entered by others" in err
    assert "hint: " in err


def test_units_are_installed_and_removed(runtime_dir: Path, tmp_path: Path) -> None:
    code, _, err = run(runtime_dir, "install", "--socket", HOME=str(tmp_path))
    folder = tmp_path / ".config" / "systemd" / "user"
    assert code == 0
    assert "systemctl --user enable --now hobd.socket" in err
    service = (folder / "hobd.service").read_text()
    assert f"ExecStart={sys.executable} -I -X utf8 -m hobd serve --start-reason systemd --build {build_id()}" in service
    assert f"ListenStream={runtime_dir}/v1-{build_id()}-" in (folder / "hobd.socket").read_text()
    assert run(runtime_dir, "uninstall", XDG_CONFIG_HOME=str(tmp_path / ".config"))[0] == 0
    assert list(folder.iterdir()) == []
    assert run(runtime_dir, "uninstall", HOME=str(tmp_path)) == (0, "", "Nothing was installed\n")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_finds_no_fault_with_the_units(runtime_dir: Path, tmp_path: Path) -> None:
    run(runtime_dir, "install", "--socket", HOME=str(tmp_path))
    rendered = tmp_path / ".config" / "systemd" / "user"
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    for name in (installation.SERVICE, installation.SOCKET):
        (shipped / name).write_text(installation.read_unit(name))
    environment = {"PATH": os.defpath, "XDG_RUNTIME_DIR": str(runtime_dir), "HOME": str(tmp_path)}
    for folder in (rendered, shipped):
        command = ["systemd-analyze", "--user", "verify", *(str(folder / name) for name in (installation.SERVICE, installation.SOCKET))]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(("word", "quoted"), [("/opt/hob", "/opt/hob"), ("/my dir/py", '"/my dir/py"'), ("50%$x", "50%%$$x")])
def test_words_are_quoted_as_systemd_reads_them(word: str, quoted: str) -> None:
    assert installation.quote(word) == quoted
