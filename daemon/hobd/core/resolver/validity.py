"""Where a resolution for one environment is certainly right (`--emit-marker-expression`)."""

from collections.abc import Iterable, Iterator, Mapping

from hobd.core.markers import TRUE, Marker
from hobd.core.resolver.pose import Demands
from hobd.core.resolver.resolution import Resolution
from hobd.core.vocab.requirement import Requirement


def valid_for(demands: Demands, resolution: Resolution, values: Mapping[str, str]) -> Marker:
    """Everything that any requirement on the way asks about, as it is in one environment.

    Elsewhere the same may be right too: nobody looked.

    Args:
        demands: those that do not hold there too.
        values: of the environment that was solved for, by PEP 508 name.
    """
    stated = [demands.requirements, *(chosen.metadata.requires_dist for chosen in resolution.distributions.values())]
    names = {name for requirements in stated for each in _effective(requirements, demands) for name in each.marker.names()}
    found = TRUE
    for name in names:
        found &= Marker.parse(f"{name} == '{values[name]}'")
    return found


def _effective(requirements: Iterable[Requirement], demands: Demands) -> Iterator[Requirement]:
    """What counts in place of requirements, and beside them."""
    overrides = [each for each in demands.overrides if isinstance(each, Requirement)]
    for requirement in requirements:
        yield from [each for each in overrides if each.name == requirement.name] or (requirement,)
        yield from (each for each in demands.constraints if each.name == requirement.name)
