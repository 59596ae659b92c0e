"""What is read from a lockfile is written as it was, to the byte."""

import tomllib

import pytest
from msgspec.structs import replace
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from hobd.core.lockfile.canonical_toml import parse_canonical
from hobd.core.lockfile.model import Edge, ExcludeNewer, Lock, LockedPackage, Manifest, Options, PackageMetadata, ScopedRequirement
from hobd.core.lockfile.order import edge_order, package_order, requirement_order
from hobd.core.lockfile.parse import parse, read_lock
from hobd.core.lockfile.render import render
from hobd.core.markers import Marker, RequiresPython
from hobd.core.vocab.names import normalize
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Git, Virtual
from tests.core.lockfile.goldens import NAMES, golden


@pytest.mark.parametrize("name", NAMES)
def test_a_golden_lock_is_written_as_it_was_read(name: str) -> None:
    assert render(parse(golden(name))) == golden(name)


@pytest.mark.parametrize("name", NAMES)
def test_the_quick_parser_gives_what_a_toml_parser_gives(name: str) -> None:
    quick = parse_canonical(golden(name))
    assert quick == tomllib.loads(golden(name))


@pytest.mark.parametrize("name", NAMES)
def test_another_layout_is_read_to_the_same_lock(name: str) -> None:
    text = "# a comment on top\n" + golden(name).replace("\n    {", "\n  {").replace("[\n", "[ # open\n").replace(" = ", "=")
    text = text.replace("= ", "=")
    assert parse_canonical(text) is None
    assert parse(text) == parse(golden(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_golden_lock_is_in_order(name: str) -> None:
    lock = parse(golden(name))
    assert sorted(lock.packages, key=package_order) == list(lock.packages)
    for package in lock.packages:
        for _, edges in (("", package.dependencies), *package.optional_dependencies, *package.dev_dependencies):
            assert sorted(edges, key=edge_order) == list(edges)
        if package.metadata is not None:
            assert sorted(package.metadata.requires_dist, key=requirement_order) == list(package.metadata.requires_dist)


@pytest.mark.parametrize(
    "text",
    [
        "version = 1",
        "version = 1\nversion = 2\n",
        "version = 01\n",
        'a = "x\\ty"\n',
        "a = 'x'\n",
        "a = [1, 2,]\n",
        "a = { b = 1, b = 2 }\n",
        "a = { b = 1,}\n",
        "[a]\n[a]\n",
        "[[a]]\n[a]\n",
        "[a]\n[[a]]\n",
        "[a.b]\n[a]\n",
        "a = 1 # why\n",
        "a = [\n  1,\n]\n",
        "a = [\n    1,\n",
        "a = 1\r\n",
        "a = 1.5\n",
        "a.b = 1\n",
        "a = 1\n[a.b]\n",
        "[a]]\n",
        "a =1\n",
        "a = tru\n",
        "a = \n",
        "a = {\n",
        "a = [[\n    1,\n], 3]\n",
    ],
)
def test_the_quick_parser_leaves_what_it_does_not_know(text: str) -> None:
    assert parse_canonical(text) is None


LOCK = Lock(requires_python=RequiresPython.parse(">=3.9"))


def test_the_smallest_lock_has_two_lines_and_its_python() -> None:
    assert render(LOCK) == 'version = 1\nrevision = 5\nrequires-python = ">=3.9"\n'
    assert render(replace(LOCK, revision=0)) == 'version = 1\nrequires-python = ">=3.9"\n'


def test_options_have_a_header_as_soon_as_one_differs() -> None:
    options = Options(exclude_newer_package=((normalize("a"), ExcludeNewer(span="P1D")), (normalize("b"), None)))
    assert render(replace(LOCK, options=options)).partition("\n\n")[2] == (
        '[options]\n\n[options.exclude-newer-package]\na = { timestamp = "0001-01-01T00:00:00Z", span = "P1D" }\nb = false\n'
    )


def test_sub_tables_of_the_manifest_stand_without_its_header() -> None:
    manifest = Manifest(dependency_groups=((normalize("dev"), ()),), group_requires_python=((normalize("dev"), ">=3.10"),))
    assert render(replace(LOCK, manifest=manifest)).partition("\n\n")[2] == (
        '[manifest.dependency-groups]\ndev = []\n\n[manifest.group-requires-python]\ndev = ">=3.10"\n'
    )


def test_groups_alone_stand_below_an_empty_metadata_header() -> None:
    metadata = PackageMetadata(requires_dev=((normalize("dev"), (Requirement(name=normalize("a")),)),))
    package = LockedPackage(name=normalize("p"), version=Version("1"), source=Virtual("."), metadata=metadata)
    assert render(replace(LOCK, packages=(package,))).endswith(
        'source = { virtual = "." }\n\n[package.metadata]\n\n[package.metadata.requires-dev]\ndev = [{ name = "a" }]\n'
    )
    empty = replace(package, metadata=PackageMetadata())
    assert render(replace(LOCK, packages=(empty,))).endswith('source = { virtual = "." }\n')


def test_overrides_and_exclusions_may_be_scoped_to_a_package() -> None:
    scoped = ScopedRequirement(package=normalize("p"), version="2.0", dependencies=(Requirement(name=normalize("a")),))
    text = render(replace(LOCK, manifest=Manifest(overrides=(scoped,), excludes=(scoped,))))
    assert 'overrides = [{ package = { name = "p", version = "2.0" }, dependencies = [{ name = "a" }] }]' in text
    assert 'excludes = [{ package = { name = "p", version = "2.0" }, dependencies = ["a"] }]' in text
    assert render(parse(text)) == text


@pytest.mark.parametrize(
    ("specifier", "written"),
    [
        ("<2,>=0.1", ">=0.1,<2"),
        (">1,>=1,!=1", "!=1,>1,>=1"),
        ("==1.0.*", "==1.0.*"),
        ("~=1.4.2", "~=1.4.2"),
        ("===1.0", "===1.0"),
        (">=2.0post1", ">=2.0.post1"),
        ("==v1.0", "==1.0"),
    ],
)
def test_specifiers_are_sorted_and_normalized(specifier: str, written: str) -> None:
    requirement = Requirement(name=normalize("a"), specifier=SpecifierSet(specifier))
    text = render(replace(LOCK, manifest=Manifest(constraints=(requirement,))))
    assert f'constraints = [{{ name = "a", specifier = "{written}" }}]' in text


def test_requirements_of_one_name_sort_as_uv_sorts_them() -> None:
    texts = ["", "==9", "==9.*", "===1", "!=0", "~=1.0", "<5", ">=0.5", ">=1", ">=1,<2", ">=1,<3"]
    plain = [Requirement(name=normalize("a"), specifier=SpecifierSet(text)) for text in texts]
    marked = [replace(plain[0], marker=Marker.parse("os_name == 'nt'"))]
    ordered = [*plain, *marked]
    backwards = ordered[::-1]
    assert sorted(backwards, key=requirement_order) == ordered


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", '"plain"'),
        ('a "b"', "'a \"b\"'"),
        ("a\\b", "'a\\b'"),
        ("'a' \"b\"c", '"""\'a\' "b"c"""'),
        ("a\tb", '"a\\tb"'),
        ("a\x7f'\"", '"a\\u007F\'\\""'),
        ("ü", '"ü"'),
    ],
)
def test_strings_take_the_quotes_that_they_need(text: str, written: str) -> None:
    lock = replace(LOCK, options=Options(minimum_libc_version=text))
    assert f"minimum-libc-version = {written}\n" in render(lock)
    assert parse(render(lock)) == lock


