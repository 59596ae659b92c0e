"""The answer to `hob why`, as a value: the ways to each version of a package, and what decided it."""

from collections.abc import Collection, Iterable
from typing import TypeAlias

from msgspec import Struct
from packaging.version import InvalidVersion, Version

from hobd.core.lockfile.model import Lock, LockedPackage
from hobd.core.markers import TRUE, Marker
from hobd.core.resolver.conflict_items import decoded, label
from hobd.core.resolver.sources import show
from hobd.core.vocab.names import Name
from hobd.core.why.account import Account, Choice, Demand
from hobd.core.why.chains import ROOT, Chain, Link, Ways, find_packages

_Asker: TypeAlias = tuple[str, str, str, str]
"""Who asks: a package by name and version, its extra, its group."""
MOST_CHAINS = 500
"""More are never listed."""
_MOST_COUNTED = 100
"""More are not counted where only the shortest are shown."""


class Stop(Struct, frozen=True, kw_only=True):
    """One package on a way, and how the way got there."""

    name: str
    version: str
    """Empty for the root and where it is dynamic."""
    extras: tuple[str, ...] = ()
    """Asked of it."""
    by_extra: str = ""
    """The extra of the package before that asks for it."""
    by_group: str = ""
    required: str = ""
    """What the package before asks for: `>=2.8,<4`; empty for any version, and where it is not known."""
    marker: str = ""


class Reason(Struct, frozen=True, kw_only=True):
    """What decided a version."""

    choice: Choice
    fork: str
    """The marker of the first fork in which it was chosen and is needed; empty: everywhere."""
    demands: tuple[Demand, ...]
    """All that bound it, constraints last."""
    excluding: tuple[Demand, ...]
    """Those of them that keep the newest version out."""


class Found(Struct, frozen=True, kw_only=True):
    """One package of the name."""

    name: str
    version: str
    source: str
    markers: tuple[str, ...]
    """Of the forks that it belongs to, where the lock holds several packages of the name."""
    is_member: bool
    chains: tuple[tuple[Stop, ...], ...]
    """The shortest first."""
    more: int
    """How many ways are not shown."""
    is_all_counted: bool
    """False: there are more than were counted."""
    reason: Reason | None
    """None where nothing is known of it, and for members."""


def answer(lock: Lock, name: Name, members: Collection[Name], account: Account | None, *, is_all: bool) -> tuple[Found, ...]:
    """Why the packages of a name are in a lock; empty where there are none."""
    return tuple(_found(lock, place, members, account, is_all=is_all) for place in find_packages(lock, name))


def _found(lock: Lock, place: int, members: Collection[Name], account: Account | None, *, is_all: bool) -> Found:
    package = lock.packages[place]
    ways = Ways(lock, members, place)
    every, is_complete = ways.all(MOST_CHAINS if is_all else _MOST_COUNTED)
    shown = every if is_all else ways.shortest()
    teller = _Teller(lock, members, account)
    askers = {_asker(lock, link) for link in ways.last()}
    return Found(
        name=package.name,
        version="" if package.version is None else str(package.version),
        source=show(package.source),
        markers=tuple(marker.to_text() or "" for marker in package.resolution_markers),
        is_member=package.name in members,
        chains=tuple(teller.stops(chain) for chain in shown),
        more=max(len(every) - len(shown), 0),
        is_all_counted=is_complete,
        reason=None if account is None else teller.reason(package, askers, account),
    )


def _asker(lock: Lock, link: Link) -> _Asker:
    return *_identity(lock, link.parent), link.extra or "", link.group or ""


def asker_of(lock: Lock, link: Link) -> str:
    """Who asks by a link, as a person would say it: `demo[cli] when sys_platform == 'win32'`."""
    name, _ = _identity(lock, link.parent)
    part = f"[{link.extra}]" if link.extra else f":{link.group}" if link.group else ""
    marker = marker_text(link.marker)
    return f"{name or 'the project'}{part}{f' when {marker}' if marker else ''}"


def marker_text(marker: Marker) -> str:
    """A marker of a lock, with the items of conflicts by the names that users gave them; empty for one that always holds."""
    text = marker.to_text() or ""
    for name in marker.extra_names():
        item = decoded(name)
        if item is not None:
            text = text.replace(f"extra == '{name}'", label(item)).replace(f"extra != '{name}'", f"not {label(item)}")
    return text


def _identity(lock: Lock, place: int) -> tuple[str, str]:
    if place == ROOT:
        return "", ""
    package = lock.packages[place]
    return package.name, "" if package.version is None else str(package.version)


class _Teller(Struct, frozen=True):
    """Puts links and choices into texts."""

    lock: Lock
    members: Collection[Name]
    account: Account | None

    def stops(self, chain: Chain) -> tuple[Stop, ...]:
        """A way, from where it begins to the package."""
        name, version = _identity(self.lock, chain[0].parent)
        return (Stop(name=name, version=version), *(self._stop(link) for link in chain))

    def _stop(self, link: Link) -> Stop:
        name, version = _identity(self.lock, link.target)
        return Stop(
            name=name,
            version=version,
            extras=link.target_extras,
            by_extra=link.extra or "",
            by_group=link.group or "",
            required=self._required(link, name),
            marker=marker_text(link.marker),
        )

    def _required(self, link: Link, name: str) -> str:
        """What the parent asks for: as the account has it, else as the lock says it of its members."""
        if self.account is None:
            return _joined(self._of_member(link, name))
        asker = _asker(self.lock, link)
        demands = [each for each in self.account.on(name) if _asker_of(each) == asker]
        return _joined(each.specifier for each in demands if each.kind != "constraint" and _meet(each.marker, link.marker))

    def _of_member(self, link: Link, name: str) -> list[str]:
        metadata = None if link.parent == ROOT else self.lock.packages[link.parent].metadata
        if metadata is None:
            return []
        listed = metadata.requires_dist if link.group is None else dict(metadata.requires_dev).get(link.group, ())
        return [",".join(sorted(map(str, each.specifier))) for each in listed if each.name == name]

    def reason(self, package: LockedPackage, askers: set[_Asker], account: Account) -> Reason | None:
        """What decided the version of a package; None for members."""
        choice = account.choice(package.name, str(package.version))
        if package.name in self.members or choice is None:
            return None
        asking = [each for each in account.on(package.name) if each.kind == "constraint" or _asker_of(each) in askers]
        forks = [(text, _marker(text)) for text in (account.forks[number] for number in choice.forks if 0 <= number < len(account.forks))]
        demands = [each for each in asking if any(_meet(each.marker, marker) for _, marker in forks)]
        fork = next((text for text, marker in forks if any(_meet(each.marker, marker) for each in demands)), "")
        return Reason(
            choice=choice,
            fork=fork,
            demands=tuple(demands),
            excluding=tuple(each for each in demands if choice.outside and not _admits(each.specifier, choice.outside)),
        )


def _asker_of(demand: Demand) -> _Asker:
    return demand.parent, demand.parent_version, demand.extra, demand.group


def _marker(text: str) -> Marker:
    return Marker.parse(text) if text else TRUE


def _meet(text: str, marker: Marker) -> bool:
    """Whether a requirement's marker can hold where another one does."""
    return not _marker(text).is_disjoint(marker)


def _joined(specifiers: Iterable[str]) -> str:
    return " | ".join(dict.fromkeys(text for text in specifiers if text))


def _admits(specifier: str, version: str) -> bool:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return SpecifierSet(specifier).contains(Version(version), prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return True
