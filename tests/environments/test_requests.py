"""Every spelling of a request, in the words that version files hold; and which builds it means."""

from pathlib import Path

import pytest
from packaging.version import Version

from hobd.core.vocab.python_download import PythonDownload
from hobd.core.vocab.python_key import PythonKey, newest_first, parse_python_key
from hobd.environments.build_requests import NoDownload, build_request
from hobd.environments.host import Host
from hobd.environments.requests import may_stand_in_file, parse_request

HERE = Host(system="linux", machine="x86_64", libc="gnu")


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("312", "3.12"),
        ("python3.12", "3.12"),
        ("3.13t", "3.13+freethreaded"),
        ("3.13td", "3.13+freethreaded+debug"),
        (">=3.11,<3.13", ">=3.11, <3.13"),
        ("3.14rc1", "3.14rc1"),
        ("3.14.0rc1", "3.14rc1"),
        ("3.14.0-RC.1", "3.14rc1"),
        ("v3.12", "3.12"),
        (" 3.12\t", "3.12"),
        ("3.13+t", "3.13+freethreaded"),
        ("==3.12", "3.12"),
        ("== 3.12.1", "3.12.1"),
        ("===3.12", "===3.12"),
        ("==3.12.*", "==3.12.*"),
        (">=3.12+debug", ">=3.12+debug"),
        ("3.12.post1", "3.12.post1"),
        (">=3.12,", ">=3.12,"),
        ("3.1234", "3.1234"),
        ("cpython 3.11", "cpython@3.11"),
        ("pypy@3.10", "pypy@3.10"),
        ("cp311", "cpython@3.11"),
        ("cpython>=3.11", "cpython@>=3.11"),
        ("cpython", "cpython"),
        ("cpython-3.12", "cpython-3.12-any-any-any"),
        ("any-3.12", "any-3.12-any-any-any"),
        ("cpython-linux", "cpython-any-linux-any-any"),
        ("cpython-3.12-any-x86_64", "cpython-3.12-any-x86_64-any"),
        ("cpython-3.12-darwin-arm64", "cpython-3.12-macos-aarch64-any"),
        ("x86_64", "any-any-any-x86_64-any"),
        ("linux", "any-any-linux-any-any"),
        ("", ""),
        ("cpython-3.12.1-linux-x86_64-gnu", "cpython-3.12.1-linux-x86_64-gnu"),
        ("any", "any"),
        ("default", "default"),
        ("./here", "./here"),
        ("my-python", "my-python"),
    ],
)
def test_spellings(text: str, canonical: str) -> None:
    assert parse_request(text, Path("/nowhere")).canonical == canonical


@pytest.mark.parametrize("text", ["my-env", "3.10 # and why", "3.10 3.11", "3.11-dev", "=3.11", ""])
def test_a_version_file_cannot_ask_for_names_of_programs(text: str) -> None:
    assert not may_stand_in_file(text, Path("/nowhere"))


@pytest.mark.parametrize("text", ["3.11", ">=3.9 , <3.13", "v3.11", "pypy", "cpython-3.12-linux", "./bin/python", "no such/folder", "any"])
def test_a_version_file_can_ask_for_all_else(text: str) -> None:
    assert may_stand_in_file(text, Path("/nowhere"))


def download(text: str) -> PythonDownload:
    key = parse_python_key(text)
    assert key is not None
    return PythonDownload(key=key, url=f"https://files.example/{text}.tar.gz", sha256="0" * 64)


OFFERS = [
    download(text)
    for text in (
        "cpython-3.15.0a1-linux-x86_64-gnu",
        "cpython-3.14.1-linux-x86_64-gnu",
        "cpython-3.14.1+freethreaded-linux-x86_64-gnu",
        "cpython-3.12.10-linux-x86_64-gnu",
        "cpython-3.12.10-linux-aarch64-gnu",
        "cpython-3.12.9-linux-x86_64-gnu",
        "pypy-3.11.13-linux-x86_64-gnu",
    )
]


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("default", "cpython-3.14.1"),
        ("3.12", "cpython-3.12.10"),
        ("<3.14", "cpython-3.12.10"),
        ("3.12.9", "cpython-3.12.9"),
        ("3.14t", "cpython-3.14.1+freethreaded"),
        ("3.14+gil", "cpython-3.14.1"),
        ("3.15", "cpython-3.15.0a1"),
        ("pypy", "pypy-3.11.13"),
        ("any", "cpython-3.14.1"),
    ],
)
def test_the_newest_finished_build_is_meant(text: str, version: str) -> None:
    wanted = build_request(parse_request(text, Path("/nowhere")))
    assert wanted is not None
    assert str(wanted.filled(HERE).choose(OFFERS).key) == f"{version}-linux-x86_64-gnu"


def test_what_is_not_offered_is_named_whole() -> None:
    wanted = build_request(parse_request("3.13t", Path("/nowhere")))
    assert wanted is not None
    with pytest.raises(NoDownload, match=r"^No download found for request: cpython-3\.13\+freethreaded-linux-x86_64-gnu$"):
        wanted.filled(HERE).choose(OFFERS)


@pytest.mark.parametrize("text", ["./bin/python", "my-python"])
def test_no_build_is_meant_by_places_and_names(text: str) -> None:
    assert build_request(parse_request(text, Path("/nowhere"))) is None


@pytest.mark.parametrize(
    "text", ["cpython-3.12-linux-x86_64-gnu", "junk", "cpython-x.y.z-linux-x86_64-gnu", "perl-5.1.1-linux-x86_64-gnu", ""]
)
def test_no_key(text: str) -> None:
    assert parse_python_key(text) is None


def test_keys_are_ordered_by_implementation_version_and_how_well_they_fit() -> None:
    texts = [
        "cpython-3.13.1-linux-x86_64-gnu",
        "cpython-3.13.1+freethreaded-linux-x86_64-gnu",
        "cpython-3.13.1-linux-x86_64_v3-gnu",
        "cpython-3.13.1-linux-aarch64-gnu",
        "cpython-3.13.0-linux-x86_64-gnu",
        "cpython-3.9.20-linux-x86_64-gnu",
        "pypy-3.11.13-linux-x86_64-gnu",
        "graalpy-3.12.0-linux-x86_64-gnu",
    ]
    keys = [key for text in reversed(texts) if (key := parse_python_key(text)) is not None]
    assert [str(key) for key in newest_first(keys, lambda key: key, "x86_64")] == texts


def test_programs_are_named_by_implementation_and_variant() -> None:
    plain = PythonKey(implementation="cpython", version=Version("3.13.1"), system="linux", machine="x86_64", libc="gnu")
    assert plain.program == "python3.13"
    variant = parse_python_key("cpython-3.13.1+freethreaded+debug-linux-x86_64-gnu")
    assert variant is not None
    assert (variant.program, variant.minor_key) == ("python3.13td", "cpython-3.13+freethreaded+debug-linux-x86_64-gnu")
