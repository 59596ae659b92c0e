"""Which wheels a lock leaves out; every case was seen in what uv 0.13.8 writes."""

import pytest

from hobd.core.markers import TRUE, Marker, RequiresPython
from hobd.core.tags import may_be_locked, parse_wheel_name


def keeps(tag: str, requires_python: str = ">=3.9", marker: str = "") -> bool:
    condition = Marker.parse(marker) if marker else TRUE
    return may_be_locked(parse_wheel_name(f"a-1.0-{tag}.whl"), RequiresPython.parse(requires_python), condition)


@pytest.mark.parametrize(
    ("tag", "requires_python", "is_kept"),
    [
        ("cp38-cp38-any", ">=3.9", False),
        ("cp39-cp39-any", ">=3.9", True),
        ("cp39-cp39-any", ">=3.9.1", True),
        ("cp39-cp39-any", ">3.9.0", True),
        ("cp312-cp312-any", ">=3.9,<3.12", False),
        ("cp312-cp312-any", ">=3.9,<3.12.4", True),
        ("cp312-cp312-any", ">=3.9,<=3.12", True),
        ("cp313-cp313t-any", ">=3.9", True),
        ("cp27-cp27mu-any", ">=3.9", False),
        ("cp36-abi3-any", ">=3.9", True),
        ("cp315-abi3t-any", ">=3.9", True),
        ("py2-none-any", ">=3.9", False),
        ("py2.py3-none-any", ">=3.9", True),
        ("py3-none-any", ">=3.9", True),
        ("cp3-none-any", ">=3.9", True),
        ("py38-none-any", ">=3.9", True),
        ("py313-none-any", ">=3.9,<3.13", False),
        ("cp38-none-any", ">=3.9", False),
        ("pp310-pypy310_pp73-any", ">=3.9", True),
        ("pp38-pypy38_pp73-any", ">=3.9", False),
        ("pp27-pypy_73-any", ">=3.9", False),
        ("graalpy311-graalpy242_311_native-any", ">=3.9", True),
        ("graalpy38-graalpy242_38_native-any", ">=3.9", False),
        ("cp311-mystery-any", ">=3.9", False),
        ("mystery-none-any", ">=3.9", False),
    ],
)
def test_wheels_for_other_pythons_are_left_out(tag: str, requires_python: str, *, is_kept: bool) -> None:
    assert keeps(tag, requires_python) is is_kept


@pytest.mark.parametrize(
    ("platform", "marker", "is_kept"),
    [
        ("any", "sys_platform == 'win32'", True),
        ("manylinux2014_x86_64", "sys_platform == 'win32'", False),
        ("manylinux2014_x86_64", "os_name == 'nt'", False),
        ("manylinux2014_x86_64", "platform_machine == 'AMD64'", True),
        ("manylinux2014_x86_64", "platform_machine == 'aarch64'", False),
        ("manylinux2014_x86_64.manylinux2014_aarch64", "platform_machine == 's390x'", True),
        ("manylinux2014_x86_64.macosx_10_9_x86_64", "platform_machine == 'arm64'", False),
        ("manylinux2014_x86_64.macosx_10_9_x86_64", "sys_platform == 'win32'", True),
        ("win32", "platform_machine == 'AMD64'", False),
        ("win_amd64", "platform_machine == 'ARM64'", True),
        ("win_amd64", "sys_platform == 'win32' and platform_machine == 'x86'", False),
        ("win_arm64", "platform_machine == 'AMD64'", False),
        ("macosx_11_0_arm64", "sys_platform == 'darwin'", True),
        ("macosx_11_0_arm64", "platform_machine == 'x86_64'", False),
        ("macosx_10_9_universal2", "platform_machine == 's390x'", True),
        ("macosx_10_9_universal2", "sys_platform == 'linux'", False),
        ("android_24_arm64_v8a", "sys_platform == 'linux'", False),
        ("android_24_x86_64", "platform_machine == 'aarch64'", True),
        ("ios_13_0_arm64_iphoneos", "platform_machine == 'x86_64'", False),
        ("linux_armv7l", "platform_machine == 'armv8l'", True),
        ("freebsd_14_x86_64", "sys_platform == 'win32'", True),
    ],
)
def test_wheels_for_unreachable_platforms_are_left_out(platform: str, marker: str, *, is_kept: bool) -> None:
    assert keeps(f"py3-none-{platform}", marker=marker) is is_kept
