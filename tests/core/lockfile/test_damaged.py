"""Damaged lockfiles are refused in uv's words, with the place."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hobd.core.lockfile.parse import InvalidLock, parse
from tests.core.lockfile.goldens import golden

BASE = golden("virid")
EDITABLE = 'version = "0.1.1"\nsource = { editable = "packages/core" }'
WHEEL = 'url = "http://x.example/virid_core-0.1.1-py3-none-any.whl"'
STD = '    { name = "virid-std" },'
DAMAGES = {
    "another schema": BASE.replace("version = 1\n", "version = 2\n", 1),
    "another schema, not understood": BASE.replace("version = 1\n", "version = 2\n", 1).replace("requires-python", "python"),
    "no version": BASE.replace("version = 1\n", "", 1),
    "version of a wrong type": BASE.replace("version = 1\n", 'version = "1"\n', 1),
    "no python": BASE.replace('requires-python = ">=3.9"\n', ""),
    "bad python": BASE.replace('">=3.9"', '"three"'),
    "open bracket": BASE.replace("[manifest]", "[manifest"),
    "key twice": BASE.replace("revision = 5", "revision = 5\nrevision = 6"),
    "cut off": BASE[: len(BASE) // 2],
    "nothing at all": "",
    "no name": BASE.replace('name = "virid-core"\nversion', "version", 1),
    "bad name": BASE.replace('name = "virid-core"\nversion', 'name = "virid core!"\nversion', 1),
    "no source": BASE.replace('source = { editable = "packages/core" }\n', ""),
    "unknown source": BASE.replace('source = { editable = "packages/core" }', 'source = { foo = "packages/core" }'),
    "short commit": BASE.replace('source = { editable = "packages/core" }', 'source = { git = "https://x.example/y#abc" }'),
    "bad version": BASE.replace('version = "0.1.1"', 'version = "abc"', 1),
    "bad marker": BASE.replace(STD, '    { name = "virid-std", marker = "foo == 3" },'),
    "bad fork marker": BASE.replace('requires-python = ">=3.9"', 'requires-python = ">=3.9"\nresolution-markers = ["foo"]'),
    "entry that is no table": BASE.replace(STD, '    "virid-std",'),
    "entry with a bad version": BASE.replace(STD, '    { name = "virid-std", version = "x" },'),
    "entry for nothing": BASE.replace(STD, '    { name = "virid-zzz" },'),
    "entry for another version": BASE.replace(STD, '    { name = "virid-std", version = "9", source = { editable = "x" } },'),
    "entry twice": BASE.replace(STD, f"{STD}\n{STD}"),
    "package twice": BASE.replace(STD, '    { name = "virid-std", source = { editable = "packages/std" }, version = "0.1.1" },')
    + '\n[[package]]\nname = "virid-std"\nversion = "0.1.1"\nsource = { editable = "packages/std" }\n',
    "registry without version": BASE.replace(EDITABLE, 'source = { registry = "http://x.example/simple" }'),
    "short hash": BASE.replace(EDITABLE, f'{EDITABLE}\nwheels = [{{ {WHEEL}, hash = "sha256:00", size = 1 }}]'),
    "unknown hash": BASE.replace(EDITABLE, f'{EDITABLE}\nwheels = [{{ {WHEEL}, hash = "zzz:00", size = 1 }}]'),
    "size in words": BASE.replace(EDITABLE, f'{EDITABLE}\nwheels = [{{ {WHEEL}, size = "one" }}]'),
    "archive without hash": BASE.replace(EDITABLE, f'version = "0.1.1"\nsource = {{ {WHEEL} }}\nwheels = [{{ {WHEEL} }}]'),
    "bad specifier": BASE.replace('{ name = "virid-core", editable = "packages/core" },', '{ name = "virid-core", specifier = "oops" },'),
    "unknown mode": BASE.replace("[manifest]", '[options]\nresolution-mode = "blah"\n\n[manifest]'),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_told_as_uv_tells_it(damage: str, tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parent / "virid", tmp_path / "project")
    (tmp_path / "project/uv.lock").write_text(DAMAGES[damage])
    command = [
        str(Path(sys.executable).with_name("uv")),
        "lock",
        "--offline",
        "--no-progress",
        "--no-config",
        "--cache-dir",
        str(tmp_path / "cache"),
    ]
    result = subprocess.run([*command, "--python", sys.executable], cwd=tmp_path / "project", capture_output=True, text=True, check=False)
    with pytest.raises(InvalidLock) as caught:
        parse(DAMAGES[damage])
    shown = [f"error: {caught.value.message}", *(f"  cause: {cause}".replace("\n", "\n         ") for cause in caught.value.causes)]
    expected = result.stderr[result.stderr.index("error: ") :]
    assert "\n".join(shown).split() == expected.split()
    assert result.returncode == caught.value.code == 2


def test_a_merge_conflict_has_a_way_out() -> None:
    with pytest.raises(InvalidLock) as caught:
        parse(BASE.replace("[manifest]", "<<<<<<< HEAD\n[manifest]\n=======\n>>>>>>> branch"))
    assert "merge conflict" in caught.value.hints[0]