def test_repositories_keep_their_query_in_order() -> None:
    source = Git(url="https://git.example/r", reference_kind="branch", reference="a/b ~", subdirectory="s p", lfs=True, commit="0" * 40)
    package = LockedPackage(name=normalize("p"), version=Version("1"), source=source)
    required = Requirement(name=normalize("p"), source=replace(source, commit=None))
    text = render(replace(LOCK, manifest=Manifest(requirements=(required,)), packages=(package,)))
    assert f'source = {{ git = "https://git.example/r?subdirectory=s+p&lfs=true&branch=a%2Fb+%7E#{"0" * 40}" }}' in text
    assert 'requirements = [{ name = "p", git = "https://git.example/r?subdirectory=s+p&branch=a%2Fb+%7E&lfs=true" }]' in text
    assert parse(text).packages[0].source == source


def test_entries_name_version_source_extras_and_marker() -> None:
    edge = Edge(
        name=normalize("b"),
        version=Version("1.1"),
        source=Virtual("b"),
        extras=(normalize("x"), normalize("y")),
        marker=Marker.parse("os_name == 'nt'"),
    )
    target = LockedPackage(name=normalize("b"), version=Version("1.1"), source=Virtual("b"))
    package = LockedPackage(name=normalize("a"), version=Version("1"), source=Virtual("a"), dependencies=(edge,))
    text = render(replace(LOCK, packages=(package, target)))
    assert '    { name = "b", version = "1.1", source = { virtual = "b" }, extra = ["x", "y"], marker = "os_name == \'nt\'" },\n' in text
    assert parse(text).packages[0].dependencies == (edge,)


def test_unknown_keys_and_newer_revisions_are_passed_over() -> None:
    text = (
        golden("virid")
        .replace("revision = 5", "revision = 99\nfuture = 1")
        .replace('source = { virtual = "." }', 'source = { virtual = "." }\nnew = 2')
    )
    assert parse(text) == replace(parse(golden("virid")), revision=99)


def test_a_lock_from_before_the_rename_is_read() -> None:
    values = tomllib.loads(golden("virid"))
    values["distribution"] = values.pop("package")
    assert read_lock(values) == parse(golden("virid"))
