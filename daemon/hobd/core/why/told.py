"""The answer to `hob why` as text: a tree of the ways that looks like `hob tree`, then what decided the version."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, field

from hobd.core.why.account import Choice, Demand
from hobd.core.why.answer import Found, Reason, Stop

_MOST_DEMANDS = 12


class _Branch(Struct):
    """A stop, and what follows it on the ways that it is part of."""

    line: str
    following: dict[Stop, "_Branch"] = field(default_factory=dict)


def tell(found: Sequence[Found]) -> str:
    """The whole answer, one block a package, blocks apart."""
    return "\n".join("".join(f"{line}\n" for line in _block(each)) for each in found)


def _block(found: Found) -> Iterator[str]:
    yield from _tree(found)
    if found.more or not found.is_all_counted:
        amount = "many" if not found.is_all_counted else str(found.more)
        noun = "way" if amount == "1" else "ways"
        yield f"… {amount} more {noun}" + (": use `--all` to see them" if found.more else " than are shown")
    if found.is_member:
        yield f"{label(found.name, found.version)} is a project of the workspace"
    if found.reason is not None:
        if found.chains:
            yield ""
        yield from _decision(found, found.reason)


def _tree(found: Found) -> Iterator[str]:
    roots: dict[Stop, _Branch] = {}
    for chain in found.chains:
        level = roots
        for stop in chain:
            level = level.setdefault(stop, _Branch(stop_line(stop))).following
    for branch in roots.values():
        yield branch.line
        yield from _below(branch, "")


def _below(branch: _Branch, lead: str) -> Iterator[str]:
    """The lines below a branch. Ways are short: recursion is as deep as the longest."""
    children = list(branch.following.values())
    for number, child in enumerate(children):
        is_last = number == len(children) - 1
        yield f"{lead}{'└── ' if is_last else '├── '}{child.line}"
        yield from _below(child, lead + ("    " if is_last else "│   "))


def label(name: str, version: str) -> str:
    """`idna v3.6`."""
    return f"{name} v{version}" if version else name


def stop_line(stop: Stop) -> str:
    """One stop with all that is known of how it was reached."""
    if not stop.name:
        return "what is asked for directly"
    name = stop.name + (f"[{', '.join(stop.extras)}]" if stop.extras else "")
    part = f" (extra: {stop.by_extra})" if stop.by_extra else f" (group: {stop.by_group})" if stop.by_group else ""
    return f"{label(name, stop.version)}{part}{conditions(stop)}"


def conditions(stop: Stop) -> str:
    """What is asked of a stop, and where: ` [required: >=2.8] when sys_platform == 'win32'`."""
    required = f" [required: {stop.required}]" if stop.required else ""
    return required + (f" when {stop.marker}" if stop.marker else "")


def _decision(found: Found, reason: Reason) -> Iterator[str]:
    choice, title = reason.choice, label(found.name, found.version)
    is_local = bool(reason.fork) and (bool(found.markers) or bool(choice.passed))
    yield f"{title}{f' (where {reason.fork})' if is_local else ''} {verdict(found, choice)}"
    for why, versions in _by_reason(choice):
        listed = ", ".join(f"v{version}" for version in versions)
        yield f"  {listed}{':' if len(versions) > 1 else ''} {why or 'allowed too, but not tried'}"
    if choice.passed_count > len(choice.passed):
        yield f"  and {choice.passed_count - len(choice.passed)} more"
    if choice.outside:
        yield f"  v{choice.outside} is the newest there is{_excluded(reason.excluding)}"
    if is_local and len(choice.forks) > 1:
        others = len(choice.forks) - 1
        yield f"  {others} other {'part' if others == 1 else 'parts'} of the resolution took the same version again"
    if reason.demands:
        yield "Asked for by:"
        yield from _demands(reason.demands)
    if any(not why for _, why in choice.passed):
        yield f"`hob lock --upgrade-package {found.name}` takes the newest that fits"


def _by_reason(choice: Choice) -> list[tuple[str, list[str]]]:
    """Versions that were passed over, those with one reason together."""
    found: dict[str, list[str]] = {}
    for version, why in choice.passed:
        found.setdefault(why, []).append(version)
    return list(found.items())


def verdict(found: Found, choice: Choice) -> str:
    """What decided the version, as it follows the package in a sentence."""
    end = "newest" if choice.prefers_high else "oldest"
    if choice.is_direct:
        return f"comes from `{found.source}`, which has no other version"
    if any(not why for _, why in choice.passed):
        return "was in the lock before, and still fits" if choice.is_kept else "was chosen before, and still fits"
    if choice.passed:
        return f"is the {end} version that fits; others were passed over:"
    return f"is the {end} version that all requirements allow"


def _excluded(demands: Sequence[Demand]) -> str:
    if not demands:
        return ", and is not allowed"
    return f"; excluded by {' and '.join(dict.fromkeys(f'{asker(each)} ({each.name}{each.specifier})' for each in demands))}"


def asker(demand: Demand) -> str:
    """Who asks."""
    if demand.kind == "constraint":
        return "a constraint"
    part = f"[{demand.extra}]" if demand.extra else f":{demand.group}" if demand.group else ""
    return label(f"{demand.parent}{part}", demand.parent_version) if demand.parent else f"the project{part}"


def _demands(demands: Iterable[Demand]) -> Iterator[str]:
    """Those that bound the version first."""
    ordered = sorted(demands, key=lambda each: (not each.specifier, each.parent, each.extra, each.group))
    lines = list(dict.fromkeys(demand_line(each) for each in ordered))
    yield from (f"  {line}" for line in lines[:_MOST_DEMANDS])
    if len(lines) > _MOST_DEMANDS:
        yield f"  and {len(lines) - _MOST_DEMANDS} more"


def demand_line(demand: Demand) -> str:
    """`httpx v0.28.1 requires idna>=2.8 when …`."""
    verb = {"constraint": "allows only", "override": "requires (by an override)"}.get(demand.kind, "requires")
    marker = f" when {demand.marker}" if demand.marker else ""
    return f"{asker(demand)} {verb} {demand.name}{demand.specifier}{marker}"
