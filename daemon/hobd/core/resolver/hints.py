"""What may help where there is no solution (uv-lock.md 7.3, hints)."""

from collections.abc import Iterator
from itertools import dropwhile

from msgspec import Struct
from packaging.version import Version

from hobd.core.markers import Marker
from hobd.core.resolver.candidates import Candidate, moment
from hobd.core.resolver.choice import Prereleases
from hobd.core.resolver.cuts import BOTTOM, TOP
from hobd.core.resolver.proof import Missing, Needs, Proof, Unusable, facts
from hobd.core.resolver.rejection import NO_SOURCE, NO_USABLE_WHEELS, NO_WHEELS_FOR_PYTHON
from hobd.core.resolver.sentences import Sense, Words, comparison_of, is_plural, series
from hobd.core.resolver.state import ForkState
from hobd.core.resolver.tag_hints import about_tags
from hobd.core.resolver.versions import Point, VersionSet
from hobd.core.resolver.world import World
from hobd.core.tags import parse_wheel_name, tag_order
from hobd.core.vocab.names import Name


class Hint(Struct, frozen=True):
    """What may help. Of two of one kind about the same thing only the first is told."""

    kind: str
    about: str | None
    """The name of a package; None where the kind is told once at most."""
    text: str


def hints_of(proof: Proof, world: World, state: ForkState, words: Words) -> list[str]:
    """Hints for a proof as it is told, one of a kind for each package, in the order in which the proof gives rise to them."""
    hints = list(_about_environment(world, state))
    requested = _requested(proof)
    for fact in facts(proof):
        match fact:
            case Unusable(package, versions, rejection) if package.name is not None and rejection.verb != "depends on":
                hints += _about_prereleases(package.name, versions, requested, world, state)
                hints += _about_absence(package.name, versions, world, state)
                hints += _about_files(fact, package.name, world, state)
            case Missing(package, versions) if package.name is not None:
                hints += _about_prereleases(package.name, versions, requested, world, state)
                hints += _about_absence(package.name, versions, world, state)
                hints += _about_cutoff(package.name, versions, world, state)
            case Needs():
                hints += _about_members(fact, world)
                hints += _about_python(fact, world)
    told: dict[tuple[str, str | None], str] = {}
    for hint in hints:
        told.setdefault((hint.kind, hint.about), hint.text)
    return list(told.values())


def _about_environment(world: World, state: ForkState) -> Iterator[Hint]:
    """The failure is elsewhere than where the user sits."""
    installed = world.problem.installed_python
    marker = state.environment.marker
    if installed is None or marker.is_true:
        return
    version = f"{installed.major}.{installed.minor}"
    if marker.is_disjoint(Marker.parse(f"python_version == '{version}'")):
        yield Hint(
            "environment",
            None,
            f"While the active Python version is {version}, the resolution failed for other Python versions supported by your project. "
            "Consider limiting your project's supported Python versions using `requires-python`.",
        )
    elif world.problem.current_environment is not None and not marker.evaluate(dict(world.problem.current_environment)):
        yield Hint(
            "environment",
            None,
            "The resolution failed for an environment that is not the current one, "
            "consider limiting the environments with `tool.uv.environments`.",
        )


def _requested(proof: Proof) -> dict[Name, list[VersionSet]]:
    """The versions that were asked for, by name."""
    found: dict[Name, list[VersionSet]] = {}
    for fact in facts(proof):
        if isinstance(fact, Needs) and fact.on.name is not None:
            found.setdefault(fact.on.name, []).append(fact.allowed)
    return found


def _about_prereleases(
    name: Name, versions: VersionSet, requested: dict[Name, list[VersionSet]], world: World, state: ForkState
) -> Iterator[Hint]:
    if name in state.direct or world.chooser.prereleases(name, state.environment) is not Prereleases.NEVER:
        return
    has_own_mode = any(package == name for package, _ in world.problem.prerelease_package)
    argument = f"--prerelease-package {name}=allow" if has_own_mode else "--prerelease=allow"
    asked = next((each for each in requested.get(name, ()) if _asks_for_prerelease(each)), None)
    if asked is not None:
        example = comparison_of(name, asked, Sense.USED)
        text = f"`{name}` was requested with a pre-release marker (e.g., {example}), but pre-releases weren't enabled (try: `{argument}`)"
        yield Hint("pre-release requested", name, text)
        return
    seen = world.pages.seen(name, state.indexes.get(name))
    places = seen.known if seen is not None else ()
    latest = next((place for place in reversed(places) if place.version.is_prerelease and place in versions), None)
    if latest is not None:
        yield Hint(
            "pre-release available",
            name,
            f"Pre-releases are available for `{name}` in the requested range (e.g., {latest}), "
            f"but pre-releases weren't enabled (try: `{argument}`)",
        )


