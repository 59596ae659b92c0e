"""Which of the installed distributions may stay (uv-lock.md 6.4, 6.5)."""

from pathlib import Path, PurePosixPath

import pytest
from msgspec.structs import replace
from packaging.version import Version

from hobd.core.formats.cache_info import CacheInfo
from hobd.core.formats.direct_url import DirectUrl, parse_direct_url, render_direct_url
from hobd.core.lockfile.model import LockedFile, LockedPackage
from hobd.core.plan.diff import DiffRules, diff, spared_packages
from hobd.core.plan.model import Installed, Pin, Selection
from hobd.core.plan.origin import origin_of
from hobd.core.vocab.names import Name
from hobd.core.vocab.settings import Choice
from hobd.core.vocab.source import Directory, Editable, Git, Registry, Source, Url
from hobd.core.vocab.source import Path as PathSource
from tests.core.plan.places import linux_place, names

ROOT = PurePosixPath("/srv/project")
RULES = DiffRules(root=ROOT, tags=linux_place().tags)
INDEX = Registry("https://index.example/simple")
INFO = CacheInfo(timestamp=(1, 2))


def pin(name: str = "thing", version: str | None = "1.0", source: Source = INDEX) -> Pin:
    package = LockedPackage(name=Name(name), version=None if version is None else Version(version), source=source)
    file = LockedFile(filename=f"{name}-1.0-py3-none-any.whl") if isinstance(source, Registry | Url | PathSource) else None
    return Pin(package=package, index=0, file=file)


def there(name: str = "thing", version: str = "1.0", **more: object) -> Installed:
    found = Installed(name=Name(name), version=version, location=Path(f"/venv/{name}-{version}.dist-info"), tags=("py3-none-any",))
    return replace(found, **more)


def is_kept(wanted: Pin, found: Installed, rules: DiffRules = RULES) -> bool:
    return diff(Selection(pins=(wanted,)), [found], rules).is_empty


def test_the_same_version_from_an_index_stays() -> None:
    assert is_kept(pin(), there())
    assert is_kept(pin(version="1.0"), there(version="1.0.0"))
    assert not is_kept(pin(version="1.1"), there())


def test_what_came_from_an_address_is_not_what_an_index_has() -> None:
    assert not is_kept(pin(), there(origin=DirectUrl(url="https://files.example/thing.whl")))


def test_what_does_not_fit_the_interpreter_or_lost_its_metadata_is_reinstalled() -> None:
    assert not is_kept(pin(), there(tags=("cp38-cp38-win_amd64",)))
    assert is_kept(pin(), there(tags=("cp38-cp38-win_amd64", "py3-none-any")))
    assert is_kept(pin(), there(tags=()))
    assert not is_kept(pin(), there(is_broken=True))


def test_one_name_twice_is_put_right() -> None:
    plan = diff(Selection(pins=(pin(),)), [there(), there(version="0.9")], RULES)
    assert [one.version for one in plan.remove] == ["0.9", "1.0"]
    assert len(plan.install) == 1


@pytest.mark.parametrize(
    ("source", "url", "origin"),
    [
        (Directory("lib"), "file:///srv/project/lib", DirectUrl(url="", is_folder=True, is_editable=False)),
        (Editable("../other"), "file:///srv/other", DirectUrl(url="", is_folder=True, is_editable=True)),
        (Editable("."), "file:///srv/project", DirectUrl(url="", is_folder=True, is_editable=True)),
        (PathSource("a b/thing-1.0-py3-none-any.whl"), "file:///srv/project/a%20b/thing-1.0-py3-none-any.whl", DirectUrl(url="")),
        (Url("https://u:p@files.example/thing.whl"), "https://files.example/thing.whl", DirectUrl(url="")),
        (
            Git("https://git.example/thing", "tag", "v1", commit="c" * 40),
            "https://git.example/thing",
            DirectUrl(url="", commit="c" * 40, requested_revision="v1"),
        ),
    ],
)
def test_direct_sources_are_known_by_what_was_recorded(source: Source, url: str, origin: DirectUrl) -> None:
    recorded = replace(origin, url=url)
    assert origin_of(pin(source=source), ROOT) == recorded
    assert parse_direct_url(render_direct_url(recorded)) == recorded
    rules = replace(RULES, cache_info=lambda pin: INFO)
    assert is_kept(pin(source=source), there(origin=recorded, cache_info=INFO), rules)
    assert not is_kept(pin(source=source), there(), rules)
    assert not is_kept(pin(source=source), there(origin=replace(recorded, url="https://else.example/x"), cache_info=INFO), rules)


def test_a_changed_local_source_is_reinstalled() -> None:
    origin = DirectUrl(url="file:///srv/project/lib", is_folder=True, is_editable=False)
    folder = pin(source=Directory("lib"), version=None)
    rules = replace(RULES, cache_info=lambda pin: CacheInfo(timestamp=(3, 4)))
    assert not is_kept(folder, there(origin=origin, cache_info=INFO), rules)
    assert not is_kept(folder, there(origin=origin), rules)


def test_editable_and_not_are_two_things() -> None:
    origin = DirectUrl(url="file:///srv/project/lib", is_folder=True, is_editable=False)
    rules = replace(RULES, cache_info=lambda pin: INFO)
    assert is_kept(pin(source=Directory("lib")), there(origin=origin, cache_info=INFO), rules)
    assert not is_kept(pin(source=Editable("lib")), there(origin=origin, cache_info=INFO), rules)
    by_hand = replace(origin, is_editable=None)
    assert not is_kept(pin(source=Directory("lib")), there(origin=by_hand, cache_info=INFO), rules)


def test_other_build_settings_ask_for_a_new_build() -> None:
    built = replace(pin(), file=LockedFile(filename="thing-1.0.tar.gz"))
    assert is_kept(built, there(build_info="{}"))
    assert not is_kept(built, there(build_info='{"config_settings":{"a":"b"}}'))
    assert is_kept(pin(), there(build_info='{"config_settings":{"a":"b"}}'))


def test_reinstalling_asks_for_what_is_there_already() -> None:
    assert not is_kept(pin(), there(), replace(RULES, reinstall=Choice(everything=True)))
    assert not is_kept(pin(), there(), replace(RULES, reinstall=Choice(packages=names("thing"))))
    assert is_kept(pin(), there(), replace(RULES, reinstall=Choice(packages=names("other"))))


def test_what_nobody_wants_goes_unless_the_environment_may_be_inexact() -> None:
    found = [there(), there("extra"), there("pip")]
    plan = diff(Selection(pins=(pin(),)), found, replace(RULES, spared=names("pip")))
    assert [one.name for one in plan.remove] == ["extra"]
    assert diff(Selection(pins=(pin(),)), found, replace(RULES, is_exact=False)).is_empty


@pytest.mark.parametrize(
    ("configuration", "python", "spared"),
    [
        ({"uv": "0.13.8"}, "3.12.1", set()),
        ({"uv": "0.13.8", "seed": "true"}, "3.12.1", {"pip", "uv"}),
        ({"home": "/usr/bin"}, "3.12.1", {"pip", "uv"}),
        ({"home": "/usr/bin"}, "3.11.0", {"pip", "setuptools", "wheel", "uv"}),
    ],
)
def test_seeds_are_spared_where_an_environment_may_have_them(configuration: dict[str, str], python: str, spared: set[str]) -> None:
    assert spared_packages(configuration, Version(python)) == spared
