"""Where the packages of an exported `requirements.txt` come from: the options that pip reads at its top."""

from hobd.cli.export import Export
from hobd.core.vocab.index import Index
from hobd.service.session import Session


def render_indexes(command: Export, session: Session) -> str:
    """`--index-url`, `--extra-index-url` and `--find-links` as asked for, with an empty line after them."""
    settings = session.settings.index
    if command.emit_index_url and not settings.no_index and any(index.is_explicit for index in settings.indexes):
        session.context.voice.warn(
            "`requirements.txt` does not support per-package index pinning; explicit indexes were emitted globally via `--extra-index-url`."
        )
    lines = origin_lines(session, indexes=bool(command.emit_index_url), links=bool(command.emit_find_links))
    return "".join(f"{line}\n" for line in [*lines, ""]) if lines else ""


def origin_lines(session: Session, *, indexes: bool, links: bool) -> list[str]:
    """The options that name indexes, and those that name flat locations, as far as they are asked for."""
    settings = session.settings.index
    lines = _index_lines(settings.indexes if not settings.no_index else ()) if indexes else []
    return lines + ([f"--find-links {_given(link)}" for link in settings.find_links] if links else [])


def _index_lines(indexes: tuple[Index, ...]) -> list[str]:
    """The default index first; then the others, those last that only some packages may use."""
    default = [index for index in indexes if index.is_default][:1]
    others = sorted((index for index in indexes if index not in default), key=lambda index: index.is_explicit)
    urls = dict.fromkeys(map(_given, default))
    lines = [f"--index-url {url}" for url in urls]
    return lines + [f"--extra-index-url {url}" for url in dict.fromkeys(map(_given, others)) if url not in urls]


def _given(index: Index) -> str:
    """The index as it was written."""
    return index.relative_to or index.url
