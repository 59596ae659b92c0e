"""A proof made fit to be told: what the user never asked about is left out, and versions are named as they are listed (uv-lock.md 7.2).

as searched ─→ without proxies ─→ sets named by listed versions ─→ without what goes without saying ─→ as told
"""

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from hobd.core.markers import RequiresPython
from hobd.core.resolver.listing import Listings
from hobd.core.resolver.package import Kind, Package, PackageTable
from hobd.core.resolver.proof import Fact, Missing, Needs, Proof, Step, Unusable, facts, reduced, rewritten
from hobd.core.resolver.restated import restated, told_of
from hobd.core.resolver.target import Target
from hobd.core.resolver.term import Term, excluded, required
from hobd.core.resolver.versions import VersionSet
from hobd.core.vocab.names import Name


class Background(Struct, frozen=True):
    """What the telling of a proof takes from the resolution."""

    table: PackageTable
    python: RequiresPython
    members: frozenset[Name]
    listings: Listings
    target: Target | None = None
    asked: Name | None = None
    """What a question adds to the requirements of the root."""


def tellable(proof: Proof, background: Background) -> Proof:
    """The proof, in the order of uv's steps: each relies on those before."""
    proof = _named_by_listings(_without_local_bounds(_without_proxies(proof)), background.listings)
    proof = _without_python_bounds(proof, background)
    proof = rewritten(proof, _same, lambda step: _without_member_versions(step, background.members))
    if len(background.members) == 1:
        (project,) = background.members
        proof = _without_root(proof, project)
    proof = rewritten(proof, _same, _merged_rejections)
    proof = rewritten(proof, _same, _without_implied_versions)
    proof = _mapped(proof, background.listings.simplified, background.listings.simplified)
    proof = restated(proof, background.listings)
    proof = rewritten(proof, _same, _without_obvious_versions)
    return _merged_absences(proof)


def _same(fact: Fact) -> Proof:
    return fact


_Change = Callable[[Package, VersionSet], VersionSet]


def _mapped(proof: Proof, change: _Change, change_negative: _Change) -> Proof:
    """Every set of versions in facts and conclusions replaced."""

    def change_fact(fact: Fact) -> Proof:
        match fact:
            case Missing(package, versions) | Unusable(package, versions, _):
                return replace(fact, versions=change(package, versions))
            case Needs(package, versions, on, allowed):
                return Needs(package, change(package, versions), on, change_negative(on, allowed))
        return fact

    return rewritten(proof, change_fact, lambda step: replace(step, terms=_changed_terms(step, change, change_negative)))


def _changed_terms(step: Step, change: _Change, change_negative: _Change) -> dict[Package, Term]:
    return {
        package: required(change(package, term.versions)) if term.is_positive else excluded(change_negative(package, term.excluded))
        for package, term in step.terms.items()
    }


def _without_proxies(proof: Proof) -> Proof:
    """What proxies depend on goes without saying."""

    def join(step: Step, first: Proof | None, second: Proof | None) -> Proof | None:
        left = None if first is None or _is_about_proxy(first) else first
        right = None if second is None or _is_about_proxy(second) else second
        if left is None or right is None:
            return left or right
        return Step(step.terms, left, right, step.shared)

    found = reduced(proof, lambda fact: fact, join)
    assert found is not None  # something other than proxies has caused it
    return found


def _is_about_proxy(proof: Proof) -> bool:
    return isinstance(proof, Needs) and proof.package.is_proxy


def _without_local_bounds(proof: Proof) -> Proof:
    """Local versions of a public one are not told of: `==1.0` includes `1.0+local` anyway."""

    def keep(fact: Fact) -> Proof | None:
        return None if isinstance(fact, Missing) and _is_only_locals(fact.versions) else fact

    def join(step: Step, first: Proof | None, second: Proof | None) -> Proof | None:
        return Step(step.terms, first, second, step.shared) if first is not None and second is not None else first or second

    found = reduced(proof, keep, join)
    assert found is not None

    def public(_: Package, versions: VersionSet) -> VersionSet:
        return versions.without_locals()

    return _mapped(found, public, public)


