"""`hob why`: by which ways a package came into the lock, and what decided its version.

lock ─→ ways                                              (always, without asking anybody)
kept account ─┐
              ├→ what decided the version
solve again ──┘   (where none is kept: a lock of uv's, or of another machine's)
"""

import json

from anyio import to_thread

from hobd.cli.why import Why
from hobd.core.lockfile.model import Lock
from hobd.core.vocab.names import Name, normalize
from hobd.core.vocab.request import Outcome
from hobd.core.why.account import Account
from hobd.core.why.answer import Found, answer
from hobd.core.why.data import as_data
from hobd.core.why.told import tell as told
from hobd.errors import HobError, RequestError
from hobd.service.context import Context
from hobd.service.locks.accounts import find_account, keep_account_of
from hobd.service.locks.question import Question, open_question


class NotLocked(RequestError):
    """The lock does not hold the package."""

    default_code = 1


async def tell(command: Why, context: Context) -> Outcome:
    """Answer on standard output."""
    async with open_question(command, context) as question:
        name = normalize(command.package)
        text, lock = question.read()
        if all(package.name != name for package in lock.packages):
            raise NotLocked(f"`{name}` is not in the lockfile", hint=f"`hob why-not {name}` tells why")
        account = find_account(question.session.cache, text, context.evidence)
        is_kept = account is not None
        if account is None and name not in question.members:
            account = await _work_out(question, text, lock)
        found = answer(lock, name, question.members, account, is_all=command.all)
        await _give(command, question, name, found)
        return Outcome(is_replayable=is_kept and command.svg in (None, "-"))


async def _give(command: Why, question: Question, name: Name, found: tuple[Found, ...]) -> None:
    voice = question.session.context.voice
    if command.svg is not None:
        from hobd.core.why.chain_picture import picture_of
        from hobd.core.why.svg import render_svg

        await question.draw(command.svg, render_svg(picture_of(name, found)))
    elif command.json:
        voice.data(json.dumps(as_data(name, found), indent=2) + "\n")
    else:
        voice.data(told(found))


async def _work_out(question: Question, text: str, lock: Lock) -> Account | None:
    """What decided the versions of a lock whose account is not kept; None where that cannot be found out."""
    from hobd.core.lockfile.build import build_lock
    from hobd.core.lockfile.changes import compare

    voice = question.session.context.voice
    voice.debug("What decided the versions of this lock is not kept: resolving again, with its versions as preferences")
    try:
        locker = await question.locker()
        examined = await locker.examine()
        problem = locker.pose(examined)
        resolution = await locker.solve(problem, examined.builder, examined.network)
    except HobError as error:
        voice.warn(f"What decided the version could not be worked out: {error.message}")
        return None
    if compare(lock, build_lock(problem, resolution, lock)):
        voice.warn("The lockfile is out of date, so what decided its versions is not known; run `hob lock` to update it")
        return None
    return await to_thread.run_sync(keep_account_of, question.session.cache, text, problem, resolution)
