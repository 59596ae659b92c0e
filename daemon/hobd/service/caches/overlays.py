"""What lies over other environments goes when the last program that runs in it has ended (RUN-7, RUN-8)."""

import time
from pathlib import Path

from hobd.environments.overlay import sweep_overlays
from hobd.service.cache_folders import OVERLAYS
from hobd.store.lease import is_run_in
from hobd.store.temporary import is_abandoned


def sweep_unused(cache: Path) -> None:
    """Remove overlays that nobody uses any more, and what killed builds left beside them; blocking."""
    now = time.time()
    sweep_overlays(cache / OVERLAYS, now, lambda path: is_abandoned(path, now) and not is_run_in(cache, path))
