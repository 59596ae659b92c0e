"""Bringing what a plan wants into the store: fetched, verified, unpacked, or built."""

from collections.abc import Sequence
from pathlib import PurePosixPath

import anyio
from msgspec import Struct, field

from hobd.core.formats.cache_info import render_cache_info
from hobd.core.formats.direct_url import render_direct_url
from hobd.core.plan.model import Pin, Selection
from hobd.core.plan.origin import origin_of
from hobd.environments.layout import Addition
from hobd.errors import HobError
from hobd.service.builds.building import Builder
from hobd.service.failures import told_singly
from hobd.service.network import Network
from hobd.service.session import Session
from hobd.service.syncs.promises import check_promise
from hobd.service.syncs.trust import check_wheel
from hobd.service.syncs.wheels import WheelFetcher, title_of
from hobd.store.wheels import StoredWheel


class Filled(Struct):
    """What is in the store now, by pin, in the order of the pins."""

    additions: list[Addition] = field(default_factory=list)
    wheels: list[StoredWheel] = field(default_factory=list)
    new: int = 0
    """How many had to be fetched or built."""


class Filler(Struct, frozen=True, kw_only=True):
    """Fills the store for one selection."""

    session: Session
    network: Network
    builder: Builder
    selection: Selection

    async def fill(self, pins: Sequence[Pin]) -> Filled:
        """Bring every pin's wheel into the store.

        Raises:
            HobError: one cannot be had; names it and why it is wanted.
        """
        fetcher = WheelFetcher(session=self.session, network=self.network)
        stored = await fetcher.find_ready(pins)
        with told_singly():
            async with anyio.create_task_group() as tasks:
                for pin in pins:
                    if str(pin.name) in stored:
                        await self._ensure(pin, fetcher, stored)  # nothing to wait for: not worth a task
                    else:
                        tasks.start_soon(self._ensure, pin, fetcher, stored)
        again = self.session.settings.install.reinstall
        filled = Filled(new=sum(again.has(pin.name) or stored[str(pin.name)].is_new for pin in pins))
        filled.wheels = [stored[str(pin.name)] for pin in pins]
        filled.additions = [self._addition(pin, wheel) for pin, wheel in zip(pins, filled.wheels, strict=True)]
        return filled

    async def _ensure(self, pin: Pin, fetcher: WheelFetcher, stored: dict[str, StoredWheel]) -> None:
        try:
            check_promise(pin)
            wheel = stored.get(str(pin.name)) or await (fetcher.fetch(pin) if pin.is_wheel else self.builder.wheel_of(pin))
            await check_wheel(wheel, pin, self.session)
        except HobError as error:
            if (why := self.selection.because(pin)) is not None:
                error.hints = (why, *error.hints)
            raise
        stored[str(pin.name)] = wheel

    def _addition(self, pin: Pin, wheel: StoredWheel) -> Addition:
        origin = origin_of(pin, PurePosixPath(self.network.root))
        info = self.builder.cache_info(pin)
        return Addition(
            tree=wheel.tree,
            manifest=wheel.manifest,
            title=title_of(pin, self.network.root),
            origin=render_direct_url(origin) if origin is not None else None,
            cache_info=render_cache_info(info) if info is not None else None,
            build_info=None if pin.is_wheel else self.builder.build_info(pin),
        )
