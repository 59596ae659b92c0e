"""Real backends are asked, in environments of their own: for metadata, and for wheels."""

import os
import shutil
from ast import literal_eval
from collections.abc import Mapping
from pathlib import Path

import anyio
import pytest
from msgspec.structs import replace
from packaging.version import Version

from hobd.core.resolver.knowledge import Unusable
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.index import Refresh
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.settings import BuildSettings, Choice
from hobd.core.vocab.settings_layer import ExtraBuildDependency
from hobd.core.vocab.source import Directory, Editable
from hobd.core.vocab.source import Path as PathSource
from hobd.errors import HobError
from tests.service.houses import House, pin
from tests.support.wheels import make_sdist, make_source_tree, make_wheel, sha256

LIB = Name("lib")

BACKEND = """
import os, zipfile

INFO = "lib-1.5.dist-info"
METADATA = "Metadata-Version: 2.2\\nName: lib\\nVersion: 1.5\\nRequires-Dist: idna>=3\\n"
WHEEL = "Wheel-Version: 1.0\\nGenerator: tests\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"


def build_wheel(folder, config=None, metadata=None):
    content = repr({"config": config, "variables": dict(os.environ), "cwd": os.getcwd(), "extra": EXTRA()})
    members = {"lib.py": content, INFO + "/METADATA": METADATA, INFO + "/WHEEL": WHEEL}
    record = "".join(path + ",,\\n" for path in [*members, INFO + "/RECORD"])
    with zipfile.ZipFile(os.path.join(folder, "lib-1.5-py3-none-any.whl"), "w") as archive:
        for path, text in {**members, INFO + "/RECORD": record}.items():
            archive.writestr(path, text)
    return "lib-1.5-py3-none-any.whl"


def EXTRA():
    return None
"""


def make_tree(
    house: House, name: str = "lib", *, project: str = 'dynamic = ["version"]', requires: str = "", backend: str = BACKEND
) -> Path:
    """A folder beside the project, with a backend of its own that has no other hook than `build_wheel`."""
    folder = house.root / name
    folder.mkdir(exist_ok=True)
    system = f'[build-system]\nrequires = [{requires}]\nbuild-backend = "own"\nbackend-path = ["."]\n'
    (folder / "pyproject.toml").write_text(f'{system}[project]\nname = "{name}"\n{project}\n')
    (folder / "own.py").write_text(backend)
    return folder


async def built(house: House, name: str = "lib") -> Mapping[str, object]:
    """What the backend saw when it built the wheel."""
    wheel = await house.builder().wheel_of(pin(name))
    found: Mapping[str, object] = literal_eval((wheel.tree / "lib.py").read_text())
    return found


async def metadata(house: House, folder: Path, name: Name | None = LIB) -> Metadata:
    found = await house.builder().of_tree(folder, Directory(f"../{folder.name}"), name)
    assert isinstance(found, Metadata)
    return found


async def test_a_static_project_is_never_built(house: House) -> None:
    folder = make_tree(house, project='version = "2"\ndependencies = ["idna>=2"]')
    found = await metadata(house, folder)
    assert (found.version, [str(each.name) for each in found.requires_dist]) == (Version("2"), ["idna"])
    assert house.spawner.started == []


async def test_a_dynamic_version_is_asked_of_the_backend(house: House) -> None:
    make_source_tree(house.root / "lib", "lib", "1.5", ["idna>=3"], static_pyproject=False)
    found = await metadata(house, house.root / "lib")
    assert (found.version, found.is_dynamic, [str(each.name) for each in found.requires_dist]) == (Version("1.5"), True, ["idna"])
    assert house.spawner.hooks() == ["get_requires_for_build_wheel", "prepare_metadata_for_build_wheel"]
    assert house.said.text == ""


async def test_what_a_backend_said_is_not_asked_for_twice(house: House) -> None:
    make_source_tree(house.root / "lib", "lib", "1.5", static_pyproject=False)
    first = await metadata(house, house.root / "lib")
    count = len(house.spawner.started)
    assert (await metadata(house, house.root / "lib"), len(house.spawner.started)) == (first, count)


async def test_a_backend_that_prepares_no_metadata_builds_the_wheel_which_is_kept(house: House) -> None:
    folder = make_tree(house)
    assert (await metadata(house, folder)).version == Version("1.5")
    place = f"lib @ file://{folder}"
    assert house.said.text == f"   Building {place}\n      Built {place}\n"
    await house.builder().wheel_of(pin("lib"))
    assert house.spawner.hooks().count("build_wheel") == 1


