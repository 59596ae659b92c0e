"""A resolution without a project as `requirements.txt`: what `pip compile` writes (uv-lock.md 8.3). Lines that are no data come painted."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import Struct
from packaging.version import Version

from hobd.core.lockfile.export_requirements import annotation_lines, git_url, in_order
from hobd.core.markers import TRUE, Marker
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Directory, Editable, Git, Path, Registry, Source, Url

_WIDTH = 24
"""Of the column before annotations that stand on the line."""


class PinRow(Struct, frozen=True, kw_only=True):
    """One package that was chosen."""

    name: Name
    version: Version
    source: Source
    given: str | None = None
    """Of a direct reference: as it was written."""
    url: str | None = None
    """Of a direct reference: absolute."""
    index_url: str | None = None
    """Of the index, absolute; None for a direct reference."""
    extras: tuple[Name, ...] = ()
    """Sorted."""
    marker: Marker = TRUE
    digests: tuple[Digest, ...] = ()
    dependents: tuple[Name, ...] = ()
    """The packages that need it, sorted."""
    origins: tuple[str, ...] = ()
    """Where it is asked for: `-r requirements.in`, `app (pyproject.toml)`; in order."""


class PinStyle(Struct, frozen=True, kw_only=True):
    """What is shown."""

    annotations: str | None = "split"
    """`split` or `line`; None: none."""
    has_extras: bool = False
    has_markers: bool = False
    has_digests: bool = False
    has_indexes: bool = False
    left_out: tuple[Name, ...] = ()
    """Packages that are only named at the end, in this order; without annotations not even there."""


def render_pins(rows: Iterable[PinRow], style: PinStyle, paint: Callable[[str], str]) -> str:
    """The pins: editables first, then by name.

    Args:
        rows: what was chosen.
        style: how.
        paint: gives comments their colour.
    """
    ordered = sorted(rows, key=_order)
    lines = [line for row in ordered if row.name not in style.left_out for line in _lines(row, style, paint)]
    names = {row.name for row in ordered}
    left_out = [name for name in dict.fromkeys(style.left_out) if name in names]
    if left_out and style.annotations is not None:
        lines += ["", paint("# The following packages were excluded from the output:"), *(paint(f"# {name}") for name in left_out)]
    return "".join(f"{line}\n" for line in lines)


def _order(row: PinRow) -> tuple[Any, ...]:
    if isinstance(row.source, Editable):
        return 0, row.url or "", row.version
    return 1, row.name, row.version, row.url or "", row.extras


def _lines(row: PinRow, style: PinStyle, paint: Callable[[str], str]) -> Iterator[str]:
    head = requirement_text(row, has_extras=style.has_extras)
    marker = row.marker.to_text() if style.has_markers else None
    if marker is not None:
        head += f" ; {marker}"
    hashes = [f"    --hash={digest}" for digest in in_order(set(row.digests))] if style.has_digests else []
    lines = " \\\n".join([head, *hashes])
    if style.annotations == "line":
        yield from _annotated(lines, row, paint)
    else:
        yield lines
    if style.annotations == "split":
        yield from map(paint, annotation_lines((*row.origins, *row.dependents)))
    if style.has_indexes and row.index_url is not None:
        yield paint(f"    # from {row.index_url}")


def _annotated(lines: str, row: PinRow, paint: Callable[[str], str]) -> Iterator[str]:
    """The annotation behind the requirement; below its digests if it has any."""
    needed = ", ".join([*row.dependents, *row.origins])
    if not needed:
        yield lines
    elif "\n" in lines:
        yield lines
        yield "    " + paint(f"# via {needed}")
    else:
        yield f"{lines:<{_WIDTH}}  {paint(f'# via {needed}')}"


def requirement_text(row: PinRow, *, has_extras: bool) -> str:
    """The requirement that means just this."""
    extras = f"[{','.join(row.extras)}]" if has_extras and row.extras else ""
    name = f"{row.name}{extras}"
    match row.source:
        case Registry():
            return f"{name}=={row.version}"
        case Git() as git:
            return f"{name} @ {git_url(git)}"
        case Editable():
            return f"-e {row.given or row.url}"
        case Directory() | Path() | Url() if row.given is not None and not _has_place(row.given):
            return row.given.removeprefix("file://")
    return f"{name} @ {row.given or row.url}"


def _has_place(given: str) -> bool:
    """Whether a reference has a scheme that says where it is; a bare path has not, nor has `file://` before a relative one."""
    scheme, colon, rest = given.partition(":")
    if not colon or "/" in scheme:
        return False
    return scheme != "file" or not rest.startswith("//") or rest.startswith(("///", "//localhost/"))
