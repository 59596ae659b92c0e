"""`source` of packages and entries, and the sources of requirements: to text and back (uv-lock.md 1.7, 1.8)."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote_plus, urlsplit, urlunsplit

from hobd.core.formats.shapes import Misfit
from hobd.core.lockfile.fields import Table, as_text, optional, required
from hobd.core.lockfile.toml_style import inline_table, string
from hobd.core.vocab.source import Directory, Editable, Git, Path, Registry, Source, Url, Virtual

_PATH_SOURCES: tuple[tuple[str, type[Path | Directory | Editable | Virtual]], ...] = (
    ("path", Path),
    ("directory", Directory),
    ("editable", Editable),
    ("virtual", Virtual),
)
_COMMIT = re.compile(r"[0-9a-fA-F]{40}")
_REFERENCES = ("branch", "tag", "rev")


def render_source(source: Source) -> str:
    """A source as an inline table."""
    pairs = [("registry", string(source.url))] if isinstance(source, Registry) else list(direct_source_pairs(source, git_text(source)))
    return inline_table(pairs)


def direct_source_pairs(source: Source, git: str) -> Iterator[tuple[str, str]]:
    """The keys of a source other than a registry; `git` is the text for a repository."""
    match source:
        case Git():
            yield "git", string(git)
        case Url():
            yield "url", string(source.url)
            if source.subdirectory is not None:
                yield "subdirectory", string(source.subdirectory)
        case Path() | Directory() | Editable() | Virtual():
            yield type(source).__name__.lower(), string(source.path)


def git_text(source: Source, *, reference_before_lfs: bool = False) -> str:
    """A repository with what was asked of it as query and the commit as fragment; empty for other sources.

    Args:
        source: the source.
        reference_before_lfs: the order inside requirement tables; `source` has it the other way round.
    """
    if not isinstance(source, Git):
        return ""
    reference = [(source.reference_kind, source.reference)] if source.reference_kind else []
    lfs: list[tuple[str | None, str | None]] = [("lfs", "true")] if source.lfs else []
    query = [
        ("subdirectory", source.subdirectory),
        ("path", source.path),
        *([*reference, *lfs] if reference_before_lfs else [*lfs, *reference]),
    ]
    text = "&".join(f"{key}={_form_encoded(value)}" for key, value in query if value is not None)
    return source.url + (f"?{text}" if text else "") + (f"#{source.commit}" if source.commit else "")


def _form_encoded(text: str) -> str:
    """As the values of HTML forms: only letters, digits, `*`, `-`, `.` and `_` stay."""
    return quote_plus(text, safe="*").replace("~", "%7E")


def read_source(value: object) -> Source:
    """The source of a package or an entry."""
    source = None
    if isinstance(value, dict) and all(isinstance(text, str) for text in value.values()):
        text = value.get("registry")
        source = Registry(text, is_path="://" not in text) if text is not None else find_direct_source(value)
    if source is None:
        raise Misfit("data did not match any variant of untagged enum SourceWire", ())
    if isinstance(source, Git) and not (source.commit and _COMMIT.fullmatch(source.commit) and "://" in source.url):
        raise Misfit("Failed to parse Git URL", ())
    return source


def find_direct_source(table: Table) -> Source | None:
    """The source that a table's keys tell, if it is none of an index."""
    if "git" in table:
        return parse_git(required(table, "git", as_text))
    if "url" in table:
        return Url(required(table, "url", as_text), optional(table, "subdirectory", as_text))
    for key, kind in _PATH_SOURCES:
        if key in table:
            return kind(required(table, key, as_text))
    return None


def parse_git(text: str) -> Git:
    """Take apart what `git_text` makes."""
    parts = urlsplit(text)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    kind = next((kind for kind in _REFERENCES if kind in query), None)
    return Git(
        url=urlunsplit((parts.scheme, parts.netloc, parts.path, "", "")),
        reference_kind=kind,
        reference=query[kind] if kind else None,
        subdirectory=query.get("subdirectory"),
        path=query.get("path"),
        lfs=query.get("lfs", "").lower() == "true",
        commit=parts.fragment or None,
    )
