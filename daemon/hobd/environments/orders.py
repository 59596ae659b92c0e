"""Layouts as orders for `hob-files`, which links what is as it was unpacked, and writes."""

import sys
from array import array
from collections.abc import Sequence

from hobd.core.formats.wheel_manifest import StoredFile
from hobd.environments.layout import Layout, WrittenFile


def encode_orders(layout: Layout) -> bytes:
    """The orders that carry a layout out by hard links.

    Raises:
        ValueError: a name has a NUL inside, and cannot be said.
    """
    orders: list[bytes] = []
    for links in layout.links(with_bytecode=True):
        same = [file for file in links.files if file.path == file.source]
        other = [file for file in links.files if file.path != file.source] if len(same) < len(links.files) else []
        orders += (_said(f"T{links.tree}", f"D{links.target}"), _links("s", same, [file.path for file in same]))
        orders.append(_links("l", other, [text for file in other for text in (file.source, file.path)]))
    orders.append(_said("D"))  # what is written is told from the root
    return b"".join([*orders, *map(_written, layout.written)])


def _links(letter: str, files: Sequence[StoredFile], texts: Sequence[str]) -> bytes:
    sizes, times = (array("q", [file.size for file in files]), array("q", [file.mtime_ns for file in files]))
    if sys.byteorder == "big":
        sizes.byteswap()
        times.byteswap()
    return _said(f"{letter}{len(files)}", *texts) + sizes.tobytes() + times.tobytes()


def _written(file: WrittenFile) -> bytes:
    return _said(f"W{file.path}", str(file.mode), str(len(file.content))) + file.content


def _said(*words: str) -> bytes:
    text = "\0".join(words) + "\0"
    if text.count("\0") != len(words):
        raise ValueError("embedded null byte")  # as the system's calls say it
    return text.encode("utf-8", "surrogateescape")
