"""Configured indexes as locks name them, and where local ones lie. Imports nothing of the network."""

from pathlib import Path

from hobd.core.formats.urls import file_url_path, has_known_scheme, without_credentials
from hobd.core.vocab.index import Index
from hobd.core.vocab.source import Registry


def registry_of(index: Index) -> Registry:
    """An index as a lock names it."""
    if local_path(index) is not None:
        return Registry(url=index.relative_to or index.url, is_path=True)
    return Registry(url=without_credentials(index.url))


def local_path(index: Index) -> str | None:
    """The path of an index on this machine; None for one on the web."""
    if not has_known_scheme(index.url):
        return index.url
    return file_url_path(index.url)


def local_folder(index: Index, root: Path) -> Path | None:
    """The folder of an index on this machine, absolute."""
    path = local_path(index)
    return None if path is None else root / path
