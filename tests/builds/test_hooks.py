"""Hooks are called in processes of their own; what goes wrong is told as uv tells it."""

import sys
from pathlib import Path

import pytest
from packaging.version import Version

from hobd.builds.backend import Backend
from hobd.builds.diagnosis import Subject
from hobd.builds.frontend import HookFrontend
from hobd.builds.hooks import BuildFailed, MissingHook, Place, call_hook
from hobd.core.vocab.names import Name
from hobd.engine.spawning import LocalSpawner

SPAWNER = LocalSpawner()
SUBJECT = Subject(name=Name("lib"), version=Version("1.0"))


def place_of(folder: Path, code: str, listen: bytearray | None = None) -> Place:
    source, scratch = folder / "source", folder / "scratch"
    source.mkdir()
    scratch.mkdir()
    (source / "own.py").write_text(code)
    heard = None if listen is None else listen.extend
    return Place(python=Path(sys.executable), source=source, env={"PATH": "/usr/bin:/bin"}, scratch=scratch, subject=SUBJECT, listen=heard)


def backend(name: str = "own") -> Backend:
    return Backend(requires=(), name=name, path=(".",))


async def call(folder: Path, code: str, hook: str = "build_wheel", *arguments: object, name: str = "own") -> object:
    found: object = await call_hook(SPAWNER, place_of(folder, code), backend(name), hook, arguments)
    return found


async def failure(folder: Path, code: str, hook: str = "build_wheel") -> BuildFailed:
    with pytest.raises(BuildFailed) as caught:
        await call(folder, code, hook)
    return caught.value


async def test_a_hook_answers_whatever_it_prints(tmp_path: Path) -> None:
    noise = "print('{\"value\": 3}')\n    os.write(1, b'noise')"
    code = f"import os, sys\ndef build_wheel(*given):\n    {noise}\n    return [os.getcwd(), sys.argv, *given]"
    given = ("a\u2028\"'b", {"key": ["1", "2"]}, None)
    assert await call(tmp_path, code, "build_wheel", *given) == [str(tmp_path / "source"), ["-c"], *given]


async def test_a_backend_may_be_an_object_inside_a_module(tmp_path: Path) -> None:
    code = "class outer:\n    class inner:\n        build_wheel = staticmethod(lambda: 'made')"
    assert await call(tmp_path, code, name="own:outer.inner") == "made"


async def test_modules_of_the_source_tree_are_the_backends_only_if_it_says_so(tmp_path: Path) -> None:
    place = place_of(tmp_path, "build_wheel = lambda: 'made'")
    with pytest.raises(BuildFailed) as caught:
        await call_hook(SPAWNER, place, Backend(requires=(), name="own"), "build_wheel", ())
    assert "ModuleNotFoundError: No module named 'own'" in caught.value.causes[0]


async def test_an_exception_is_quoted_with_both_streams(tmp_path: Path) -> None:
    failed = await failure(tmp_path, "def build_wheel():\n    print('so far')\n    raise ValueError('no luck')")
    [cause] = failed.causes
    assert cause.startswith(
        "Call to `own.build_wheel` failed (exit status: 1)\n\n[stdout]\nso far\n\n[stderr]\nTraceback (most recent call last):\n"
    )
    assert 'File "<string>", line 11, in <module>\n' in cause
    assert cause.endswith("ValueError: no luck")
    assert failed.hints == ("Build failures usually indicate a problem with the package or the build environment",)


async def test_an_exit_and_a_signal_are_told_apart(tmp_path: Path) -> None:
    for number, (code, status) in enumerate(
        {"raise SystemExit(4)": "exit status: 4", "os.kill(os.getpid(), 9)": "signal: 9 (SIGKILL)"}.items()
    ):
        (tmp_path / str(number)).mkdir()
        failed = await failure(tmp_path / str(number), f"import os\ndef build_wheel():\n    {code}")
        assert failed.causes == (f"Call to `own.build_wheel` failed ({status})",)


async def test_a_process_that_ends_well_without_an_answer_has_failed(tmp_path: Path) -> None:
    failed = await failure(tmp_path, "import os\ndef build_wheel():\n    os._exit(0)")
    assert failed.causes == ("Call to `own.build_wheel` failed (exit status: 0)",)


async def test_a_missing_optional_hook_is_no_failure(tmp_path: Path) -> None:
    with pytest.raises(MissingHook):
        await call(tmp_path, "", "get_requires_for_build_wheel")


async def test_a_missing_hook_that_is_owed_is_a_failure(tmp_path: Path) -> None:
    failed = await failure(tmp_path, "")
    assert "AttributeError: module 'own' has no attribute 'build_wheel'" in failed.causes[0]


async def test_a_module_that_is_missing_is_advised_to_be_declared(tmp_path: Path) -> None:
    failed = await failure(tmp_path, "import nowhere")
    assert failed.hints[0].startswith(
        "This error likely indicates that `lib@1.0` depends on `nowhere`, but doesn't declare it as a build dep"
    )
    assert '[tool.uv.extra-build-dependencies]\nlib = ["nowhere"]' in failed.hints[0]


async def test_output_that_is_heard_as_it_comes_is_not_repeated(tmp_path: Path) -> None:
    heard = bytearray()
    place = place_of(tmp_path, "def build_wheel():\n    print('so far')\n    raise SystemExit(1)", heard)
    with pytest.raises(BuildFailed) as caught:
        await call_hook(SPAWNER, place, backend(), "build_wheel", ())
    assert (bytes(heard), caught.value.causes) == (b"so far\n", ("Call to `own.build_wheel` failed (exit status: 1)",))


async def test_an_interpreter_that_is_not_there_is_told(tmp_path: Path) -> None:
    place = place_of(tmp_path, "")
    gone = Place(python=tmp_path / "nowhere", source=place.source, env=place.env, scratch=place.scratch)
    with pytest.raises(BuildFailed, match="Failed to run"):
        await call_hook(SPAWNER, gone, backend(), "build_wheel", ())


def frontend(folder: Path, code: str, *, prepares_truly: bool = True) -> HookFrontend:
    own = Backend(requires=(), name="own", path=(".",), prepares_truly=prepares_truly)
    return HookFrontend(spawner=SPAWNER, place=place_of(folder, code), backend=own, config={}, product="wheel")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("return 3", "failed: it returned no list of strings (exit status: 0)"),
        ("return ['!!']", "failed: Expected package name starting with an alphanumeric character"),
    ],
)
async def test_requirements_that_are_none_are_a_failure(tmp_path: Path, body: str, why: str) -> None:
    with pytest.raises(BuildFailed) as caught:
        await frontend(tmp_path, f"def get_requires_for_build_wheel(config):\n    {body}").requires()
    assert why in caught.value.causes[0]


async def test_a_wheel_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    for number, answer in enumerate(("'lib-1.0-py3-none-any.whl'", "3")):
        (tmp_path / str(number)).mkdir()
        with pytest.raises(BuildFailed) as caught:
            await frontend(tmp_path / str(number), f"build_wheel = lambda *given: {answer}").build(tmp_path)
        assert caught.value.causes == ("Call to `own.build_wheel` failed (exit status: 0)",)


async def test_prepared_metadata_is_not_asked_for_where_it_may_not_be_that_of_the_wheel(tmp_path: Path) -> None:
    code = "def prepare_metadata_for_build_wheel(*given):\n    raise SystemExit(1)"
    assert await frontend(tmp_path, code, prepares_truly=False).metadata() is None
