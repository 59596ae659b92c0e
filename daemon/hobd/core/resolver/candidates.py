"""One version of a project as something to choose: which of its files may be used, and why others may not.

files ─cut-off, no-build, no-binary, yanked, tags→ usable wheel, usable sdist ─→ candidate
                                                 └ none: the most telling reason ─→ rejection
"""

from datetime import UTC, datetime
from functools import cached_property, lru_cache

from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version

from hobd.core.markers import FALSE, TRUE, Marker, PythonBounds, VersionCut
from hobd.core.resolver.knowledge import IndexedFile, Release
from hobd.core.resolver.rejection import (
    BAD_SOURCE_NAME,
    NO_FILES,
    NO_PUBLISH_TIME,
    NO_SOURCE,
    NO_USABLE_WHEELS,
    NO_WHEELS_BY_TAG,
    NO_WHEELS_FOR_PYTHON,
    NOT_PUBLISHED_YET,
    Rejection,
    no_wheels_that_fit,
    yanked,
)
from hobd.core.resolver.versions import Point
from hobd.core.tags import Fitness, InvalidWheelName, Tags, WheelName, coverage, find_misfit, fits_python, parse_wheel_name, reaches_below
from hobd.core.vocab.distribution import File
from hobd.core.vocab.names import Name

_CUT_OFF = (NO_PUBLISH_TIME, NOT_PUBLISHED_YET)


class FilePolicy(Struct, frozen=True, kw_only=True):
    """Which files of one project may be used."""

    cutoff: datetime | None
    """Files uploaded then or later, or at an unknown time, do not exist."""
    allows_wheels: bool
    allows_builds: bool
    allowed_yanks: frozenset[Version]
    python: PythonBounds
    """The whole project's Pythons."""
    tags: Tags | None = None
    """Of the one environment that is solved for: wheels have to fit it."""

    def reason_against_tags(self, wheel: WheelName) -> Rejection | None:
        """Why the tags of a wheel rule it out."""
        if self.tags is None:
            return None if fits_python(wheel, self.python) else no_wheels_for(self.python)
        misfit = find_misfit(wheel, self.tags)
        return None if misfit is None else no_wheels_that_fit(misfit, self.tags)

    def fitness(self, wheel: IndexedFile) -> Fitness:
        """How well a usable wheel fits: the greatest of several stands for the version. For many environments only builds count."""
        name = parse_wheel_name(wheel.file.filename)
        return (0 if self.tags is None else -(self.tags.rank(name) or 0)), name.build


class Candidate:
    """A version with at least one usable file, or the reason why it has none."""

    __slots__ = ("__dict__", "_unusable", "name", "place", "rejection", "release", "sdist", "wheel", "wheels")  # __dict__: for the coverage

    def __init__(self, name: Name, place: Point, release: Release, policy: FilePolicy) -> None:
        self.name = name
        self.place = place
        self.release = release
        self.wheels: list[IndexedFile] = []
        """All usable wheels, by name."""
        sdists: list[IndexedFile] = []
        self._unusable: list[tuple[IndexedFile, Rejection]] = []
        for each in sorted(release.files, key=lambda each: each.file.filename):
            reason = _reason_against(each, release.version, policy)
            if reason is None:
                (self.wheels if each.file.is_wheel else sdists).append(each)
            else:
                self._unusable.append((each, reason))
        self.wheel = max(self.wheels, key=policy.fitness, default=None)
        self.sdist = sdists[0] if sdists else None
        self.rejection = None if self.wheels or sdists else _most_telling(self._unusable)
        if self.wheel is None and self.sdist is not None:  # files of a version share their metadata, and a wheel's is at hand
            self.wheel = next((each for each, reason in self._unusable if each.file.is_wheel and reason not in _CUT_OFF), None)

    @property
    def is_hidden(self) -> bool:
        """Whether the cut-off makes it as if it did not exist."""
        return self.rejection in _CUT_OFF

    @property
    def undated(self) -> tuple[str, ...]:
        """The files that do not exist for the want of a time: the index does not say when they were uploaded."""
        undated = {id(each) for each, reason in self._unusable if reason is NO_PUBLISH_TIME}
        files = sorted(self.release.files, key=lambda each: (each.file.is_wheel, each.file.filename))
        return tuple(each.file.filename for each in files if id(each) in undated)

    @property
    def resolved_by(self) -> IndexedFile:
        """The file whose metadata counts."""
        chosen = self.wheel or self.sdist
        assert chosen is not None
        return chosen

    @property
    def installed_from(self) -> IndexedFile:
        """The file that stands for the version: its index is that of the locked package."""
        chosen = self.wheel if self.wheels else self.sdist
        assert chosen is not None
        return chosen

    @property
    def requires_python(self) -> str | None:
        """What the index says of the Pythons that it needs; None where it does not say."""
        return self.installed_from.file.requires_python

    @cached_property
    def coverage(self) -> Marker:
        """Where one of its usable files can be installed."""
        if self.sdist is not None:
            return TRUE
        covered = FALSE
        for each in self.wheels:
            covered |= coverage(parse_wheel_name(each.file.filename))
            if covered.is_true:
                break
        return covered

    @cached_property
    def published(self) -> tuple[IndexedFile, ...]:
        """What a lock records, by name: the files on the index that it was chosen from, those cut off by time left out, and one sdist."""
        hidden = {id(each) for each, reason in self._unusable if reason in _CUT_OFF}
        index = self.installed_from.index
        sdist = self.sdist or next((each for each, _ in self._unusable if not each.file.is_wheel and id(each) not in hidden), None)
        listed = [each for each in self.release.files if each.index == index and id(each) not in hidden and each.file.is_wheel]
        unique = {each.file.filename: each for each in reversed(listed)}
        files = [*unique.values(), *([sdist] if sdist is not None and sdist.index == index else [])]
        return tuple(sorted(files, key=lambda each: each.file.filename))

    def has_file_below(self, limit: VersionCut | None) -> bool:
        """Whether a usable file fits a Python below a bound."""
        return (
            limit is None
            or self.sdist is not None
            or any(reaches_below(parse_wheel_name(each.file.filename), limit) for each in self.wheels)
        )


