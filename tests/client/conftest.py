"""The two clients, installed in a folder of their own, and the places where they look for a daemon."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hobd import __version__
from hobd.build_id import compute_build_id
from tests.client.fake_daemon import FakeDaemon, Script

ROOT = Path(__file__).parents[2]
STARTER = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'daemon')!r}, {str(ROOT / 'client/python')!r}]; "


@dataclass(frozen=True, slots=True)
class Installation:
    """A client and what lies beside it."""

    kind: str
    folder: Path
    build: str

    @property
    def hob(self) -> Path:
        return self.folder / "hob"

    @property
    def python(self) -> Path:
        """What it takes for a Python with hobd."""
        return self.folder / "fake-python"


@dataclass(frozen=True, slots=True)
class Bench:
    """A client with a runtime directory, a project and an environment of its own."""

    client: Installation
    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def runtime(self) -> Path:
        return self.root / "runtime"

    @property
    def project(self) -> Path:
        return self.root / "project"

    def path(self, pattern: str) -> Path:
        """A file of the daemon in the runtime directory, such as `v1-{}.sock`."""
        namespace = "".join(filter(str.isdigit, os.readlink("/proc/self/ns/mnt")))
        return Path(self.environment["HOB_RUNTIME_DIR"]) / pattern.format(f"{self.client.build}-{namespace}")

    def serve(self, *scripts: Script) -> FakeDaemon:
        """A daemon at the place where the client looks for it."""
        return FakeDaemon(self.path("v1-{}.sock"), *scripts)

    def start(self, *words: str | bytes, stdin: int = subprocess.DEVNULL, **variables: str) -> subprocess.Popen[bytes]:
        """Start the client with its streams in pipes, but for standard input."""
        return subprocess.Popen(
            [self.client.hob, *words],
            cwd=self.project,
            env=self.environment | variables,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *words: str | bytes, **variables: str) -> subprocess.CompletedProcess[bytes]:
        """Run the client to its end."""
        with self.start(*words, stdin=subprocess.DEVNULL, **variables) as process:
            out, err = process.communicate(timeout=30)
        return subprocess.CompletedProcess(words, process.returncode, out, err)


def _write_script(path: Path, text: str) -> None:
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(0o755)


def _can_build() -> bool:
    fetch = ["cargo", "fetch", "--quiet"]
    return shutil.which("cargo") is not None and not subprocess.run(fetch, cwd=ROOT / "client", check=False, capture_output=True).returncode


@pytest.fixture(scope="session")
def native(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The native client, built from the sources as they are."""
    if not _can_build():
        pytest.skip("there is no Rust toolchain, or its registry does not answer")
    # One worker builds, the others wait.
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=ROOT / "client", check=True)
    program = max((ROOT / "client" / "target").glob("*/release/hob"), key=lambda path: path.stat().st_mtime)
    folder = tmp_path_factory.mktemp("native").resolve()
    shutil.copy(program, folder / "hob")
    _write_script(folder / "fake-python", STARTER + "from tests.client.fake_python import main; main()\n")
    (folder / "hobd").write_text(f"#!{folder / 'fake-python'}\n")
    return Installation("native", folder, compute_build_id(__version__, str(folder)))


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The stand-in, as installers write it."""
    folder = tmp_path_factory.mktemp("stand-in").resolve()
    _write_script(folder / "hob", STARTER + "from hob_client.__main__ import main; main()\n")
    _write_script(folder / "fake-python", STARTER + "from tests.client.fake_python import main; main()\n")
    return Installation("stand-in", folder, compute_build_id(__version__, str(Path(sys.executable).parent.resolve())))


def _lay(client: Installation, root: Path) -> Bench:
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(root),
        "HOB_RUNTIME_DIR": str(root / "runtime"),
        "HOB_PYTHON": str(client.python),
        "HOB_TEST_PROBE_SECONDS": "20",
        "HOB_TEST_WEDGE_SECONDS": "20",
    }
    bench = Bench(client, root, environment)
    bench.runtime.mkdir(mode=0o700)
    bench.project.mkdir()
    return bench


def _end_lives(bench: Bench) -> None:
    """End the daemons that clients have started."""
    lives = bench.runtime / "lives"
    for pid in lives.read_text().split() if lives.exists() else ():
        os.kill(int(pid), signal.SIGKILL)


@pytest.fixture(params=["native", "stand_in"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """Each of the two clients, ready to be run."""
    bench = _lay(request.getfixturevalue(request.param), tmp_path)
    yield bench
    _end_lives(bench)


@pytest.fixture
def native_bench(native: Installation, tmp_path: Path) -> Iterator[Bench]:
    """The native client, ready to be run."""
    bench = _lay(native, tmp_path)
    yield bench
    _end_lives(bench)
