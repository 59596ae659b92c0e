"""Why there is no solution, in words (uv-lock.md section 7)."""

from hobd.core.resolver.choice import Prereleases
from hobd.core.resolver.hints import hints_of
from hobd.core.resolver.incompatibility import Incompatibility
from hobd.core.resolver.listing import Listings
from hobd.core.resolver.narration import narrate
from hobd.core.resolver.package import Package
from hobd.core.resolver.proof import Missing, Needs, Proof, Unusable, facts, read_proof
from hobd.core.resolver.sentences import Words
from hobd.core.resolver.state import ForkState
from hobd.core.resolver.tellable import Background, tellable
from hobd.core.resolver.unsatisfiable import Unsatisfiable
from hobd.core.resolver.world import World
from hobd.core.vocab.names import Name


def explain(world: World, state: ForkState, found: Incompatibility) -> Unsatisfiable:
    """The error for a fork that has no solution: the proof told, and what may help."""
    proof = read_proof(found)
    problem = world.problem
    listings = _listings(world, state, proof)
    members = frozenset(world.members)
    background = Background(world.table, problem.requires_python, members, listings, problem.target, problem.asked)
    told = tellable(proof, background)
    words = Words(background)
    place = state.environment.describe()
    error = Unsatisfiable(
        f"No solution found when resolving dependencies{f' for {place}' if place else ''}",
        causes=(narrate(told, words),),
        hints=tuple(hints_of(told, world, state, words)),
    )
    error.proof, error.told, error.words = found, told, words
    return error


def absent_names(error: Unsatisfiable) -> tuple[Name, ...]:
    """The packages of a proof that no index has, each once."""
    found = (fact for fact in facts(error.told) if isinstance(fact, Unusable) and fact.rejection.is_absence)
    return tuple(dict.fromkeys(fact.package.name for fact in found if fact.package.name is not None))


def _listings(world: World, state: ForkState, proof: Proof) -> Listings:
    """The versions of all packages that the proof mentions and that were looked at."""
    names = {package.name for package in _mentioned(proof) if package.name is not None and package.name not in state.direct}
    seen = {name: world.pages.seen(name, state.indexes.get(name)) for name in sorted(names)}
    for versions in seen.values():
        if versions is not None:
            versions.examine_all()
    without = {name for name in names if world.chooser.prereleases(name, state.environment) is Prereleases.NEVER}
    return Listings({name: versions.known for name, versions in seen.items() if versions is not None}, frozenset(without))


def _mentioned(proof: Proof) -> set[Package]:
    found: set[Package] = set()
    for fact in facts(proof):
        match fact:
            case Missing() | Unusable():
                found.add(fact.package)
            case Needs():
                found |= {fact.package, fact.on}
    return found
