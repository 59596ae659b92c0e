"""When an old lock is kept, and what of it a new resolution begins with (uv-lock.md section 5)."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from hobd.core.lockfile.freshness import Circumstances, Freshness, Upgrade, judge
from hobd.core.lockfile.model import (
    Edge,
    ExcludeNewer,
    Lock,
    LockedFile,
    LockedPackage,
    Manifest,
    Options,
    PackageMetadata,
    ScopedRequirement,
)
from hobd.core.lockfile.satisfaction import LocalFacts, packages_to_read
from hobd.core.markers import Marker, RequiresPython
from hobd.core.resolver.problem import Cutoff, Problem, RootProject
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.names import Name, normalize
from hobd.core.vocab.requirement import ConflictItem, Requirement
from hobd.core.vocab.source import Directory, Editable, Git, Registry, Url, Virtual

DEMO, LIB, DEP = map(normalize, ("demo", "lib", "dep"))
INDEX = Registry("https://index.example/simple")
PYTHON = RequiresPython.parse(">=3.9")
LINUX, WINDOWS = Marker.parse("sys_platform == 'linux'"), Marker.parse("sys_platform == 'win32'")


def requires(name: Name, specifier: str = "", marker: str = "") -> Requirement:
    requirement = Requirement(name=name, specifier=SpecifierSet(specifier))
    return replace(requirement, marker=Marker.parse(marker)) if marker else requirement


REQUIRES = (requires(DEP, ">=1"), replace(requires(LIB), source=Directory("libs/lib")))
GROUPS = ((normalize("dev"), (requires(DEP),)), (normalize("none"), ()))
LOCK = Lock(
    requires_python=PYTHON,
    packages=(
        LockedPackage(
            name=DEMO,
            version=Version("1.0"),
            source=Virtual("."),
            dependencies=(Edge(name=DEP), Edge(name=LIB)),
            metadata=PackageMetadata(requires_dist=REQUIRES, provides_extras=(normalize("x"), normalize("y")), requires_dev=GROUPS),
        ),
        LockedPackage(
            name=DEP,
            version=Version("1.2"),
            source=INDEX,
            wheels=(LockedFile(url="https://files.example/dep-1.2-py3-none-any.whl", digest=Digest("sha256", "0" * 64)),),
        ),
        LockedPackage(name=LIB, source=Directory("libs/lib"), metadata=PackageMetadata(requires_dist=(requires(DEP),))),
    ),
)
ROOT = RootProject(
    name=DEMO,
    version=Version("1.0"),
    source=Virtual("."),
    requires_dist=REQUIRES,
    provides_extras=(normalize("y"), normalize("x")),
    groups=GROUPS,
)
PROBLEM = Problem(roots=(ROOT,), requires_python=PYTHON)
LIB_FACTS = LocalFacts(version=None, requires_dist=(requires(DEP),))
CIRCUMSTANCES = Circumstances(root="/home/demo", local={Directory("libs/lib"): LIB_FACTS}, indexes=frozenset({INDEX}))


def demo(change: Callable[[RootProject], RootProject]) -> Problem:
    return replace(PROBLEM, roots=(change(ROOT),))


def test_an_unchanged_project_is_not_resolved_again() -> None:
    verdict = judge(LOCK, PROBLEM, CIRCUMSTANCES)
    assert verdict.is_valid
    assert verdict.reason == ""
    assert verdict.notice is None


@pytest.mark.parametrize(
    ("problem", "freshness", "notice"),
    [
        (
            replace(PROBLEM, options=Options(resolution_mode="lowest")),
            Freshness.UNUSABLE,
            "Ignoring existing lockfile due to change in resolution mode: `highest` vs. `lowest`",
        ),
        (
            replace(PROBLEM, options=Options(fork_strategy="fewest")),
            Freshness.UNUSABLE,
            "Ignoring existing lockfile due to change in fork strategy: `requires-python` vs. `fewest`",
        ),
        (
            replace(PROBLEM, options=Options(prerelease_mode="allow")),
            Freshness.PREFERABLE,
            "Resolving despite existing lockfile due to change in pre-release mode: `if-necessary` vs. `allow`",
        ),
        (replace(PROBLEM, options=Options(prerelease_package=((DEP, "allow"),))), Freshness.PREFERABLE, None),
        (replace(PROBLEM, options=Options(minimum_libc_version="2.28")), Freshness.VERSIONS, None),
        (replace(PROBLEM, environments=(LINUX,)), Freshness.VERSIONS, None),
        (replace(PROBLEM, required_environments=(LINUX,)), Freshness.VERSIONS, None),
        (
            replace(PROBLEM, conflicts=((ConflictItem(package=DEMO, extra=normalize("x")), ConflictItem(package=DEMO)),)),
            Freshness.VERSIONS,
            None,
        ),
        (replace(PROBLEM, requires_python=RequiresPython.parse(">=3.10")), Freshness.PREFERABLE, None),
        (replace(PROBLEM, requires_python=RequiresPython.parse(">=3.9,<4")), Freshness.PREFERABLE, None),
        (replace(PROBLEM, manifest=Manifest(members=(DEMO, LIB))), Freshness.PREFERABLE, None),
        (replace(PROBLEM, manifest=Manifest(constraints=(requires(DEP, "<9"),))), Freshness.PREFERABLE, None),
        (replace(PROBLEM, manifest=Manifest(overrides=(ScopedRequirement(package=DEP),))), Freshness.PREFERABLE, None),
        (replace(PROBLEM, manifest=Manifest(excludes=(DEP,))), Freshness.PREFERABLE, None),
        (replace(PROBLEM, manifest=Manifest(default_groups=())), Freshness.PREFERABLE, None),
        (demo(lambda root: replace(root, version=Version("1.1"))), Freshness.PREFERABLE, None),
        (demo(lambda root: replace(root, version=None)), Freshness.PREFERABLE, None),
        (demo(lambda root: replace(root, source=Editable("."))), Freshness.PREFERABLE, None),
        (demo(lambda root: replace(root, requires_dist=REQUIRES[:1])), Freshness.PREFERABLE, None),
        (demo(lambda root: replace(root, requires_dist=(requires(DEP, ">=2"), REQUIRES[1]))), Freshness.PREFERABLE, None),
        (demo(lambda root: replace(root, provides_extras=(normalize("x"),))), Freshness.PREFERABLE, None),
        (demo(lambda root: replace(root, groups=GROUPS[:1])), Freshness.PREFERABLE, None),
        (demo(lambda root: replace(root, default_groups="all")), Freshness.PREFERABLE, None),
        (demo(lambda root: replace(root, group_requires_python=((normalize("dev"), ">=3.10"),))), Freshness.PREFERABLE, None),
        (demo(lambda root: replace(root, name=normalize("renamed"))), Freshness.PREFERABLE, None),
    ],
)
def test_a_change_decides_what_can_be_used(problem: Problem, freshness: Freshness, notice: str | None) -> None:
    verdict = judge(LOCK, problem, CIRCUMSTANCES)
    assert (verdict.freshness, verdict.notice) == (freshness, notice)
    assert verdict.reason


@pytest.mark.parametrize(
    "problem",
    [
        replace(PROBLEM, requires_python=RequiresPython.parse(">=3.9.0")),
        replace(PROBLEM, requires_python=RequiresPython.parse(">=3.9,!=3.10.*")),
        replace(PROBLEM, options=Options(exclude_newer_package=((normalize("unlocked"), ExcludeNewer(span="P1D")),))),
        demo(lambda root: replace(root, version=Version("1"))),
        demo(lambda root: replace(root, default_groups=("dev",))),
        demo(lambda root: replace(root, requires_dist=REQUIRES[::-1])),
        demo(lambda root: replace(root, requires_dist=(requires(DEP, ">=1.0", "python_version >= '3.8'"), REQUIRES[1]))),
        demo(lambda root: replace(root, requires_dist=(REQUIRES[0], replace(REQUIRES[1], source=Directory("/home/demo/libs/lib"))))),
    ],
)
def test_another_spelling_changes_nothing(problem: Problem) -> None:
    assert judge(LOCK, problem, CIRCUMSTANCES).is_valid


EARLY, LATE = ExcludeNewer(timestamp="2026-03-01T00:00:00Z"), ExcludeNewer(timestamp="2026-03-01T00:00:00.25Z")


@pytest.mark.parametrize(
    ("was", "now", "change"),
    [
        (None, ExcludeNewer(timestamp="2024-03-01T00:00:00Z"), "addition of global exclude newer 2024-03-01T00:00:00Z"),
        (None, ExcludeNewer(span="P3W"), "addition of global exclude newer 2026-01-01T00:00:00Z"),
        (ExcludeNewer(span="P3W"), None, "removal of global exclude newer"),
        (ExcludeNewer(span="P3W"), ExcludeNewer(span="P2W"), "change of exclude newer span from `P3W` to `P2W`"),
        (ExcludeNewer(timestamp="a"), ExcludeNewer(span="P2W"), "addition of exclude newer span `P2W`"),
        (ExcludeNewer(span="P2W"), ExcludeNewer(timestamp="a"), "removal of exclude newer span"),
        (
            ExcludeNewer(timestamp="2026-03-01T00:00:00.5Z"),
            ExcludeNewer(timestamp="2026-03-01T00:00:00Z"),
            "change of exclude newer timestamp from `2026-03-01T00:00:00.5Z` to `2026-03-01T00:00:00Z`",
        ),
    ],
)
def test_another_cutoff_keeps_versions_and_forks(was: ExcludeNewer | None, now: ExcludeNewer | None, change: str) -> None:
    lock = replace(LOCK, options=Options(exclude_newer=was))
    problem = replace(PROBLEM, options=Options(exclude_newer=now), cutoff=Cutoff(before="2026-01-01T00:00:00Z"))
    verdict = judge(lock, problem, CIRCUMSTANCES)
    assert verdict.freshness is Freshness.PREFERABLE
    assert verdict.notice == f"Resolving despite existing lockfile due to {change}"


@pytest.mark.parametrize(
    ("was", "now", "change"),
    [
        ((), ((DEP, ExcludeNewer(timestamp="a")),), "addition of exclude newer `a` for package `dep`"),
        ((), ((DEP, ExcludeNewer(span="P1D")),), "addition of exclude newer span `P1D` for package `dep`"),
        (((DEP, None),), ((DEP, ExcludeNewer(span="P1D")),), "enabling of exclude newer for package `dep`"),
        (((DEP, None),), (), "removal of exclude newer for package `dep`"),
        (
            ((DEP, ExcludeNewer(span="P1D")),),
            ((DEP, ExcludeNewer(span="P2D")),),
            "change of exclude newer span from `P1D` to `P2D` for package `dep`",
        ),
    ],
)
def test_the_cutoff_of_a_locked_package_counts(
    was: tuple[tuple[Name, ExcludeNewer | None], ...], now: tuple[tuple[Name, ExcludeNewer | None], ...], change: str
) -> None:
    verdict = judge(
        replace(LOCK, options=Options(exclude_newer_package=was)),
        replace(PROBLEM, options=Options(exclude_newer_package=now)),
        CIRCUMSTANCES,
    )
    assert verdict.notice == f"Resolving despite existing lockfile due to {change}"


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (Options(exclude_newer=EARLY), Options(exclude_newer=LATE)),
        (Options(exclude_newer_package=((DEP, EARLY),)), Options(exclude_newer_package=((DEP, LATE),))),
        (Options(exclude_newer_package=((DEP, EARLY),)), Options(exclude_newer_package=((DEP, None),))),
        (Options(exclude_newer=EARLY), Options(exclude_newer=EARLY, exclude_newer_package=((DEP, None),))),
    ],
)
def test_letting_in_more_changes_nothing_of_what_was_let_in(was: Options, now: Options) -> None:
    assert judge(replace(LOCK, options=was), replace(PROBLEM, options=now), CIRCUMSTANCES).is_valid


def test_time_that_passes_is_no_change() -> None:
    options = Options(exclude_newer=ExcludeNewer(span="P3W"))
    assert judge(replace(LOCK, options=options), replace(PROBLEM, options=options, cutoff=Cutoff(before="later")), CIRCUMSTANCES).is_valid


@pytest.mark.parametrize(
    ("circumstances", "freshness"),
    [
        (replace(CIRCUMSTANCES, upgrade=Upgrade.EVERYTHING), Freshness.UNUSABLE),
        (replace(CIRCUMSTANCES, upgrade=Upgrade.SOME), Freshness.PREFERABLE),
        (replace(CIRCUMSTANCES, is_refresh=True), Freshness.PREFERABLE),
        (replace(CIRCUMSTANCES, hash_algorithms={INDEX.url: "sha512"}), Freshness.PREFERABLE),
        (replace(CIRCUMSTANCES, hash_algorithms={INDEX.url: "sha256"}), Freshness.VALID),
        (replace(CIRCUMSTANCES, indexes=frozenset({Registry("https://other.example/simple")})), Freshness.PREFERABLE),
        (replace(CIRCUMSTANCES, indexes=None), Freshness.VALID),
        (replace(CIRCUMSTANCES, local={}), Freshness.VALID),
    ],
)
def test_flags_and_settings_count_too(circumstances: Circumstances, freshness: Freshness) -> None:
    assert judge(LOCK, PROBLEM, circumstances).freshness is freshness


@pytest.mark.parametrize(
    ("facts", "freshness"),
    [
        (replace(LIB_FACTS, version=Version("1")), Freshness.PREFERABLE),
        (replace(LIB_FACTS, requires_dist=()), Freshness.PREFERABLE),
        (replace(LIB_FACTS, provides_extras=(normalize("x"),)), Freshness.PREFERABLE),
        (replace(LIB_FACTS, groups=((normalize("dev"), ()),)), Freshness.PREFERABLE),
        (LIB_FACTS, Freshness.VALID),
    ],
)
def test_a_local_package_is_compared_with_what_it_says_now(facts: LocalFacts, freshness: Freshness) -> None:
    assert judge(LOCK, PROBLEM, replace(CIRCUMSTANCES, local={Directory("libs/lib"): facts})).freshness is freshness


def test_a_dynamic_package_may_flatten_its_own_extras() -> None:
    declared = (
        requires(DEP, "", "extra == 'one'"),
        replace(requires(LIB), extras=(normalize("one"),), marker=Marker.parse("extra == 'all'")),
    )
    built = (requires(DEP, "", "extra == 'one'"), requires(DEP, "", "extra == 'all'"))
    *others, lib = LOCK.packages
    lock = replace(LOCK, packages=(*others, replace(lib, metadata=PackageMetadata(requires_dist=built))))
    facts = replace(LIB_FACTS, requires_dist=declared)
    assert judge(lock, PROBLEM, replace(CIRCUMSTANCES, local={Directory("libs/lib"): facts})).is_valid
    static = replace(lock, packages=(*others, replace(lock.packages[-1], version=Version("1"))))
    verdict = judge(static, PROBLEM, replace(CIRCUMSTANCES, local={Directory("libs/lib"): replace(facts, version=Version("1"))}))
    assert verdict.reason == "the requirements of `lib` changed"


def test_an_index_that_a_requirement_names_need_not_be_configured() -> None:
    pinned = Registry("https://pinned.example/simple")
    requirements = (replace(REQUIRES[0], source=pinned), REQUIRES[1])
    root, dep, lib = LOCK.packages
    assert root.metadata is not None
    packages = (replace(root, metadata=replace(root.metadata, requires_dist=requirements)), replace(dep, source=pinned), lib)
    assert judge(replace(LOCK, packages=packages), demo(lambda each: replace(each, requires_dist=requirements)), CIRCUMSTANCES).is_valid


def test_with_forks_another_python_loses_them() -> None:
    lock = replace(LOCK, resolution_markers=(Marker.parse("python_version < '3.11'"), Marker.parse("python_version >= '3.11'")))
    assert judge(lock, PROBLEM, CIRCUMSTANCES).is_valid
    verdict = judge(lock, replace(PROBLEM, requires_python=RequiresPython.parse(">=3.10")), CIRCUMSTANCES)
    assert verdict.freshness is Freshness.VERSIONS


def test_forks_that_leave_a_gap_lose_themselves_with_a_warning() -> None:
    lock = replace(LOCK, resolution_markers=(LINUX, WINDOWS))
    verdict = judge(lock, PROBLEM, CIRCUMSTANCES)
    assert (verdict.freshness, verdict.is_warning) == (Freshness.VERSIONS, True)
    assert verdict.notice == (
        "Resolving despite existing lockfile due to fork markers not covering the supported environments: "
        "`(python_full_version >= '3.9' and sys_platform == 'linux') or (python_full_version >= '3.9' and sys_platform == 'win32')` "
        "vs `python_full_version >= '3.9'`"
    )
    supported = replace(lock, supported_markers=(LINUX, WINDOWS))
    assert judge(supported, replace(PROBLEM, environments=(LINUX, WINDOWS)), CIRCUMSTANCES).is_valid


def test_forks_that_miss_the_new_pythons_are_lost_with_a_warning() -> None:
    lock = replace(LOCK, requires_python=RequiresPython.parse("<3.9"))
    verdict = judge(lock, PROBLEM, CIRCUMSTANCES)
    assert (verdict.freshness, verdict.is_warning) == (Freshness.VERSIONS, True)
    assert verdict.reason == "fork markers being disjoint with `requires-python`"


def test_older_revisions_are_not_asked_what_they_could_not_say() -> None:
    root = LOCK.packages[0]
    assert root.metadata is not None
    metadata = replace(root.metadata, provides_extras=(), requires_dev=GROUPS[:1])
    lock = replace(LOCK, revision=0, packages=(replace(root, metadata=metadata), *LOCK.packages[1:]))
    problem = demo(lambda each: replace(each, default_groups="all"))
    assert judge(lock, problem, CIRCUMSTANCES).is_valid
    assert not judge(replace(lock, revision=1), problem, CIRCUMSTANCES).is_valid


def test_only_what_may_change_without_a_new_version_is_read_again() -> None:
    direct = LockedPackage(name=normalize("direct"), version=Version("1"), source=Url("https://files.example/direct-1.tar.gz"))
    behind = LockedPackage(name=normalize("behind"), version=Version("1"), source=Directory("behind"))
    pinned = LockedPackage(
        name=normalize("pinned"), version=Version("1"), source=Git("https://git.example/r"), dependencies=(Edge(name=behind.name),)
    )
    root, dep, lib = LOCK.packages
    root = replace(root, dependencies=(*root.dependencies, Edge(name=direct.name), Edge(name=pinned.name)))
    lock = replace(LOCK, packages=(root, behind, dep, direct, lib, pinned))
    assert [package.name for package in packages_to_read(lock, PROBLEM)] == ["lib", "direct"]
