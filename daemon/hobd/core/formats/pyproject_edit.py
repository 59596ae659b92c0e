"""Edits of a `pyproject.toml`: its version, its requirements, its sources (features.md, ADD-1 to ADD-15). Formatting stays.

Tables are named by their keys: `("project", "dependencies")`, `("project", "optional-dependencies", "x")`,
`("dependency-groups", "dev")`, `("tool", "uv", "dev-dependencies")`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise

from hobd.core.formats.requirement import parse_requirement
from hobd.core.formats.shapes import quoted
from hobd.core.formats.toml_edit import Entry, Listing, TomlDocument
from hobd.core.markers import Marker
from hobd.core.vocab.names import Name, normalize
from hobd.core.vocab.requirement import Requirement
from hobd.errors import HobError, RequestError

_OPERATOR = re.compile(r"[><=~!@]")
_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*(.*?)\s*(?:;\s*(.*))?", re.DOTALL)

_GROUPS = ("dependency-groups",)
"""The table whose keys stay sorted if they are."""


class AmbiguousEdit(RequestError):
    """Several entries could be meant."""


class MissingRequirement(RequestError):
    """What is to be changed is not there."""

    default_code = 1


def set_version(text: str, version: str) -> str:
    """Set `project.version`; a table without one gets it."""
    document = TomlDocument(text)
    document.write(("project", "version"), quoted(version))
    return document.text


def add_requirement(text: str, table: tuple[str, ...], requirement: str, *, has_source: bool = False) -> str:
    """Add a requirement to a table, or change the entry of the same name and marker.

    Args:
        text: the document.
        table: keys of the list; the last may be spelled otherwise in the document.
        requirement: PEP 508 text, to be written as it is where it is new.
        has_source: whether the package gets a source of its own: then a reference in the old entry goes.
    Raises:
        AmbiguousEdit: several entries have the name and the marker.
    """
    document = TomlDocument(text)
    keys = _spelled(document, table)
    listing = document.read_list(*keys)
    wanted = parse_requirement(requirement)
    matches = [index for index, each in _requirements(listing) if each.name == wanted.name and each.marker == wanted.marker]
    if len(matches) > 1:
        listed = "".join(f"\n- `{_value(listing.entries[index])}`" for index in matches)
        raise AmbiguousEdit(f"Cannot perform ambiguous update; found multiple entries for `{wanted.name}`:{listed}")
    if matches:
        old = _value(listing.entries[matches[0]]) or ""
        new = _updated(old, requirement, has_source=has_source)
        if new == old:
            return text  # uv lays the list out anew even then
        changed = listing.substitute(matches[0], quoted(new))
    else:
        changed = listing.insert(_place_for(listing, requirement), Entry(quoted(requirement)))
    document.write_list(keys, changed, keeps_order=keys[:-1] == _GROUPS)
    return document.text


def replace_requirements(text: str, table: tuple[str, ...], changes: Mapping[str, str]) -> str:
    """Put other requirements in the places of some; the list keeps its layout.

    Args:
        text: the document.
        table: keys of the list.
        changes: old requirements, each as it is written, and new ones.
    Raises:
        MissingRequirement: one of the old is not there.
    """
    document = TomlDocument(text)
    entries = [(item, _value(Entry(document.raw(item)))) for item in document.items(*_spelled(document, table))]
    for old in changes:
        if all(value != old for _, value in entries):
            raise MissingRequirement(f"`{old}` is not in `{'.'.join(table)}` any more", hint="Run the command again")
    for item, value in reversed(entries):
        if value is not None and value in changes:
            document.substitute(item, quoted(changes[value]))
    return document.text


def remove_requirement(text: str, table: tuple[str, ...], name: Name) -> tuple[str, tuple[str, ...]]:
    """Remove all entries of a name from a table.

    Returns:
        The new text, and the requirements that were removed; none: the text is as it was.
    """
    document = TomlDocument(text)
    keys = _spelled(document, table)
    listing = document.read_list(*keys)
    removed: list[str] = []
    for index, requirement in reversed(list(_requirements(listing))):
        if requirement.name == name:
            removed.append(_value(listing.entries[index]) or "")
            listing = listing.remove(index)
    if not removed:
        return text, ()
    document.write_list(keys, listing)
    return document.text, tuple(reversed(removed))


def set_source(text: str, name: Name, entry: str) -> str:
    """Set the source of a package: an inline table, or a list of them, as TOML text."""
    document = TomlDocument(text)
    document.write(_spelled(document, ("tool", "uv", "sources", name)), entry)
    return document.text


def remove_source(text: str, name: Name) -> str:
    """Remove the source of a package; an emptied table goes too."""
    document = TomlDocument(text)
    keys = _spelled(document, ("tool", "uv", "sources", name))
    if document.find(*keys) is not None:
        document.remove(*keys)
    return document.text


def has_entry(text: str, table: tuple[str, ...], wanted: Requirement) -> bool:
    """Whether a table has an entry of the same name and marker: then adding the requirement changes it."""
    document = TomlDocument(text)
    entries = _requirements(document.read_list(*_spelled(document, table)))
    return any(each.name == wanted.name and each.marker == wanted.marker for _, each in entries)


def ensure_list(text: str, table: tuple[str, ...]) -> str:
    """Make a list where there is none."""
    document = TomlDocument(text)
    keys = _spelled(document, table)
    if document.find(*keys) is None:
        document.write(keys, "[]", keeps_order=keys[:-1] == _GROUPS)
    return document.text


def add_member(text: str, path: str) -> str:
    """Add a folder to the members of the workspace."""
    document = TomlDocument(text)
    keys = ("tool", "uv", "workspace", "members")
    listing = document.read_list(*keys)
    document.write_list(keys, listing.insert(len(listing.entries), Entry(quoted(path))))
    return document.text


def has_requirement(text: str, table: tuple[str, ...], name: Name) -> bool:
    """Whether a table has an entry of a name."""
    document = TomlDocument(text)
    return any(each.name == name for _, each in _requirements(document.read_list(*_spelled(document, table))))


def _spelled(document: TomlDocument, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The keys with the last, a name, as the document spells it."""
    found = document.find(*keys[:-1])
    if found is None or keys[-1] in found.children:
        return keys
    same = next((key for key in found.children if normalize(key) == normalize(keys[-1])), None)
    return (*keys[:-1], same or keys[-1])


