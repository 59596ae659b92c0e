"""Which entries of a wheel are unpacked, and what is odd about the others (INS-10).

Names that leave the wheel are left out, links become files with the target as content, of entries with the same name the
last one counts: as uv does, but not without a word. Control characters in names are refused.
"""

import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from hobd.core.formats.record import find_misfits, parse_record
from hobd.core.formats.wheel import InvalidWheel
from hobd.store.archive import Member

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MOST_MEMBERS = 1_000_000
_MOST_BYTES, _MOST_GROWTH = 1 << 30, 200
"""Wheels of that size are machine code and data, which do not shrink to a two-hundredth: what claims to is a bomb."""

_UNRECORDED = {"RECORD", "RECORD.jws", "RECORD.p7s"}
"""Files of `.dist-info` that RECORD does not list: itself, and its signatures."""

_MOST_ODDITIES = 20
"""More are not kept: the wheel is odd enough."""


def select(members: Sequence[Member], packed_size: int) -> dict[str, Member]:
    """The files to unpack by their path inside the tree.

    Args:
        members: all entries, in the order of the archive's directory.
        packed_size: of the archive, in bytes.
    Raises:
        InvalidWheel: a name has control characters, or there is far too much in it.
    """
    check_amount(len(members), sum(member.size for member in members), packed_size)
    selected: dict[str, Member] = {}
    for member in members:
        if _CONTROL.search(member.name):
            raise InvalidWheel(f"Archive contains unacceptable filename: {_CONTROL.sub(chr(0xFFFD), member.name)}")
        path = enclosed(member.name)
        if path is not None and not member.is_folder:
            selected[path] = member
    return selected


def check_amount(count: int, size: int, packed_size: int) -> None:
    """Refuse what would fill the disk.

    Args:
        count: of entries.
        size: all that they unpack to, in bytes.
        packed_size: of the archive, in bytes.
    Raises:
        InvalidWheel: it is a bomb.
    """
    if count > _MOST_MEMBERS:
        raise InvalidWheel(f"Archive has {count} entries, more than the {_MOST_MEMBERS} that hob unpacks")
    if size > max(_MOST_BYTES, packed_size * _MOST_GROWTH):
        raise InvalidWheel(f"Archive of {packed_size} bytes claims to unpack to {size}: nothing that is of use shrinks so much")


def enclosed(name: str) -> str | None:
    """The path without `.`, `..` and doubled slashes; None if it leads out of the folder or is the folder itself."""
    if name.startswith("/"):
        return None
    if "/." not in name and "//" not in name and name and name[0] != "." and name[-1] != "/":  # nearly always
        return name
    parts: list[str] = []
    for part in name.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts) or None


def is_unrecorded(path: str, info: str) -> bool:
    """Whether RECORD does not list a file. `info`: the `.dist-info` folder."""
    folder, _, name = path.rpartition("/")
    return folder == info and name in _UNRECORDED


def find_oddities(members: Sequence[Member], selected: dict[str, Member], info: str, record: str) -> tuple[str, ...]:
    """What a wheel should not have, the worst first; most have nothing.

    Args:
        members, selected: see `select`.
        info: the name of the `.dist-info` folder.
        record: the text of its RECORD.
    Raises:
        InvalidRecord: that is no table.
    """
    sizes = {path: member.size for path, member in selected.items() if not is_unrecorded(path, info)}
    misfits = find_misfits([row for row in parse_record(record) if not is_unrecorded(row.path, info)], sizes)
    return (*_odd_names(members, selected), *misfits)[:_MOST_ODDITIES]


def _odd_names(members: Sequence[Member], selected: dict[str, Member]) -> Iterator[str]:
    files = [member for member in members if not member.is_folder]
    for member in files:
        if enclosed(member.name) is None:
            yield f"`{member.name}` leads out of the wheel and is left out"
        elif stat.S_ISLNK(member.mode):
            yield f"`{member.name}` is a link and becomes a file"
    for path in _repeated(path for member in files if (path := enclosed(member.name)) is not None):
        yield f"`{path}` is there more than once; the last one counts"
    for folded in _repeated(path.lower() for path in selected):
        names = "` and `".join(sorted(path for path in selected if path.lower() == folded))
        yield f"`{names}` differ in nothing but case"


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]
