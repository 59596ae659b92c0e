"""Pages of indexes, in both forms and with all that the standards have added."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hobd.core.formats.simple_api import InvalidPage, absolute, parse_html, parse_json, parse_page
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.distribution import File

BASE = "https://index.example/simple/a/"


def from_json(**entry: Any) -> File:
    page = parse_json(json.dumps({"files": [{"filename": "a-1.0.tar.gz", "url": "a-1.0.tar.gz", "hashes": {}, **entry}]}).encode(), BASE)
    return page.file(0)


def from_html(anchor: str, head: str = "") -> File:
    page = parse_html(f"<!DOCTYPE html><html><head>{head}</head><body>{anchor}</body></html>".encode(), BASE)
    return page.file(0)


def test_a_json_entry_is_read_whole() -> None:
    found = from_json(
        **{
            "filename": "a-1.0-py3-none-any.whl",
            "url": "https://files.example/a%2B1.whl#sha256=ab",
            "hashes": {"sha256": "AB" * 32, "unknown": "1", "blake2b": "cd" * 32},
            "requires-python": ">=3.9",
            "size": 5,
            "upload-time": "2024-01-02T03:04:05.678901Z",
            "yanked": "because",
            "core-metadata": {"sha256": "EF" * 32},
            "gpg-sig": False,
        }
    )
    assert found == File(
        filename="a-1.0-py3-none-any.whl",
        location="https://files.example/a%2B1.whl",
        digests=(Digest("sha256", "ab" * 32), Digest("blake2b", "cd" * 32)),
        size=5,
        upload_time="2024-01-02T03:04:05.678901Z",
        requires_python=">=3.9",
        yanked="because",
        metadata=Digest("sha256", "ef" * 32),
    )


@pytest.mark.parametrize(("value", "yanked"), [(False, None), (True, ""), ("", ""), ("bad", "bad")])
def test_yanking_is_told_with_and_without_a_reason(value: object, yanked: str | None) -> None:
    assert from_json(yanked=value).yanked == yanked


@pytest.mark.parametrize(
    ("entry", "offer"),
    [
        ({}, False),
        ({"core-metadata": True}, True),
        ({"dist-info-metadata": {"sha256": "ab" * 32}}, Digest("sha256", "ab" * 32)),
        ({"core-metadata": False, "dist-info-metadata": True}, False),
        ({"data-dist-info-metadata": {"sha256": "ab" * 32, "sha512": "cd" * 64}}, Digest("sha512", "cd" * 64)),
        ({"core-metadata": {"unknown": "1"}}, True),
        ({"core-metadata": None, "dist-info-metadata": True}, True),
    ],
)
def test_metadata_is_offered_under_three_names(entry: dict[str, Any], offer: bool | Digest) -> None:
    assert from_json(**entry).metadata == offer


def test_an_anchor_is_read_whole() -> None:
    found = from_html(
        f'<a href="../../files/a-1.0%2Blocal-py3-none-any.whl?x=1#sha256={"AB" * 32}" data-requires-python="&gt;=3.9,&lt;4" '
        f'data-yanked="b&amp;d" data-core-metadata="sha256={"ef" * 32}" data-gpg-sig="false">shown</a>'
    )
    assert found == File(
        filename="a-1.0+local-py3-none-any.whl",
        location="https://index.example/files/a-1.0%2Blocal-py3-none-any.whl?x=1",
        digests=(Digest("sha256", "ab" * 32),),
        requires_python=">=3.9,<4",
        yanked="b&d",
        metadata=Digest("sha256", "ef" * 32),
    )


@pytest.mark.parametrize(
    ("attributes", "yanked", "offer"),
    [
        ("", None, False),
        ("data-yanked", "", False),
        ('data-dist-info-metadata="true"', None, True),
        ('data-core-metadata="false" data-dist-info-metadata="true"', None, False),
        ('data-core-metadata="odd"', None, False),
    ],
)
def test_anchors_may_say_little(attributes: str, yanked: str | None, offer: bool) -> None:
    found = from_html(f'<a href="a-1.0.tar.gz" {attributes}>a</a>')
    assert (found.yanked, found.metadata, found.digests) == (yanked, offer, ())


@pytest.mark.parametrize("fragment", ["", "top", "egg=a&amp;sha256=ab", "sha256=ab="])
def test_a_fragment_of_another_kind_is_no_digest(fragment: str) -> None:
    assert from_html(f'<a href="a-1.0.tar.gz#{fragment}">a</a>').digests == ()


@pytest.mark.parametrize(
    ("fragment", "cause"),
    [
        ("sha256=zz", "Invalid hash digest length (expected 64 hexadecimal characters, found 2)"),
        ("md5=" + "x" * 32, "Invalid hash digest (expected only hexadecimal characters): `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx`"),
        (
            "egg=a",
            "Unsupported hash algorithm (expected one of: `md5`, `sha256`, `sha384`, `sha512`, or `blake2b`) on: `egg=a`",
        ),
    ],
)
def test_a_digest_that_is_none_is_an_error(fragment: str, cause: str) -> None:
    with pytest.raises(InvalidPage) as caught:
        from_html(f'<a href="a-1.0.tar.gz#{fragment}">a</a>')
    assert caught.value.causes == (cause,)


def test_an_absolute_link_is_kept_to_the_character_but_for_its_fragment() -> None:
    assert (
        from_html('<a href="HTTPS://Files.example:443/x/../a-1.0.tar.gz#top">a</a>').location
        == "HTTPS://Files.example:443/x/../a-1.0.tar.gz"
    )


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("a.whl", "https://index.example/simple/a/a.whl"),
        ("/files/a.whl", "https://index.example/files/a.whl"),
        ("/files/../a.whl", "https://index.example/a.whl"),
        ("../../a b.whl", "https://index.example/a%20b.whl"),
        ("//files.example/a.whl", "https://files.example/a.whl"),
        ("/files/a.whl#sha256=1", "https://index.example/files/a.whl"),
    ],
)
def test_relative_links_start_from_the_page(link: str, address: str) -> None:
    assert absolute(link, BASE) == address


@given(st.lists(st.text(alphabet="ab.-+~_", min_size=1, max_size=5), min_size=1, max_size=4))
def test_the_short_way_of_joining_gives_what_the_long_way_does(parts: list[str]) -> None:
    link = "/" + "/".join(parts)
    assert absolute(link, BASE) == absolute(link + "?", BASE).removesuffix("?")


def test_a_base_moves_links_if_it_comes_first() -> None:
    anchor = '<a href="a-1.0.tar.gz">a</a>'
    assert from_html(anchor, '<base href="https://other.example/x/">').location == "https://other.example/x/a-1.0.tar.gz"
    assert from_html(anchor + '<base href="https://other.example/x/">').location == f"{BASE}a-1.0.tar.gz"
    assert from_html(anchor, "<base>").location == f"{BASE}a-1.0.tar.gz"


def test_a_relative_base_is_an_error() -> None:
    with pytest.raises(InvalidPage) as caught:
        from_html("", '<base href="/x/">')
    assert caught.value.message == f"Received some unexpected HTML from `{BASE}`"
    assert caught.value.causes == ("Failed to parse URL: /x/", "relative URL without a base")
    assert caught.value.code == 1


def test_anchors_that_lead_nowhere_do_not_count() -> None:
    assert parse_html(b'<a>a</a><a href="">a</a><a href="a-1.0.tar.gz">a</a>', BASE).filenames == ["a-1.0.tar.gz"]


@pytest.mark.parametrize("content", [b"\x00", b"[]", b'{"files": [{"url": "x"}]}', b'{"files": [{"filename": 1, "url": "x"}]}', b""])
def test_json_of_another_shape_is_an_error(content: bytes) -> None:
    with pytest.raises(InvalidPage) as caught:
        parse_json(content, BASE)
    assert caught.value.message == f"Received some unexpected JSON from `{BASE}`"


@pytest.mark.parametrize(
    "entry",
    [
        *({"url": 1}, {"hashes": []}, {"hashes": {"sha256": "zz"}}, {"core-metadata": "yes"}, {"yanked": None}),
        *({"size": "1"}, {"size": -1}, {"size": 1.5}, {"size": 2**64}),
        *({"upload-time": text} for text in (None, "yesterday", "-0001-01-01T00:00:00Z", "9999-12-31T23:59:59-10:00")),
    ],
    ids=str,
)
def test_an_entry_of_another_shape_is_an_error_for_who_looks_at_it(entry: dict[str, Any]) -> None:
    with pytest.raises(InvalidPage) as caught:
        from_json(**entry)
    assert caught.value.message == f"Received some unexpected JSON from `{BASE}`"


def test_the_type_decides_how_a_page_is_read() -> None:
    html, text = b'<a href="a-1.0.tar.gz">a</a>', b'{"files": []}'
    assert len(parse_page(html, "text/html; charset=utf-8", BASE).filenames) == 1
    assert len(parse_page(html, "application/vnd.pypi.simple.v1+html", BASE).filenames) == 1
    assert parse_page(text, "application/vnd.pypi.simple.v1+json", BASE).filenames == []
    with pytest.raises(InvalidPage) as caught:
        parse_page(text, "text/plain", BASE)
    assert caught.value.message == f'Unsupported `Content-Type` "text/plain" for `{BASE}`. Expected JSON or HTML.'


def test_json_keeps_its_order_and_html_is_ordered_by_name() -> None:
    files: list[dict[str, Any]] = [{"filename": name, "url": name, "hashes": {}} for name in ("b", "a")]
    assert parse_json(json.dumps({"files": files}).encode(), BASE).filenames == ["b", "a"]
    assert parse_html(b'<a href="b">x</a><a href="a">x</a>', BASE).filenames == ["a", "b"]


def test_a_page_of_many_megabytes_is_read_at_once() -> None:
    entry = {"filename": "a-1.0-py3-none-any.whl", "url": "/files/a.whl", "hashes": {"sha256": "ab" * 32}, "requires-python": ">=3.9"}
    content = json.dumps({"files": [{**entry, "filename": f"a-{number}.0-py3-none-any.whl"} for number in range(50_000)]}).encode()
    started = time.perf_counter()
    page = parse_json(content, BASE)
    assert len(page.filenames) == 50_000
    assert time.perf_counter() - started < 2  # 0.05 s where nothing else runs


@pytest.mark.parametrize(
    ("attributes", "size", "upload_time"),
    [
        ('data-size="55" data-upload-time="2010-10-12T17:42:07+02:00"', 55, "2010-10-12T17:42:07+02:00"),
        ('data-size="+05" data-upload-time="2010-10-12 17:42:07&#90;"', 5, "2010-10-12 17:42:07Z"),
        (f'data-size="{2**64 - 1}" data-upload-time=""', 2**64 - 1, None),
        (f'data-size="{2**64}" data-upload-time="2010-10-12T17:42:07"', None, None),
        ('data-size=" 5" data-upload-time="garbage"', None, None),
        ('data-size="5.0" data-upload-time=" 2010-10-12T17:42:07Z"', None, None),
    ],
)
def test_html_may_tell_sizes_and_times(attributes: str, size: int | None, upload_time: str | None) -> None:
    page = parse_html(f'<a href="a-1-py3-none-any.whl" {attributes}>a</a>'.encode(), "https://index.example/simple/a/")

    assert (page.file(0).size, page.file(0).upload_time) == (size, upload_time)