def _value(entry: Entry) -> str | None:
    """What a string says; None for an inline table."""
    import tomli

    value = tomli.loads(f"value = {entry.text}")["value"]
    return value if isinstance(value, str) else None


def _requirements(listing: Listing) -> Iterable[tuple[int, Requirement]]:
    for index, entry in enumerate(listing.entries):
        text = _value(entry)
        if text is None:
            continue
        try:
            yield index, parse_requirement(text)
        except HobError:
            continue  # what cannot be read is nobody's: it stays where it is


def _updated(old: str, new: str, *, has_source: bool) -> str:
    """The old requirement with what the new one says of extras, versions and marker."""
    was, says = _NAME.fullmatch(old), _NAME.fullmatch(new)
    assert was is not None  # both were parsed before
    assert says is not None
    extras = sorted({normalize(each) for group in (was[2], says[2]) if group for each in re.split(r"[\s,\[\]]+", group) if each})
    kept = "" if has_source and was[3].startswith("@") else was[3]
    versions = says[3] or kept
    marker = says[4] or was[4]
    joint = " " if versions.startswith("@") else ""
    canonical = Marker.parse(marker).to_text() if marker else None
    return normalize(was[1]) + (f"[{','.join(extras)}]" if extras else "") + joint + versions + (f" ; {canonical}" if canonical else "")


def _place_for(listing: Listing, requirement: str) -> int:
    """Where a new entry belongs: a list that is sorted stays so, in whichever of four ways it is; else behind the last string."""
    texts = [_value(entry) for entry in listing.entries]
    strings = [text for text in texts if text is not None]
    orders: tuple[Callable[[str], object], ...] = (
        lambda text: _split(text.lower()),
        _split,
        str.lower,
        str,
    )
    for order in orders:
        if all(order(left) <= order(right) for left, right in pairwise(strings)):  # type: ignore[operator] # keys of one order compare
            after = (index for index, text in enumerate(texts) if text is not None and order(text) > order(requirement))  # type: ignore[operator]
            return next(after, _behind_strings(texts))
    return _behind_strings(texts)


def _behind_strings(texts: list[str | None]) -> int:
    return next((index + 1 for index in range(len(texts) - 1, -1, -1) if texts[index] is not None), len(texts))


def _split(text: str) -> tuple[str, str]:
    found = _OPERATOR.search(text)
    return (text.strip(), "") if found is None else (text[: found.start()].strip(), text[found.start() :].strip())
