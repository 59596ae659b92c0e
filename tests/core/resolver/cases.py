"""Small projects with small indexes: what uv makes of them is asked of uv itself (`test_against_uv.py`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.core.resolver.small_index import Made


@dataclass(frozen=True, slots=True)
class Case:
    """A `pyproject.toml` in parts, and an index."""

    requires: Sequence[str]
    index: Mapping[str, Made | Sequence[str]]
    python: str = ">=3.9"
    extras: Mapping[str, Sequence[str]] = field(default_factory=dict)
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    conflicts: Sequence[Sequence[str]] = ()
    """Items as `extra:x`, `group:g` or `project`."""
    environments: Sequence[str] = ()
    required: Sequence[str] = ()
    overrides: Sequence[str] = ()
    constraints: Sequence[str] = ()
    excludes: Sequence[str] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    """`resolution`, `prerelease` and `fork-strategy`."""


_AB = {"a==1": [], "a==2": ["b"], "b==1": ["c ; sys_platform == 'linux'"], "c==1": []}
_THREE = {"a==1": ["d"], "a==2": ["b"], "a==3": ["c"], "b==1": ["c ; sys_platform == 'linux'"], "c==1": [], "d==1": ["c"]}
_PAIRS = {f"{name}=={version}": [f"c=={version + shift}"] for name, shift in (("a", 0), ("b", 3)) for version in (1, 2, 3)}
_CS: dict[str, list[str]] = {f"c=={version}": [] for version in range(1, 7)}

LOCKS: dict[str, Case] = {
    "nothing": Case([], {}),
    "extras that include each other": Case(
        ["a[all]"],
        {
            "a==1": Made([], {"all": ["a[x,y]"], "x": ["b"], "y": ["c ; sys_platform == 'linux'", "a[x]>=1"]}),
            "b==1": [],
            "c==1": [],
        },
    ),
    "extras that are not provided or bring nothing": Case(["a[nope,none,e]"], {"a==1": Made([], {"e": ["b"], "none": []}), "b==1": []}),
    "the project's own extras and groups": Case(
        ["a"],
        {f"{name}==1": [] for name in "abcd"},
        extras={"all": ["p[x,y]"], "x": ["b"], "y": ["c"], "none": []},
        groups={"dev": ["p[all]", "d"], "empty": []},
    ),
    "forks by platform": Case(
        ["a<2 ; sys_platform == 'linux'", "a>=2 ; sys_platform != 'linux'", "b"],
        {"a==1": [], "a==2": ["b<2"], "b==1": [], "b==2": ["c ; os_name == 'posix'"], "c==1": []},
    ),
    "forks by platform, then by Python": Case(
        ["a<2 ; sys_platform == 'linux'", "a>=2 ; sys_platform != 'linux'", "b"],
        {"a==1": [], "a==2": [], "b==1": Made(python=">=3.8"), "b==2": Made(["c"], python=">=3.12"), "c==1": []},
        python=">=3.11",
    ),
    "overlapping markers": Case(
        [
            "b<1.1 ; sys_platform == 'linux'",
            "b>=1.1 ; sys_platform == 'darwin'",
            "i<2 ; platform_machine == 'x'",
            "i>=2 ; platform_machine != 'x'",
        ],
        {"b==1": [], "b==1.1": [], "i==1": [], "i==2": []},
    ),
    "a marker that asks for a newer Python": Case(["a ; python_version >= '3.11'", "b"], {"a==1": ["b"], "b==1": [], "b==2": []}),
    "versions for ever newer Pythons": Case(
        ["a"], {"a==1": Made(python=">=3.8"), "a==2": Made(python=">=3.12"), "a==3": Made(python=">=3.13")}, python=">=3.11"
    ),
    "the same with the fewest versions": Case(
        ["a"],
        {"a==1": Made(python=">=3.8"), "a==2": Made(python=">=3.12"), "a==3": Made(python=">=3.13")},
        python=">=3.11",
        settings={"fork-strategy": "fewest"},
    ),
    "pythons below and above": Case(
        ["a<3 ; python_version < '3.11'", "a ; python_version >= '3.11'"],
        {f"a=={version}@cp3{minor}-cp3{minor}-manylinux_2_17_x86_64": [] for version, minor in ((1, 9), (2, 9), (3, 10))},
    ),
    "wheels for a newer Python than the fork": Case(
        ["a<3 ; python_version < '3.10'", "a ; python_version >= '3.10'"],
        {f"a=={version}@cp3{minor}-cp3{minor}-manylinux_2_17_x86_64": [] for version, minor in ((1, 9), (2, 10), (3, 11))},
    ),
    "environments": Case(
        ["a"],
        {"a==1": ["b ; sys_platform == 'win32'", "c ; python_version < '3.11'"], "b==1": [], "c==1": []},
        environments=["sys_platform == 'win32'", "sys_platform == 'linux'"],
    ),
    "one environment": Case(["a"], {"a==1": ["b ; sys_platform == 'linux'"], "b==1": []}, environments=["sys_platform == 'linux'"]),
    "a bounded environment": Case(["a"], {"a==1": ["b ; python_version < '3.11'"], "b==1": []}, environments=["python_version < '3.12'"]),
    "a required platform": Case(["a"], {"a==2@py3-none-manylinux_2_17_x86_64": [], "a==1": []}, required=["sys_platform == 'win32'"]),
    "a local version": Case(
        ["a"],
        {"a==1@py3-none-macosx_11_0_arm64": [], "a==1+cpu@py3-none-manylinux_2_17_x86_64": [], "a==1+cpu@py3-none-win_amd64": []},
    ),
    "conflicting extras": Case([], _AB, extras={"x": ["a==1"], "y": ["a==2"]}, conflicts=[["extra:x", "extra:y"]]),
    "a conflicting extra and group": Case(["b"], _AB, extras={"x": ["a==1"]}, groups={"g": ["a==2"]}, conflicts=[["extra:x", "group:g"]]),
    "three extras in pairs": Case(
        ["b"],
        _THREE,
        extras={"x": ["a==1"], "y": ["a==2"], "z": ["a==3"]},
        conflicts=[["extra:x", "extra:y"], ["extra:y", "extra:z"], ["extra:x", "extra:z"]],
    ),
    "what conflicts leave unreachable": Case(
        ["a ; sys_platform == 'linux'"],
        {
            "a==1": ["b ; sys_platform == 'win32'", "e"],
            "b==1": ["d"],
            "c==1": [],
            "c==2": ["a ; sys_platform == 'linux'"],
            "d==1": [],
            "e==1": [],
        },
        extras={"u": ["c==1"], "v": ["c==2 ; sys_platform == 'darwin'"]},
        conflicts=[["extra:u", "extra:v"]],
    ),
    "a project that conflicts with its group": Case(["a==3"], _THREE, groups={"g": ["a==2"]}, conflicts=[["project", "group:g"]]),
    "overrides": Case(
        ["a[e]", "d"],
        {"a==1": Made(["b<2"], {"e": ["c<2"]}), "b==1": [], "b==2": ["c"], "c==1": [], "c==2": [], "d==1": ["b ; sys_platform == 'win32'"]},
        overrides=["b==2 ; python_version >= '3.10'", "c==2"],
    ),
    "constraints and exclusions": Case(
        ["a"],
        {"a==1": ["b", "c", "d"], "b==1": [], "b==2": [], "c==1": [], "c==0.5": []},
        constraints=["b<2", "c<1 ; sys_platform == 'linux'"],
        excludes=["d"],
    ),
    "lowest": Case(["a>=1"], {"a==1": ["b>=1"], "a==2": [], "b==1": [], "b==2": []}, settings={"resolution": "lowest"}),
    "lowest direct": Case(["a>=1"], {"a==1": ["b>=1"], "a==2": [], "b==1": [], "b==2": []}, settings={"resolution": "lowest-direct"}),
    "pre-releases": Case(["a", "b>=2.0rc0"], {"a==1": [], "a==2a1": [], "b==1": [], "b==2.0rc1": []}, settings={"prerelease": "explicit"}),
    "backtracking": Case(["a", "b"], {**_PAIRS, "b==0": ["c"], **_CS}),
    "an edge that never holds": Case(
        ["a"], {"a==1": ["b ; sys_platform == 'darwin'"], "b==1": ["c", "a ; sys_platform == 'win32'"], "c==1": []}
    ),
    "extras that bring nothing": Case(["a[y,x] ; sys_platform == 'darwin'", "a[y]"], {"a==1": Made([], {"x": [], "y": []})}),
    "overrides that are equal": Case(["a"], {"a==1": ["b"], "b==1": [], "b==2": []}, overrides=["b<2", "b<2.0"]),
    "a stable ABI of newer Pythons": Case(
        ["b<2 ; python_version < '3.10'", "b ; python_version >= '3.10'", "a"],
        {"a==1": [], "a==2@cp310-abi3-manylinux_2_17_x86_64": [], "b==1": [], "b==2": []},
    ),
    "wheels that cannot be used": Case(
        ["a ; sys_platform == 'linux'"],
        {
            f"a==1@{tag}": []
            for tag in (
                "cp39-cp39-win_amd64",
                "cp310-cp310-manylinux_2_17_x86_64",
                "cp38-cp38-manylinux_2_17_x86_64",
                "cp37-abi3-macosx_11_0_arm64",
            )
        },
    ),
}

FAILURES: dict[str, Case] = {
    "two that want different versions": Case(["a", "b"], {"a==1": ["c>2"], "b==1": ["c<2"], "c==1": [], "c==2": [], "c==3": []}),
    "no version in range": Case(["a>=2"], {"a==1": []}),
    "no such version among many": Case(["a==1.5"], {"a==1": [], "a==2": [], "a==3": []}),
    "a gap": Case(["a>1,<2"], {"a==1": [], "a==2": [], "a==3": []}),
    "the one version excluded": Case(["a!=1"], {"a==1": []}),
    "an unknown name": Case(["a", "x"], {"a==1": []}),
    "an unknown name deep down": Case(["a"], {"a==1": ["x"], "a==2": ["x"], "a==3": ["x>1"]}),
    "an unknown name for newer Pythons": Case(["a"], {"a==1": Made(["b"], python=">=3.10"), "a==2": Made(python=">=3.11"), "b==1": ["c"]}),
    "a gap deep down": Case(
        ["a"], {"a==1": ["f>1,<3"], "a==2": Made(["f>1,<3"], python=">=3.10"), "a==3": Made(python=">=3.11"), "f==1": ["a"]}
    ),
    "a chain of pins": Case(["a"], {"a==1": ["b==1"], "a==2": ["b==2"], "b==1": ["c==5"], "b==2": ["c==6"], "c==1": [], "c==2": []}),
    "every combination tried": Case(["a", "b"], {**_PAIRS, **_CS}),
    "an extra": Case(["a[e]", "b<2"], {"a==1": Made([], {"e": ["b>=2"]}), "b==1": [], "b==2": []}),
    "a marker": Case(["a ; sys_platform == 'win32'", "b<2"], {"a==1": ["b>=2"], "b==1": [], "b==2": []}),
    "the project's extra": Case(["b<2"], {"a==1": ["b>=2"], "b==1": [], "b==2": []}, extras={"x": ["a"]}, groups={"dev": ["b"]}),
    "the project's group": Case(["b<2"], {"a==1": ["b>=2"], "b==1": [], "b==2": []}, groups={"dev": ["a"]}),
    "extras that exclude each other": Case([], {"a==1": [], "a==2": []}, extras={"x": ["a==1"], "y": ["a==2"]}),
    "an environment": Case(
        ["a"],
        {"a==1": ["b ; sys_platform == 'win32'"], "a==2": ["b ; sys_platform == 'win32'"], "b==1": ["c"]},
        environments=["sys_platform == 'win32'", "sys_platform == 'linux'"],
    ),
    "a platform that nothing serves": Case(["a"], {"a==1@cp310-cp310-manylinux_2_17_x86_64": []}, required=["sys_platform == 'win32'"]),
    "pre-releases that are not wanted": Case(["a>=2"], {"a==1": [], "a==2.0rc1": []}, settings={"prerelease": "disallow"}),
    "pre-releases that were asked for": Case(["a>=2.0rc0"], {"a==1": [], "a==2.0rc1": []}, settings={"prerelease": "disallow"}),
    "requirements that allow nothing": Case(["a"], {"a==1": ["b<1,>2"], "b==1": []}),
    "requirements of the project that allow nothing": Case(["a<1,>2"], {"a==1": []}),
    "a project that needs another version of itself": Case(["p>2"], {"a==1": []}),
    "a project that stands in the way": Case(["a"], {"a==1": ["p>2"]}),
    "a Python that is too new": Case(["a"], {"a==1": Made(python=">=3.12")}),
    "a requirement under a marker": Case(["a>=3.0.dev1", "a<=3.0 ; python_version < '3.12'"], {"a==2.1": [], "a==4.0": []}),
    "a version spelled in two ways": Case(["c>=2", "c==1.2.*", "f>=2.0"], {"c==2.1": [], "f==2": []}),
    "pre-releases of what is excluded": Case(["b>=3.0.dev1,<3"], {"b==1": []}),
    "a single version that is not there": Case(["b<=1.2", "b>=1,!=1.1"], {"b==0.1": [], "b==2.1": [], "b==3.0": []}),
    "shared conclusions": Case(
        ["a", "b"],
        {
            "a==1": ["c", "d"],
            "b==1": ["c", "d"],
            "b==2": ["c", "e"],
            "c==1": ["f<2"],
            "d==1": ["f>=2"],
            "e==1": ["f>=3"],
            "f==1": [],
            "f==2": [],
            "f==3": [],
        },
    ),
}
