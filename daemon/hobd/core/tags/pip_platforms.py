"""The platform tags that pip's `--platform` takes, as targets: `manylinux2014_x86_64`, `macosx_11_0_arm64`, `win_amd64`."""

import re

from hobd.core.tags.platforms import Platform
from hobd.core.tags.targets import Target, UnknownTarget, apple_target, linux_target, windows_target

_GLIBC = {"manylinux1": 5, "manylinux2010": 12, "manylinux2014": 17}
_WINDOWS = {"win32": "i686", "win_amd64": "x86_64", "win_arm64": "aarch64"}
_LIBC = re.compile(r"(manylinux|musllinux)_([0-9]{1,3})_([0-9]{1,3})_([a-z0-9_]+)")
_NAMED_GLIBC = re.compile(r"(manylinux1|manylinux2010|manylinux2014)_([a-z0-9_]+)")
_MACOS = re.compile(r"macosx_([0-9]{1,3})_([0-9]{1,3})_(arm64|x86_64)")


def get_pip_target(tag: str) -> Target:
    """The target whose best wheels have a platform tag.

    Raises:
        UnknownTarget: it is no tag of one machine.
    """
    tag = tag.lower().replace("-", "_").replace(".", "_")
    if tag in _WINDOWS:
        return windows_target(_WINDOWS[tag])
    if found := _LIBC.fullmatch(tag):
        return linux_target(Platform(system=found[1], machine=found[4], version=(int(found[2]), int(found[3]))))
    if found := _NAMED_GLIBC.fullmatch(tag):
        return linux_target(Platform(system="manylinux", machine=found[2], version=(2, _GLIBC[found[1]])))
    if found := _MACOS.fullmatch(tag):
        return apple_target("macos", found[3], (int(found[1]), int(found[2])), "darwin", "Darwin")
    raise UnknownTarget(
        f"`{tag}` is not a platform to choose files for",
        hint="Name a tag such as `manylinux2014_x86_64`, `musllinux_1_2_aarch64`, `macosx_11_0_arm64` or `win_amd64`, "
        "or a platform with `--python-platform`",
    )
