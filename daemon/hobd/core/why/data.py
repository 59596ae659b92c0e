"""The answer to `hob why` for programs."""

from collections.abc import Sequence
from typing import Any

from hobd.core.why.account import Demand
from hobd.core.why.answer import Found, Reason, Stop


def as_data(name: str, found: Sequence[Found]) -> dict[str, Any]:
    """Plain values for JSON; texts that say nothing are null."""
    return {"name": name, "packages": [_package(each) for each in found]}


def _package(found: Found) -> dict[str, Any]:
    return {
        "version": found.version or None,
        "source": found.source,
        "markers": list(found.markers),
        "is_member": found.is_member,
        "ways": [[_stop(stop) for stop in chain] for chain in found.chains],
        "ways_not_shown": found.more if found.is_all_counted else None,
        "decided_by": None if found.reason is None else _reason(found.reason),
    }


def _stop(stop: Stop) -> dict[str, Any]:
    return {
        "name": stop.name or None,
        "version": stop.version or None,
        "extras": list(stop.extras),
        "by_extra": stop.by_extra or None,
        "by_group": stop.by_group or None,
        "required": stop.required or None,
        "marker": stop.marker or None,
    }


def _reason(reason: Reason) -> dict[str, Any]:
    choice = reason.choice
    return {
        "is_direct": choice.is_direct,
        "was_locked_before": choice.is_kept,
        "prefers": "newest" if choice.prefers_high else "oldest",
        "fork": reason.fork or None,
        "forks": len(choice.forks),
        "passed_over": [{"version": version, "reason": why or None} for version, why in choice.passed],
        "passed_over_count": choice.passed_count,
        "newest": choice.outside or None,
        "newest_excluded_by": [demand_data(each) for each in reason.excluding],
        "requirements": [demand_data(each) for each in reason.demands],
    }


def demand_data(demand: Demand) -> dict[str, Any]:
    """One requirement."""
    return {
        "kind": demand.kind,
        "package": demand.parent or None,
        "version": demand.parent_version or None,
        "extra": demand.extra or None,
        "group": demand.group or None,
        "specifier": demand.specifier or None,
        "marker": demand.marker or None,
    }
