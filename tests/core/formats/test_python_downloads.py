"""Lists of Python builds, of users and of the library; and where mirrors have them."""

import json

import pytest

from hobd.addresses import known_python_builds
from hobd.core.formats.python_downloads import InvalidDownloadList, parse_download_list, parse_standalone_builds
from hobd.core.formats.python_mirrors import PythonMirrors, UnexpectedAddress
from hobd.core.vocab.python_download import PythonDownload
from hobd.core.vocab.python_key import parse_python_key

ENTRY = {
    "name": "cpython",
    "arch": {"family": "x86_64", "variant": "v3"},
    "os": "darwin",
    "libc": "none",
    "major": 3,
    "minor": 14,
    "patch": 0,
    "prerelease": "rc1",
    "variant": "freethreaded",
    "build": "20251010",
    "url": "https://files.example/x/releases/download/20251010/cpython%2B3.tar.gz",
    "sha256": "AB" * 32,
}


def parse(*entries: object) -> tuple[PythonDownload, ...]:
    return parse_download_list(json.dumps({str(number): entry for number, entry in enumerate(entries)}).encode(), "list.json")


def test_an_entry_says_all_that_a_key_needs() -> None:
    (found,) = parse(ENTRY, {**ENTRY, "name": "micropython"})
    assert str(found.key) == "cpython-3.14.0rc1+freethreaded-macos-x86_64_v3-none"
    assert (found.sha256, found.build, found.filename) == ("ab" * 32, "20251010", "cpython+3.tar.gz")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{\n", "EOF while parsing an object at line 2 column 0"),
        (b"[]", "expected a map"),
        (b'{"a": 1}', "expected a map of fields for each download"),
        (b'{"a": {"name": "cpython"}}', "missing field `arch`"),
        (json.dumps({"a": {**ENTRY, "patch": "x"}}).encode(), "invalid field: Invalid version: '3.14.xrc1'"),
    ],
)
def test_what_is_no_list_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(InvalidDownloadList, match=r"^Unable to parse the JSON Python download list at `list\.json`$") as caught:
        parse_download_list(content, "list.json")
    assert caught.value.causes == (reason,)


def test_the_library_lists_builds_that_can_be_checked_and_unpacked() -> None:
    builds = parse_standalone_builds(known_python_builds().read_bytes())
    assert {build.key.implementation for build in builds} == {"cpython", "pypy"}
    assert all(build.sha256 is not None and not build.url.endswith(".zst") for build in builds)
    here = [build for build in builds if str(build.key) == "cpython-3.12.10-linux-x86_64-gnu"]
    assert [(build.build is not None, build.url.startswith("https://")) for build in here] == [(True, True)]
    assert "cpython-3.14.4+freethreaded-linux-aarch64-gnu" in {str(build.key) for build in builds}


def build(key: str, url: str) -> PythonDownload:
    parsed = parse_python_key(key)
    assert parsed is not None
    return PythonDownload(key=parsed, url=url, sha256=None)


CPYTHON = build("cpython-3.12.1-linux-x86_64-gnu", "https://files.example/builds/releases/download/2024/a%2Bb.tar.gz")
PYPY = build("pypy-3.10.14-linux-x86_64-gnu", "https://files.example/pypy/pypy3.10.tar.bz2")


def test_a_mirror_has_what_follows_the_base() -> None:
    mirrors = PythonMirrors(cpython="file:///mirror/", pypy="https://mirror.example/p")
    assert mirrors.address(CPYTHON) == "file:///mirror/2024/a%2Bb.tar.gz"
    assert mirrors.address(PYPY) == "https://mirror.example/p/pypy3.10.tar.bz2"
    assert PythonMirrors(cpython="file:///mirror").address(PYPY) == PYPY.url


def test_the_publishers_mirror_has_what_is_not_mirrored_elsewhere() -> None:
    published = build(str(CPYTHON.key), "https://files.example/x/python-build-standalone/releases/download/2024/a.tar.gz")
    mirrors = PythonMirrors(publisher="https://mirror.example/a/")
    assert mirrors.address(published) == "https://mirror.example/a/github/python-build-standalone/releases/download/2024/a.tar.gz"
    assert mirrors.address(PYPY) == PYPY.url
    assert (
        PythonMirrors(cpython="https://other.example", publisher="https://mirror.example").address(published)
        == "https://other.example/2024/a.tar.gz"
    )


def test_a_mirror_of_something_else_is_refused() -> None:
    with pytest.raises(UnexpectedAddress, match="`UV_PYTHON_INSTALL_MIRROR`, but the URL does not match the expected format: file:///x"):
        PythonMirrors(cpython="https://mirror.example").address(build(str(CPYTHON.key), "file:///x.tar.gz"))
