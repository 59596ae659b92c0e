"""Bytecode is made once per wheel and interpreter, and is valid wherever it is linked."""

import os
import subprocess
import sys
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path

import pytest
from msgspec.structs import replace

from hobd.core.formats.stored_files import StoredFile
from hobd.core.vocab.digest import Digest
from hobd.engine.spawning import LocalSpawner
from hobd.environments.apply import ApplySettings, apply_plan
from hobd.environments.layout import Addition
from hobd.store.compile import BytecodeStore, CannotCompile, CompiledWheel, Compiler
from hobd.store.content import drop_changed
from hobd.store.upkeep import clean_packages
from hobd.store.wheels import Fetched, StoredWheel, WheelStore
from tests.core.plan.places import names
from tests.environments.places import make_environment
from tests.support.wheels import make_wheel, sha256

FILES = {"kit/__init__.py": "v = 1\n", "kit/bad.py": "def (", "kit/sub/x.py": "import this_is_not_run\n", "kit/data.txt": ""}


def compiler(**changes: object) -> Compiler:
    base = Compiler(
        python=Path(sys.executable),
        cache_tag=str(sys.implementation.cache_tag),
        magic=MAGIC_NUMBER.hex(),
        spawner=LocalSpawner(),
        environment={"PATH": os.defpath},
    )
    return replace(base, **changes)


async def stored(cache: Path) -> StoredWheel:
    wheel = make_wheel(cache.parent / "index", "kit", "1.0", files=FILES)
    digest = Digest("sha256", sha256(wheel))

    async def fetch(folder: Path) -> Fetched:
        return Fetched(path=wheel, sha256=digest.hex)

    return await WheelStore(cache).ensure(wheel.name, digest, fetch)


def files_of(compiled: CompiledWheel) -> list[StoredFile]:
    return [file for group in compiled.groups for file in group]


async def test_what_can_be_compiled_is_compiled_once(tmp_path: Path) -> None:
    wheel = await stored(tmp_path / "cache")
    first = (await BytecodeStore(tmp_path / "cache").ensure([wheel], compiler()))[wheel.sha256]
    tag = sys.implementation.cache_tag
    assert sorted(file.path for file in files_of(first)) == [f"kit/__pycache__/__init__.{tag}.pyc", f"kit/sub/__pycache__/x.{tag}.pyc"]
    again = (await BytecodeStore(tmp_path / "cache").ensure([wheel], compiler(python=Path("/no/such/python"))))[wheel.sha256]
    assert again == first