def _is_only_locals(versions: VersionSet) -> bool:
    return all(low.text == high.text and low.is_behind and high.is_behind for low, high in versions.intervals())


def _named_by_listings(proof: Proof, listings: Listings) -> Proof:
    """Sets that the search has widened over gaps are told by the versions that are listed."""
    asked = {(fact.on, fact.allowed) for fact in facts(proof) if isinstance(fact, Needs) and fact.on.is_proxy and fact.on.extra is None}
    """Of plain requirements under a marker: these are told as they were asked for."""

    def narrow_fact(fact: Fact) -> Proof:
        match fact:
            case Needs(package, versions, on, _):
                narrow = listings.narrowed_rejection if on.kind is Kind.PYTHON else listings.narrowed
                return replace(fact, versions=narrow(package, versions))
            case Unusable(package, versions, rejection):
                narrow = listings.narrowed if rejection.is_whole_package else listings.narrowed_rejection
                return replace(fact, versions=narrow(package, versions))
        return fact

    def narrow_step(step: Step) -> Proof:
        terms = {
            package: required(_narrowed_conclusion(step, package, term.versions, listings))
            if term.is_positive and not ((package, term.versions) in asked and _is_of_absence(step))
            else term
            for package, term in step.terms.items()
        }
        return replace(step, terms=terms)

    return rewritten(proof, narrow_fact, narrow_step)


def _is_of_absence(step: Step) -> bool:
    """Whether it is concluded from versions that are missing: then nothing was widened."""
    return isinstance(step.first, Missing) or isinstance(step.second, Missing)


def _narrowed_conclusion(step: Step, package: Package, versions: VersionSet, listings: Listings) -> VersionSet:
    """The one listed version where the causes tell of just that one, else the listed versions in the set."""
    only = listings.only_version(package)
    if only is not None and only.is_subset(versions) and told_of(package, step.first) | told_of(package, step.second) == only:
        return only
    return listings.narrowed(package, versions)


def _without_python_bounds(proof: Proof, background: Background) -> Proof:
    """Markers on packages lose what the project's Pythons imply."""

    def simple(package: Package) -> Package:
        return background.table.with_marker(package, package.marker.simplify(background.python))

    def change_fact(fact: Fact) -> Proof:
        match fact:
            case Missing() | Unusable():
                return replace(fact, package=simple(fact.package))
            case Needs():
                return replace(fact, package=simple(fact.package), on=simple(fact.on))
        return fact

    def change_step(step: Step) -> Proof:
        return replace(step, terms={simple(package): term for package, term in step.terms.items()})

    return rewritten(proof, change_fact, change_step)


def _without_member_versions(step: Step, members: frozenset[Name]) -> Proof:
    """A member has one version: that there is no other is not worth a word."""
    for cause, other in ((step.first, step.second), (step.second, step.first)):
        if isinstance(cause, Missing) and _is_member(cause.package, members):
            return other
    return step


def _is_member(package: Package, members: frozenset[Name]) -> bool:
    """Whether it is a member, an extra or a group of one; a plain requirement with a marker is not."""
    return package.name in members and (not package.is_proxy or package.extra is not None or package.group is not None)


def _without_root(proof: Proof, project: Name) -> Proof:
    """A single project stands for the root, so that the root's dependency on it is left out. Below other dependencies nothing changes."""

    def join(step: Step, first: Proof | None, second: Proof | None) -> Proof | None:
        assert first is not None
        assert second is not None
        edge = next((cause for cause in (step.first, step.second) if isinstance(cause, Needs)), None)
        if edge is None:
            return Step(step.terms, first, second, step.shared)
        if edge.package.kind is Kind.ROOT and edge.on.kind is Kind.PACKAGE and edge.on.name == project:
            return second if edge is step.first else first
        return step

    found = reduced(proof, lambda fact: fact, join)
    assert found is not None  # nothing was left out
    return found


