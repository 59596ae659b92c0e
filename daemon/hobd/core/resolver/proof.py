"""The proof that there is no solution, as a graph of steps and facts that can be rewritten and told.

    Step (terms: what is concluded) ── first ─→ Step or Fact
                                    └─ second → Step or Fact

A step may be the cause of several others. Rewriting keeps that, and is never recursive: proofs can be deep.
"""

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

from hobd.core.resolver.incompatibility import Dependency, Derived, Incompatibility, NoVersions, Rejected
from hobd.core.resolver.package import Package
from hobd.core.resolver.rejection import Rejection
from hobd.core.resolver.term import Term
from hobd.core.resolver.versions import NO_VERSION, VersionSet

Terms: TypeAlias = dict[Package, Term]


class Start(Struct, frozen=True, eq=False):
    """The root has to be chosen."""


class Missing(Struct, frozen=True, eq=False):
    """There are no versions of the package in the set."""

    package: Package
    versions: VersionSet


class Unusable(Struct, frozen=True, eq=False):
    """Versions of the package cannot be used."""

    package: Package
    versions: VersionSet
    rejection: Rejection


class Needs(Struct, frozen=True, eq=False):
    """Versions of the package depend on some of another."""

    package: Package
    versions: VersionSet
    on: Package
    allowed: VersionSet


Fact: TypeAlias = Start | Missing | Unusable | Needs


class Step(Struct, frozen=True, eq=False):
    """A conclusion from two causes: not all of the terms can hold."""

    terms: Terms
    first: "Step | Fact"
    second: "Step | Fact"
    shared: int | None = None
    """A number, the same in all rewritings, if several steps build on it."""


Proof: TypeAlias = Step | Fact


def read_proof(incompatibility: Incompatibility) -> Proof:
    """The proof that the search has found."""
    order, shared = _causes_first(incompatibility)
    told: dict[Incompatibility, Proof] = {}
    for number, each in enumerate(order):
        cause = each.cause
        if isinstance(cause, Derived):
            told[each] = Step(each.terms, told[cause.conflict], told[cause.cause], number if each in shared else None)
        else:
            told[each] = _fact(each)
    return told[incompatibility]


def _causes_first(incompatibility: Incompatibility) -> tuple[list[Incompatibility], set[Incompatibility]]:
    """All that a proof rests on, causes before what follows from them; and the steps that are used more than once."""
    order: list[Incompatibility] = []
    seen: set[Incompatibility] = set()
    shared: set[Incompatibility] = set()
    stack = [(incompatibility, False)]
    while stack:
        each, is_done = stack.pop()
        cause = each.cause
        if is_done or not isinstance(cause, Derived):
            if is_done or each not in seen:
                order.append(each)
            seen.add(each)
        elif each in seen:
            shared.add(each)
        else:
            seen.add(each)
            stack += [(each, True), (cause.conflict, False), (cause.cause, False)]
    return order, shared


def _fact(incompatibility: Incompatibility) -> Fact:
    match incompatibility.cause:
        case NoVersions():
            ((package, term),) = incompatibility.terms.items()
            return Missing(package, term.versions)
        case Rejected(rejection):
            ((package, term),) = incompatibility.terms.items()
            return Unusable(package, term.versions, rejection)
        case Dependency(dependent, dependency):
            needed = incompatibility.terms.get(dependency)
            allowed = NO_VERSION if needed is None or dependency is dependent else needed.excluded
            return Needs(dependent, incompatibility.terms[dependent].versions, dependency, allowed)
    return Start()


def rewritten(proof: Proof, fact: Callable[[Fact], Proof], step: Callable[[Step], Proof]) -> Proof:
    """A proof with every fact and every step replaced, causes first.

    Args:
        step: gets the step with its causes replaced already.
    """
    found = reduced(proof, fact, lambda old, first, second: _rebuilt(old, first, second, step))
    assert found is not None  # nothing was left out
    return found


def _rebuilt(old: Step, first: Proof | None, second: Proof | None, step: Callable[[Step], Proof]) -> Proof:
    assert first is not None
    assert second is not None
    return step(Step(old.terms, first, second, old.shared))


def reduced(
    proof: Proof, fact: Callable[[Fact], Proof | None], step: Callable[[Step, Proof | None, Proof | None], Proof | None]
) -> Proof | None:
    """A proof with facts and steps replaced or, by None, left out; causes first."""
    done: dict[Proof, Proof | None] = {}
    stack = [proof]
    while stack:
        each = stack[-1]
        if each in done:
            stack.pop()
        elif not isinstance(each, Step):
            done[each] = fact(each)
        else:
            waiting = [cause for cause in (each.second, each.first) if cause not in done]
            if waiting:
                stack += waiting
            else:
                done[each] = step(each, done[each.first], done[each.second])
    return done[proof]


def facts(proof: Proof) -> list[Fact]:
    """All facts that a proof rests on, the first causes first, each once."""
    found: dict[Fact, None] = {}
    seen: set[Proof] = set()
    stack = [proof]
    while stack:
        each = stack.pop()
        if each in seen:
            continue
        seen.add(each)
        if isinstance(each, Step):
            stack += [each.second, each.first]
        else:
            found[each] = None
    return list(found)
