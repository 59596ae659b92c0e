"""What came along with what was added, in one line: for people, who see a list of all that was installed and wonder."""

from hobd.cli.report import render_brought
from hobd.core.lockfile.brought import brought
from hobd.core.plan.model import Pin
from hobd.core.vocab.requirement import Requirement
from hobd.service.locks.locking import Locked
from hobd.service.voice import Voice


def say_brought(asked: tuple[Requirement, ...], locked: Locked, installed: tuple[Pin, ...], voice: Voice) -> None:
    """Tell it on standard error, if there was something."""
    names = brought(locked.lock, locked.previous, asked)
    came = [pin for pin in installed if pin.name in names]
    if came:
        sizes = [None if pin.file is None else pin.file.size for pin in came]
        whole = sum(size for size in sizes if size is not None) if None not in sizes else None
        voice.note(render_brought([str(each.name) for each in asked], [str(pin.name) for pin in came], whole))