def _merged_rejections(step: Step) -> Proof:
    """Versions that cannot be used for one reason are told of together."""
    merged: Proof = step
    for cause, other in ((step.first, step.second), (step.second, step.first)):
        if isinstance(cause, Unusable) and isinstance(other, Step):
            found = _with_rejection(other, cause)
            if found is not None:
                merged = found
                break
    return _merged_siblings(merged) if isinstance(merged, Step) else merged


def _with_rejection(step: Step, rejection: Unusable) -> Step | None:
    """A step one of whose causes is a rejection for the same reason, widened by this one."""
    for index, cause in ((1, step.second), (0, step.first)):
        if isinstance(cause, Unusable) and cause.package is rejection.package and cause.rejection == rejection.rejection:
            wider = replace(cause, versions=cause.versions | rejection.versions)
            term = step.terms.get(rejection.package)
            terms = dict(step.terms)
            if term is not None and term.is_positive:
                terms[rejection.package] = required(wider.versions)
            return Step(terms, step.first, wider, step.shared) if index else Step(terms, wider, step.second, step.shared)
    return None


def _merged_siblings(step: Step) -> Proof:
    """Two rejections side by side that conclude about their package alone."""
    first, second = step.first, step.second
    if not isinstance(first, Unusable) or not isinstance(second, Unusable) or first.package is not second.package:
        return step
    term = step.terms.get(first.package)
    if len(step.terms) != 1 or term is None or not term.is_positive:
        return step
    versions = first.versions | second.versions
    if first.rejection == second.rejection:
        return replace(first, versions=versions)
    if versions.is_subset(term.versions):
        return step
    return replace(step, terms={first.package: required(term.versions | versions)})


def _without_implied_versions(step: Step) -> Proof:
    """That there are no other versions goes without saying under a dependency that covers the requirement anyway."""
    if isinstance(step.first, Needs):
        return replace(step, second=_without_missing_child(step.second, step.first))
    if isinstance(step.second, Needs):
        return replace(step, first=_without_missing_child(step.first, step.second))
    return step


def _without_missing_child(child: Proof, parent: Needs) -> Proof:
    if not isinstance(child, Step):
        return child
    for missing, needs in ((child.first, child.second), (child.second, child.first)):
        if not isinstance(missing, Missing) or not isinstance(needs, Needs):
            continue
        if missing.package is needs.on and needs.on is parent.package and parent.versions.is_subset(needs.allowed):
            return needs
    return child


def _without_obvious_versions(step: Step) -> Proof:
    """Where the conclusion is about all versions anyway, which ones are missing does not matter."""
    for cause, other in ((step.first, step.second), (step.second, step.first)):
        if isinstance(cause, Missing) and _is_obvious(cause, other, step):
            return other
    return step


def _is_obvious(missing: Missing, other: Proof, step: Step) -> bool:
    terms = other.terms if isinstance(other, Step) else step.terms
    term = terms.get(missing.package)
    if term is None or not term.is_positive:
        return False
    rest = ~missing.versions
    return not rest.is_single and (term.versions.is_everything or term.versions == rest)


def _merged_absences(proof: Proof) -> Proof:
    """Two statements that versions are missing become one, as long as there are such pairs."""
    changed = True

    def merge(step: Step) -> Proof:
        nonlocal changed
        first, second = step.first, step.second
        if not isinstance(first, Missing) or not isinstance(second, Missing) or first.package is not second.package:
            return step
        term = step.terms.get(first.package)
        if term is None or not term.is_positive:
            return step
        if not first.versions.is_subset(term.versions) or not second.versions.is_subset(term.versions):
            return step
        changed = True
        return Missing(first.package, term.versions)

    while changed:
        changed = False
        proof = rewritten(proof, _same, merge)
    return proof
