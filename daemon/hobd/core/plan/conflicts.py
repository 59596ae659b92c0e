"""Two things that a project declares to exclude each other cannot both be wanted (WSP-9)."""

from collections.abc import Collection, Iterable, Sequence
from itertools import combinations

from hobd.core.lockfile.model import Lock
from hobd.core.markers import encode_extra, encode_group, encode_project
from hobd.core.vocab.requirement import ConflictItem
from hobd.errors import RequestError


class ConflictingWishes(RequestError):
    """Wishes that are declared to be incompatible."""


def encode_item(item: ConflictItem) -> str:
    """The item as the name of an extra in markers."""
    if item.extra is not None:
        return encode_extra(item.package, item.extra)
    return encode_project(item.package) if item.group is None else encode_group(item.package, item.group)


def check_requested(lock: Lock, requested: Iterable[str], defaults: Collection[str]) -> None:
    """Refuse wishes that exclude each other.

    Args:
        lock: whose conflicts count.
        requested: encoded items that are wanted.
        defaults: those of them that nobody asked for.
    Raises:
        ConflictingWishes: two of a set were asked for.
    """
    if not lock.conflicts:
        return
    wanted = frozenset(requested)
    for conflict in lock.conflicts:
        found = [item for item in conflict if encode_item(item) in wanted]
        if len(found) > 1:
            shown = ", ".join(str(item.package) if _kind(item) == "package" else f"`{_name_of(item)}`" for item in conflict)
            declared = "the conflicts" if all(item.group is not None for item in found) else "the declared conflicts"
            raise ConflictingWishes(f"{_describe(found, defaults)} are incompatible with {declared}: {{{shown}}}")


def check_activated(lock: Lock, active: Collection[str]) -> None:
    """Refuse extras that exclude each other and became active by what depends on them.

    Raises:
        ConflictingWishes: two of a set are active.
    """
    for conflict in lock.conflicts:
        extras = [item for item in conflict if item.extra is not None and encode_item(item) in active]
        for one, other in combinations(extras, 2):
            raise ConflictingWishes(f"Found conflicting extras `{_name_of(one)}` and `{_name_of(other)}` enabled simultaneously")


def _name_of(item: ConflictItem) -> str:
    if item.extra is not None:
        return f"{item.package}[{item.extra}]"
    return str(item.package) if item.group is None else f"{item.package}:{item.group}"


def _describe(items: Sequence[ConflictItem], defaults: Collection[str]) -> str:
    names = [f"`{_own_name(item)}`{' (enabled by default)' if encode_item(item) in defaults else ''}" for item in items]
    kinds = [_kind(item) for item in items]
    if set(kinds) in ({"extra"}, {"group"}):
        return f"{kinds[0].capitalize()}s {_together(names)}"
    text = _together([f"{kind} {name}" for kind, name in zip(kinds, names, strict=True)])
    return text[0].upper() + text[1:]


def _together(words: Sequence[str]) -> str:
    return " and ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])}, and {words[-1]}"


def _kind(item: ConflictItem) -> str:
    if item.extra is not None:
        return "extra"
    return "package" if item.group is None else "group"


def _own_name(item: ConflictItem) -> str:
    return str(item.extra or item.group or item.package)
