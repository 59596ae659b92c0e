"""Where a wheel works, as a marker."""

import pytest

from hobd.core.tags import coverage, parse_wheel_name


@pytest.mark.parametrize(
    ("tag", "marker"),
    [
        ("py3-none-any", "python_full_version >= '3' and python_full_version < '4'"),
        ("py39-none-any", "python_full_version >= '3.9' and python_full_version < '4'"),
        ("cp39-abi3-any", "python_full_version >= '3.9' and platform_python_implementation == 'CPython'"),
        ("cp311-cp311-any", "python_full_version == '3.11.*' and platform_python_implementation == 'CPython'"),
        ("pp310-pypy310_pp73-any", "python_full_version == '3.10.*' and platform_python_implementation == 'PyPy'"),
        (
            "py3-none-win_amd64",
            "python_full_version >= '3' and python_full_version < '4' and platform_machine == 'AMD64' and sys_platform == 'win32'",
        ),
        (
            "py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64",
            "python_full_version >= '3' and python_full_version < '4' and platform_machine == 'aarch64' and sys_platform == 'linux'",
        ),
        (
            "cp313-cp313-android_24_arm64_v8a",
            (
                "python_full_version == '3.13.*' and platform_machine == 'aarch64' "
                "and platform_python_implementation == 'CPython' and sys_platform == 'android'"
            ),
        ),
        ("py3-none-ios_13_0_arm64_iphoneos", "python_version < '0'"),
        ("py3-none-mystery", "python_version < '0'"),
    ],
)
def test_tags_say_where_a_wheel_works(tag: str, marker: str) -> None:
    assert str(coverage(parse_wheel_name(f"a-1.0-{tag}.whl"))) == marker


@pytest.mark.parametrize(
    ("platform", "machine", "kernel", "works"),
    [
        ("macosx_10_9_x86_64", "x86_64", "13.0", True),
        ("macosx_10_9_x86_64", "x86_64", "12.6", False),
        ("macosx_10_9_universal2", "arm64", "19.0", False),
        ("macosx_10_9_universal2", "arm64", "20.0", True),
        ("macosx_11_0_arm64", "x86_64", "23.0", False),
        ("macosx_14_0_arm64", "arm64", "23.0", True),
        ("macosx_14_0_arm64", "arm64", "22.6", False),
        ("macosx_26_0_arm64", "arm64", "25.0", True),
        ("macosx_27_0_arm64", "arm64", "26.0", False),
    ],
)
def test_macos_wheels_need_a_kernel_of_their_age(platform: str, machine: str, kernel: str, *, works: bool) -> None:
    marker = coverage(parse_wheel_name(f"a-1.0-py3-none-{platform}.whl"))
    environment = {"sys_platform": "darwin", "platform_machine": machine, "platform_release": kernel, "python_full_version": "3.11.7"}
    assert marker.evaluate(environment) is works