def _asks_for_prerelease(versions: VersionSet) -> bool:
    """Whether a bound is a pre-release that the user wrote, not one that `==1.*` or `~=1.4` stands for."""
    for low, high in versions.intervals():
        if series(low, high) is not None:
            continue
        if low is not BOTTOM and Version(low.text).is_prerelease:
            return True
        if high is not TOP and Version(high.text).is_prerelease and (high.is_behind or not _is_series_end(Version(high.text))):
            return True
    return False


def _is_series_end(version: Version) -> bool:
    return version.dev == 0 and version.pre is None and version.post is None and version.local is None


def _about_indexes(name: Name, versions: VersionSet, world: World, state: ForkState) -> Iterator[Hint]:
    """An index that knows the name keeps those after it from being asked."""
    seen = world.pages.seen(name, state.indexes.get(name))
    if seen is None or not seen.known or seen.index is None:
        return
    url = seen.index.url
    searched = list(dropwhile(lambda index: index.named != url, world.problem.searched_indexes))
    if len(searched) > 1:
        yield Hint(
            "unchecked index",
            name,
            f"`{name}` was found on {searched[0].shown}, but not at the requested version ({comparison_of(name, versions, Sense.USED)}). "
            f"A compatible version may be available on a subsequent index (e.g., {searched[1].shown}). By default, hob will only consider "
            "versions that are published on the first index that contains a given package, to avoid dependency confusion attacks. If all "
            "indexes are equally trusted, use `--index-strategy unsafe-best-match` to consider all versions from all indexes, regardless "
            "of the order in which they were defined.",
        )


def _about_absence(name: Name, versions: VersionSet, world: World, state: ForkState) -> Iterator[Hint]:
    """No index has it, or its metadata could not be had."""
    hint = world.pages.hint(name)
    if hint is not None:
        yield Hint("index", name, hint)
    yield from _about_indexes(name, versions, world, state)
    unusable = [(version, reason) for (each, version), reason in world.unusable.items() if each == name]
    for version, reason in sorted(unusable, key=lambda item: item[0], reverse=True):
        if world.place_of(version) in versions:
            if reason.detail is not None:
                yield Hint("metadata", name, reason.detail)
            return


def _about_files(fact: Unusable, name: Name, world: World, state: ForkState) -> Iterator[Hint]:
    """Files are there, but may not be used or do not fit."""
    problem = world.problem
    if fact.rejection == NO_SOURCE:
        option = (
            "for all packages (i.e., with `--no-binary`)"
            if problem.no_binary.everything
            else f"for `{name}` (i.e., with `--no-binary-package {name}`)"
        )
        text = f"A source distribution is required for `{name}` because using pre-built wheels is disabled {option}"
        yield Hint("no binary", name, text)
    if fact.rejection == NO_USABLE_WHEELS:
        option = f"for `{name}` (i.e., with `--no-build-package {name}`)"
        if problem.no_build.everything:
            option = "for all packages (i.e., with `--no-build`)"
        yield Hint("no build", name, f"Wheels are required for `{name}` because building from source is disabled {option}")
    if fact.rejection.what == NO_WHEELS_FOR_PYTHON.what:
        yield from _about_abis(fact, name, world, state)
    if problem.target is not None and (candidate := _candidate(fact, name, world, state)) is not None:
        wheels = [parse_wheel_name(each.file.filename) for each in candidate.release.files if each.file.is_wheel]
        hint = about_tags(name, candidate.place, fact.rejection, wheels, problem.target)
        if hint is not None:
            yield Hint(fact.rejection.what, name, hint)


def _candidate(fact: Unusable, name: Name, world: World, state: ForkState) -> Candidate | None:
    """What would be chosen of versions that cannot be used."""
    seen = world.pages.seen(name, state.indexes.get(name))
    return None if seen is None else world.chooser.choose_fresh(name, seen, fact.versions, state.environment)


