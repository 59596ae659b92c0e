"""The error where there is no solution. It is apart from `explain`, which makes it: who only catches it needs no proofs."""

from typing import TYPE_CHECKING

from hobd.errors import RequestError

if TYPE_CHECKING:
    from hobd.core.resolver.incompatibility import Incompatibility
    from hobd.core.resolver.proof import Proof
    from hobd.core.resolver.sentences import Words


class Unsatisfiable(RequestError):
    """The requirements cannot all be met."""

    default_code = 1
    proof: "Incompatibility"
    """The root of the derivation tree, as the search found it."""
    told: "Proof"
    """The same as it is told."""
    words: "Words"
    """What tells it."""
