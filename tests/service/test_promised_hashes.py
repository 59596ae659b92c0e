"""Which hashes are promised by requirements, constraints and addresses; and that nothing else is installed (PIP-9)."""

import hashlib
from pathlib import Path

import pytest

from hobd.errors import RequestError
from hobd.service.edits.asked import parse_asked
from hobd.service.pip.expected import expected_digests
from hobd.service.pip.stated import Stated
from tests.service.sessions import Answered, Site, make_sites
from tests.support.index_server import serve_in_thread
from tests.support.wheels import make_wheel

A, B = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"
LONG, WEAK = f"sha512:{'c' * 128}", f"md5:{'d' * 32}"
ADDRESS = "kit @ https://files.example/kit-1.0-py3-none-any.whl"

UNPINNED = "In `--require-hashes` mode, all requirements must have their versions pinned with `==`, but found"
UNHASHED = "In `--require-hashes` mode, all requirements must have a hash, but"


def stated(text: str) -> list[Stated]:
    """A line of a requirements file; nothing of an empty one."""
    requirement, *hashes = text.split(" --hash=")
    given = requirement.partition(" @ ")[2] or None
    return [Stated(asked=parse_asked(requirement, Path("/")), hashes=tuple(hashes), given=given)] if text else []


def promised(requirement: str, constraint: str = "", *, is_required: bool = False) -> list[str]:
    found = expected_digests(
        stated(requirement), stated(constraint), {"python_version": "3.12", "python_full_version": "3.12.1"}, is_required=is_required
    )
    return [str(digest) for digests in found.values() for digest in digests]


@pytest.mark.parametrize(
    ("requirement", "constraint", "expected"),
    [
        (f"kit==1.0 --hash={A} --hash={LONG}", "", [A, LONG]),
        (f"kit>=1.0 --hash={A}", "", []),
        (f"kit==1.* --hash={A}", "", []),
        (f"kit==1.0 ; python_version < '3' --hash={A}", "", []),
        ("kit", f"kit==1.0 --hash={A}", [A]),
        ("other", f"kit==1.0 --hash={A}", [A]),
        (f"kit==1.0 --hash={A} --hash={B}", f"kit==1.0 --hash={B} --hash={LONG}", [B]),
        (f"{ADDRESS}#{A.replace(':', '=')}", "", [A]),
        (f"{ADDRESS}#egg=kit&{A.replace(':', '=')}", "", [A]),
        (f"{ADDRESS}#{A.replace(':', '=')} --hash={LONG}", "", [LONG]),  # the other is held against it when it is read
        (f"{ADDRESS}#sha224=00", "", []),
    ],
)
def test_hashes_count_where_one_file_is_meant(requirement: str, constraint: str, expected: list[str]) -> None:
    assert promised(requirement, constraint) == expected


@pytest.mark.parametrize(
    ("requirement", "constraint", "message"),
    [
        ("kit==1.0", "", f"{UNHASHED} none were provided for: kit==1.0"),
        (f"kit --hash={A}", "", f"{UNPINNED}: kit"),
        (
            f"kit==1.0 --hash={A}",
            "b>1",
            f"{UNPINNED}: b>1",
        ),
        (
            f"kit==1.0 --hash={WEAK}",
            "",
            "`md5` hashes are insecure and cannot be used with `--require-hashes` but no other hashes are available for: kit==1.0",
        ),
        (
            f"kit==1.0 --hash={A}",
            f"kit==1.0 --hash={B}",
            f"{UNHASHED} there were no overlapping hashes between the requirements and constraints for: kit==1.0",
        ),
        (
            f"{ADDRESS}#{A.replace(':', '=')} --hash={B}",
            "",
            f"Conflicting archive URL hashes for `{ADDRESS}#{A.replace(':', '=')}`: `{B}` conflicts with `{A}`",
        ),
        (
            f"{ADDRESS}#{A.replace(':', '=')}",
            f"{ADDRESS}#{B.replace(':', '=')}",
            f"Conflicting archive URL hashes for `{ADDRESS}#{A.replace(':', '=')}`: `{A}` conflicts with `{B}`",
        ),
        ("kit==1.0 --hash=00", "", "Unexpected hash (expected `<algorithm>:<hash>`): 00"),
        (
            "kit==1.0 --hash=sha1:00",
            "",
            "Unsupported hash algorithm (expected one of: `md5`, `sha256`, `sha384`, `sha512`, or `blake2b`) on: `sha1`",
        ),
        ("kit==1.0 --hash=md5:00", "", "Invalid hash digest length (expected 32 hexadecimal characters, found 2)"),
        (f"{ADDRESS}#egg=kit&sha256=00", "", "Invalid hash digest length (expected 64 hexadecimal characters, found 2)"),
        (f"{ADDRESS}#md5={'g' * 32}", "", f"Invalid hash digest (expected only hexadecimal characters): `{'g' * 32}`"),
    ],
)
def test_hashes_that_cannot_be_kept_are_refused(requirement: str, constraint: str, message: str) -> None:
    with pytest.raises(RequestError) as refused:
        promised(requirement, constraint, is_required=True)
    assert refused.value.message == message


