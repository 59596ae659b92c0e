"""A process that moves between generations and may die on the way: `generation_moves.py POINT MOVE PLACE`."""

import sys
from pathlib import Path

from hobd import faults
from hobd.environments.generation_note import GenerationNote
from hobd.environments.generations import Generations

NOTE = GenerationNote(made=1.0, command="")


def _cannot_swap(one: Path, other: Path) -> bool:
    """As where the file system cannot."""
    return False


def main(point: str, move: str, place: Path) -> None:
    what, _, how = move.partition("-")
    generations = Generations(place, _cannot_swap) if how == "slowly" else Generations(place)
    faults.arm(point if point != "never" else None)
    match what:
        case "adopt":
            generations.adopt(NOTE)
        case "release":
            generations.release()
        case "switch":
            generations.switch(2)
        case "remove":
            generations.remove(2)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
