"""Directories that answers rest on, watched so that work can start early. Every event may be lost: nothing correct rests on them."""

import errno
import os
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import anyio

from hob.v1 import engine_pb2 as engine_v1
from hobd.front.filesystems import is_local_device
from hobd.front.recorder import Recorder

MOST_FOLDERS = 64
"""A user's editors and daemons share one small budget of watches."""
_SETTLE_SECONDS = 0.05
"""Announcements that come together are taken together: each change of the set opens a new kernel queue."""
_DEBOUNCE_MILLISECONDS = 200
_STEP_MILLISECONDS = 100
"""The watcher looks into its queue this often, which wakes a thread each time: a hint may come late."""
_EXHAUSTED = frozenset({errno.ENOSPC, errno.EMFILE, errno.ENFILE})


class Watcher:
    """At most 64 directories, without what is below them; the least recently announced go first."""

    def __init__(self, on_change: Callable[[list[bytes]], None], recorder: Recorder, *, is_enabled: bool) -> None:
        """Call `on_change` with the paths of each settled batch; events come as they come, or not at all."""
        self.fault = "" if is_enabled else "switched off"
        """Why nothing is watched, for the status; empty if all is well."""
        self._on_change = on_change
        self._recorder = recorder
        self._is_enabled = is_enabled
        self._folders: OrderedDict[bytes, None] = OrderedDict()
        self._is_new = anyio.Event()

    def __len__(self) -> int:
        return len(self._folders)

    def announce(self, watch: engine_v1.Watch) -> None:
        """Take directories that an engine names. Those on other hosts are left out: their events do not come."""
        if not self._is_enabled:
            return
        before = set(self._folders)
        for folder in watch.folders:
            if folder in self._folders or _is_local_folder(folder):
                self._folders[folder] = None
                self._folders.move_to_end(folder)
        while len(self._folders) > MOST_FOLDERS:
            self._folders.popitem(last=False)
        if set(self._folders) != before:
            self._is_new.set()

    def drop(self) -> None:
        """Watch nothing any more, until something is announced again: nobody needs to know."""
        if self._folders:
            self._folders.clear()
            self._is_new.set()

    async def run(self) -> None:
        """Watch for as long as the daemon lives. Costs nothing, not even an import, until a directory is announced."""
        while True:
            await self._is_new.wait()
            await anyio.sleep(_SETTLE_SECONDS)
            self._is_new = anyio.Event()
            if self._folders:
                over = anyio.Event()
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(self._watch, [os.fsdecode(folder) for folder in self._folders], over)
                    try:
                        await self._is_new.wait()
                    finally:
                        over.set()  # the thread that looks into the queue hears of nothing else for five seconds
                    tasks.cancel_scope.cancel()

    async def _watch(self, folders: list[str], over: anyio.Event) -> None:
        from watchfiles import awatch  # 7 MB, and most daemons that replay verdicts never watch

        self.fault = ""
        try:
            async for changes in awatch(
                *folders,
                watch_filter=None,
                debounce=_DEBOUNCE_MILLISECONDS,
                step=_STEP_MILLISECONDS,
                recursive=False,
                force_polling=False,
                ignore_permission_denied=True,
                stop_event=over,
            ):
                self._on_change([os.fsencode(path) for _, path in changes])
        except FileNotFoundError:
            self._drop_missing(folders)
        except Exception as error:  # noqa: BLE001 - the watcher raises types of its own; a hint that is lost is no failure
            self._give_up(error)

    def _drop_missing(self, folders: list[str]) -> None:
        for folder in folders:
            if not Path(folder).is_dir():
                self._folders.pop(os.fsencode(folder), None)
        self._is_new.set()

    def _give_up(self, error: Exception) -> None:
        is_exhausted = isinstance(error, OSError) and error.errno in _EXHAUSTED
        self.fault = "the system's watches are used up" if is_exhausted else str(error)
        self._folders.clear()
        self._recorder.note("watch given up", why=self.fault)


def _is_local_folder(folder: bytes) -> bool:
    path = Path(os.fsdecode(folder))
    try:
        return path.is_dir() and is_local_device(path.stat().st_dev)
    except OSError:
        return False
