"""Two changes of one environment come one after the other."""

from pathlib import Path

import anyio
from anyio import to_thread

from hobd.core.vocab.evidence import NoEvidence
from hobd.environments.apply import ApplySettings, apply_plan
from hobd.environments.inspect import read_installed
from hobd.projects.project_lock import hold_file_lock
from tests.environments.places import installed, make_environment, unpack
from tests.support.wheels import make_wheel


async def test_two_changes_at_once_both_succeed(tmp_path: Path) -> None:
    environment = await to_thread.run_sync(make_environment, tmp_path / "venv")
    additions = [unpack(make_wheel(tmp_path, "kit", f"{n}.0", files={f"kit/m{n}.py": ""}), tmp_path / "store") for n in (1, 2, 3)]

    async def change(number: int) -> None:
        async with hold_file_lock(environment.root / ".lock", "the environment", 30):
            old = read_installed(environment.scheme.site_packages, NoEvidence())
            await to_thread.run_sync(apply_plan, environment, old, [additions[number]], ApplySettings())

    async with anyio.create_task_group() as tasks:
        for number in range(3):
            tasks.start_soon(change, number)
    (version,) = installed(environment).values()
    assert sorted(path.name for path in (environment.scheme.purelib / "kit").iterdir()) == [f"m{version[0]}.py"]
