"""The dependency tree of what is installed, as text (PIP-5).

A link leads from a distribution to one that it requires and that is of a version which it allows. Trees begin where no link leads to.
"""

from collections.abc import Hashable, Mapping, Sequence

from msgspec import Struct, field
from packaging.specifiers import SpecifierSet

from hobd.core.formats.tree_text import render_trees
from hobd.core.lockfile.requirement_table import render_specifiers
from hobd.core.plan.described import Described, Inventory
from hobd.core.plan.feedback_arcs import find_feedback
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Url


class InstalledTreeOptions(Struct, frozen=True, kw_only=True):
    """What is drawn, and what is said of it."""

    depth: int = 255
    prune: frozenset[Name] = frozenset()
    packages: frozenset[Name] = frozenset()
    """Only what these lead to; empty: everything."""
    is_inverted: bool = False
    is_deduplicated: bool = True
    shows_specifiers: bool = False
    latest: Mapping[Described, str] = field(default_factory=dict)
    """Newer versions."""


class _Step(Struct, frozen=True):
    """A distribution, and the requirements by which it was come to."""

    place: int
    requirements: tuple[Requirement, ...] = ()


def render_installed_tree(inventory: Inventory, options: InstalledTreeOptions) -> str:
    """The trees, one line a distribution."""
    growth = _Growth(inventory, options)
    return render_trees(growth.roots(), growth, depth=options.depth, is_deduplicated=options.is_deduplicated, names_what_was_cut=True)


class _Growth:
    """What is installed, as trees show it."""

    def __init__(self, inventory: Inventory, options: InstalledTreeOptions) -> None:
        self._options = options
        self._nodes = [one for one in inventory.distributions if one.name not in options.prune]
        self._links: list[tuple[int, int]] = []
        """One for each requirement: several between two make cutting cycles between them dearer."""
        self._following: dict[int, dict[int, list[Requirement]]] = {place: {} for place in range(len(self._nodes))}
        """What is drawn below each, with all requirements between the two."""
        self._link_all(inventory)

    def _link_all(self, inventory: Inventory) -> None:
        place_of = {one: place for place, one in enumerate(self._nodes)}
        for start, one in enumerate(self._nodes):
            for requirement in inventory.requirements(one):
                for other in inventory.named(requirement.name):
                    if other in place_of and other.satisfies(requirement):
                        ends = (place_of[other], start) if self._options.is_inverted else (start, place_of[other])
                        self._links.append(ends)
                        self._following[ends[0]].setdefault(ends[1], []).append(requirement)

    def roots(self) -> list[_Step]:
        """Where trees begin: at what nothing leads to, cycles cut."""
        reached = self._reached()
        links = [link for link in self._links if reached.issuperset(link)]
        feedback = find_feedback(links)
        targets = {end for place, (_, end) in enumerate(links) if place not in feedback}
        return [_Step(place) for place in sorted(reached - targets)]

    def _reached(self) -> set[int]:
        if not self._options.packages:
            return set(self._following)
        waiting = [place for place, one in enumerate(self._nodes) if one.name in self._options.packages]
        reached = set(waiting)
        while waiting:
            following = self._following[waiting.pop()].keys() - reached
            reached |= following
            waiting.extend(following)
        return reached

    def line(self, step: _Step) -> str:
        """`name v1.0 [required: >=1]`."""
        one = self._nodes[step.place]
        line = f"{one.name} v{one.version_text}"
        if self._options.shows_specifiers and step.requirements:
            asked = _asked(step.requirements)
            line += f" [requires: {step.requirements[0].name} {asked}]" if self._options.is_inverted else f" [required: {asked}]"
        return line

    def note(self, step: _Step) -> str:
        """The newer version that there is."""
        latest = self._options.latest.get(self._nodes[step.place])
        return "" if latest is None else f" (latest: v{latest})"

    def key(self, step: _Step) -> Hashable:
        """By name: uv draws the second of two of one name as if it were the first."""
        return self._nodes[step.place].name

    def next_steps(self, step: _Step) -> list[_Step]:
        """In order of names."""
        return [_Step(place, tuple(self._following[step.place][place])) for place in sorted(self._following[step.place])]


def _asked(requirements: Sequence[Requirement]) -> str:
    """`>=1, <9`: what all of them ask, or the address that one of them gives."""
    for requirement in requirements:
        if isinstance(requirement.source, Url):
            return requirement.source.url
    together = SpecifierSet()
    for requirement in requirements:
        together &= requirement.specifier
    return render_specifiers(together).replace(",", ", ") or "*"
