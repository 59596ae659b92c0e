"""The names of `--python-platform`."""

import pytest

from hobd.core.tags import TARGET_NAMES, DeploymentFloors, InterpreterFacts, Tags, UnknownTarget, get_target, read_floors
from tests.support.variables import Variables


def test_every_name_has_markers_and_tags() -> None:
    assert len(TARGET_NAMES) == len(set(TARGET_NAMES)) == 46
    for name in TARGET_NAMES:
        target = get_target(name)
        assert set(target.markers) == {
            "os_name",
            "sys_platform",
            "platform_system",
            "platform_machine",
            "platform_release",
            "platform_version",
        }
        facts = InterpreterFacts(
            implementation="cpython",
            python_version=(3, 11),
            implementation_version=(3, 11),
            platform=target.platform,
            is_manylinux_compatible=target.is_manylinux_compatible,
        )
        assert next(iter(Tags(facts)))[:2] == ("cp311", "cp311")


@pytest.mark.parametrize(
    ("name", "machine", "sys_platform", "version"),
    [
        ("windows", "AMD64", "win32", (0, 0)),
        ("i686-pc-windows-msvc", "x86", "win32", (0, 0)),
        ("aarch64-pc-windows-msvc", "ARM64", "win32", (0, 0)),
        ("linux", "x86_64", "linux", (2, 28)),
        ("x86_64-manylinux2014", "x86_64", "linux", (2, 17)),
        ("aarch64-manylinux_2_40", "aarch64", "linux", (2, 40)),
        ("riscv64-unknown-linux", "riscv64", "linux", (2, 39)),
        ("aarch64-unknown-linux-musl", "aarch64", "linux", (1, 2)),
        ("macos", "arm64", "darwin", (13, 0)),
        ("wasm32-pyodide2025", "wasm32", "emscripten", (2025, 0)),
        ("x86_64-linux-android", "x86_64", "android", (24, 0)),
        ("arm64-apple-ios-simulator", "arm64", "ios", (13, 0)),
    ],
)
def test_a_name_stands_for_a_platform(name: str, machine: str, sys_platform: str, version: tuple[int, int]) -> None:
    target = get_target(name)
    assert (target.markers["platform_machine"], target.markers["sys_platform"]) == (machine, sys_platform)
    assert target.platform.version == version


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("x8664-pc-windows-msvc", "windows"),
        ("arm64-pc-windows-msvc", "aarch64-pc-windows-msvc"),
        ("x8664-manylinux2014", "x86_64-manylinux2014"),
        ("aarch64-manylinux231", "aarch64-manylinux_2_31"),
        ("manylinux_2_28_x86_64", "x86_64-manylinux_2_28"),
        ("manylinux2014_s390x", "s390x-manylinux2014"),
    ],
)
def test_other_spellings_stand_for_the_same(name: str, same: str) -> None:
    assert get_target(name) == get_target(same)


@pytest.mark.parametrize(
    ("name", "version"),
    [("powerpc64le-unknown-linux-gnu", (2, 28)), ("loongarch64-unknown-linux-gnu", (2, 36)), ("loongarch64-manylinux_2_38", (2, 38))],
)
def test_names_that_help_does_not_list_are_known_too(name: str, version: tuple[int, int]) -> None:
    assert get_target(name).platform.version == version


def test_deployment_floors_come_from_the_request() -> None:
    floors = DeploymentFloors(macos=(11, 0), ios=(15, 4), android=30)
    assert get_target("x86_64-apple-darwin", floors).platform.version == (11, 0)
    assert get_target("arm64-apple-ios", floors).platform.version == (15, 4)
    assert get_target("aarch64-linux-android", floors).platform.version == (30, 0)


def test_the_floors_are_those_that_the_environment_names() -> None:
    environ = Variables({"MACOSX_DEPLOYMENT_TARGET": "14.2.1", "IPHONEOS_DEPLOYMENT_TARGET": "16", "ANDROID_API_LEVEL": "28"})
    assert read_floors(environ) == DeploymentFloors(macos=(14, 2), ios=(16, 0), android=28)


@pytest.mark.parametrize("text", ["", "x", "11.x", "-1", "70000", "11,2"])
def test_a_floor_that_is_none_does_not_count(text: str) -> None:
    environ = Variables({"MACOSX_DEPLOYMENT_TARGET": text, "IPHONEOS_DEPLOYMENT_TARGET": text, "ANDROID_API_LEVEL": text})
    assert read_floors(environ) == DeploymentFloors()


@pytest.mark.parametrize(
    "name", ["amiga", "x86_64-manylinux_2_16", "loongarch64-manylinux_2_28", "i686-unknown-linux-gnu", "x86_64-apple-ios"]
)
def test_an_unknown_name_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(UnknownTarget) as caught:
        get_target(name)
    assert "x86_64-unknown-linux-gnu" in caught.value.hints[0]
