"""Random locks, as sound as any that was ever written."""

from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from hobd.core.lockfile.model import (
    DependencyMetadata,
    Edge,
    ExcludeNewer,
    Lock,
    LockedFile,
    LockedPackage,
    Manifest,
    Options,
    PackageMetadata,
)
from hobd.core.lockfile.order import edge_order, package_order, requirement_order
from hobd.core.markers import Marker
from hobd.core.vocab.digest import HEX_LENGTHS, Digest
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import ConflictItem, Requirement
from hobd.core.vocab.source import Directory, Editable, Git, Path, Registry, Source, Url, Virtual
from tests.core.markers.strategies import markers, python_requirements

names = st.sampled_from([Name(text) for text in ("a", "b", "b-2", "b2", "long-name", "zz", "0")])
groups = names
versions = st.sampled_from([Version(text) for text in ("1", "1.0", "1.0.post1", "2!0.1", "1.1rc2", "1.0+local.7", "10")])
specifiers = st.sampled_from(["", ">=1", "==1.*", ">=1,<2", "!=1.0,>0.5", "~=1.4", "===1.0", "==1.0+cpu"]).map(SpecifierSet)
texts = st.sampled_from(["x", "é", "it's", 'a"b', "a\\b", "'\"", "two\nlines", "tab\there", "#", "]", "a=b", " "])
paths = st.sampled_from([".", "..", "lib/a", "../b", "/absolute/c", "é"])
urls = st.sampled_from(["https://index.example/simple", "https://index.example/simple/", "https://files.example/a%20b?x=1"])
said_markers = markers.map(lambda marker: Marker.parse(str(marker) or "os_name != ''")).filter(lambda marker: not marker.is_true)
sha256 = st.binary(min_size=32, max_size=32).map(lambda content: Digest("sha256", content.hex()))
digests = st.one_of(sha256, st.sampled_from([Digest(algorithm, "0" * length) for algorithm, length in HEX_LENGTHS.items()]))
times = st.sampled_from(["2024-01-02T03:04:05Z", "2024-01-02T03:04:05.678Z"])

gits = st.builds(
    lambda url, reference, commit, subdirectory, lfs: Git(
        url=url,
        reference_kind=None if reference is None else reference[0],
        reference=None if reference is None else reference[1],
        subdirectory=subdirectory,
        lfs=lfs,
        commit=commit,
    ),
    st.just("https://code.example/a.git"),
    st.none() | st.tuples(st.sampled_from(["branch", "tag", "rev"]), st.sampled_from(["main", "v1", "a/b c", "é&=#"])),
    st.just("0123456789" * 4),
    st.none() | st.sampled_from(["sub", "a b/c"]),
    st.booleans(),
)
registries = st.one_of(st.builds(Registry, urls), st.builds(lambda path: Registry(path, is_path=True), st.just("links")))
archives = st.one_of(st.builds(Url, urls, st.none() | st.just("sub")), st.builds(Path, paths))
trees = st.one_of(st.builds(Directory, paths), st.builds(Editable, paths), st.builds(Virtual, paths))
sources: st.SearchStrategy[Source] = st.one_of(registries, gits, archives, trees)


def tables(values: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[tuple[Name, object], ...]]:
    """Names with values, sorted by name."""
    return st.dictionaries(names, values, max_size=3).map(lambda found: tuple(sorted(found.items(), key=lambda item: item[0])))


