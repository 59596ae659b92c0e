"""The standard libraries of installed interpreters, compiled before anybody needs them (`python install --compile-bytecode`)."""

from collections.abc import Iterable
from time import monotonic

from hobd.cli.report import render_compiled
from hobd.environments.managed import ManagedPython
from hobd.service.session import Session
from hobd.service.syncs.bytecode import compile_folders


async def compile_libraries(pythons: Iterable[ManagedPython], session: Session) -> None:
    """Compile what is not compiled yet, and say how much there is.

    Raises:
        HobError: an interpreter does not work, or took longer than the settings allow.
    """
    started, count = monotonic(), 0
    for python in pythons:
        interpreter = await session.prober().probe(python.program)
        count += await compile_folders([interpreter.stdlib], interpreter, session)
    if count:
        session.context.voice.note(render_compiled(count, monotonic() - started))