def test_broken_algorithms_only_count_where_hashes_are_not_required() -> None:
    line = f"kit==1.0 --hash={WEAK} --hash={A}"
    assert promised(line) == [WEAK, A]
    assert promised(line, is_required=True) == [A]


LINKS = ("--no-index", "--find-links", "../links")


def _told(site: Site, *words: str) -> tuple[int, str]:
    answered = site.tell("pip", *words, *LINKS)
    return answered.code, site.tell("pip", "freeze").out


def test_a_file_is_held_against_all_kinds_of_hashes(tmp_path: Path) -> None:
    sites = make_sites(tmp_path, {"empty.txt": ""})
    content = make_wheel(tmp_path / "links", "kit", "1.0").read_bytes()
    good, other = (
        [f"{kind}:{hashlib.new(kind, text).hexdigest()}" for kind in ("sha384", "sha512", "md5")] for text in (content, b"other")
    )
    wheel = "kit @ file:../links/kit-1.0-py3-none-any.whl"
    files = {
        "any.txt": f"kit==1.0 --hash={other[1]} --hash={good[1]} --hash={other[2]}\n",
        "none.txt": f"kit==1.0 --hash={other[1]} --hash={other[0]}\n",
        "weak.txt": f"kit==1.0 --hash={good[2]}\n",
        "address.txt": f"{wheel}#{good[0].replace(':', '=')}\n",
        "wrong.txt": f"{wheel}#{other[0].replace(':', '=')}\n",
        "plain.txt": "kit==1.0\n",
        "malformed.txt": f"{wheel}#sha256=00\n",
    }
    for site in sites:
        make_wheel(site.root / "links", "kit", "1.0")
        assert site.tell("venv").code == 0
        for name, text in files.items():
            (site.project / name).write_text(text)
    uv, hob = sites
    for line in (
        "install -r none.txt",
        "install -r plain.txt -c none.txt",
        "install -r wrong.txt",
        "install -r malformed.txt",
        "install --require-hashes -r weak.txt",
        "install --require-hashes -r any.txt",
        "sync --reinstall weak.txt",
        "sync --reinstall none.txt --no-verify-hashes",
        "install --require-hashes -r address.txt",
        "install -r wrong.txt --reinstall --no-verify-hashes",
    ):
        assert _told(hob, *line.split()) == _told(uv, *line.split()), line


def test_a_lock_is_never_made_of_a_file_that_its_address_does_not_promise(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path / "links", "kit", "1.0")
    text = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["kit @ [URL]"]\n'
    sites = make_sites(tmp_path, {"pyproject.toml": ""}, {"UV_OFFLINE": "false"})
    digest = hashlib.sha384(wheel.read_bytes()).hexdigest()

    def locked(site: Site, url: str) -> Answered:
        (site.project / "uv.lock").unlink(missing_ok=True)
        (site.project / "pyproject.toml").write_text(text.replace("[URL]", url))
        return site.tell("lock")

    with serve_in_thread(wheel.parent) as index:
        for url in (f"{index.origin}/files/{wheel.name}", wheel.as_uri()):
            uv, hob = (locked(site, f"{url}#sha384={digest}").files for site in sites)
            assert "hash =" in hob["uv.lock"]
            assert hob == uv
            refused = locked(sites[1], f"{url}#sha384={'0' * 96}")
            assert (refused.code, "uv.lock" in refused.files) == (1, False)
            assert f"Expected:\n           sha384:{'0' * 96}" in refused.err
