"""What has to be installed before what is built without isolation, and so needs the environment (BIS-4).

plan ─┬─ all that is there, fetched, or built apart ────────→ first
      └─ built in the environment itself, and not yet built ─→ second, with what is only removed: a build may need it
"""

from msgspec.structs import replace

from hobd.core.plan.model import Plan
from hobd.core.vocab.settings import Choice
from hobd.service.builds.building import Builder


async def split_by_isolation(plan: Plan, builder: Builder, no_isolation: Choice) -> tuple[Plan, ...]:
    """The plan, in one part or in two that are carried out one after the other.

    Raises:
        HobError: the source of a build cannot be had.
    """
    if no_isolation.is_empty:
        return (plan,)
    late = {pin.name for pin in plan.install if not pin.is_wheel and no_isolation.has(pin.name) and not await builder.is_built(pin)}
    coming = {pin.name for pin in plan.install}
    first = replace(
        plan,
        install=tuple(pin for pin in plan.install if pin.name not in late),
        remove=tuple(one for one in plan.remove if one.name in coming - late),
    )
    if not late or first.is_empty:
        return (plan,)
    second = replace(
        plan,
        install=tuple(pin for pin in plan.install if pin.name in late),
        remove=tuple(one for one in plan.remove if one.name not in coming - late),
    )
    return first, second
