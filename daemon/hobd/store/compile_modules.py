"""Compiles modules. Run by the interpreter that is to load them, as `python -I -S -c`, never imported by hob.

Arguments: a file with a JSON list of (source, target) pairs, how bytecode is checked against its source
(`TIMESTAMP`, `CHECKED_HASH` or `UNCHECKED_HASH`), and how nice to be to other processes (0 to 19). Without a target,
bytecode goes where imports look for it, unless what is there will do. Works from Python 3.7 on. What cannot be compiled
is left out, as an import would only fail where it is used. Now and then a dot tells that the work goes on; the last line
is how many were compiled.
"""

import importlib.util
import json
import os
import py_compile
import sys
import time


def compile_all(jobs: str, mode: str) -> int:
    """Compile every pair; a target exists whole or not at all."""
    invalidation = py_compile.PycInvalidationMode[mode]
    done, told = 0, time.monotonic()
    with open(jobs) as file:
        pairs = json.load(file)
    for source, target in pairs:
        if time.monotonic() - told > 0.5:
            told = time.monotonic()
            print(".", flush=True)  # noqa: T201 - this is how it tells
        try:
            place = target or importlib.util.cache_from_source(source)
            if target is None and is_current(source, place, invalidation):
                continue
            os.makedirs(os.path.dirname(place), exist_ok=True)
            py_compile.compile(source, cfile=place, doraise=True, quiet=2, invalidation_mode=invalidation)
        except (py_compile.PyCompileError, OSError, ValueError, RecursionError):
            continue
        done += 1
    return done


def is_current(source: str, place: str, invalidation: py_compile.PycInvalidationMode) -> bool:
    """Whether bytecode belongs to its source, and is checked as is wanted (PEP 552)."""
    try:
        with open(place, "rb") as file:
            head = file.read(16)
    except FileNotFoundError:
        return False
    flags = {"TIMESTAMP": 0, "CHECKED_HASH": 3, "UNCHECKED_HASH": 1}[invalidation.name]
    if head[:8] != importlib.util.MAGIC_NUMBER + flags.to_bytes(4, "little"):
        return False
    if flags:
        with open(source, "rb") as file:
            return head[8:] == importlib.util.source_hash(file.read())
    state = os.stat(source)
    return head[8:] == b"".join((int(value) & 0xFFFFFFFF).to_bytes(4, "little") for value in (state.st_mtime, state.st_size))


os.nice(int(sys.argv[3]))
print(compile_all(*sys.argv[1:3]))  # noqa: T201 - this is how it answers
