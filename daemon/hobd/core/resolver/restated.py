"""Steps that reach beyond what their causes say, over versions that do not exist: the missing statement is added (uv-lock.md 7.2)."""

from collections.abc import Iterator

from msgspec.structs import replace

from hobd.core.resolver.cuts import BOTTOM
from hobd.core.resolver.listing import Listings
from hobd.core.resolver.package import Package
from hobd.core.resolver.proof import Fact, Missing, Needs, Proof, Step, Unusable, rewritten
from hobd.core.resolver.term import required
from hobd.core.resolver.versions import NO_VERSION, VersionSet


def restated(proof: Proof, listings: Listings) -> Proof:
    """The proof with statements of which versions there are, where a step needs them."""
    return rewritten(proof, _same, lambda step: _restated_step(step, listings))


def _same(fact: Fact) -> Proof:
    return fact


def _restated_step(step: Step, listings: Listings) -> Proof:
    gap = next(_gaps(step, listings), None)
    if gap is None:
        return step
    package, unlisted = gap
    statement = Missing(package, unlisted)
    first, second = ruled_out(package, step.first), ruled_out(package, step.second)
    if first.is_empty and second.is_empty:
        concluded = step.terms.get(package) or required(unlisted)
        told = told_of(package, step.first) | told_of(package, step.second)
        return Step({package: concluded}, Step({package: required(told)}, step.first, step.second), statement, step.shared)
    if _starts_lower(first, second):
        return replace(step, first=Step({package: required(first | unlisted)}, step.first, statement))
    return replace(step, second=Step({package: required(second | unlisted)}, step.second, statement))


def _gaps(step: Step, listings: Listings) -> Iterator[tuple[Package, VersionSet]]:
    """Packages about which a step says more than its causes, with the versions that no cause mentions."""
    for package, covered, told in _claims(step):
        if told.is_empty:
            continue  # unavailable outright, which needs no list of versions
        unlisted = covered & ~told
        places = listings.of(package)
        if not unlisted.is_empty and places is not None and not any(place in unlisted for place in places):
            yield package, unlisted


def _claims(step: Step) -> Iterator[tuple[Package, VersionSet, VersionSet]]:
    """(package, versions that the step covers, versions that the causes tell of)."""
    concluded = _sole(step)
    if concluded is not None:
        package, versions = concluded
        yield package, versions, told_of(package, step.first) | told_of(package, step.second)
    for package in [*_mentioned(step.first), *_mentioned(step.second)]:
        if package not in step.terms:
            needed = _needed(package, step.first) | _needed(package, step.second)
            yield package, needed, ruled_out(package, step.first) | ruled_out(package, step.second)


def _sole(step: Step) -> tuple[Package, VersionSet] | None:
    """The one package that a step concludes about, and the versions that cannot be used."""
    if len(step.terms) != 1:
        return None
    ((package, term),) = step.terms.items()
    return (package, term.versions) if term.is_positive else None


def _mentioned(cause: Proof) -> list[Package]:
    match cause:
        case Step():
            return list(cause.terms)
        case Missing() | Unusable():
            return [cause.package]
        case Needs():
            return [cause.package, cause.on]
    return []


def _needed(package: Package, cause: Proof) -> VersionSet:
    """The versions of a package one of which a cause requires."""
    match cause:
        case Step():
            term = cause.terms.get(package)
            return term.excluded if term is not None and not term.is_positive else NO_VERSION
        case Needs() if cause.on is package:
            return cause.allowed
    return NO_VERSION


def ruled_out(package: Package, cause: Proof) -> VersionSet:
    """The versions of a package of which a cause says that they cannot be used."""
    match cause:
        case Step():
            sole = _sole(cause)
            return sole[1] if sole is not None and sole[0] is package else NO_VERSION
        case Unusable() if cause.package is package:
            return cause.versions
    return NO_VERSION


def told_of(package: Package, cause: Proof) -> VersionSet:
    """The versions of a package about which a cause says something."""
    match cause:
        case Step():
            term = cause.terms.get(package)
            return term.versions if term is not None and term.is_positive else NO_VERSION
        case Missing() | Unusable() | Needs() if cause.package is package:
            return cause.versions
    return NO_VERSION


def _starts_lower(first: VersionSet, second: VersionSet) -> bool:
    """Whether the first set begins below the second; an empty one begins above all."""
    if first.is_empty or second.is_empty:
        return not first.is_empty
    return first.lower is BOTTOM or (second.lower is not BOTTOM and first.lower[:-1] <= second.lower[:-1])
