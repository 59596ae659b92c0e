"""What is to be said of the versions of the backend that a project admits."""

from collections.abc import Iterator

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from hobd.builds.uv_build.project import Project
from hobd.core.vocab.names import normalize
from hobd.core.vocab.uv_version import UV_VERSION

_UPPER = frozenset({"<", "<=", "==", "===", "~="})


def build_system_warnings(project: Project, *, is_sdist: bool) -> Iterator[str]:
    """Warnings of `build-system.requires`, which is one requirement on the backend.

    Args:
        is_sdist: whether others will build from it, with whatever release there is then.
    """
    (text,) = project.requires
    required = Requirement(text)
    if required.specifier and not required.specifier.contains(UV_VERSION):
        shown = f"{normalize(required.name)}{_shown(required.specifier)}"
        yield f'`build_system.requires = ["{shown}"]` does not contain the current uv version {UV_VERSION}'
    if is_sdist and not any(each.operator in _UPPER for each in required.specifier):
        release = Version(UV_VERSION).release
        yield (
            f'`build_system.requires = ["{text}"]` is missing an upper bound on the `uv_build` version such as '
            f"`<{release[0]}.{release[1] + 1}`. Without bounding the `uv_build` version, the source distribution will break when a "
            "future, breaking version of `uv_build` is released."
        )


def _shown(specifier: SpecifierSet) -> str:
    return ",".join(str(each) for each in sorted(specifier, key=lambda each: Version(each.version.removesuffix(".*"))))
