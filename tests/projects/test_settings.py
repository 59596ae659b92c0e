"""Settings: options over environment over files, in uv's order (features.md, section 12)."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hobd.core.lockfile.model import ExcludeNewer
from hobd.core.vocab.names import Name
from hobd.core.vocab.settings_layer import NOTHING, CacheBudget, Layer, PipLayer, combine
from hobd.errors import HobError, RequestError
from hobd.projects.options import Options, options_of
from tests.projects.reading import DEFAULT_INDEX, environ, settings_of, write_files

PROJECT = '[project]\nname = "a"\nversion = "1"\n'

switches = st.none() | st.booleans()
words = st.none() | st.sampled_from(["lowest", "highest"])
lists = st.none() | st.lists(st.sampled_from(["a", "b", "c"]).map(Name), max_size=3).map(tuple)
pips = st.none() | st.builds(PipLayer, strict=switches, no_sources_package=lists)
layers = st.builds(Layer, offline=switches, resolution=words, no_build_package=lists, reinstall_package=lists, pip=pips)


@given(layers, layers, layers)
def test_it_does_not_matter_which_layers_are_combined_first(one: Layer, two: Layer, three: Layer) -> None:
    assert combine(combine(one, two), three) == combine(one, combine(two, three))


@given(layers)
def test_a_layer_that_says_nothing_changes_nothing(layer: Layer) -> None:
    assert combine(layer, NOTHING) == layer == combine(NOTHING, layer)


@given(layers, layers)
def test_the_higher_layer_wins_and_lists_are_joined(higher: Layer, lower: Layer) -> None:
    both = combine(higher, lower)

    assert both.offline == (lower.offline if higher.offline is None else higher.offline)
    assert (both.no_build_package or ()) == (higher.no_build_package or ()) + (lower.no_build_package or ())


def test_the_command_line_goes_before_the_project_before_the_user_before_the_system(tmp_path: Path) -> None:
    variables = environ(HOME=str(tmp_path / "home"), XDG_CONFIG_DIRS=str(tmp_path / "etc"))
    system = 'resolution = "lowest"\nlink-mode = "copy"\nindex-strategy = "unsafe-best-match"\n'
    write_files(tmp_path, {"etc/uv/uv.toml": system})
    write_files(tmp_path, {"home/.config/uv/uv.toml": 'resolution = "lowest-direct"\nlink-mode = "symlink"\n'})
    write_files(tmp_path, {"pyproject.toml": PROJECT + '[tool.uv]\nresolution = "highest"\n'})

    plain = settings_of(tmp_path, None, variables)
    told = settings_of(tmp_path, Options(resolution="lowest"), variables)

    assert (plain.resolver.resolution_mode, plain.install.link_mode, plain.index.strategy) == ("highest", "symlink", "unsafe-best-match")
    assert told.resolver.resolution_mode == "lowest"


def test_lists_of_all_layers_are_joined_with_the_nearest_first(tmp_path: Path) -> None:
    write_files(tmp_path, {"home/.config/uv/uv.toml": 'no-binary-package = ["c"]\nextra-index-url = ["https://u.example/"]\n'})
    write_files(tmp_path, {"pyproject.toml": PROJECT + '[tool.uv]\nextra-index-url = ["https://p.example/"]\n'})

    found = settings_of(tmp_path, Options(index=("https://o.example/",)), environ(HOME=str(tmp_path / "home")))

    urls = [index.url for index in found.index.indexes]
    assert urls == ["https://o.example/", "https://p.example/", "https://u.example/", DEFAULT_INDEX]
    assert found.build.no_binary.packages == {"c"}


def test_a_broken_table_only_warns_and_the_search_goes_on_above(tmp_path: Path) -> None:
    write_files(tmp_path, {"pyproject.toml": '[tool.uv]\nresolution = "lowest"\n', "a/pyproject.toml": PROJECT + "[tool.uv]\nnope = 1\n"})

    found = settings_of(tmp_path / "a")

    assert found.resolver.resolution_mode == "lowest"
    [warning] = found.configuration_warnings
    assert warning.startswith(
        "Failed to parse `pyproject.toml` during settings discovery:\n  TOML parse error at line 5, column 1\n    |\n"
    )


def test_no_config_reads_no_files(tmp_path: Path) -> None:
    write_files(tmp_path, {"uv.toml": "offline = true\n"})

    assert settings_of(tmp_path).network.offline
    assert not settings_of(tmp_path, Options(no_config=True)).network.offline


def test_a_named_file_is_the_only_one(tmp_path: Path) -> None:
    write_files(tmp_path, {"uv.toml": 'link-mode = "copy"\n', "other.toml": "offline = true\n"})

    found = settings_of(tmp_path, Options(config_file="other.toml"))

    assert (found.network.offline, found.install.link_mode) == (True, "clone")


def test_of_one_name_the_first_index_counts_and_the_default_comes_last(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {
            "uv.toml": '[[index]]\nname = "one"\nurl = "https://one.example/"\ndefault = true\n'
            '[[index]]\nname = "two"\nurl = "links"\n[[index]]\nname = "three"\nurl = "https://three.example/"\nexplicit = true\n'
        },
    )

    found = settings_of(tmp_path, Options(index=("two=https://other.example",))).index.indexes

    assert [(index.name, index.url) for index in found] == [
        ("two", "https://other.example/"),
        ("three", "https://three.example/"),
        ("one", "https://one.example/"),
    ]


def test_an_index_becomes_the_default_where_the_command_line_gives_its_address_for_that(tmp_path: Path) -> None:
    write_files(tmp_path, {"uv.toml": '[[index]]\nname = "one"\nurl = "https://one.example/"\n[[index]]\nurl = "https://two.example/"\n'})

    found = settings_of(tmp_path, Options(default_index="https://one.example/")).index.indexes

    assert [(index.name, index.is_default) for index in found] == [("one", True), (None, False)]
    both = Options(index=("new=https://new.example",), default_index="https://new.example")
    assert ("new", False) in [(index.name, index.is_default) for index in settings_of(tmp_path, both).index.indexes]


def test_a_local_index_is_a_file_url_and_the_lock_shows_it_as_it_was_written(tmp_path: Path) -> None:
    write_files(tmp_path, {"uv.toml": f'find-links = ["links"]\nextra-index-url = ["{tmp_path}/abs"]\n'})

    found = settings_of(tmp_path, lock_root=tmp_path / "below").index

    assert (found.find_links[0].url, found.find_links[0].relative_to) == (f"file://{tmp_path}/links", "../links")
    assert (found.indexes[0].url, found.indexes[0].relative_to) == (f"file://{tmp_path}/abs", f"{tmp_path}/abs")


def test_a_bare_date_ends_where_the_caller_lives(tmp_path: Path) -> None:
    options = Options(exclude_newer="2024-05-05")

    assert settings_of(tmp_path, options, environ(TZ="UTC")).resolver.exclude_newer == ExcludeNewer(timestamp="2024-05-06T00:00:00Z")
    assert settings_of(tmp_path, options, environ(TZ="Asia/Tokyo")).resolver.exclude_newer == ExcludeNewer(timestamp="2024-05-05T15:00:00Z")


@pytest.mark.parametrize(
    ("options", "everything", "packages"),
    [
        (Options(), False, {"f"}),
        (Options(upgrade=True), True, {"f"}),
        (Options(upgrade=False), False, set()),
        (Options(upgrade_package=("x==2",)), False, {"f", "x"}),
    ],
)
def test_wishes_to_upgrade_go_before_those_of_files(tmp_path: Path, options: Options, everything: bool, packages: set[str]) -> None:
    write_files(tmp_path, {"uv.toml": 'upgrade-package = ["f<3"]\n'})

    found = settings_of(tmp_path, options).resolver.upgrade

    assert (found.everything, set(found.packages)) == (everything, packages)
    assert "f" in {constraint.name for constraint in found.constraints}


@pytest.mark.parametrize(
    ("text", "options", "everything", "packages"),
    [
        ('reinstall-package = ["a"]', Options(reinstall_package=("b",)), False, {"a", "b"}),
        ("reinstall = true", Options(reinstall_package=("b",)), True, set()),
        ("reinstall = false", Options(reinstall_package=("b",)), False, {"b"}),
        ('reinstall-package = ["a"]', Options(reinstall=False), False, set()),
    ],
)
def test_a_switch_and_packages_of_two_layers(tmp_path: Path, text: str, options: Options, everything: bool, packages: set[str]) -> None:
    write_files(tmp_path, {"uv.toml": text + "\n"})

    found = settings_of(tmp_path, options).install.reinstall

    assert (found.everything, set(found.packages)) == (everything, packages)


@pytest.mark.parametrize(
    ("options", "variables", "folder"),
    [
        (Options(), {}, "home/.cache/hob"),
        (Options(), {"XDG_CACHE_HOME": "/x"}, "/x/hob"),
        (Options(cache_dir="/c"), {"UV_CACHE_DIR": "/c"}, "/c/hob"),
        (Options(cache_dir="/c"), {"UV_CACHE_DIR": "/c", "HOB_CACHE_DIR": "/h"}, "/h"),
        (Options(cache_dir="typed"), {"UV_CACHE_DIR": "/c", "HOB_CACHE_DIR": "/h"}, "typed/hob"),
        (Options(no_cache=True), {}, None),
    ],
)
def test_the_cache_lies_in_that_of_uv_where_a_site_has_moved_it(
    tmp_path: Path, options: Options, variables: dict[str, str], folder: str | None
) -> None:
    found = settings_of(tmp_path, options, environ(HOME=str(tmp_path / "home"), **variables))

    assert found.cache.folder == (None if folder is None else tmp_path / folder)


def test_credentials_of_an_index_come_from_variables_named_after_it(tmp_path: Path) -> None:
    write_files(tmp_path, {"uv.toml": '[[index]]\nname = "my-index.v2"\nurl = "https://x.example/"\n'})

    found = settings_of(tmp_path, None, environ(UV_INDEX_MY_INDEX_V2_USERNAME="u", UV_INDEX_MY_INDEX_V2_PASSWORD="p"))

    assert found.network.credentials == (("my-index.v2", "u", "p"),)


def test_a_bundle_of_certificates_takes_the_place_of_all_others(tmp_path: Path) -> None:
    variables = environ(SSL_CERT_FILE="site.pem", SSL_CERT_DIR="/certificates")
    plain, told = (settings_of(tmp_path, options, variables).network for options in (None, Options(cert="own.pem")))
    assert (plain.ca_file, plain.ca_folder) == (str(tmp_path / "site.pem"), "/certificates")
    assert (told.ca_file, told.ca_folder) == (str(tmp_path / "own.pem"), None)


def test_a_bad_number_in_a_variable_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="Failed to parse environment variable `UV_HTTP_RETRIES` with invalid value `x`"):
        settings_of(tmp_path, None, environ(UV_HTTP_RETRIES="x"))


def test_a_bad_value_of_an_option_is_refused_like_any_other_usage_error(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"invalid value '2 months' for '--exclude-newer <EXCLUDE_NEWER>': Duration `2 months` uses"):
        settings_of(tmp_path, Options(exclude_newer="2 months"))


def test_options_are_collected_from_whatever_has_them() -> None:
    class Group:
        resolution = "lowest"
        upgrade = None
        index = ("a",)

    class Other:
        resolution = "highest"
        upgrade = 1

    assert options_of(Group(), Other()) == Options(resolution="lowest", index=("a",), upgrade=True)


def test_the_own_table_is_read_beside_that_of_uv(tmp_path: Path) -> None:
    write_files(tmp_path, {"pyproject.toml": PROJECT + '[tool.uv]\n[tool.hob]\ncache-budget = "20GiB"\nportable-lock = true\n'})

    found = settings_of(tmp_path).hob

    assert (found.cache_budget_bytes, found.portable_lock, found.strict_wheels) == (20 * 1024**3, True, False)


def test_the_budget_of_the_cache_is_that_of_the_user_before_that_of_a_project(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "XDG_CONFIG_DIRS": str(tmp_path / "system")}

    def budget(**variables: str) -> CacheBudget:
        return settings_of(tmp_path, None, environ(**variables)).cache.budget

    write_files(
        tmp_path,
        {
            "pyproject.toml": PROJECT + '[tool.hob]\ncache-budget = "1GiB"\ncache-budget-inodes = 1\n',
            "system/hob/hob.toml": 'cache-budget = "2GiB"\ncache-budget-inodes = 2\n',
            ".config/hob/hob.toml": 'cache-budget = "3 GB"\n',
        },
    )
    assert budget(UV_NO_SYSTEM_CONFIG="1") == CacheBudget(size_bytes=1024**3, inodes=1)
    assert budget(**home) == CacheBudget(size_bytes=3 * 1024**3, inodes=2)
    said = {"HOB_CACHE_BUDGET": "10KiB", "HOB_CACHE_BUDGET_INODES": "0"}
    assert budget(**home, **said) == CacheBudget(size_bytes=10240)
    with pytest.raises(RequestError, match="`HOB_CACHE_BUDGET` with invalid value `much`: expected a number of bytes"):
        budget(HOB_CACHE_BUDGET="much")


def test_a_file_of_hobs_own_may_not_say_what_is_a_projects(tmp_path: Path) -> None:
    write_files(tmp_path, {"pyproject.toml": PROJECT, ".config/hob/hob.toml": "portable-lock = true\n"})
    with pytest.raises(HobError) as refused:
        settings_of(tmp_path, None, environ(HOME=str(tmp_path)))
    assert refused.value.message == "Failed to parse: .config/hob/hob.toml"
    assert "unknown field `portable-lock`" in refused.value.causes[0]


@pytest.mark.parametrize("options", [Options(), Options(no_config=True), Options(config_file="other.toml")])
def test_the_own_table_counts_however_uv_is_configured(tmp_path: Path, options: Options) -> None:
    write_files(tmp_path, {"pyproject.toml": PROJECT + "[tool.hob]\nportable-lock = true\n", "other.toml": ""})

    assert settings_of(tmp_path, options).hob.portable_lock


def test_named_indexes_of_the_command_line_warn(tmp_path: Path) -> None:
    write_files(tmp_path, {"uv.toml": '[[index]]\nname = "a"\nurl = "https://a.example/"\n'})

    by_name = settings_of(tmp_path, Options(index=("a",)))
    by_path = settings_of(tmp_path, Options(index=("b",)))

    assert by_name.configuration_warnings[0].startswith("Referencing an index by name is experimental")
    assert by_path.configuration_warnings[0].startswith("Relative paths passed to `--index` or `--default-index` should be disambiguated")
