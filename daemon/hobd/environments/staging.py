"""All the layouts of a plan, carried out as quickly as the machine can.

few files ─→ one after the other
many ─→ the first here, which shows what the file systems can do ─→ hard links ─→ the rest by `hob-files`, if it is there
                                                                └─→ anything else ─→ the rest in a few threads
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from pathlib import Path

from msgspec import Struct

from hobd.environments.layout import Layout
from hobd.environments.orders import encode_orders
from hobd.environments.stage import ChangedInStore, Stage
from hobd.faults import crash_point
from hobd.files_program import FilesProgram

_WORKERS = 2
"""Measured with 12,900 files of 150 wheels on two busy cores: 690 ms with one, 490 with two, 610 with three (uv: 450 to 790)."""

_MANY = 200
"""Files; below that, starting threads or a program costs more than they save."""


class Staged(Struct, frozen=True, kw_only=True):
    """A layout that was carried out."""

    layout: Layout
    with_bytecode: bool

    def paths(self) -> Iterator[str]:
        """Every file, relative to the environment's root."""
        return self.layout.paths(with_bytecode=self.with_bytecode)

    @property
    def count(self) -> int:
        """How many files there are."""
        return self.layout.count(with_bytecode=self.with_bytecode)


def stage_all(stage: Stage, layouts: Iterable[Layout], files: int, program: Path | None, library: str) -> list[Staged]:
    """Carry out layouts, which are made one by one meanwhile.

    Args:
        stage: where.
        layouts: which.
        files: about how many there are in all.
        program: `hob-files`, if it may be used.
        library: the folder of packages, below the stage.
    Raises:
        ChangedInStore: what is to be linked is not what was unpacked.
        OSError: a file cannot be made.
        HobError: as making a layout raises it.
    """
    coming = iter(layouts)
    if files < _MANY:
        return list(_stage_rest(stage, coming))
    stage.spread(library)
    staged = [_stage_here(stage, layout) for layout in islice(coming, 1)]
    if program is not None and stage.makes_hard_links:
        return staged + _stage_by_program(stage, coming, program)
    with ThreadPoolExecutor(_WORKERS, thread_name_prefix="hob-link") as pool:
        return staged + list(pool.map(lambda layout: _stage_here(stage, layout), coming))


def _stage_here(stage: Stage, layout: Layout) -> Staged:
    return Staged(layout=layout, with_bytecode=stage.put(layout))


def _stage_by_program(stage: Stage, layouts: Iterator[Layout], program: Path) -> list[Staged]:
    """What the program could not do is done again here: that either works in another way, or says what is wrong."""
    given: list[Layout] = []
    try:
        with FilesProgram(program, stage.folder) as hands:
            for layout in layouts:
                given.append(layout)
                hands.send(encode_orders(layout))
                crash_point("staging.sent")
            outcome: Sequence[int | None] = hands.finish()
    except OSError:  # it cannot be started
        outcome = [None] * len(given)
    done = [layout for layout, errno in zip(given, outcome, strict=True) if errno == 0]
    others = [layout for layout, errno in zip(given, outcome, strict=True) if errno != 0]
    return [*(Staged(layout=layout, with_bytecode=True) for layout in done), *_stage_rest(stage, chain(others, layouts))]


def _stage_rest(stage: Stage, layouts: Iterable[Layout]) -> Iterator[Staged]:
    """All of them, so that one error names everything that has to be fetched anew."""
    changed: set[str] = set()
    for layout in layouts:
        try:
            yield _stage_here(stage, layout)
        except ChangedInStore as error:
            changed |= error.trees
    if changed:
        raise ChangedInStore(changed)
