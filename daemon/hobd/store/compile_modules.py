"""Compiles modules. Run by the interpreter that is to load them, as `python -I -S -c`, never imported by hob.

Arguments: a file with a JSON list of (source, target) pairs, and how bytecode is checked against its source
(`timestamp`, `checked-hash` or `unchecked-hash`). Works from Python 3.7 on. What cannot be compiled is left out, as an
import would only fail where it is used. Prints how many were compiled.
"""

import json
import os
import py_compile
import sys


def compile_all(jobs: str, mode: str) -> int:
    """Compile every pair; a target exists whole or not at all."""
    invalidation = py_compile.PycInvalidationMode[mode.upper().replace("-", "_")]
    done = 0
    with open(jobs) as file:
        pairs = json.load(file)
    for source, target in pairs:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        try:
            py_compile.compile(source, cfile=target, doraise=True, quiet=2, invalidation_mode=invalidation)
        except (py_compile.PyCompileError, OSError, ValueError, RecursionError):
            continue
        done += 1
    return done


print(compile_all(*sys.argv[1:3]))  # noqa: T201 - this is how it answers
