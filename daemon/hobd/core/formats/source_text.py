"""An entry of `[tool.uv.sources]` as TOML, and a requirement as PEP 508, both as `add` writes them (ADD-10)."""

from collections.abc import Iterable

from hobd.core.formats.shapes import quoted
from hobd.core.formats.urls import path_url
from hobd.core.lockfile.requirement_table import render_specifiers
from hobd.core.vocab.project import GitEntry, IndexEntry, PathEntry, SourceEntry, UrlEntry
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Directory, Git, Path, Source, Url


def render_source_entry(entry: SourceEntry) -> str:
    """`{ git = "https://…", rev = "v1" }`."""
    pairs = [f"{key} = {value}" for key, value in _pairs(entry) if value is not None]
    return f"{{ {', '.join(pairs)} }}"


def render_requirement_text(requirement: Requirement, reference: str | None = None) -> str:
    """`idna[x]>=3 ; os_name == 'nt'`.

    Args:
        requirement: what is to be written.
        reference: what stands behind the `@`; None: the requirement has no source, or it is written elsewhere.
    """
    extras = f"[{','.join(requirement.extras)}]" if requirement.extras else ""
    what = render_specifiers(requirement.specifier) if reference is None else f" @ {reference}"
    marker = requirement.marker.to_text()
    return requirement.name + extras + what + ("" if marker is None else f" ; {marker}")


def render_reference(source: Source) -> str:
    """A direct source as it stands behind an `@`."""
    if isinstance(source, Git):
        reference = "" if source.reference is None else f"@{source.reference}"
        options = [("subdirectory", source.subdirectory), ("path", source.path), ("lfs", "true" if source.lfs else None)]
        return f"git+{source.url}{reference}{_fragment(options)}"
    if isinstance(source, Url):
        return f"{source.url}{_fragment([('subdirectory', source.subdirectory)])}"
    assert isinstance(source, Path | Directory)  # requirements know no other kinds
    return path_url(source.path)


def _fragment(options: Iterable[tuple[str, str | None]]) -> str:
    text = "&".join(f"{key}={value}" for key, value in options if value is not None)
    return f"#{text}" if text else ""


def _pairs(entry: SourceEntry) -> Iterable[tuple[str, str | None]]:
    yield from _own_pairs(entry)
    yield "marker", None if entry.marker.is_true else quoted(entry.marker.to_text() or "")
    yield "extra", _text(entry.extra)
    yield "group", _text(entry.group)


def _own_pairs(entry: SourceEntry) -> Iterable[tuple[str, str | None]]:
    if isinstance(entry, GitEntry):
        for key in ("git", "subdirectory", "path", "rev", "tag", "branch"):
            yield key, _text(getattr(entry, key))
        yield "lfs", _boolean(entry.lfs)
    elif isinstance(entry, UrlEntry):
        yield "url", quoted(entry.url)
        yield "subdirectory", _text(entry.subdirectory)
    elif isinstance(entry, PathEntry):
        yield "path", quoted(entry.path)
        yield "editable", _boolean(entry.editable)
    elif isinstance(entry, IndexEntry):
        yield "index", quoted(entry.index)
    else:
        yield "workspace", _boolean(entry.workspace) if isinstance(entry.workspace, bool) else quoted(entry.workspace)
        yield "editable", _boolean(entry.editable)


def _text(value: str | None) -> str | None:
    return None if value is None else quoted(value)


def _boolean(value: bool | None) -> str | None:
    return None if value is None else str(value).lower()
