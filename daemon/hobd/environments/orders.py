"""Layouts as orders for `hob-files`, which links what is as it was unpacked, and writes."""

from collections.abc import Sequence

from hobd.environments.layout import Layout, WrittenFile


def encode_orders(layout: Layout) -> bytes:
    """The orders that carry a layout out by hard links.

    Raises:
        ValueError: a name has a NUL inside, and cannot be said.
    """
    words: list[str] = []
    for links in layout.links(with_bytecode=True):
        words += (f"T{links.tree}", f"D{links.target}")
        for file in links.files:
            if file.path == file.source:
                words += ("s" + file.path, str(file.size), str(file.mtime_ns))
            else:
                words += ("l" + file.source, file.path, str(file.size), str(file.mtime_ns))
    words.append("D")  # what is written is told from the root
    return b"".join([_said(words), *map(_written, layout.written)])


def _written(file: WrittenFile) -> bytes:
    return _said([f"W{file.path}", str(file.mode), str(len(file.content))]) + file.content


def _said(words: Sequence[str]) -> bytes:
    text = "\0".join(words) + "\0"
    if text.count("\0") != len(words):
        raise ValueError("embedded null byte")  # as the system's calls say it
    return text.encode("utf-8", "surrogateescape")
