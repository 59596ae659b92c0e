"""What goes together: conflicts, then what is required."""

from collections.abc import Callable

from hobd.cli.grammar.level import Level
from hobd.cli.grammar.matched import Asked, Fault, Matched
from hobd.cli.grammar.model import Argument


def verify(level: Level, matched: Matched, *, has_subcommand: bool, help_text: Callable[[Level], str]) -> None:
    """Check one level.

    Raises:
        Fault: arguments exclude each other, or one is missing.
        Asked: nothing was given where a subcommand is needed: the help says what there is.
    """
    if level.command.children and not has_subcommand:
        if not matched.matches:
            raise Asked(help_text(level), on_error=True)
        raise Fault("missing_subcommand", level)
    _verify_conflicts(level, matched)
    _verify_required(level, matched)


def _direct_conflicts(level: Level, argument: Argument) -> set[str]:
    """What the argument excludes by its own declaration; what it overrides counts too, when a variable gave it."""
    excluded = {*argument.conflicts, *argument.overrides}
    group = level.find_group(argument.group) if argument.group else None
    if group is not None and not group.is_multiple:
        excluded |= {member.id for member in level.command.members(group.id) if member is not argument}
    return excluded


def _conflicts(level: Level, matched: Matched, argument: Argument) -> list[str]:
    excluded = _direct_conflicts(level, argument)
    others = [other for other in matched.matches if other != argument.id]
    return [other for other in others if other in excluded or argument.id in _direct_conflicts(level, level.by_id[other])]


def _visible(level: Level, matched: Matched) -> list[str]:
    return [identifier for identifier in matched.matches if not level.by_id[identifier].is_hidden]


def _verify_conflicts(level: Level, matched: Matched) -> None:
    for identifier in matched.matches:
        argument = level.by_id[identifier]
        conflicts = _conflicts(level, matched, argument)
        if not conflicts:
            continue
        used = [other for other in _visible(level, matched) if other not in conflicts]
        needed = [need for other in used for need in level.by_id[other].requires if need not in used and need not in conflicts]
        raise Fault("conflicting", level, argument=argument, others=conflicts, used=[*needed, *used])


def _verify_required(level: Level, matched: Matched) -> None:
    given = matched.matches
    needed = [need for identifier in given for need in level.by_id[identifier].requires]
    required = list(dict.fromkeys((*level.required_ids(), *needed)))
    missing = [identifier for identifier in required if not _is_there(level, matched, identifier)]
    missing = [identifier for identifier in missing if identifier not in level.by_id or not _is_excused(level, matched, identifier)]
    missing += [argument.id for argument in level.arguments if argument.required_if in given and argument.id not in given]
    if missing:
        raise Fault("missing_required", level, missing=missing, required=required, given=list(given), used=_visible(level, matched))


def _is_there(level: Level, matched: Matched, identifier: str) -> bool:
    if identifier in level.by_id:
        return identifier in matched.matches
    return any(member.id in matched.matches for member in level.command.members(identifier))


def _is_excused(level: Level, matched: Matched, identifier: str) -> bool:
    """What conflicts with something that was given need not be given."""
    return bool(_conflicts(level, matched, level.by_id[identifier]))
