"""Places between versions, as tuples that sort and bisect at the speed of C.

    1.0.dev0   1.0a1   1.0   1.0+cpu   1.0.post1   1.1.dev0   1.1
    ──┼──────────┼──────┼───────┼──────────┼──────────┼────────┼──
      ╵                 ╵       ╵          ╵
      `<1.0`   `>=1.0` ─┘       └─ `<=1.0` └─ `>1.0` begins behind all of these

A cut lies directly before or behind a version, or behind all local or all post versions of it. Its text is spelling only.
"""

from math import inf
from typing import Any

from packaging.version import Version

from hobd.core.markers import VersionCut

BEFORE = 0
BEHIND = 1

_PRE_ORDER = {"a": 0, "b": 1, "rc": 2}
_ONLY_DEV = (-1, 0)
_FINAL = (3, 0)
_NO_POST = -1
_NO_LOCAL: tuple[tuple[int, int | str], ...] = ()
EVERY_LOCAL: tuple[tuple[int, int | str], ...] = ((2, 0),)


class Cut(tuple[Any, ...]):  # noqa: SLOT001 - tuples cannot have slots
    """A place between versions. Equality and order do not look at the text."""

    text: str
    """The version to print beside a comparison."""

    @property
    def is_behind(self) -> bool:
        """Whether the version of the text lies before this cut: `>` and `<=` rather than `>=` and `<`."""
        return self[-1] is BEHIND


def key_of(version: Version) -> tuple[Any, ...]:
    """A version's place: (epoch, release, pre, post, dev, local). Equal for `1.0` and `1.0.0`."""
    pre, post, dev, local = version.pre, version.post, version.dev, version.local
    if pre is not None:
        phase: tuple[int, int] = (_PRE_ORDER[pre[0]], pre[1])
    else:
        phase = _ONLY_DEV if post is None and dev is not None else _FINAL
    return (
        version.epoch,
        trimmed(version.release),
        phase,
        _NO_POST if post is None else post,
        inf if dev is None else dev,
        _NO_LOCAL if local is None else tuple((1, int(part)) if part.isdigit() else (0, part) for part in local.split(".")),
    )


def key_of_release(release: tuple[int, ...]) -> tuple[Any, ...]:
    """The place of a version that is a release number and nothing else."""
    return 0, trimmed(release), _FINAL, _NO_POST, inf, _NO_LOCAL


def is_prerelease(place: tuple[Any, ...]) -> bool:
    """Whether the version at a place is a pre-release or a development release."""
    return bool(place[4] != inf or place[2] != _FINAL)


def trimmed(release: tuple[int, ...]) -> tuple[int, ...]:
    """A release number without trailing zeros."""
    length = len(release)
    while length > 1 and release[length - 1] == 0:
        length -= 1
    return release[:length]


def cut_at(place: tuple[Any, ...], text: str) -> Cut:
    """A cut by its sort key, and the version to print beside it."""
    cut = Cut(place)
    cut.text = text
    return cut


def before(version: Version) -> Cut:
    """Directly before a version: where `>=` begins."""
    return cut_at((*key_of(version), BEFORE), str(version))


def before_release(epoch: int, release: tuple[int, ...], *, text: str | None = None) -> Cut:
    """Before every version of a release, its earliest development release included."""
    shown = text if text is not None else f"{f'{epoch}!' if epoch else ''}{'.'.join(map(str, release))}.dev0"
    return cut_at((epoch, trimmed(release), _ONLY_DEV, _NO_POST, 0, _NO_LOCAL, BEFORE), shown)


def behind_locals(version: Version) -> Cut:
    """Behind a version and all its local versions: where `<=` ends."""
    return cut_at((*key_of(version)[:5], EVERY_LOCAL, BEHIND), str(version))


def behind_posts(version: Version) -> Cut:
    """Behind a version and all its local and post versions: where `>` begins."""
    return cut_at((*key_of(version)[:3], inf, inf, EVERY_LOCAL, BEHIND), str(version))


def beside_release(bound: VersionCut) -> Cut:
    """The cut beside a release of Python."""
    release, side, zeros = bound
    version = Version(".".join(map(str, release)) + ".0" * zeros)
    return cut_at((*key_of(version), BEHIND if side else BEFORE), str(version))


def comparisons(low: Cut, high: Cut) -> list[str]:
    """One interval as comparisons: `==1`, or its bounds; empty where it has none."""
    if low.text == high.text and not low.is_behind and high.is_behind:
        return [f"=={low.text}"]
    texts = []
    if low is not BOTTOM:
        texts.append(f"{'>' if low.is_behind else '>='}{low.text}")
    if high is not TOP:
        texts.append(f"{'<=' if high.is_behind else '<'}{high.text}")
    return texts


BOTTOM = cut_at((-1,), "")
TOP = cut_at((inf,), "")
