"""A command line and the context that it runs in, as every story sees it."""

from pathlib import Path

from msgspec import Struct


class Terminal(Struct, frozen=True, kw_only=True):
    """What the standard streams of the caller are."""

    stdin_is_tty: bool = False
    stdout_is_tty: bool = False
    stderr_is_tty: bool = False
    columns: int = 0
    """Cells; 0 where unknown."""


class Caller(Struct, frozen=True, kw_only=True):
    """Who asked, from where. The environment is not in it: that is an `Environ`, whose reads are noted."""

    cwd: Path
    terminal: Terminal
    umask: int
    program: str
    """Absolute path of the client: what children see as `UV`."""
    pid: int = 0
    """Process id of the client, 0 where it means nothing here."""
    request_id: str = ""


class Lease(Struct, frozen=True, kw_only=True):
    """A file that a program keeps open, with shared record locks on some of its bytes, as long as it runs."""

    path: Path
    """Absolute."""
    places: tuple[int, ...]
    """The bytes, counted from 0."""


class Launch(Struct, frozen=True, kw_only=True):
    """A program that the caller is to become: `hob run` and its kin end with one."""

    argv: tuple[str, ...]
    """The whole command line; the first is what the program sees as its name."""
    program: str
    """Path of the executable; searched in the new PATH if it has no slash."""
    env_set: tuple[tuple[str, str], ...] = ()
    env_unset: tuple[str, ...] = ()
    cwd: Path | None = None
    nofile_limit: int = 0
    """Soft limit of open files; 0 leaves it."""
    nofile_refused: str = ""
    """What standard error gets, with the hard limit in place of `{}`, when that is below; empty: then the hard limit will do."""
    not_found: str = ""
    """What standard error gets when the program cannot be started."""
    lease: Lease | None = None
    """What is kept from being cleaned away meanwhile."""


class Outcome(Struct, frozen=True, kw_only=True):
    """How a story ended."""

    code: int = 0
    launch: Launch | None = None
    is_replayable: bool = False
    """Nothing was changed and nothing failed: the same answer may be given while its grounds hold."""
    rest_from: int | None = None
    """Index in argv (the program's name is 0) from where arguments are only passed through to `launch`."""