async def test_a_wheel_is_built_once_until_a_file_that_counts_changes(house: House) -> None:
    folder = make_tree(house)
    assert (await house.builder().wheel_of(pin("lib"))).is_new
    assert not (await house.builder().wheel_of(pin("lib"))).is_new
    (folder / "other.txt").write_text("does not count")
    assert not (await house.builder().wheel_of(pin("lib"))).is_new
    (folder / "pyproject.toml").touch()
    assert (await house.builder().wheel_of(pin("lib"))).is_new


async def test_what_counts_is_what_the_cache_keys_name(house: House) -> None:
    folder = make_tree(house, project='version = "1.5"\n[tool.uv]\ncache-keys = ["*.txt", { env = "MOOD" }]')
    await house.builder().wheel_of(pin("lib"))
    (folder / "setup.py").touch()
    assert not (await house.builder().wheel_of(pin("lib"))).is_new
    (folder / "other.txt").write_text("counts")
    assert (await house.builder().wheel_of(pin("lib"))).is_new
    house.variables.values = {**house.variables.values, "MOOD": "good"}
    assert (await house.builder().wheel_of(pin("lib"))).is_new


async def test_refreshing_builds_again_and_only_once_a_command(house: House) -> None:
    make_tree(house)
    await house.builder().wheel_of(pin("lib"))
    builder = house.builder()
    cache = replace(builder.session.settings.cache, refresh=Refresh(packages=frozenset({LIB})))
    refreshing = replace(builder, session=replace(builder.session, settings=replace(builder.session.settings, cache=cache)))
    assert (await refreshing.wheel_of(pin("lib"))).is_new
    assert not (await refreshing.wheel_of(pin("lib"))).is_new


async def test_a_wheel_that_was_changed_in_the_store_is_built_again(house: House) -> None:
    make_tree(house)
    wheel = await house.builder().wheel_of(pin("lib"))
    (wheel.tree / "lib.py").chmod(0o644)
    (wheel.tree / "lib.py").write_text("something else")
    assert (await house.builder().wheel_of(pin("lib"))).is_new


async def test_an_editable_is_another_wheel_than_the_folder(house: House) -> None:
    folder = make_source_tree(house.root / "lib", "lib", "1.5")
    plain = await house.builder().wheel_of(pin("lib"))
    editable = await house.builder().wheel_of(pin("lib", Editable("../lib")))
    assert (plain.tree / "lib" / "__init__.py").is_file()
    assert (editable.tree / "__editable__lib.pth").read_text().strip() == str(folder)


async def test_a_backend_sees_the_callers_environment_and_its_own(house: House) -> None:
    make_tree(house)
    house.variables.values = {**house.variables.values, "MOOD": "good"}
    extra = ((LIB, (("CFLAGS", "-O0"), ("PATH", "/opt/bin"))),)
    house.build = BuildSettings(config_settings=(("plain", ("1",)), ("several", ("1", "2"))), extra_variables=extra)
    seen = await built(house)
    variables = seen["variables"]
    assert isinstance(variables, dict)
    assert seen["config"] == {"plain": "1", "several": ["1", "2"]}
    assert seen["cwd"] == str(house.root / "lib")
    assert (variables["MOOD"], variables["CFLAGS"], variables["UV"]) == ("good", "-O0", "/usr/bin/hob")
    assert variables["UV_INTERNAL__BUILD_DIR"] == str(house.root / "lib")
    assert variables["PATH"] == f"{variables['VIRTUAL_ENV']}/bin:/opt/bin:/usr/bin:/bin"


async def test_nothing_is_left_of_the_environment(house: House) -> None:
    make_tree(house)
    await house.builder().wheel_of(pin("lib"))
    assert list((house.cache / "builds-v1").iterdir()) == []


async def test_other_settings_are_another_build(house: House) -> None:
    make_tree(house)
    await house.builder().wheel_of(pin("lib"))
    house.build = BuildSettings(config_settings=(("plain", ("1",)),))
    assert (await house.builder().wheel_of(pin("lib"))).is_new


async def test_what_the_build_system_requires_is_installed(house: House) -> None:
    make_wheel(house.links, "helper", "2", ["deeper"])
    make_wheel(house.links, "deeper", "1")
    backend = BACKEND.replace("return None", "import helper, deeper; return helper.__version__ + deeper.__version__")
    make_tree(house, requires='"helper>=2"', backend=backend)
    assert (await built(house))["extra"] == "21"


