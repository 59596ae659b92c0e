"""Compiling an environment's modules with its own Python (INS-3)."""

import json
import os
from pathlib import Path

from hobd.environments.environment import Environment
from hobd.errors import WorldError
from hobd.service.session import Session

_PROGRAM = """\
import compileall, json, os, sys
import py_compile
modes = {"timestamp": "TIMESTAMP", "checked-hash": "CHECKED_HASH", "unchecked-hash": "UNCHECKED_HASH"}
mode = getattr(py_compile.PycInvalidationMode, modes[sys.argv[2]])
done = 0
for root in json.loads(sys.argv[1]):
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            if name.endswith(".py"):
                done += 1
                compileall.compile_file(os.path.join(folder, name), quiet=2, force=False, invalidation_mode=mode)
print(done)
"""


async def compile_environment(environment: Environment, session: Session) -> int:
    """Compile what is not compiled yet; returns how many source files there are.

    Raises:
        WorldError: the interpreter failed, or took longer than the settings allow.
    """
    context = session.context
    mode = (context.environ.get("PYC_INVALIDATION_MODE") or "timestamp").lower()
    if mode not in {"timestamp", "checked-hash", "unchecked-hash"}:
        mode = "timestamp"
    roots = json.dumps([str(folder) for folder in environment.scheme.site_packages if Path(folder).is_dir()])
    env = dict(context.environ.whole())
    command = [str(environment.python), "-I", "-S", "-c", _PROGRAM, roots, mode]
    try:
        done = await context.spawner.run(command, env=env, cwd=environment.root)
    except (OSError, TimeoutError) as error:
        raise WorldError(f"Failed to bytecode-compile Python file in: {os.fspath(environment.root)}", causes=(str(error),)) from error
    if done.code != 0:
        raise WorldError(
            f"Failed to bytecode-compile Python file in: {environment.root}", causes=(done.err.decode("utf-8", "replace").strip(),)
        )
    return int(done.out.split()[-1])
