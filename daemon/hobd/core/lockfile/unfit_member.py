"""A member whose sources do not fit, told as uv tells it: its old lock is checked first, and that needs the member's metadata."""

from hobd.core.lockfile.model import Lock
from hobd.core.resolver.source_lowering import InvalidSource, UnfitMember
from hobd.errors import HobError


def told_of_lock(error: UnfitMember, previous: Lock) -> HobError:
    """The error of checking a lock; the same error where the lock does not get as far as that, for its members are others."""
    locked = {package.name: package for package in previous.packages}
    if any(name not in locked or locked[name].source != source for name, source in error.sources):
        return error
    if set(previous.manifest.members or {error.member}) != {name for name, _ in error.sources}:
        return error
    package = locked[error.member]
    version = "" if package.version is None else f"=={package.version}"
    kind, path = type(package.source).__name__.lower(), getattr(package.source, "path", "")
    message = f"Failed to generate package metadata for `{package.name}{version} @ {kind}+{path}`"
    return InvalidSource(message, causes=error.causes, hints=error.hints, code=2)