async def test_what_the_backend_asks_for_later_is_installed_too(house: House) -> None:
    make_wheel(house.links, "helper", "2")
    asks = "\ndef get_requires_for_build_wheel(config=None):\n    return ['helper']\n"
    make_tree(house, backend=BACKEND.replace("return None", "import helper; return helper.__version__") + asks)
    assert (await built(house))["extra"] == "2"


async def test_what_the_settings_add_is_installed_from_the_sources_of_the_project(house: House) -> None:
    make_source_tree(house.root / "helper", "helper", "7")
    with (house.project / "pyproject.toml").open("a") as file:
        file.write('[tool.uv.sources]\nhelper = { path = "../helper" }\n')
    house.build = BuildSettings(extra_dependencies=((LIB, (ExtraBuildDependency(requirement="helper"),)),))
    make_tree(house, backend=BACKEND.replace("return None", "import helper; return helper.__version__"))
    assert (await built(house))["extra"] == "7"
    assert "helper" not in house.said.text


async def test_build_constraints_hold_for_what_builds_require(house: House) -> None:
    make_wheel(house.links, "helper", "1")
    make_wheel(house.links, "helper", "2")
    with (house.project / "pyproject.toml").open("a") as file:
        file.write('[tool.uv]\nbuild-constraint-dependencies = ["helper<2"]\n')
    make_tree(house, requires='"helper"', backend=BACKEND.replace("return None", "import helper; return helper.__version__"))
    assert (await built(house))["extra"] == "1"


async def test_a_source_distribution_is_built_for_what_a_build_requires(house: House) -> None:
    make_sdist(house.links, "helper", "3", static_pyproject=False, metadata_version="2.1")
    make_tree(house, requires='"helper"', backend=BACKEND.replace("return None", "import helper; return helper.__version__"))
    assert (await built(house))["extra"] == "3"


async def test_legacy_projects_are_built_with_setuptools(house: House) -> None:
    legacy = BACKEND + "\nclass __legacy__:\n    build_wheel = staticmethod(build_wheel)\n"
    make_wheel(house.links, "setuptools", "70", files={"setuptools/__init__.py": "", "setuptools/build_meta.py": legacy})
    (house.root / "lib").mkdir()
    (house.root / "lib" / "setup.py").write_text("raise SystemExit('is for the backend to run')\n")
    assert (await metadata(house, house.root / "lib")).version == Version("1.5")


async def test_uv_build_needs_no_process(house: House) -> None:
    folder = house.root / "lib"
    (folder / "src" / "lib").mkdir(parents=True)
    (folder / "src" / "lib" / "__init__.py").touch()
    system = '[build-system]\nrequires = ["uv_build>=0.13.8,<0.14"]\nbuild-backend = "uv_build"\n'
    (folder / "pyproject.toml").write_text(f'{system}[project]\nname = "lib"\nversion = "2"\n')
    wheel = await house.builder().wheel_of(pin("lib", Editable("../lib")))
    assert (wheel.manifest.version, house.spawner.started) == ("2", [])
    assert (wheel.tree / "lib.pth").read_text() == str(folder / "src")


async def test_a_source_distribution_says_what_its_backend_says(house: House) -> None:
    path = make_sdist(house.root, "lib", "1", ["idna"], static_pyproject=False, metadata_version="2.1")
    found = await house.builder().of_archive(path, Digest("sha256", sha256(path)), LIB, Version("1"), None)
    assert isinstance(found, Metadata)
    assert [str(each.name) for each in found.requires_dist] == ["idna"]


async def test_a_source_distribution_on_the_disk_becomes_a_wheel(house: House) -> None:
    make_sdist(house.root, "lib", "1")
    wheel = await house.builder().wheel_of(pin("lib", PathSource("../lib-1.tar.gz"), "1"))
    assert (wheel.manifest.name, wheel.manifest.is_built) == ("lib", True)
    assert house.said.text.startswith(f"   Building lib @ file://{house.root}/lib-1.tar.gz\n")


async def test_invalid_metadata_of_an_archive_rejects_only_that_version(house: House) -> None:
    path = make_sdist(house.root, "lib", "1", ["!!"], static_pyproject=False, metadata_version="2.1")
    found = await house.builder().of_archive(path, Digest("sha256", sha256(path)), LIB, Version("1"), None)
    assert isinstance(found, Unusable)
    assert found.reason == "has invalid metadata"


