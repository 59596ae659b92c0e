"""Layouts as orders for `hob-files`, which links what is as it was unpacked, and writes."""

from itertools import chain

from hobd.core.formats.stored_files import StoredFiles
from hobd.environments.layout import Layout, WrittenFile


def encode_orders(layout: Layout) -> bytes:
    """The orders that carry a layout out by hard links.

    Raises:
        ValueError: a name has a NUL inside, and cannot be said.
    """
    orders: list[bytes] = []
    for links in layout.links(with_bytecode=True):
        orders += (_said(f"T{links.tree}", f"D{links.target}"), _links(links.files))
    orders.append(_said("D"))  # what is written is told from the root
    return b"".join([*orders, *map(_written, layout.written)])


def _links(files: StoredFiles) -> bytes:
    """`s` where each file keeps its path, `l` where it gets another."""
    letter, texts = "s", files.joined_paths
    if files.joined_sources:
        letter, texts = "l", "\0".join(chain.from_iterable(zip(files.sources, files.paths, strict=True)))
    return f"{letter}{len(files)}\0{texts}\0".encode("utf-8", "surrogateescape") + files.sizes + files.times


def _written(file: WrittenFile) -> bytes:
    return _said(f"W{file.path}", str(file.mode), str(len(file.content))) + file.content


def _said(*words: str) -> bytes:
    text = "\0".join(words) + "\0"
    if text.count("\0") != len(words):
        raise ValueError("embedded null byte")  # as the system's calls say it
    return text.encode("utf-8", "surrogateescape")