def _about_abis(fact: Unusable, name: Name, world: World, state: ForkState) -> Iterator[Hint]:
    candidate = _candidate(fact, name, world, state)
    if candidate is None:
        return
    files = [each.file.filename for each in candidate.release.files if each.file.is_wheel]
    abis = sorted({abi for filename in files for abi in parse_wheel_name(filename).abis} - {"none"}, key=tag_order)
    if abis:
        listed = ", ".join(f"`{abi}`" for abi in abis)
        plural = "" if len(abis) == 1 else "s"
        text = f"Wheels are available for `{name}` (v{candidate.place}) with the following Python ABI tag{plural}: {listed}"
        yield Hint(fact.rejection.what, name, text)


def _about_cutoff(name: Name, versions: VersionSet, world: World, state: ForkState) -> Iterator[Hint]:
    """Versions exist that were published too late."""
    package_cutoffs = dict(world.problem.cutoff_package)
    cutoff = package_cutoffs.get(name, world.problem.cutoff).before
    seen = world.pages.seen(name, state.indexes.get(name))
    if cutoff is None or seen is None or any(place in versions for place in seen.known):
        return
    latest = next((place for place in reversed(seen.places) if place in versions), None)
    if latest is None:
        return
    candidate = seen.find(latest)
    times = [each.file.upload_time for each in candidate.release.files if each.file.upload_time] if candidate is not None else []
    detail = _latest(latest, min(times, key=moment) if times else None, is_requested=versions.is_single)
    setting = "exclude-newer-package" if name in package_cutoffs else "exclude-newer"
    advice = (
        "Consider removing the setting or updating it to a later date."
        if name in package_cutoffs
        else "Consider using `exclude-newer-package` to override the cutoff for this package."
    )
    text = f"`{name}` was filtered by `{setting}` to only include packages uploaded before {cutoff}.{detail} {advice}"
    yield Hint("cut-off", name, text)


def _latest(place: Point, published: str | None, *, is_requested: bool) -> str:
    """What is told of the latest version that was cut off."""
    if is_requested:
        return "" if published is None else f" The requested version, v{place}, was published at {_shown_time(published)}."
    date = "" if published is None else f", published at {_shown_time(published)}"
    return f" The latest version satisfying the requirement is v{place}{date}."


def _shown_time(text: str) -> str:
    found = moment(text)
    fraction = f".{found.microsecond // 1000:03}".rstrip("0").rstrip(".") if found.microsecond >= 1000 else ""
    return f"{found:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def _about_members(fact: Needs, world: World) -> Iterator[Hint]:
    """A member's name stands in the way of another package of the same name."""
    name, on = fact.package.name, fact.on.name
    if name is None or on is None or on not in world.members:
        return
    is_workspace = len(world.members) > 1
    if name not in world.members:
        whose, what = ("one of your workspace members", "the workspace member") if is_workspace else ("your project", "the project")
        shadowed = f"The package `{name}` depends on the package `{on}` but the name is shadowed by {whose}"
        yield Hint(f"shadowed {on}", name, f"{shadowed}. Consider changing the name of {what}.")
    elif name == on and fact.on.extra in (None, fact.package.extra) and fact.on.group in (None, fact.package.group):
        what = "workspace member" if is_workspace else "project"
        yield Hint(
            "on itself",
            name,
            f"The {what} `{name}` depends on itself at an incompatible version. This is likely a mistake. If you intended to depend on "
            f"a third-party package named `{name}`, consider renaming the {what} `{name}` to avoid creating a conflict.",
        )


def _about_python(fact: Needs, world: World) -> Iterator[Hint]:
    """The project admits Pythons that a dependency does not."""
    target = world.problem.target
    if fact.on is not world.table.python or fact.package.name is None or (target is not None and not target.is_requested):
        return
    example = comparison_of(fact.package.name, fact.versions, Sense.USED)
    supports = "support" if is_plural(fact.versions) else "supports"
    python = comparison_of("Python", fact.allowed, Sense.USED).removeprefix("Python").replace(",", ", ")
    if target is not None:
        yield Hint(
            "python",
            None,
            f"The `--python-version` value ({world.problem.requires_python.text()}) includes Python versions that are not supported by "
            f"your dependencies (e.g., {example} only {supports} {python}). Consider using a higher `--python-version` value.",
        )
        return
    yield Hint(
        "python",
        None,
        f"The `requires-python` value ({world.problem.requires_python.text()}) includes Python versions that are not supported by your "
        f"dependencies (e.g., {example} only {supports} {python}). "
        f"Consider using a more restrictive `requires-python` value (like {python}).",
    )
