"""The lock of a script that has one: as it is, as it should be already, or brought up to date (SCR-4)."""

from hobd.cli.found import Given
from hobd.environments.interpreter import Interpreter
from hobd.service.locks.locking import Locked, Locker, say_resolved
from hobd.service.locks.subject import ScriptSubject
from hobd.service.locks.unchanged import missing_lock, stale_lock, take_frozen
from hobd.service.session import Session


async def lock_of_script(
    subject: ScriptSubject,
    interpreter: Interpreter,
    session: Session,
    *,
    locked: Given | None,
    frozen: Given | None,
    writes: bool = True,
    is_said: bool = True,
) -> Locked:
    """The lock of a script.

    Args:
        subject: the script.
        interpreter: its Python.
        session: the command's.
        locked: `--locked`, if given: the lock must be what it should be.
        frozen: `--frozen`, if given: the lock is taken as it is.
        writes: whether a new lock is written.
        is_said: whether a lock that is not what it should be is counted before it is refused.
    Raises:
        LockRefused: it is missing or stale where it must not be.
    """
    asked = frozen or locked
    if asked and not subject.lockfile.is_file():
        raise missing_lock(subject, session, asked.spelling)
    if frozen:
        return take_frozen(subject, session, frozen.spelling)
    found = await Locker(session=session, subject=subject, interpreter=interpreter, writes=writes and not locked).run()
    if locked and found.is_changed:
        if is_said:
            say_resolved(found, session)
        raise stale_lock(subject, session, locked.spelling)
    return found
