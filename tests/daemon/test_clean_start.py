"""Nothing of whoever starts the daemon stays with it (descriptors, directory, environment)."""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


def command(*words: str) -> list[str]:
    return [sys.executable, "-I", "-X", "utf8", "-m", "hobd", "run-once", "hob", "daemon", *words]


@pytest.mark.parametrize("way", ["restart", "serve"])
def test_a_daemon_keeps_no_descriptor_directory_or_variable_of_its_starter(way: str, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    high = 200
    os.dup2(writing, high, inheritable=True)
    with TemporaryDirectory(prefix="hob-") as runtime_dir:
        environment = {"PATH": os.defpath, "HOB_RUNTIME_DIR": runtime_dir, "SECRET_TOKEN": "s3cret", "TMPDIR": "/nowhere", "LD_X": "1"}
        how = {"env": environment, "cwd": tmp_path, "pass_fds": (high,)}
        if way == "restart":
            subprocess.run(command("restart"), check=True, capture_output=True, **how)  # type: ignore[call-overload] # fits
        else:
            ready_reading, ready_writing = os.pipe()
            serve = [*command()[:6], "serve", "--ready-fd", str(ready_writing), "--runtime-dir", runtime_dir]
            how["pass_fds"] = (high, ready_writing)
            process = subprocess.Popen(serve, **how)  # type: ignore[call-overload] # fits
            os.close(ready_writing)
            assert os.read(ready_reading, 100).startswith(b"ok ")
            os.close(ready_reading)
        os.close(writing)
        os.close(high)
        status = json.loads(subprocess.run(command("status", "--json"), check=True, capture_output=True, env=environment).stdout)
        for pid in (status["pid"], *(engine["pid"] for engine in status["engines"])):
            check_process(pid, tmp_path)
        os.set_blocking(reading, False)
        assert os.read(reading, 1) == b""  # the end of the pipe: nobody holds it open
        os.close(reading)
        subprocess.run(command("stop"), check=True, capture_output=True, env=environment)
        if way == "serve":
            assert process.wait(5) == 0


def check_process(pid: int, starter_cwd: Path) -> None:
    if not Path(f"/proc/{pid}/fd").exists():
        return  # an engine may come and go
    links = [os.readlink(entry.path) for entry in os.scandir(f"/proc/{pid}/fd") if os.path.lexists(entry.path)]
    assert not [link for link in links if link.startswith("pipe:")], links
    assert os.readlink(f"/proc/{pid}/cwd") != str(starter_cwd)
    live = Path(f"/proc/{pid}/environ").read_bytes()
    if os.getppid() != pid and b"serve" not in Path(f"/proc/{pid}/cmdline").read_bytes():
        assert b"s3cret" not in live
