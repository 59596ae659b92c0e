"""`hob pip check`: whether what is installed fits together (PIP-5)."""

from time import monotonic

from hobd.cli.pip.show import PipCheck
from hobd.cli.report import render_summary
from hobd.cli.style import bold
from hobd.core.plan.described import find_faults
from hobd.core.vocab.request import Outcome
from hobd.service.context import Context
from hobd.service.opening import open_session
from hobd.service.pip.inventory import read_inventory, tags_for
from hobd.service.pip.python import find_environment
from hobd.service.pip.settings import pip_layer


async def tell(command: PipCheck, context: Context) -> Outcome:
    """Say what does not fit, on standard error; exit code 1 if anything does not."""
    async with open_session(command, context) as session:
        site = await find_environment(command, session, is_changed=False)
        begun = monotonic()
        layer = pip_layer(session)
        version, platform = command.python_version or layer.python_version, command.python_platform or layer.python_platform
        inventory = read_inventory(site, session, version, platform)
        faults = find_faults(inventory, tags_for(site, session, platform, version))
        context.voice.note(render_summary("Checked", len(inventory.distributions), monotonic() - begun))
        if not faults:
            context.voice.note("All installed packages are compatible\n")
            return Outcome(is_replayable=True)
        found = f"{len(faults)} incompatibility" if len(faults) == 1 else f"{len(faults)} incompatibilities"
        context.voice.finding(f"Found {bold(found)}\n" + "".join(f"{fault}\n" for fault in faults))
        return Outcome(code=1)
