"""Wheels as an attacker, or a broken tool, would make them."""

import struct
import warnings
import zipfile
from collections.abc import Iterable
from pathlib import Path

MOMENT = (2020, 1, 1, 0, 0, 0)
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
METADATA = "Metadata-Version: 2.1\nName: one\nVersion: 1.0\n"

Entries = Iterable[tuple[str | zipfile.ZipInfo, str]]


def make(folder: Path, entries: Entries = (), *, without: str = "", wheel: str = WHEEL) -> Path:
    """A wheel `one-1.0` with further entries, in order; names may be anything, also twice."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "one-1.0-py3-none-any.whl"
    files: list[tuple[str | zipfile.ZipInfo, str]] = [("one.py", "x = 1\n"), ("one-1.0.dist-info/METADATA", METADATA)]
    files += [("one-1.0.dist-info/WHEEL", wheel), *entries, ("one-1.0.dist-info/RECORD", "one.py,,\n")]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of double names
        for name, text in files:
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name, MOMENT)
            info.compress_type = zipfile.ZIP_DEFLATED
            if not without or without not in info.filename:
                archive.writestr(info, text)
    return path


def link_entry(name: str) -> zipfile.ZipInfo:
    """An entry that says it is a symbolic link."""
    info = zipfile.ZipInfo(name, MOMENT)
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return info


def patched(path: Path, change: Iterable[tuple[int, bytes]]) -> Path:
    """The file with bytes overwritten at offsets; negative ones count from the end."""
    data = bytearray(path.read_bytes())
    for offset, new in change:
        start = offset % len(data)
        data[start : start + len(new)] = new
    path.write_bytes(data)
    return path


def central_offset(path: Path, name: str) -> int:
    """Where the directory's entry of a file begins."""
    data = path.read_bytes()
    at = struct.unpack_from("<L", data, len(data) - 6)[0]
    while data[at : at + 4] == b"PK\x01\x02":
        lengths = struct.unpack_from("<3H", data, at + 28)
        if data[at + 46 : at + 46 + lengths[0]] == name.encode():
            return int(at)
        at += 46 + sum(lengths)
    raise AssertionError(name)
