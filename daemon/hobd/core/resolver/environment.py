"""What one fork is solved for: a marker, a range of Pythons, and conflicting items that are in or out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from hobd.core.markers import TRUE, UNBOUNDED, Marker, PythonBounds
from hobd.core.resolver.conflict_items import decoded, item_order, label, marker_of
from hobd.core.vocab.requirement import ConflictItem


@dataclass(frozen=True, slots=True)
class Environment:
    """The environments of one fork, and the Pythons that it targets."""

    marker: Marker = TRUE
    included: frozenset[ConflictItem] = frozenset()
    excluded: frozenset[ConflictItem] = frozenset()
    python: PythonBounds = UNBOUNDED
    """The project's Pythons, narrowed to what the marker allows."""
    python_marker: Marker = TRUE
    """The same as a marker."""
    values: Mapping[str, str] | None = field(default=None, compare=False)
    """Of markers, where there is but one environment: then nothing splits."""
    _admitted: dict[Marker, bool] = field(default_factory=dict, init=False, repr=False, compare=False)
    _needed: dict[Marker, bool] = field(default_factory=dict, init=False, repr=False, compare=False)
    _held: dict[Marker, bool | None] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What was answered before: a fork asks the same of a few markers for every package."""

    @classmethod
    def everywhere(cls, python: PythonBounds, values: Mapping[str, str] | None = None) -> "Environment":
        """All environments of a project; with values of markers that one."""
        return cls(python=python, python_marker=TRUE.complexify(python), values=values)

    @property
    def is_single(self) -> bool:
        """Whether it is one environment, and no set of them."""
        return self.values is not None

    def narrowed(self, marker: Marker) -> "Environment":
        """The part in which a marker holds too; may be empty."""
        narrower = self.marker & marker
        python = self.python.intersect(narrower.python_bounds())
        python_marker = self.python_marker if python == self.python else TRUE.complexify(python)
        return replace(self, marker=narrower, python=python, python_marker=python_marker)

    def of_initial(self, marker: Marker) -> "Environment | None":
        """The part that an old lock's fork marker, with encoded items, tells of; None if it contradicts itself."""
        included: list[ConflictItem] = []
        excluded: list[ConflictItem] = []
        for name in sorted(marker.extra_names()):
            item = decoded(name)
            if item is not None:
                (excluded if marker.assume_extra(name, active=True).is_false else included).append(item)
        chosen = self.choosing(included, excluded)
        return None if chosen is None else chosen.narrowed(marker.without_extras())

    def choosing(self, included: Iterable[ConflictItem], excluded: Iterable[ConflictItem]) -> "Environment | None":
        """The part with some items in and others out; None if they are chosen otherwise already."""
        everything_in = self.included.union(included)
        everything_out = self.excluded.union(excluded)
        if everything_in & everything_out:
            return None
        return replace(self, included=everything_in, excluded=everything_out)

    def admits(self, marker: Marker) -> bool:
        """Whether the marker can hold here."""
        found = self._admitted.get(marker)
        if found is None:
            found = not self.marker.is_disjoint(marker) if self.values is None else self._holds(marker, self.values)
            self._admitted[marker] = found
        return found

    def needs(self, marker: Marker) -> bool:
        """Whether the marker can hold here on some Python of the project."""
        found = self._needed.get(marker)
        if found is None:
            found = self.admits(marker) and (self.values is not None or not self.python_marker.is_disjoint(marker))
            self._needed[marker] = found
        return found

    def holds(self, marker: Marker) -> bool | None:
        """Whether the marker holds throughout; False: nowhere on a Python of the project; None: in a part of it, or it is hard to tell."""
        if marker in self._held:
            return self._held[marker]
        is_whole = self.admits(marker) and not self.admits(~marker) and self.marker & marker == self.marker
        found = self._held[marker] = False if not self.needs(marker) else True if is_whole else None
        return found

    @property
    def is_proper(self) -> bool:
        """Whether it is a set of environments with a Python of the project among them."""
        return self.values is None and self.needs(TRUE) and not self.marker.is_disjoint(self.python_marker)

    @staticmethod
    def _holds(marker: Marker, values: Mapping[str, str]) -> bool:
        return marker.is_true or marker.assume_extras(lambda _: True).evaluate(values)

    def admits_item(self, item: ConflictItem | None) -> bool:
        """Whether an extra, group or project is not out. An extra is out too if its whole project is, unless it is in by name."""
        if item is None:
            return True
        if item in self.excluded:
            return False
        if item.extra is None or ConflictItem(package=item.package) not in self.excluded:
            return True
        return item in self.included

    @property
    def full_marker(self) -> Marker:
        """The marker, with encoded items that are in or out."""
        marker = self.marker
        for item in sorted(self.excluded, key=item_order):
            marker &= ~marker_of(item)
        for item in sorted(self.included, key=item_order):
            marker &= marker_of(item)
        return marker

    def describe(self) -> str | None:
        """The fork in messages, `split (markers: …; included: …; excluded: …)`; None for all environments."""
        parts = [] if self.marker.is_true else [f"markers: {self.marker}"]
        for title, items in (("included", self.included), ("excluded", self.excluded)):
            if items:
                parts.append(f"{title}: {', '.join(sorted(map(label, items)))}")
        return f"split ({'; '.join(parts)})" if parts else None

    def __str__(self) -> str:
        return "all marker environments" if self.marker.is_true else f"split `{self.marker}`"
