"""A process that changes an environment and may die on the way: `change_and_die.py POINT ENVIRONMENT WHEELS STORE`.

Upgrades `alpha`, removes `beta` and adds `gamma`, as the tests of crashes expect.
"""

import sys
from pathlib import Path

from hobd import faults
from hobd.core.vocab.evidence import NoEvidence
from hobd.environments.apply import ApplySettings, apply_plan
from hobd.environments.environment import read_environment
from hobd.environments.inspect import read_installed
from tests.environments.places import probe, unpack


def main(point: str, root: Path, wheels: Path, store: Path) -> None:
    environment = read_environment(probe(root / "bin" / "python"), NoEvidence())
    additions = [unpack(wheels / f"{name}-py3-none-any.whl", store) for name in ("alpha-2.0", "gamma-1.0")]
    old = read_installed(environment.scheme.site_packages, NoEvidence())
    faults.arm(point if point != "never" else None)
    apply_plan(environment, old, additions, ApplySettings())


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:5]))
