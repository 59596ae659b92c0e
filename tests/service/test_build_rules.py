"""How a package is built follows from settings for all and for it, and is recorded as uv records it."""

import pytest
from packaging.version import Version

from hobd.core.lockfile.model import LockedPackage
from hobd.core.vocab.names import Name
from hobd.core.vocab.settings import BuildSettings, Choice
from hobd.core.vocab.settings_layer import ExtraBuildDependency
from hobd.core.vocab.source import Directory, Registry
from hobd.service.builds.rules import BuildRules, UnmatchedRuntime, rules_of
from tests.service.houses import House

LIB, HELPER = Name("lib"), Name("helper")


def rules(house: House, settings: BuildSettings, runtime: LockedPackage | None = None, name: Name | None = LIB) -> BuildRules:
    stating = house.builder().subject.stating(house.settings())
    return rules_of(name, settings, stating, {} if runtime is None else {runtime.name: runtime})


def extra(text: str, *, match_runtime: bool = False) -> BuildSettings:
    return BuildSettings(extra_dependencies=((LIB, (ExtraBuildDependency(requirement=text, match_runtime=match_runtime),)),))


def test_the_record_of_a_build_without_settings_is_empty(house: House) -> None:
    assert rules(house, BuildSettings()).info(house.project) == "{}"


def test_the_record_has_config_requirements_and_variables(house: House) -> None:
    settings = BuildSettings(
        config_settings=(("z", ("1", "2")),),
        config_settings_package=((LIB, (("k", ("v",)), ("z", ("0",)))),),
        extra_dependencies=((LIB, (ExtraBuildDependency(requirement="idna[a,b]>=2,<4 ; sys_platform == 'foo'"),)),),
        extra_variables=((LIB, (("B", "1"), ("A", "2"))),),
    )
    assert rules(house, settings).info(house.project) == (
        '{"config_settings":{"k":"v","z":["0","1","2"]},"extra_build_requires":[{"requirement":{"name":"idna","extras":["a","b"],'
        '"marker":"sys_platform == \'foo\'","specifier":">=2,<4","index":null,"conflict":null},"match_runtime":false}],'
        '"extra_build_variables":{"A":"2","B":"1"}}'
    )


def test_a_folder_is_recorded_with_its_whole_path(house: House) -> None:
    (house.root / "helper").mkdir()
    with (house.project / "pyproject.toml").open("a") as file:
        file.write('[tool.uv.sources]\nhelper = { path = "../helper" }\n')
    found = rules(house, extra("helper")).info(house.project)
    assert f'"directory":"{house.root}/helper"' in found


def test_other_packages_have_none_of_it(house: House) -> None:
    assert rules(house, extra("idna"), name=HELPER).extras == ()


def test_a_build_may_have_to_match_what_is_installed(house: House) -> None:
    settings = extra("helper", match_runtime=True)
    locked = LockedPackage(name=HELPER, version=Version("2.5"), source=Registry("https://index.example/simple"))
    [found] = rules(house, settings, locked).extras
    assert str(found.requirement.specifier) == "==2.5"
    folder = LockedPackage(name=HELPER, source=Directory("../helper"))
    [found] = rules(house, settings, folder).extras
    assert found.requirement.source == Directory("../helper")


def test_what_cannot_be_matched_is_an_error(house: House) -> None:
    with pytest.raises(UnmatchedRuntime, match="does not declare static metadata"):
        rules(house, extra("helper", match_runtime=True))
    other = LockedPackage(name=LIB, version=Version("1"), source=Directory("../lib"))
    with pytest.raises(UnmatchedRuntime, match="was not found in the resolution"):
        rules(house, extra("helper", match_runtime=True), other)


def test_isolation_is_left_out_for_all_or_for_some(house: House) -> None:
    assert rules(house, BuildSettings()).is_isolated
    assert not rules(house, BuildSettings(no_isolation=Choice(packages=frozenset({LIB})))).is_isolated
    assert not rules(house, BuildSettings(no_isolation=Choice(everything=True)), name=None).is_isolated


def test_a_digest_tells_settings_apart(house: House) -> None:
    some = rules(house, extra("idna"))
    assert some.digest(house.project) != rules(house, extra("idna>=2")).digest(house.project)
    assert some.digest(house.project, "more") != some.digest(house.project)
