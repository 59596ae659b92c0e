"""Tags are found as a browser finds them, in time that grows with the page and no faster."""

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hobd.core.formats.html_links import Tag, find_tags

LINKS = frozenset({"a", "base"})


def tags(page: str) -> list[Tag]:
    return list(find_tags(page, LINKS))


def hrefs(page: str) -> list[str | None]:
    return [tag.attributes.get("href") for tag in tags(page)]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<a href='x'>", ["x"]),
        ('<A HREF="x">', ["x"]),
        ("<a href=x/y>", ["x/y"]),
        ("<a\nhref\n=\n'x'\n>", ["x"]),
        ("<a/href='x'/>", ["x"]),
        ("<a title='>' href='x'>", ["x"]),
        ("<a href='x' href='y'>", ["x"]),
        ("<a href>", [""]),
        ("<a>", [None]),
        ("<a href='x?a=1&amp;copy=2&#38;&lt;&copy=3'>", ["x?a=1&copy=2&<&copy=3"]),
        ("<abbr href='x'><a href='y'>", ["y"]),
        ("< a href='x'>", []),
        ("<!-- <a href='x'> --><a href='y'>", ["y"]),
        ("<!--><a href='x'>", ["x"]),
        ("<!-- --!><a href='x'>", ["x"]),
        ("<!doctype html><?xml?></ ><a href='x'>", ["x"]),
        ("<script><a href='x'></script><a href='y'>", ["y"]),
        ("<SCRIPT></scripts><a href='x'></Script ><a href='y'>", ["y"]),
        ("</a href='x'><a href='y'>", ["y"]),
        ("<a href='x'><a href='y", ["x"]),
        ('<a href="x"><a href="', ["x"]),
        ("<a href='x'><!-- ", ["x"]),
        ("<a href='x'><title>", ["x"]),
        ("1 < 2 <<a href='x'>", ["x"]),
    ],
)
def test_tags_are_found_as_the_standard_says(page: str, expected: list[str | None]) -> None:
    assert hrefs(page) == expected


PIECES = [
    "<a href='x'>",
    '<a href="y" data-yanked>',
    "<a href=z>",
    "</a>",
    "text",
    " & ",
    "<br>",
    "<br/>",
    "<p class='<'>",
    "<base href='b'>",
]


class Reference(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in LINKS:
            self.found.append(Tag(tag, {key: value or "" for key, value in attrs}))


@given(st.lists(st.sampled_from(PIECES)))
def test_of_honest_pages_the_library_finds_the_same(pieces: list[str]) -> None:
    reference = Reference()
    reference.feed("".join(pieces))
    assert tags("".join(pieces)) == reference.found


@given(st.text(alphabet="<>a=/!-'\"& \n?x", max_size=60))
def test_no_text_is_too_odd(page: str) -> None:
    assert all(tag.name in LINKS for tag in find_tags(page, LINKS))


@pytest.mark.parametrize(
    "piece",
    ["<", "<!", "<!--", "<!-", "<?", "</", "</a ", "<div ", "<a href", "<a href='", '<a b="', "&", "<a &", "<title>", "=' \"", "<a ="],
)
def test_what_never_ends_is_read_once(piece: str) -> None:
    began = time.process_time()
    tags("<a x" + piece * (300_000 // len(piece)))
    tags(piece * (300_000 // len(piece)))
    assert time.process_time() - began < 2  # a tenth of a second; what looks at each part again takes hours
