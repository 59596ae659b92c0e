"""What the README tells those who come from pip, pip-tools, conda or Poetry is typed word for word."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.e2e.house import HOB, shared_runtime_folder
from tests.support.wheels import make_wheel

README = Path(__file__).parents[2] / "README.md"
_SECTION = re.compile(r"^## Coming from pip.*?(?=^## )", re.DOTALL | re.MULTILINE)
_BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)


def _lines() -> list[str]:
    section = _SECTION.search(README.read_text())
    assert section is not None
    text = "".join(_BLOCK.findall(section[0]))
    return [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")]


def test_every_line_works(tmp_path: Path) -> None:
    links, folder = tmp_path / "links", tmp_path / "coming"
    folder.mkdir()
    make_wheel(links, "idna", "3.7")
    make_wheel(links, "rich", "14.0", ["idna>=3"])
    (tmp_path / "uv.toml").write_text(f'no-index = true\nfind-links = ["{links}"]\n')
    environment = {
        "PATH": os.pathsep.join([str(HOB.parent), str(Path(sys.base_prefix, "bin")), os.defpath]),
        "HOME": str(tmp_path),
        "HOB_CACHE_DIR": str(tmp_path / "cache"),
        "HOB_RUNTIME_DIR": shared_runtime_folder(),
        "UV_CONFIG_FILE": str(tmp_path / "uv.toml"),
        "UV_PYTHON_DOWNLOADS": "never",
    }
    lines = _lines()
    assert len(lines) > 15
    script = "set -e -o pipefail\n" + "".join(f"echo '--- {index}' >&2\n{line}\n" for index, line in enumerate(lines))
    done = subprocess.run(["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert (folder / "frozen.txt").read_text() == "idna==3.7\nrich==14.0\n"
    assert sorted(path.name for path in (folder / "wheels").iterdir()) == [
        "idna-3.7-py3-none-any.whl",
        "requirements.txt",
        "rich-14.0-py3-none-any.whl",
    ]
