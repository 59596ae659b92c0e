"""`hob export` of several documents at once, beside uv."""

from pathlib import Path

import pytest

from tests.e2e.house import UV
from tests.service.sessions import assert_same

pytestmark = pytest.mark.skipif(not UV.exists(), reason="uv is not installed beside this Python")

PROJECT = {
    "pyproject.toml": (
        '[project]\nname = "demo"\nversion = "0.1.0"\nrequires-python = ">=3.11"\ndependencies = ["core"]\n'
        '[project.optional-dependencies]\nx = ["core"]\n[dependency-groups]\ndev = ["core"]\n'
        '[tool.uv.workspace]\nmembers = ["core"]\n[tool.uv.sources]\ncore = { workspace = true }\n'
    ),
    "core/pyproject.toml": '[project]\nname = "core"\nversion = "1"\nrequires-python = ">=3.11"\n',
}
BATCH = "export --preview-features batch-export --batch"


def test_a_manifest_names_several_exports_of_one_lock(tmp_path: Path) -> None:
    manifest = (
        '[[export]]\noutput-file = "all.txt"\nall-packages = true\nall-groups = true\n'
        '[[export]]\noutput-file = "pylock.toml"\npackage = ["core"]\n'
        '[[export]]\noutput-file = "dev/only.txt"\nonly-group = ["dev"]\n'
    )
    assert_same(
        tmp_path, PROJECT | {"lists/many.toml": manifest}, "lock -q", f"{BATCH} lists/many.toml", f"{BATCH} lists/many.toml --frozen -q"
    )


@pytest.mark.parametrize(
    "entry",
    [
        'output-file = "a.txt"\nformat = "x"',
        'output-file = "a.txt"\npackage = "core"',
        'output-file = "a.txt"\npackage = ["nope"]',
        'output-file = "a.txt"\ngroup = ["nope"]',
        'output-file = "a.txt"\nall-packages = true\npackage = ["core"]',
        'output-file = "a.txt"\n[[export]]\noutput-file = "b/../a.txt"',
        "",
    ],
)
def test_nothing_is_written_where_one_of_the_exports_cannot_be_made(entry: str, tmp_path: Path) -> None:
    manifest = f'[[export]]\noutput-file = "fine.txt"\n[[export]]\n{entry}\n'
    assert_same(tmp_path, PROJECT | {"many.toml": manifest}, "lock -q", f"{BATCH} many.toml --frozen")
