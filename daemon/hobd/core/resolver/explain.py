"""Why there is no solution, in words (uv-lock.md section 7)."""

from hobd.core.resolver.incompatibility import Incompatibility
from hobd.core.resolver.state import ForkState
from hobd.core.resolver.world import World
from hobd.errors import RequestError


class Unsatisfiable(RequestError):
    """The requirements cannot all be met. `proof` is the root of the derivation tree."""

    default_code = 1
    proof: Incompatibility


def explain(world: World, state: ForkState, proof: Incompatibility) -> Unsatisfiable:
    """The error for a fork that has no solution."""
    place = state.environment.describe()
    head = "No solution found when resolving dependencies" + (f" for {place}" if place else "")
    error = Unsatisfiable(head, causes=(str(proof),))
    error.proof = proof
    return error
