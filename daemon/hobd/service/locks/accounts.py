"""Accounts of resolutions, kept in the cache beside the answers of indexes: one for each of the locks made last.

A lock says nothing of how it came about, and solving again would answer for today's indexes and with the lock itself
for a preference. So what decided the versions is written down when it is known, under the digest of the lock's text:
any later process finds it for as long as the lock stays as it is, with or without a daemon.
"""

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from hobd.core.vocab.evidence import Evidence
from hobd.core.why.account import Account
from hobd.core.why.account_json import parse_account, render_account
from hobd.errors import HobError
from hobd.projects.files import read_bytes
from hobd.projects.lockfiles import write_atomically
from hobd.service.cache_folders import ACCOUNTS

if TYPE_CHECKING:  # who only reads a lock needs no solver
    from hobd.core.resolver.problem import Problem
    from hobd.core.resolver.resolution import Resolution

MOST_KEPT = 64
"""An account of 100 packages takes about 50 KiB."""


def keep_account_of(cache: Path, lock: str, problem: "Problem", resolution: "Resolution") -> Account:
    """Keep how a lock came about, and return it. A few milliseconds of computing: for a worker thread."""
    from hobd.core.why.accounting import account_of

    account = account_of(problem, resolution)
    keep_account(cache, lock, account)
    return account


def keep_account(cache: Path, lock: str, account: Account) -> None:
    """Keep the account of a lock; the oldest go. A cache that cannot be written to keeps none."""
    path = _path(cache, lock)
    with suppress(OSError, HobError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, render_account(account))
        _forget_oldest(path.parent)


def find_account(cache: Path, lock: str, evidence: Evidence) -> Account | None:
    """The account of a lock; None where none is kept, or none that can be read."""
    try:
        content = read_bytes(_path(cache, lock), evidence)
    except HobError:
        return None
    return None if content is None else parse_account(content)


def _path(cache: Path, lock: str) -> Path:
    return cache / ACCOUNTS / f"{hashlib.sha256(lock.encode()).hexdigest()[:40]}.json"


def _forget_oldest(folder: Path) -> None:
    kept = [(path.stat().st_mtime_ns, path) for path in folder.iterdir()]
    for _, path in sorted(kept, reverse=True)[MOST_KEPT:]:
        path.unlink(missing_ok=True)
