"""Installed distributions with what they say of themselves, and what does not fit among them (PIP-5)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct
from packaging.version import Version

from hobd.core.lockfile.requirement_text import render_requirement_text
from hobd.core.plan.diff import fits
from hobd.core.plan.model import Installed
from hobd.core.tags import Tags
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement


class Described(Struct, frozen=True, kw_only=True, eq=False):
    """An installed distribution, and its metadata. Two are never the same: one name may be there twice."""

    installed: Installed
    metadata: Metadata | None
    """None where it cannot be read."""

    @property
    def name(self) -> Name:
        """Of the distribution."""
        return self.installed.name

    @property
    def version(self) -> Version | None:
        """See `Installed.parsed_version`."""
        return self.installed.parsed_version

    @property
    def version_text(self) -> str:
        """See `Installed.version_text`."""
        return self.installed.version_text

    def satisfies(self, requirement: Requirement) -> bool:
        """Whether it is what a requirement asks for; a direct reference is taken at its word."""
        if requirement.source is not None or self.version is None:
            return True
        return requirement.specifier.contains(self.version, prereleases=True)


class Inventory(Struct, frozen=True, kw_only=True, dict=True):
    """All that is installed in one environment, by name and version, and for which environment it is judged."""

    distributions: tuple[Described, ...]
    markers: Mapping[str, str]
    """Marker values by PEP 508 name."""

    @cached_property
    def _named(self) -> dict[Name, list[Described]]:
        named: dict[Name, list[Described]] = {}
        for one in self.distributions:
            named.setdefault(one.name, []).append(one)
        return named

    @cached_property
    def python(self) -> Version:
        """The Python that it is judged for."""
        return Version(self.markers["python_full_version"])

    def named(self, name: Name) -> list[Described]:
        """The distributions of one name: one, unless something went wrong."""
        return self._named.get(name, [])

    def names(self) -> Iterable[Name]:
        """Each name once, in order."""
        return self._named

    def requirements(self, one: Described) -> Iterator[Requirement]:
        """What a distribution requires in this environment, its extras left out."""
        if one.metadata is None:
            return
        for requirement in one.metadata.requires_dist:
            if requirement.marker.evaluate(self.markers):
                yield requirement


def find_faults(inventory: Inventory, tags: Tags, about: Collection[Name] | None = None) -> tuple[str, ...]:
    """What `hob pip check` finds, a sentence each, by name: doubles, broken ones, other platforms and Pythons, unmet requirements.

    Args:
        about: the packages that matter; None: all. What is required of one in vain matters too, unless it is not there at all.
    """
    found = (fault for name in inventory.names() for fault in _faults(inventory, inventory.named(name), tags))
    return tuple(fault.text for fault in found if about is None or not fault.concerns.isdisjoint(about))


class _Fault(NamedTuple):
    text: str
    concerns: frozenset[Name]


def _faults(inventory: Inventory, found: list[Described], tags: Tags) -> Iterator[_Fault]:
    one = found[0]
    own = frozenset({one.name})
    if len(found) > 1:
        places = "".join(f"\n  - {each.installed.location}" for each in found)
        yield _Fault(f"The package `{one.name}` has multiple installed distributions: {places}", own)
        return
    if one.metadata is None:
        yield _Fault(describe_broken(one), own)
        return
    if one.installed.lacks_wheel_file:
        yield _Fault(describe_broken(one, "`WHEEL` file"), own)
    elif not fits(one.installed, tags):
        yield _Fault(f"The package `{one.name}` was built for a different platform", own)
    required = one.metadata.requires_python
    if required is not None and not required.contains(inventory.python, prereleases=True):
        installed = inventory.markers["python_full_version"]
        yield _Fault(f"The package `{one.name}` requires Python {required}, but `{installed}` is installed", own)
    for requirement in inventory.requirements(one):
        there = inventory.named(requirement.name)
        fault = _unmet(requirement, there)
        if fault is not None:
            concerns = own | {requirement.name} if there else own
            yield _Fault(f"The package `{one.name}` requires `{render_requirement_text(requirement)}`, but {fault}", concerns)


def describe_broken(one: Described, unread: str = "`METADATA`") -> str:
    """What is wrong with a distribution that lacks, or has in an unreadable form, something that every one has."""
    way_out = f"Consider recreating the virtualenv, or removing the package directory at: {one.installed.location}."
    return f"The package `{one.name}` is broken or incomplete (unable to read {unread}). {way_out}"


def _unmet(requirement: Requirement, found: list[Described]) -> str | None:
    if not found:
        return "it's not installed"
    if len(found) > 1 or found[0].satisfies(requirement):  # doubles are a fault of their own
        return None
    return f"`{found[0].version_text}` is installed"
