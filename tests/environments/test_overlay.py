"""Sweeping overlays; what they show is tested with the runs that use them."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hobd.environments.overlay import mark_used, sweep_overlays

_NOW = time.time()
_DAY = 24 * 3600


def _overlay(folder: Path, name: str, age_seconds: float, below: Path | None = None) -> Path:
    root = folder / name
    root.mkdir()
    (root / "pyvenv.cfg").write_text(f"extends-environment = {below}\n" if below is not None else "")
    os.utime(root, (_NOW - age_seconds,) * 2)
    return root


def test_what_serves_again_is_kept_for_a_day_after_its_last_use(tmp_path: Path) -> None:
    young, old, used = (_overlay(tmp_path, name, age) for name, age in (("young", 3600), ("old", 2 * _DAY), ("used", 2 * _DAY)))
    mark_used(used)

    sweep_overlays(tmp_path, _NOW)

    assert (young.is_dir(), old.is_dir(), used.is_dir()) == (True, False, True)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes do not show what they were started with")
def test_what_a_process_was_started_in_stays_and_what_lies_below_it(tmp_path: Path) -> None:
    base, other = (_overlay(tmp_path, name, 3600) for name in (".tmpbase", ".tmpother"))
    top = _overlay(tmp_path, "top", 2 * _DAY, below=base)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, env={"VIRTUAL_ENV": str(top)}) as process:
        sweep_overlays(tmp_path, _NOW)
        assert (top.is_dir(), base.is_dir(), other.is_dir()) == (True, True, False)
        process.communicate(b"\n")

    sweep_overlays(tmp_path, _NOW)
    assert not top.exists()


def test_what_somebody_holds_a_lock_for_stays(tmp_path: Path) -> None:
    held, free = (_overlay(tmp_path, name, 3600) for name in (".tmp-held", ".tmpfree"))
    sweep_overlays(tmp_path, _NOW, lambda path: path != held)
    assert (held.is_dir(), free.is_dir()) == (True, False)


def test_a_folder_that_is_not_there_needs_no_sweeping(tmp_path: Path) -> None:
    sweep_overlays(tmp_path / "nowhere", _NOW)
