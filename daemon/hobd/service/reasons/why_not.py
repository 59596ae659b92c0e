"""`hob why-not`: what stands against a version that is not in the lock, or what would change if it were.

asked ─→ in the lock already? ─→ say so
          │ no
          ▼
pose with it ─solve─→ possible: compare the locks
                └───→ not: pose as the root's own requirement, so that the reasons name who asks ─→ explain
"""

import json
from collections.abc import Sequence
from typing import Any

from hobd.cli.report import render_lock_changes
from hobd.cli.why import WhyNot
from hobd.core.formats.requirement import parse_requirement
from hobd.core.lockfile.model import Lock
from hobd.core.vocab.request import Outcome
from hobd.core.vocab.requirement import Requirement
from hobd.core.why.chains import find_packages
from hobd.core.why.change_picture import picture_of_changes
from hobd.core.why.objection import Objection
from hobd.core.why.picture import Box, Picture, broken
from hobd.core.why.proof_picture import picture_of_proof
from hobd.core.why.svg import render_svg
from hobd.core.why.what_if import Absence, is_locked
from hobd.errors import RequestError
from hobd.service.context import Context
from hobd.service.edits.trial import Impossible, Possible, Trial
from hobd.service.locks.changes import lock_rows
from hobd.service.locks.question import Question, open_question

_IMPOSSIBLE = 1
"""Exit code."""


class NotAskable(RequestError):
    """What is asked about is no requirement on an index, or has nothing to do with the project."""


async def tell(command: WhyNot, context: Context) -> Outcome:
    """Answer on standard output; exit code 1 if it cannot be."""
    async with open_question(command, context) as question:
        asked = _read(command.requirement, question)
        _, lock = question.read()
        if is_locked(lock, asked):
            await _tell_locked(command, question, lock, asked)
            return Outcome(is_replayable=command.svg is None)
        found = await Trial(question=question, lock=lock, asked=asked).run()
        if isinstance(found, Possible):
            await _tell_possible(command, question, asked, found)
            return Outcome()
        await _tell_objection(command, question, asked, found)
        return Outcome(code=_IMPOSSIBLE)


def _read(text: str, question: Question) -> Requirement:
    """What is asked for.

    Raises:
        NotAskable: it is not about a version of a package that comes from an index.
    """
    asked = parse_requirement(text)
    if asked.source is not None:
        raise NotAskable(f"`{text}` names a source", hint=f"Ask about a version: `hob why-not {asked.name}==VERSION`")
    if asked.name in question.members:
        raise NotAskable(f"`{asked.name}` is a project of the workspace: its version is what its `pyproject.toml` says")
    return asked


async def _tell_locked(command: WhyNot, question: Question, lock: Lock, asked: Requirement) -> None:
    versions = [f"v{lock.packages[place].version}" for place in find_packages(lock, asked.name)]
    if command.svg is not None:
        await question.draw(command.svg, render_svg(picture_of_changes(command.requirement, ())))
        return
    if command.json:
        _say(question, {"requirement": command.requirement, "is_locked": True, "is_possible": True, "changes": []})
        return
    question.session.context.voice.data(
        f"`{command.requirement}` is in the lockfile: {asked.name} {', '.join(versions)}\n`hob why {asked.name}` tells why\n"
    )


async def _tell_possible(command: WhyNot, question: Question, asked: Requirement, found: Possible) -> None:
    if command.svg is not None:
        await question.draw(command.svg, render_svg(picture_of_changes(command.requirement, found.changes)))
        return
    if command.json:
        _say(question, _possible_data(command, found))
        return
    voice = question.session.context.voice
    if found.absences is not None:
        voice.data(_told_absences(asked, found.absences))
    where = f", but only for {', '.join(found.only_for)}" if found.only_for else ""
    voice.data(f"`{command.requirement}` is possible{where}{'' if found.changes else '; nothing would change'}\n")
    voice.data(render_lock_changes(lock_rows(found.changes), is_dry_run=True))
    if found.yanked is not None:
        voice.data(f"The version was yanked{f' (reason: {found.yanked})' if found.yanked else ''}: only an exact requirement takes it\n")
    if found.only_for:
        voice.data("Ask for it in the requirement there\n")
    elif found.changes:
        voice.data(f"{_command(command, asked, found)} does it\n")


def _command(command: WhyNot, asked: Requirement, found: Possible) -> str:
    """What brings the version into the lock."""
    script = "" if command.script is None else f" --script {command.script}"
    if found.is_new:
        return f"`hob add{script} '{command.requirement}'`"
    return f"`hob lock{script} --upgrade-package '{asked.name}{asked.specifier}'`"


def _told_absences(asked: Requirement, found: Sequence[Absence]) -> str:
    if not found:
        return f"Nothing in the lockfile requires `{asked.name}`\n"
    lines = [f"{each.parent} v{each.version} requires {asked.name}{each.specifier}, {each.why}\n" for each in found]
    return "".join(lines)


async def _tell_objection(command: WhyNot, question: Question, asked: Requirement, found: Impossible) -> None:
    objection = found.objection
    if command.svg is not None:
        await question.draw(command.svg, render_svg(_picture(command, asked, found)))
    elif command.json:
        _say(question, _objection_data(command, objection))
    else:
        question.session.context.voice.data(_told_objection(command.requirement, objection))


def _picture(command: WhyNot, asked: Requirement, found: Impossible) -> Picture:
    title, error = f"Why {command.requirement} is not possible", found.error
    if error is not None:
        return picture_of_proof(title, error.told, error.words, asked.name)
    return Picture(title=title, boxes=(Box(key="", lines=broken(found.objection.explanation), kind="problem"),), arrows=())


def _told_objection(requirement: str, objection: Objection) -> str:
    place = f", for {objection.place}" if objection.place else ""
    lines = [f"`{requirement}` is not possible: {objection.title}{place}", ""]
    lines += (f"  {line}".rstrip() for line in objection.explanation.splitlines())
    lines += ["", *(f"hint: {hint}" for hint in objection.hints), *(f"way out: {way}" for way in objection.ways_out)]
    return "".join(f"{line}\n" for line in lines)


def _possible_data(command: WhyNot, found: Possible) -> dict[str, Any]:
    return {
        "requirement": command.requirement,
        "is_locked": False,
        "is_possible": True,
        "changes": [{"name": each.name, "before": each.before, "after": each.after} for each in lock_rows(found.changes)],
        "only_for": list(found.only_for),
        "is_yanked": found.yanked is not None,
        "not_counted": [
            {"package": each.parent, "version": each.version, "specifier": each.specifier or None, "reason": each.why}
            for each in found.absences or ()
        ],
    }


def _objection_data(command: WhyNot, objection: Objection) -> dict[str, Any]:
    return {
        "requirement": command.requirement,
        "is_locked": False,
        "is_possible": False,
        "kind": objection.kind,
        "where": objection.place or None,
        "explanation": objection.explanation,
        "hints": list(objection.hints),
        "ways_out": list(objection.ways_out),
    }


def _say(question: Question, data: dict[str, Any]) -> None:
    question.session.context.voice.data(json.dumps(data, indent=2) + "\n")
