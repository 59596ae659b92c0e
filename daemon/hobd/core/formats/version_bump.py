"""Raising a version, part by part (features.md, ADD-15).

    major > minor > patch > stable > alpha, beta, rc > post > dev

Raising a part clears all that is below it; a part that is not there yet becomes 1.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version

from hobd.errors import RequestError

_RELEASE = ("major", "minor", "patch")
_LETTERS = {"alpha": "a", "beta": "b", "rc": "rc"}
_ORDER = (*_RELEASE, "stable", *_LETTERS, "post", "dev")

PARTS = frozenset(_ORDER)
"""What can be raised."""


class Bump(Struct, frozen=True):
    """One part to raise."""

    part: str
    number: int | None = None
    """What it is to be; None: one more than it is."""

    def __str__(self) -> str:
        return self.part if self.number is None else f"{self.part}={self.number}"


class _Parts(Struct, frozen=True):
    """A version taken apart."""

    epoch: int
    release: tuple[int, ...]
    pre: tuple[str, int] | None
    post: int | None
    dev: int | None
    local: str | None

    def version(self) -> Version:
        text = f"{self.epoch}!" + ".".join(map(str, self.release))
        text += "" if self.pre is None else f"{self.pre[0]}{self.pre[1]}"
        text += "" if self.post is None else f".post{self.post}"
        text += "" if self.dev is None else f".dev{self.dev}"
        return Version(text + (f"+{self.local}" if self.local else ""))


def parse_bump(text: str) -> Bump:
    """Read `minor` or `rc=2`, which the command line has checked."""
    part, equals, number = text.partition("=")
    return Bump(part, int(number) if equals else None)


def bump_version(old: Version, bumps: Sequence[Bump]) -> Version:
    """The version with parts raised, the larger ones first however they are given.

    Args:
        bumps: at least one; at most one of the release and one of `alpha`, `beta`, `rc` and `dev`, or `stable` or `post` alone.
    Raises:
        RequestError: these do not go together, or the version is not a later one.
    """
    _refuse_mixtures(bumps)
    parts = _Parts(old.epoch, old.release, old.pre, old.post, old.dev, old.local)
    for bump in sorted(bumps, key=lambda bump: _ORDER.index(bump.part)):
        parts = _raised(parts, bump)
    new = parts.version()
    if new <= old:
        raise RequestError(f"{old} => {new} didn't increase the version; {_way_out(old, new)}")
    return new


def _refuse_mixtures(bumps: Sequence[Bump]) -> None:
    for alone in ("stable", "post"):
        if len(bumps) > 1 and any(bump.part == alone for bump in bumps):
            raise RequestError(f"`--bump {alone}` cannot be used with another `--bump` value, got: {_listed(bumps)}")
    for kind, parts in (("release", _RELEASE), ("pre-release", (*_LETTERS, "dev"))):
        same = [bump for bump in bumps if bump.part in parts]
        if len(same) > 1:
            raise RequestError(f"Only one {kind} version component can be provided to `--bump`, got: {_listed(same)}")


def _listed(bumps: Iterable[Bump]) -> str:
    return ", ".join(map(str, bumps))


def _raised(parts: _Parts, bump: Bump) -> _Parts:
    if bump.part in _RELEASE:
        return replace(parts, release=_raised_release(parts.release, bump), pre=None, post=None, dev=None)
    if bump.part == "stable":
        return replace(parts, pre=None, post=None, dev=None)
    if letter := _LETTERS.get(bump.part):
        current = parts.pre[1] if parts.pre is not None and parts.pre[0] == letter else None
        return replace(parts, pre=(letter, _next(current, bump)), post=None, dev=None)
    if bump.part == "post":
        return replace(parts, post=_next(parts.post, bump), dev=None)
    return replace(parts, dev=_next(parts.dev, bump))


def _raised_release(release: tuple[int, ...], bump: Bump) -> tuple[int, ...]:
    """The release keeps its length where it can: `0.2` becomes `0.3`, not `0.3.0`."""
    index = _RELEASE.index(bump.part)
    padded = release + (0,) * (index + 1 - len(release))
    return (*padded[:index], _next(padded[index], bump), *(0 for _ in padded[index + 1 :]))


def _next(current: int | None, bump: Bump) -> int:
    return bump.number if bump.number is not None else (current or 0) + 1


def _way_out(old: Version, new: Version) -> str:
    if not old.is_prerelease and new.pre is not None:
        return (
            "when bumping to a pre-release version you also need to increase a release version component, "
            "e.g., with `--bump <major|minor|patch>`"
        )
    if new.is_devrelease and not old.is_devrelease:
        return (
            "when bumping to a dev version you also need to increase another version component, "
            "e.g., with `--bump <major|minor|patch|alpha|beta|rc>`"
        )
    return "provide the exact version to force an update"