@pytest.mark.parametrize("link_mode", ["hardlink", "copy", "symlink"])
async def test_linked_bytecode_is_used_by_python_and_not_recorded(tmp_path: Path, link_mode: str) -> None:
    wheel = await stored(tmp_path / "cache")
    compiled = (await BytecodeStore(tmp_path / "cache").ensure([wheel], compiler()))[wheel.sha256]
    environment = make_environment(tmp_path / "venv")
    addition = Addition(tree=wheel.tree, manifest=wheel.manifest, title="kit", bytecode_tree=compiled.tree, bytecode=compiled.groups)
    apply_plan(environment, (), [addition], ApplySettings(link_mode=link_mode))
    site = environment.scheme.purelib
    command = [str(environment.python), "-v", "-c", "import kit; print(kit.__file__, kit.__cached__)"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: ASYNC221
    tag = sys.implementation.cache_tag
    assert done.stdout.split() == [str(site / "kit/__init__.py"), str(site / f"kit/__pycache__/__init__.{tag}.pyc")]
    assert f"{site}/kit/__pycache__/__init__.{tag}.pyc matches {site}/kit/__init__.py" in done.stderr
    assert "pyc" not in (site / "kit-1.0.dist-info/RECORD").read_text()


async def test_bytecode_of_a_wheel_that_was_unpacked_anew_is_made_anew(tmp_path: Path) -> None:
    wheel = await stored(tmp_path / "cache")
    await BytecodeStore(tmp_path / "cache").ensure([wheel], compiler())
    (wheel.tree / "kit/__init__.py").chmod(0o644)
    (wheel.tree / "kit/__init__.py").write_text("v = 9\n")
    anew = await stored(tmp_path / "cache")
    assert anew.manifest != wheel.manifest
    with pytest.raises(CannotCompile, match=r"Failed to bytecode-compile `kit==1\.0`"):
        await BytecodeStore(tmp_path / "cache").ensure([anew], compiler(python=Path("/no/such/python")))
    compiled = (await BytecodeStore(tmp_path / "cache").ensure([anew], compiler()))[anew.sha256]
    assert len(files_of(compiled)) == 2


async def test_bytecode_that_somebody_changed_is_made_anew(tmp_path: Path) -> None:
    wheel, store = await stored(tmp_path / "cache"), BytecodeStore(tmp_path / "cache")
    first = (await store.ensure([wheel], compiler()))[wheel.sha256]
    changed = first.tree / files_of(first)[0].source
    content = changed.read_bytes()
    changed.chmod(0o644)
    changed.write_bytes(content + b"!")
    assert store.find([wheel], compiler()) == {wheel.sha256: first}, "who links it looks at it"
    drop_changed(tmp_path / "cache", [str(first.tree)])
    assert store.find([wheel], compiler()) == {}
    again = (await store.ensure([wheel], compiler(niceness=19)))[wheel.sha256]
    assert (again.tree / files_of(again)[0].source).read_bytes() == content
    assert store.find([wheel], compiler()) == {wheel.sha256: again}


async def test_flipped_bytecode_is_made_anew_where_wheels_are_read_through(tmp_path: Path) -> None:
    wheel = await stored(tmp_path / "cache")
    store = BytecodeStore(tmp_path / "cache")
    (made,) = (await store.ensure([wheel], compiler())).values()
    victim = made.tree / files_of(made)[0].source
    whole, state = victim.read_bytes(), victim.stat()
    victim.chmod(0o644)
    victim.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    os.utime(victim, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert store.find([wheel], compiler()) == {wheel.sha256: made}
    read = replace(wheel, is_read=True)
    assert store.find([read], compiler()) == {}
    assert store.find([wheel], compiler()) == {}, "who looks less closely does not find it either"
    (again,) = (await store.ensure([read], compiler())).values()
    assert (again.tree / files_of(again)[0].source).read_bytes()[16:] == whole[16:]


async def test_bytecode_goes_with_its_wheel(tmp_path: Path) -> None:
    wheel = await stored(tmp_path / "cache")
    compiled = (await BytecodeStore(tmp_path / "cache").ensure([wheel], compiler()))[wheel.sha256]
    clean_packages(tmp_path / "cache", names("kit"))
    assert not compiled.tree.exists()


async def test_an_interpreter_that_never_ends_is_given_up(tmp_path: Path) -> None:
    wheel = await stored(tmp_path / "cache")
    endless = tmp_path / "python"
    endless.write_text("#!/bin/sh\nexec sleep 60\n")
    endless.chmod(0o755)
    with pytest.raises(CannotCompile) as refused:
        await BytecodeStore(tmp_path / "cache").ensure([wheel], compiler(python=endless, timeout_seconds=0.1))
    assert refused.value.causes == ("Bytecode timed out (0.1s)",)


@pytest.mark.parametrize("mode", ["TIMESTAMP", "CHECKED_HASH", "UNCHECKED_HASH"])
async def test_in_place_only_what_is_not_current_is_compiled(tmp_path: Path, mode: str) -> None:
    sources = [tmp_path / "a.py", tmp_path / "b.py"]
    for source in sources:
        source.write_text("v = 1\n")

    async def compile_in_place() -> list[int]:
        await compiler(mode=mode).run([(str(source), None) for source in sources], tmp_path, "no")
        return [Path(cache_from_source(str(source))).stat().st_ino for source in sources]

    first = await compile_in_place()
    assert await compile_in_place() == first
    sources[1].write_text("v = 22\n")
    again = await compile_in_place()
    assert (again[0] == first[0], again[1] == first[1]) == (True, False)
