"""What changed in the cut-offs of uploads since a lock was made, in uv's words."""

from datetime import datetime

from hobd.core.lockfile.model import ExcludeNewer, Lock, Options


def describe_cutoff_change(lock: Lock, wanted: Options, *, moment: str | None) -> str | None:
    """The first change that matters, to follow `due to`; None if there is none.

    What was let in before still is when an absolute cut-off moves to a later time, or a package is freed of any: the
    lock stays as it is. The passing of time is no change: of a relative cut-off only the span counts. Packages that
    the lock does not hold do not count either.

    Args:
        lock: the old lock.
        wanted: the options that it would be made with now.
        moment: what a relative cut-off means now (RFC 3339).
    """
    was, now = lock.options.exclude_newer, wanted.exclude_newer
    if was is None and now is not None:
        return f"addition of global exclude newer {now.timestamp if now.span is None else moment}"
    if was is not None and now is None:
        return "removal of global exclude newer"
    change = _describe(was, now) if was is not None and now is not None else None
    return change if change is not None else _describe_packages(lock, wanted)


def _describe(was: ExcludeNewer, now: ExcludeNewer) -> str | None:
    if was.span != now.span:
        if was.span is None:
            return f"addition of exclude newer span `{now.span}`"
        if now.span is None:
            return "removal of exclude newer span"
        return f"change of exclude newer span from `{was.span}` to `{now.span}`"
    if was.span is None and _moment(now) < _moment(was):
        return f"change of exclude newer timestamp from `{was.timestamp}` to `{now.timestamp}`"
    return None


def _moment(cutoff: ExcludeNewer) -> datetime:
    return datetime.fromisoformat(cutoff.timestamp or "")


def _describe_packages(lock: Lock, wanted: Options) -> str | None:
    locked = {package.name for package in lock.packages}
    was = {name: cutoff for name, cutoff in lock.options.exclude_newer_package if name in locked}
    now = {name: cutoff for name, cutoff in wanted.exclude_newer_package if name in locked}
    for name, old in was.items():
        if name not in now:
            return f"removal of exclude newer for package `{name}`"
        change = _describe_override(old, now[name])
        if change is not None:
            return f"{change} for package `{name}`"
    for name, cutoff in now.items():
        if name not in was and cutoff is not None:
            said = f"exclude newer `{cutoff.timestamp}`" if cutoff.span is None else f"exclude newer span `{cutoff.span}`"
            return f"addition of {said} for package `{name}`"
    return None


def _describe_override(was: ExcludeNewer | None, now: ExcludeNewer | None) -> str | None:
    if now is None:
        return None
    return "enabling of exclude newer" if was is None else _describe(was, now)
