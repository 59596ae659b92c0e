"""Locks that are not to be changed: taken as they are (`--frozen`), or refused unless they are as they should be (`--locked`)."""

from hobd.core.lockfile.model import Lock
from hobd.errors import RequestError
from hobd.projects.files import read_text
from hobd.service.locks.locking import Locked
from hobd.service.locks.subject import LockSubject
from hobd.service.network import Network
from hobd.service.session import Session


class LockRefused(RequestError):
    """The lock is missing or stale, and may not be changed."""

    default_code = 1


def missing_lock(subject: LockSubject, session: Session, asked: str) -> LockRefused:
    """There is no lock, and something was asked that does not make one."""
    return LockRefused(
        f"Unable to find lockfile at `{session.shown(subject.lockfile)}`, but `{asked}` was provided. "
        "To create a lockfile, run `hob lock` or `hob sync` without the flag.",
    )


def stale_lock(subject: LockSubject, session: Session, asked: str, why: str = "") -> LockRefused:
    """The lock is not what it should be, and something was asked that does not change it."""
    reason = f": {why}" if why else ""
    return LockRefused(
        f"The lockfile at `{session.shown(subject.lockfile)}` needs to be updated, but `{asked}` was provided{reason}.",
        hint="To update the lockfile, run `hob lock`.",
    )


def read_frozen(subject: LockSubject, session: Session, asked: str) -> Lock:
    """The lock as it is, unchecked.

    Args:
        asked: what wants it so, as it was given: `--frozen`.
    Raises:
        LockRefused: there is none.
        InvalidLock: it cannot be read.
    """
    text = read_text(subject.lockfile, session.context.evidence)
    if text is None:
        raise missing_lock(subject, session, asked)
    return session.context.memory.lock(text)


def check_members(lock: Lock, subject: LockSubject, session: Session) -> None:
    """Refuse a frozen lock that does not know a member.

    Raises:
        LockRefused: it does not.
    """
    locked = {package.name for package in lock.packages}
    if (missing := next((name for name in subject.members if name not in locked), None)) is not None:
        raise stale_lock(subject, session, "--frozen", f"Missing workspace member `{missing}`")


def take_frozen(subject: LockSubject, session: Session, asked: str) -> Locked:
    """The same, to be gone on with; see `read_frozen`."""
    lock = read_frozen(subject, session, asked)
    network = Network(session=session, root=subject.root, logins=subject.logins())
    return Locked(lock=lock, previous=lock, is_changed=False, seconds=0.0, network=network)
