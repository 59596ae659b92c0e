"""Wheel file names taken apart."""

import pytest
from packaging.version import Version

from hobd.core.tags import InvalidWheelName, WheelName, parse_wheel_name


def test_a_name_has_a_project_a_version_and_tags() -> None:
    wheel = parse_wheel_name("Foo_Bar-1.0.post1-cp311-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl")
    assert wheel == WheelName(
        name=wheel.name,
        version=Version("1.0.post1"),
        build=(-1, ""),
        pythons=("cp311",),
        abis=("abi3",),
        platforms=("manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    )
    assert wheel.name == "foo-bar"


def test_builds_compare_by_number_and_then_by_text() -> None:
    names = [f"a-1{build}-py3-none-any.whl" for build in ("", "-1", "-2", "-2b", "-10")]
    builds = [parse_wheel_name(name).build for name in names]
    assert builds == sorted(builds)
    assert builds[3] == (2, "b")


@pytest.mark.parametrize(
    "filename",
    [
        "a-1.0.tar.gz",
        "a.whl",
        "a-1.0-py3-none.whl",
        "a-1.0-1-x-py3-none-any.whl",
        "a-1.0-b1-py3-none-any.whl",
        "a-one-py3-none-any.whl",
        "-1.0-py3-none-any.whl",
        "a-1.0-py3-none-.whl",
        "a-1.0-py2..py3-none-any.whl",
        "",
    ],
)
def test_what_is_no_wheels_name_is_refused(filename: str) -> None:
    with pytest.raises(InvalidWheelName, match=r"^The wheel filename `.*` (is|has an) invalid"):
        parse_wheel_name(filename)
