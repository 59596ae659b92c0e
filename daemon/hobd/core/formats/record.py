"""RECORD: what a distribution installed (PEP 376, PEP 427, PEP 627), one CSV row a file."""

import base64
import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from hobd.errors import WorldError

DIGEST_ALGORITHMS = frozenset({"sha256", "sha384", "sha512"})
"""What RECORD may use (binary distribution format, "Signed wheel files")."""
_NEEDS_QUOTES = re.compile(r'[,"\r\n]')


class InvalidRecord(WorldError):
    """A RECORD that is no table of paths."""


class RecordRow(NamedTuple):
    """One file."""

    path: str
    """Relative to the folder that the `.dist-info` folder lies in, with `/`; or absolute."""
    digest: str
    """`sha256=<urlsafe base64 without padding>`, or empty."""
    size: str
    """Digits, or empty."""


def parse_record(text: str) -> tuple[RecordRow, ...]:
    """Read the rows in file order. Missing cells read as empty; empty lines are left out.

    Raises:
        InvalidRecord: it is no CSV, or a row has no path.
    """
    lines = text.replace("\r\n", "\n").split("\n")  # not `splitlines`: names may have what it splits at
    if '"' not in text:  # nearly always: the csv module costs three times as much
        rows = [line.split(",") for line in lines if line]
    else:
        try:
            rows = [row for row in csv.reader([f"{line}\n" for line in lines], strict=True) if any(row)]
        except csv.Error as error:
            raise InvalidRecord(f"RECORD is not a CSV file: {error}") from error
    if any(not row[0] for row in rows):
        raise InvalidRecord("RECORD has a row without a path")
    return tuple(RecordRow(row[0], row[1] if len(row) > 1 else "", row[2] if len(row) > 2 else "") for row in rows)


def find_misfits(rows: Iterable[RecordRow], sizes: Mapping[str, int]) -> Iterator[str]:
    """Where RECORD and the files of a wheel do not fit together, in words; digests are not looked at.

    Args:
        rows: without that of RECORD itself.
        sizes: of the files that RECORD should list, in bytes, by path.
    """
    listed = {row.path: row for row in rows}
    yield from (f"`{path}` is not in RECORD" for path in sizes if path not in listed)
    for path, row in listed.items():
        size = sizes.get(path)
        if size is None:
            yield f"RECORD lists `{path}`, which is not there"
        elif row.size and row.size != str(size):
            yield f"`{path}` has {size} bytes, but {row.size} in RECORD"


def render_digest(algorithm: str, digest: bytes) -> str:
    """A digest as RECORD writes it: `sha256=<urlsafe base64 without padding>`."""
    return f"{algorithm}={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def render_record(rows: Iterable[tuple[str, str, str]]) -> str:
    """Write rows sorted by path (uv-lock.md 6.6); cells are quoted only where they must be."""
    ordered = sorted(rows)
    names = "".join([path + digest for path, digest, _ in ordered])
    if not any(character in names for character in ',"\r\n'):  # nearly always: a quarter of the price
        return "".join([f"{path},{digest},{size}\n" for path, digest, size in ordered])
    return "".join([f"{_cell(path)},{_cell(digest)},{size}\n" for path, digest, size in ordered])


def _cell(text: str) -> str:
    return text if _NEEDS_QUOTES.search(text) is None else '"' + text.replace('"', '""') + '"'