requirements = st.builds(
    lambda name, extras, specifier, marker, source: Requirement(
        name=name,
        extras=tuple(extras),
        specifier=specifier if source is None or isinstance(source, Registry) else SpecifierSet(),
        marker=marker,
        source=source,
    ),
    names,
    st.lists(names, max_size=2, unique=True),
    specifiers,
    said_markers | st.just(Marker.parse("os_name == 'posix'")),
    st.none() | st.builds(Registry, urls) | archives | trees,
)
requirement_lists = st.lists(requirements, max_size=3).map(lambda found: tuple(sorted(found, key=requirement_order)))
edges = st.builds(
    lambda name, place, extras, marker: Edge(
        name=name,
        version=None if place is None else place[0],
        source=None if place is None else place[1],
        extras=tuple(sorted(extras)),
        **({} if marker is None else {"marker": marker}),
    ),
    names,
    st.none() | st.tuples(versions, sources),
    st.frozensets(names, max_size=2),
    st.none() | said_markers,
)
edge_lists = st.lists(edges, min_size=1, max_size=3).map(lambda found: tuple(sorted(found, key=edge_order)))
files = st.builds(
    LockedFile,
    url=st.sampled_from(["https://files.example/a-1-py3-none-any.whl", "https://files.example/a%2Bb.whl?x='\""]),
    digest=st.none() | digests,
    size=st.none() | st.integers(0, 2**63),
    upload_time=st.none() | times,
)
metadata = st.builds(
    PackageMetadata,
    requires_dist=requirement_lists,
    provides_extras=st.lists(names, max_size=2, unique=True).map(tuple),
    requires_dev=tables(requirement_lists),
)
packages = st.builds(
    LockedPackage,
    name=names,
    version=versions,
    source=sources,
    default_groups=st.none() | st.just("all") | st.lists(names, max_size=2, unique=True).map(tuple),
    resolution_markers=st.lists(said_markers, max_size=2).map(tuple),
    dependencies=st.just(()) | edge_lists,
    optional_dependencies=tables(edge_lists),
    dev_dependencies=tables(edge_lists),
    group_requires_python=tables(st.sampled_from([">=3.10", "==3.12.*"])),
    sdist=st.none() | files,
    wheels=st.lists(files, max_size=3).map(tuple),
    metadata=st.none() | metadata.filter(lambda found: found != PackageMetadata()),
)
cutoffs = st.builds(ExcludeNewer, timestamp=st.just("2024-03-01T00:00:00Z")) | st.builds(ExcludeNewer, span=st.just("P3W"))
options = st.builds(
    Options,
    resolution_mode=st.sampled_from(["highest", "lowest"]),
    prerelease_mode=st.sampled_from(["if-necessary", "explicit"]),
    fork_strategy=st.sampled_from(["requires-python", "fewest"]),
    exclude_newer=st.none() | cutoffs,
    prerelease_package=tables(st.just("allow")),
    exclude_newer_package=tables(st.none() | cutoffs),
)
manifests = st.builds(
    Manifest,
    members=st.frozensets(names, max_size=3).map(lambda found: tuple(sorted(found))),
    requirements=requirement_lists,
    constraints=requirement_lists,
    overrides=requirement_lists,
    excludes=st.frozensets(names, max_size=2).map(lambda found: tuple(sorted(found))),
    build_constraints=requirement_lists,
    dependency_groups=tables(requirement_lists),
    group_requires_python=tables(st.just(">=3.11")),
    dependency_metadata=st.dictionaries(names, versions, max_size=2).map(
        lambda found: tuple(DependencyMetadata(name=name, version=found[name]) for name in sorted(found))
    ),
)
conflicts = st.lists(
    st.lists(st.builds(ConflictItem, package=names, extra=names), min_size=2, max_size=3, unique=True).map(tuple), max_size=2
).map(tuple)


@st.composite
def locks(draw: st.DrawFn) -> Lock:
    """Whole locks, their packages in order."""
    return Lock(
        requires_python=draw(python_requirements),
        resolution_markers=tuple(draw(st.lists(said_markers, max_size=3))),
        supported_markers=tuple(draw(st.lists(said_markers, max_size=2))),
        required_markers=tuple(draw(st.lists(said_markers, max_size=2))),
        conflicts=draw(conflicts),
        options=draw(options),
        manifest=draw(manifests),
        packages=tuple(sorted(draw(st.lists(packages, max_size=4)), key=package_order)),
    )
