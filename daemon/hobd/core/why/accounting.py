"""From a resolution to its account: who asks for what, and what decided each version."""

from collections.abc import Iterable, Iterator

from hobd.core.markers import TRUE, Marker
from hobd.core.resolver.amendments import Amendments
from hobd.core.resolver.problem import Problem
from hobd.core.resolver.resolution import Decided, NodeKey, Resolution
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.core.why.account import Account, Choice, Demand


def account_of(problem: Problem, resolution: Resolution) -> Account:
    """The account of what was resolved."""
    pythons = problem.requires_python
    forks = tuple(fork.environment.marker.simplify(pythons).to_text() or "" for fork in resolution.forks)
    return Account(
        forks=forks,
        choices=tuple(map(_choice, resolution.decided)),
        demands=tuple(dict.fromkeys(_Demands(problem, resolution).all())),
    )


def _choice(decided: Decided) -> Choice:
    return Choice(
        name=decided.name,
        version=str(decided.version),
        forks=decided.forks,
        is_direct=decided.is_direct,
        is_kept=decided.is_kept,
        prefers_high=decided.prefers_high,
        passed=tuple((str(each.version), each.reason) for each in decided.passed),
        passed_count=decided.passed_count,
        outside="" if decided.outside is None else str(decided.outside),
    )


class _Demands:
    """Collects the requirements that the result rests on."""

    def __init__(self, problem: Problem, resolution: Resolution) -> None:
        self._problem = problem
        self._resolution = resolution
        self._amendments = Amendments(problem)
        self._markers: dict[Marker, str] = {TRUE: ""}
        """Their texts: few markers are met often."""

    def all(self) -> Iterator[Demand]:
        """Those of packages in order of name, then direct ones, then constraints."""
        for parent, children in self._resolution.edges.items():
            chosen = self._resolution.distributions.get(parent.base)
            if chosen is not None and children:
                yield from self._of_package(parent, chosen.metadata, {child.name for child in children})
        names = {node.name for node in self._resolution.distributions}
        for group, requirements in ((None, self._problem.requirements), *self._problem.dependency_groups):
            yield from (self._demand(None, each, group=group) for each in requirements if each.name in names)
        yield from (self._demand(None, each, kind="constraint") for each in self._amendments.constraints() if each.name in names)

    def _of_package(self, parent: NodeKey, metadata: Metadata, names: set[Name]) -> Iterator[Demand]:
        listed = metadata.requires_dist if parent.group is None else dict(metadata.groups).get(parent.group, ())
        own = set(map(id, listed))
        identity = (metadata.name, metadata.version)
        for each in self._amendments.overridden(None if parent.group is not None else identity, listed):
            if each.name in names and not self._amendments.excludes(identity, each.name) and _belongs(each.marker, parent.extra):
                kind = "requirement" if id(each) in own else "override"
                yield self._demand(parent, each, group=parent.group, kind=kind)

    def _demand(self, parent: NodeKey | None, requirement: Requirement, *, group: Name | None = None, kind: str = "requirement") -> Demand:
        marker = self._markers.get(requirement.marker)
        if marker is None:
            simple = requirement.marker.assume_extras(lambda _: True).simplify(self._problem.requires_python)
            marker = self._markers[requirement.marker] = simple.to_text() or ""
        return Demand(
            parent="" if parent is None else parent.name,
            parent_version="" if parent is None else str(parent.version),
            extra="" if parent is None or parent.extra is None else parent.extra,
            group=group or "",
            name=requirement.name,
            specifier=_sorted(str(each) for each in requirement.specifier),
            marker=marker,
            kind=kind,
        )


def _belongs(marker: Marker, extra: Name | None) -> bool:
    """Whether a requirement is the distribution's own, or that of one extra."""
    if marker.is_true:
        return extra is None
    if extra is None:
        return not marker.assume_extras(lambda _: False).is_false
    return extra in marker.extra_names() and not marker.assume_extras(lambda name: name == extra).is_false


def _sorted(specifiers: Iterable[str]) -> str:
    """Lower bounds before upper ones, whatever the order in which they were written."""
    return ",".join(sorted(specifiers, key=lambda text: (text.startswith("<"), text.startswith("!"), text)))
