"""The small files inside wheels and environments, read and written as uv does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hobd.core.formats.cache_info import CacheInfo, parse_cache_info, render_cache_info
from hobd.core.formats.direct_url import DirectUrl, parse_direct_url, render_direct_url
from hobd.core.formats.entry_points import ScriptEntry, parse_scripts
from hobd.core.formats.pyvenv_cfg import parse_pyvenv_cfg, render_pyvenv_cfg
from hobd.core.formats.record import InvalidRecord, RecordRow, parse_record, render_record
from hobd.core.formats.stored_files import StoredFile, StoredFiles, in_columns
from hobd.core.formats.wheel import UninstallableWheel
from hobd.core.formats.wheel_manifest import Manifest, decode_manifest, encode_manifest

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), min_size=1)


@given(st.lists(st.builds(RecordRow, TEXTS, st.just("sha256=abc"), st.integers(0).map(str)), unique=True))
def test_record_rows_survive_writing_and_reading(rows: list[RecordRow]) -> None:
    assert list(parse_record(render_record(rows))) == sorted(rows)


def test_record_rows_may_be_short_or_quoted_and_lines_may_end_as_on_windows() -> None:
    rows = parse_record('a.py\r\nb.py,sha256=x\n"with, comma.py",,3\nback\\slash.py,,\n\n')
    assert rows == (
        RecordRow("a.py", "", ""),
        RecordRow("b.py", "sha256=x", ""),
        RecordRow("with, comma.py", "", "3"),
        RecordRow("back\\slash.py", "", ""),
    )


@pytest.mark.parametrize("text", [",,\n", '"open,,\n', "a\n,x,1\n"])
def test_what_is_no_table_of_paths_is_refused(text: str) -> None:
    with pytest.raises(InvalidRecord):
        parse_record(text)


def test_entry_points_give_console_then_window_programs() -> None:
    console = "[console_scripts]\na b.c-d = one:C.m\nextra=one:main [missing]\n"
    text = f"# note\n[gui_scripts]\nwin = one : main \n[other]\nx = whatever it is\n{console}"
    assert parse_scripts(text) == (
        ScriptEntry("a b.c-d", "one", "C.m"),
        ScriptEntry("extra", "one", "main"),
        ScriptEntry("win", "one", "main", is_gui=True),
    )
    assert ScriptEntry("x", "one", "C.m").imported == "C"


@pytest.mark.parametrize("target", ["one", "one:", ":main", "one:main; import os", "one:main\u00a0()", "o ne:main"])
def test_targets_that_are_no_functions_are_refused(target: str) -> None:
    with pytest.raises(UninstallableWheel):
        parse_scripts(f"[console_scripts]\nx = {target}\n")


ORIGINS = {
    '{"url":"file:///p/loc","dir_info":{"editable":true}}': DirectUrl(url="file:///p/loc", is_folder=True, is_editable=True),
    '{"url":"file:///p/loc","dir_info":{"editable":false}}': DirectUrl(url="file:///p/loc", is_folder=True, is_editable=False),
    '{"url":"file:///p/loc","dir_info":{}}': DirectUrl(url="file:///p/loc", is_folder=True),
    '{"url":"https://files.example/d.whl","archive_info":{}}': DirectUrl(url="https://files.example/d.whl"),
    '{"url":"https://files.example/d.zip","archive_info":{},"subdirectory":"a"}': DirectUrl(
        url="https://files.example/d.zip", subdirectory="a"
    ),
    '{"url":"file:///srv/repo","vcs_info":{"vcs":"git","commit_id":"c","requested_revision":"main"},"subdirectory":"s"}': DirectUrl(
        url="file:///srv/repo", commit="c", requested_revision="main", subdirectory="s"
    ),
    '{"url":"https://files.example/x","vcs_info":{"vcs":"hg","commit_id":"1"}}': DirectUrl(
        url="https://files.example/x", vcs="hg", commit="1"
    ),
}


@pytest.mark.parametrize(("text", "origin"), ORIGINS.items())
def test_origins_are_written_as_uv_writes_them(text: str, origin: DirectUrl) -> None:
    assert render_direct_url(origin) == text
    assert parse_direct_url(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", '{"url":"x"}', '{"url":"x","dir_info":3}', '{"url":3,"dir_info":{}}'),
        *('{"url":"x","vcs_info":{"commit_id":"1"}}', '{"url":"x","dir_info":{"editable":"yes"}}'),
    ],
)
def test_unknown_origins_are_none(text: str) -> None:
    assert parse_direct_url(text) is None


STATES = [
    '{"timestamp":{"secs_since_epoch":1,"nanos_since_epoch":2},"commit":null,"tags":null,"env":{},"directories":{"src":null}}',
    '{"timestamp":null,"commit":"abc","tags":{"v1":"abc"},"env":{"FOO":null,"HOME":"/root"},"directories":{"data":{"secs_since_epoch":3,"nanos_since_epoch":4},"x":17}}',
]


@pytest.mark.parametrize("text", STATES)
def test_states_of_local_sources_are_written_as_uv_writes_them(text: str) -> None:
    found = parse_cache_info(text)
    assert found is not None
    assert render_cache_info(found) == text


@pytest.mark.parametrize("text", ["", "[]", '{"timestamp":1}', '{"env":[]}x'])
def test_damaged_states_are_none(text: str) -> None:
    assert parse_cache_info(text) is None


def test_a_state_without_anything_equals_itself_only() -> None:
    assert parse_cache_info("{}") == CacheInfo()
    assert CacheInfo() != CacheInfo(timestamp=(0, 0))


def test_configurations_are_read_in_any_case_and_spacing() -> None:
    assert parse_pyvenv_cfg("Home=/usr/bin\nprompt =  a = b \nnonsense\nhome = /last\n") == {"home": "/last", "prompt": "a = b"}
    assert render_pyvenv_cfg({"home": "/x", "uv": "1"}) == "home = /x\nuv = 1\n"


def test_manifests_survive_the_disk_and_damage_is_noticed() -> None:
    file = StoredFile("purelib", "a/b.py", "a/b.py", 3, 17, is_executable=True, digest="sha256=x", recorded_size="3", crc=7)
    manifest = Manifest(
        name="a",
        version="1",
        is_purelib=True,
        tags=("py3-none-any",),
        groups=in_columns([file]),
        scripts=(ScriptEntry("s", "m", "f", is_gui=True),),
        oddities=("odd",),
        own_row=("", "9"),
        is_record_executable=True,
    )
    data = encode_manifest(manifest)
    assert decode_manifest(data) == manifest
    assert decode_manifest(data[:-1]) is None
    assert decode_manifest(data[:1] + b"\x02" + data[2:]) is None
    assert decode_manifest(data.replace(b"a/b.py", b"a/b\0py")) is None
    assert decode_manifest(b"{}") is None


PATHS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)
FILES = st.builds(
    StoredFile,
    st.sampled_from(["purelib", "data", "scripts"]),
    PATHS,
    PATHS,
    st.integers(0, 1 << 62),
    st.integers(0, 1 << 62),
    st.booleans(),
    st.just("sha256=x"),
    st.integers(0, 1 << 62).map(str),
    st.integers(0, (1 << 32) - 1),
)


@given(st.lists(FILES))
def test_columns_are_the_files_in_order(files: list[StoredFile]) -> None:
    groups = in_columns(files)
    assert [file for group in groups for file in group] == sorted(files)
    assert [group.kind for group in groups] == sorted({file.kind for file in files})
    for group in groups:
        assert list(group.rows) == [(file.path, file.digest, file.recorded_size) for file in group]
        assert (len(group), group.sources) == (len(list(group)), [file.source for file in group])


def test_a_path_with_a_nul_is_no_column() -> None:
    file = StoredFile("purelib", "a\0b", "a", 3, 17, is_executable=True, digest="", recorded_size="3")
    with pytest.raises(ValueError, match="null byte"):
        StoredFiles.of([file])