async def test_forbidden_builds_are_refused(house: House) -> None:
    make_tree(house)
    house.build = BuildSettings(no_build=Choice(packages=frozenset({LIB})))
    with pytest.raises(HobError) as caught:
        await house.builder().wheel_of(pin("lib"))
    assert caught.value.message == f"Failed to build `lib @ file://{house.root}/lib`"
    assert (caught.value.causes, caught.value.code) == (("Building source distributions for `lib` is disabled",), 1)


async def test_a_build_that_needs_itself_is_refused(house: House) -> None:
    for name, other in (("lib", "helper"), ("helper", "lib")):
        sources = f'version = "1"\n[tool.uv.sources]\n{other} = {{ path = "../{other}" }}'
        make_tree(house, name, project=sources, requires=f'"{other}"')
    with pytest.raises(HobError) as caught:
        await house.builder().wheel_of(pin("lib"))
    assert caught.value.causes == (
        "Failed to install requirements from `build-system.requires`",
        f"Failed to build `helper @ file://{house.root}/helper`",
        "Failed to install requirements from `build-system.requires`",
        "Cyclic build dependency detected for `lib`",
    )


async def test_a_requirement_that_no_index_has_is_named(house: House) -> None:
    make_tree(house, requires='"nowhere>=3"')
    with pytest.raises(HobError) as caught:
        await house.builder().wheel_of(pin("lib"))
    assert caught.value.causes[:2] == (
        "Failed to resolve requirements from `build-system.requires`",
        "No solution found when resolving: `nowhere>=3`",
    )


async def test_a_backend_that_fails_is_quoted_below_what_was_built(house: House) -> None:
    make_tree(house, backend="def build_wheel(folder, config=None, metadata=None):\n    raise ValueError('no luck')\n")
    with pytest.raises(HobError) as caught:
        await house.builder().wheel_of(pin("lib"))
    assert caught.value.causes[0] == "The build backend returned an error"
    assert caught.value.causes[1].startswith("Call to `own.build_wheel` failed (exit status: 1)\n\n[stderr]\nTraceback")
    assert list((house.cache / "builds-v1").iterdir()) == []


async def test_metadata_of_another_name_is_refused(house: House) -> None:
    folder = make_tree(house, "bil")
    with pytest.raises(HobError) as caught:
        await metadata(house, folder, Name("bil"))
    assert caught.value.causes == ("Package metadata name `lib` does not match given name `bil`",)


async def test_a_folder_without_a_project_is_refused(house: House) -> None:
    (house.root / "lib").mkdir()
    with pytest.raises(HobError) as caught:
        await metadata(house, house.root / "lib")
    assert "does not appear to be a Python project" in caught.value.causes[0]


async def test_without_isolation_the_interpreters_own_environment_is_used(house: House) -> None:
    make_tree(house, requires='"nowhere"')
    house.build = BuildSettings(no_isolation=Choice(everything=True))
    variables = (await built(house))["variables"]
    assert isinstance(variables, dict)
    assert variables["VIRTUAL_ENV"] == str(house.interpreter.prefix)


async def test_two_that_ask_at_once_get_the_wheel_of_one_build(house: House) -> None:
    make_tree(house)
    builder = house.builder()
    found: list[str] = []

    async def ask() -> None:
        found.append((await builder.wheel_of(pin("lib"))).sha256)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask)
        tasks.start_soon(ask)
    assert found[0] == found[1]
    assert house.spawner.hooks().count("build_wheel") == 1


async def test_a_build_that_is_given_up_leaves_nothing_and_is_made_by_the_next(house: House) -> None:
    waits = "import os, zipfile\nif os.path.exists('wait'):\n    open('wait', 'w').close()\n    import time; time.sleep(60)"
    folder = make_tree(house, backend=BACKEND.replace("import os, zipfile", waits))
    os.mkfifo(folder / "wait")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(house.builder().wheel_of, pin("lib"))
        await anyio.to_thread.run_sync((folder / "wait").read_bytes)  # ends when the backend is at work
        tasks.cancel_scope.cancel()
    assert list((house.cache / "builds-v1").iterdir()) == []
    (folder / "wait").unlink()
    assert (await house.builder().wheel_of(pin("lib"))).is_new


async def test_the_index_may_be_lost_at_any_time(house: House) -> None:
    make_tree(house)
    await house.builder().wheel_of(pin("lib"))
    shutil.rmtree(house.cache / "built-v1")
    assert (await house.builder().wheel_of(pin("lib"))).is_new
    for path in (house.cache / "built-v1").rglob("*.json"):
        path.write_text("{")
    assert (await house.builder().wheel_of(pin("lib"))).is_new
