"""Packages of conda are not replaced or removed behind its back (PIP-10)."""

from collections.abc import Sequence

from anyio import to_thread

from hobd.core.plan.model import Installed, Pin
from hobd.environments.conda import find_conda_packages
from hobd.errors import RequestError
from hobd.service.pip.python import Site


async def refuse_conda_packages(site: Site, remove: Sequence[Installed], install: Sequence[Pin], *, is_forced: bool) -> None:
    """Refuse to remove what conda installed, to replace it too.

    Raises:
        RequestError: some of it is, and nobody insisted.
    """
    if site.is_elsewhere or is_forced or not remove:
        return
    found = await to_thread.run_sync(find_conda_packages, site.interpreter.prefix, remove)
    if not found:
        return
    coming = {pin.name: pin for pin in install}
    lines = [f"  {one.name} {one.version_text} would be {_fate(coming.get(one.name))}" for one in found]
    plural = "" if len(found) == 1 else "s"
    names = " ".join(one.name for one in found)
    verb = "update" if any(one.name in coming for one in found) else "remove"
    raise RequestError(
        f"conda installed {len(found)} package{plural} that this would change, and would not know of it:\n" + "\n".join(lines),
        hints=(
            f"Let conda do it: `conda {verb} {names}`",
            "Pass `--break-system-packages` to go on all the same; conda's record stays as it is",
        ),
    )


def _fate(pin: Pin | None) -> str:
    if pin is None:
        return "removed"
    return "replaced" if pin.package.version is None else f"replaced by {pin.package.version}"
