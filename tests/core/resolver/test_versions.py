"""Sets of versions agree with packaging on what a specifier admits, and obey the laws of sets."""

from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from hobd.core.resolver.specifiers import versions_matching
from hobd.core.resolver.versions import EVERY_VERSION, NO_VERSION, VersionSet, count_before, parse_point, point

PRERELEASES = "1.dev0 1.0a1.dev3 1.0a1 1.0a1.post1 1.0b2 1.0rc1 1.0.post1.dev1 1.1.dev1 1.1a1 2.dev0 2rc1"
FINALS = "0 0.9 1 1.0+cpu 1.0+cpu.2 1.0.post1 1.0.post2 1.0.1 1.1 1.2 1.10 2 3 1!1 1!2"
LISTED = [Version(text) for text in f"{PRERELEASES} {FINALS}".split()]
PLACES = [point(version) for version in LISTED]

versions = st.sampled_from([str(version) for version in LISTED])
operators = st.sampled_from(["==", "!=", ">=", "<=", "<", ">", "~="])


@st.composite
def specifier_sets(draw: st.DrawFn) -> SpecifierSet:
    texts = []
    for _ in range(draw(st.integers(0, 3))):
        text = draw(operators) + draw(versions)
        if text.startswith(("==", "!=")) and draw(st.booleans()):
            text += ".*"
        try:
            SpecifierSet(text)
        except InvalidSpecifier:
            continue
        texts.append(text)
    return SpecifierSet(",".join(texts))


sets = specifier_sets().map(versions_matching)


def members(versions: VersionSet) -> set[Version]:
    return {place.version for place in PLACES if place in versions}


def test_points_are_ordered_as_versions_are() -> None:
    assert [place.version for place in sorted(PLACES)] == sorted(LISTED)


def test_trailing_zeros_make_no_other_point() -> None:
    assert point(Version("1.0")) == point(Version("1.0.0"))


@given(
    text=st.from_regex(
        r"v?([0-9]{1,3}!)?[0-9]{1,12}(\.0{0,2}[0-9]{1,2}){0,4}([-_.]?(a|b|rc|post|dev)[0-9]{0,2})?(\+[a-z0-9]{1,3})?", fullmatch=True
    )
)
def test_a_point_by_its_spelling_is_that_of_the_version(text: str) -> None:
    place, version = parse_point(text), Version(text)
    assert place == point(version)
    assert str(place) == str(version)
    assert (place.is_prerelease, place.is_local) == (version.is_prerelease, version.local is not None)
    assert (place.before.text, place.only) == (str(version), point(version).only)


@given(versions=sets)
def test_places_before_a_cut_are_counted(versions: VersionSet) -> None:
    places = sorted(PLACES)
    for cut in versions.cuts:
        assert count_before(places, cut) == sum(place.before < cut for place in places)


@given(specifiers=specifier_sets())
def test_a_set_holds_what_its_specifiers_admit(specifiers: SpecifierSet) -> None:
    assert members(versions_matching(specifiers)) == {each for each in LISTED if specifiers.contains(each, prereleases=True)}


@given(left=sets, right=sets)
def test_intersection_and_union_are_those_of_sets(left: VersionSet, right: VersionSet) -> None:
    assert members(left & right) == members(left) & members(right)
    assert members(left | right) == members(left) | members(right)


@given(versions=sets)
def test_a_complement_holds_all_others(versions: VersionSet) -> None:
    assert members(~versions) == set(LISTED) - members(versions)
    assert ~~versions == versions
    assert versions & ~versions == NO_VERSION
    assert versions | ~versions == EVERY_VERSION


@given(left=sets, right=sets)
def test_subsets_and_disjoint_sets_are_recognized(left: VersionSet, right: VersionSet) -> None:
    assert left.is_subset(right) == ((left & right) == left)
    assert left.is_disjoint(right) == (left & right).is_empty


@given(place=st.sampled_from(PLACES))
def test_a_widened_version_meets_no_other_known_one(place: object) -> None:
    known = sorted(PLACES)
    widened = next(each for each in known if each == place).only.widened(known)
    assert [each for each in known if each in widened] == [place]


def test_a_set_reads_like_its_specifiers() -> None:
    texts = ["==1.0", "!=1.0", ">=1,<2", "~=1.4", "==1.*", ""]
    assert [str(versions_matching(SpecifierSet(text))) for text in texts] == [
        "==1.0",
        "<1.0|>1.0",
        ">=1,<2",
        ">=1.4,<2.dev0",
        ">=1.dev0,<2.dev0",
        "*",
    ]
