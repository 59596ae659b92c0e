"""What is installed and may stay, when `hob pip install` chooses versions."""

from hobd.core.plan.described import Inventory
from hobd.core.plan.diff import fits
from hobd.core.resolver.target import InstalledVersion
from hobd.core.tags import Tags
from hobd.core.vocab.settings import Choice


def versions_that_may_stay(inventory: Inventory, reinstall: Choice, tags: Tags) -> tuple[InstalledVersion, ...]:
    """What is whole, there once, not to be installed anew, and came from a wheel that fits what is installed for."""
    return tuple(
        InstalledVersion(name=one.name, version=one.version, metadata=one.metadata)
        for one in inventory.distributions
        if one.metadata is not None
        and one.version is not None
        and not one.installed.is_broken
        and not reinstall.has(one.name)
        and len(inventory.named(one.name)) == 1
        and fits(one.installed, tags)
    )
