"""`hob pip tree`: who needs whom among what is installed (PIP-5)."""

from hobd.cli.pip.show import PipTree
from hobd.core.plan.described import describe_broken
from hobd.core.plan.installed_tree import InstalledTreeOptions, render_installed_tree
from hobd.core.vocab.names import normalize
from hobd.core.vocab.request import Outcome
from hobd.service.context import Context
from hobd.service.newest import find_newest
from hobd.service.opening import open_session
from hobd.service.pip.inventory import read_inventory, warn_of_faults
from hobd.service.pip.python import find_environment
from hobd.service.pip.settings import is_strict


async def tell(command: PipTree, context: Context) -> Outcome:
    """Draw the tree on standard output."""
    display = command.display
    async with open_session(command, context, is_pip=True) as session:
        site = await find_environment(command, session, is_changed=False)
        inventory = read_inventory(site, session)
        for one in inventory.distributions:
            if one.metadata is None:
                context.voice.warn(describe_broken(one))
        newest = await find_newest(inventory.distributions, site.interpreter, session) if display.outdated else {}
        options = InstalledTreeOptions(
            depth=display.depth,
            prune=frozenset(map(normalize, display.prune)),
            packages=frozenset(map(normalize, display.packages)),
            is_inverted=display.invert,
            is_deduplicated=not display.no_dedupe,
            shows_specifiers=command.show_version_specifiers,
            latest={one: newer.version for one, newer in newest.items()},
        )
        context.voice.guide(render_installed_tree(inventory, options))
        if is_strict(command.strict, session):
            warn_of_faults(inventory, site, session)
        return Outcome(is_replayable=not display.outdated)
