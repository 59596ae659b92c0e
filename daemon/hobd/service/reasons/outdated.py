"""`hob outdated`: what of the lock is behind, what an upgrade would do about it now, and who holds the rest back.

lock ─┬─ solve without its versions ─→ what `lock --upgrade` would lock ─┐
      └─ pages of all that is locked ─→ the newest versions ─────────────┴→ rows; nothing is written
"""

import json

from msgspec.structs import replace

from hobd.cli.columns import aligned
from hobd.cli.outdated import Outdated
from hobd.cli.style import bold, green
from hobd.core.lockfile.build import build_lock
from hobd.core.vocab.request import Outcome
from hobd.core.vocab.settings import Upgrade
from hobd.core.why.outdated import Behind, Holder, find_behind
from hobd.service.context import Context
from hobd.service.locks.question import Question, open_question
from hobd.service.newest import find_newest_locked

_HEAD = ("Package", "Locked", "Upgrade", "Newest", "Held back by")


async def tell(command: Outdated, context: Context) -> Outcome:
    """Answer on standard output; the lock is read as it is."""
    async with open_question(command, context) as question:
        found = await _find(question)
        voice = context.voice
        if command.output_format == "json":
            voice.data(json.dumps({"packages": [_data(each) for each in found]}, indent=2) + "\n")
        elif found:
            rows = [tuple(map(bold, _HEAD)), *map(_row, found)]
            voice.data(aligned(rows))
            _say_ways(found, question)
        else:
            voice.note("Everything in the lockfile is as new as can be\n")
        return Outcome()


async def _find(question: Question) -> tuple[Behind, ...]:
    _, lock = question.read()
    settings = question.session.settings
    resolver = replace(settings.resolver, upgrade=Upgrade(everything=True))
    session = replace(question.session, settings=replace(settings, resolver=resolver))
    locker = await replace(question, session=session).locker()
    examined = await locker.examine()
    problem = locker.pose(examined)
    resolution = await locker.solve(problem, examined.builder, examined.network)
    opened = lock if examined.opened is None else examined.opened
    latest = await find_newest_locked(opened, examined.network)
    return find_behind(opened, build_lock(problem, resolution, opened), (problem, resolution), latest)


def _row(one: Behind) -> tuple[str, ...]:
    upgraded = ", ".join(one.upgraded) or "(removed)"
    shown = "-" if one.upgraded == one.locked else green(upgraded)
    return one.name, ", ".join(one.locked), shown, one.newest, "; ".join(map(_told, one.holders)) or _unknown(one)


def _unknown(one: Behind) -> str:
    """What stands there where no requirement alone is to blame."""
    is_reached = not one.upgraded or one.newest in one.upgraded
    return "" if is_reached else f"see `hob why-not '{one.name}=={one.newest}'`"


def _told(holder: Holder) -> str:
    who = "the project" if holder.name is None else holder.name if holder.version is None else f"{holder.name} v{holder.version}"
    return f"{who} requires {holder.requirement}"


def _say_ways(found: tuple[Behind, ...], question: Question) -> None:
    """How to go on: for people, so it is not part of the data."""
    voice = question.session.context.voice
    if any(each.upgraded != each.locked for each in found):
        voice.note(f"\n`{bold('hob lock --upgrade')}` locks what stands under Upgrade\n")
    if any(holder.version is None for each in found for holder in each.holders):
        voice.note(f"`{bold('hob upgrade')}` raises what the project itself requires\n")


def _data(one: Behind) -> dict[str, object]:
    return {
        "name": one.name,
        "locked": list(one.locked),
        "upgraded": list(one.upgraded),
        "newest": one.newest,
        "held_back_by": [{"name": each.name, "version": each.version, "requirement": each.requirement} for each in one.holders],
    }
