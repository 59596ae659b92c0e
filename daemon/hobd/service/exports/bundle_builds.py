"""What building the projects of a lock needs: no lock holds it, so it is found out for the Python at hand, and bundled beside.

source trees, source distributions ─→ a site made ready for each, nothing built ─→ what its environment held
"""

from collections.abc import Iterable, Iterator

from hobd.core.lockfile.model import Lock
from hobd.core.lockfile.portable import BUILD_REQUIREMENTS, is_wheelhouse
from hobd.core.plan.bundle import Carried
from hobd.core.plan.model import Pin
from hobd.core.vocab.source import Directory, Editable
from hobd.errors import HobError
from hobd.service.builds.building import Builder


async def find_build_requirements(lock: Lock, carried: Iterable[Carried], builder: Builder) -> tuple[Carried, ...]:
    """The files that environments for builds are made of; of what cannot be made ready it is said that they are missing."""
    session = builder.session
    waiting = [pin for pin in _to_build(lock, carried) if not session.settings.build.no_build.has(pin.name)]
    found: dict[str, Carried] = {}
    while waiting:
        pin = waiting.pop(0)
        try:
            required = await builder.build_requirements(pin)
        except HobError as error:
            session.context.voice.warn(f"What building `{pin}` needs is not in the bundle: {error.message}")
            continue
        for each in required:
            if each.file is None or is_wheelhouse(each.package.source) or each.file.name in found:
                continue
            found[each.file.name] = Carried(pin=each, file=each.file, path=f"{BUILD_REQUIREMENTS}/{each.file.name}")
            if not each.is_wheel:
                waiting.append(each)
    return tuple(found[name] for name in sorted(found))


def _to_build(lock: Lock, carried: Iterable[Carried]) -> Iterator[Pin]:
    for index, package in enumerate(lock.packages):
        if isinstance(package.source, Directory | Editable):
            yield Pin(package=package, index=index)
    yield from (each.pin for each in carried if not each.pin.is_wheel)