def _reason_against(indexed: IndexedFile, version: Version, policy: FilePolicy) -> Rejection | None:
    """Why a file cannot be used."""
    file = indexed.file
    if not indexed.is_flat and (reason := _reason_by_time(file, policy)) is not None:
        return reason
    if not (policy.allows_wheels if file.is_wheel else policy.allows_builds):
        return NO_SOURCE if file.is_wheel else NO_USABLE_WHEELS
    if not indexed.is_flat:
        return _reason_on_page(file, version, policy)
    return None if policy.tags is None or not file.is_wheel else _reason_by_name(file.filename, policy)


def _reason_by_time(file: File, policy: FilePolicy) -> Rejection | None:
    """Why a file of a project's page does not exist yet."""
    if policy.cutoff is None:
        return None
    if file.upload_time is None:
        return NO_PUBLISH_TIME
    return NOT_PUBLISHED_YET if moment(file.upload_time) >= policy.cutoff else None


def _reason_on_page(file: File, version: Version, policy: FilePolicy) -> Rejection | None:
    """Why a file of a project's page cannot be used, though it exists."""
    if file.yanked is not None and version not in policy.allowed_yanks:
        return yanked(file.yanked)
    if file.is_wheel:
        return _reason_by_name(file.filename, policy)
    return None if file.filename.endswith((".tar.gz", ".zip")) else BAD_SOURCE_NAME


def _reason_by_name(filename: str, policy: FilePolicy) -> Rejection | None:
    try:
        return policy.reason_against_tags(parse_wheel_name(filename))
    except InvalidWheelName:
        return no_wheels_for(policy.python)


def _most_telling(unusable: list[tuple[IndexedFile, Rejection]]) -> Rejection:
    """The reason to tell: of the source distribution if there is one, of the wheels otherwise."""
    sources = [reason for each, reason in unusable if not each.file.is_wheel]
    reasons = sources or [reason for _, reason in unusable]
    return min(reasons, key=_telling_order, default=NO_FILES)


def _telling_order(reason: Rejection) -> int:
    """What is cut off comes first, then what does not fit, then what was yanked, with a reason or without; then what the user forbade."""
    if reason in _CUT_OFF:
        return _CUT_OFF.index(reason)
    misfits = (reason.what == each.what for each in (NO_WHEELS_FOR_PYTHON, *NO_WHEELS_BY_TAG.values()))
    kinds = (*misfits, reason.what.startswith("yanked ("), reason.what == "yanked")
    return 2 + (kinds.index(True) if True in kinds else len(kinds))


@lru_cache(maxsize=64)
def no_wheels_for(python: PythonBounds) -> Rejection:
    """None of the wheels is for one of the Pythons; an example of a tag that would be."""
    if python.lower is None:
        return NO_WHEELS_FOR_PYTHON
    major, minor = (*python.lower[0], 0)[:2]
    return replace(NO_WHEELS_FOR_PYTHON, context=f"(e.g., `cp{major}{minor}`)")


def moment(text: str) -> datetime:
    """An RFC 3339 time; UTC where it does not say."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
