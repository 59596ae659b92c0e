"""Indexes that requirements files name, beside those of settings (IDX-13)."""

from pathlib import Path

from msgspec.structs import replace

from hobd.core.formats.index_table import parse_bare_index
from hobd.core.vocab.index import Index, IndexSettings
from hobd.projects.config_files import placed


def with_file_indexes(
    settings: IndexSettings,
    folder: Path,
    *,
    index_url: str | None = None,
    extra_index_url: tuple[str, ...] = (),
    find_links: tuple[tuple[str, Path], ...] = (),
    no_index: bool = False,
) -> IndexSettings:
    """The settings with the indexes of files: settings go before them, the built-in default behind.

    Args:
        folder: where relative paths of indexes start.
        find_links: each with the folder where its own relative path starts.
    Raises:
        RequestError: an address is none.
    """

    def make(text: str, start: Path = folder) -> Index:
        return placed(parse_bare_index(text), start, folder, "cli")

    links = (*settings.find_links, *(replace(make(text, start), is_flat=True) for text, start in find_links))
    if no_index or settings.no_index:
        return replace(settings, indexes=(), no_index=True, find_links=links)
    others = [index for index in settings.indexes if not index.is_default]
    default = next((index for index in settings.indexes if index.is_default), None)
    if index_url is not None and (default is None or default.origin == "built-in"):
        default = replace(make(index_url), is_default=True)
    known = {index.url for index in (*others, *filter(None, (default,)))}
    added = [index for index in map(make, extra_index_url) if index.url not in known]
    return replace(settings, indexes=(*others, *added, *filter(None, (default,))), find_links=links)
