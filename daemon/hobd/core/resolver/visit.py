"""Visiting a version: what it depends on in a fork, and telling the fork's search of it."""

from collections.abc import Iterable

from hobd.core.resolver.attempt import Split
from hobd.core.resolver.dependencies import Dependency, proxied
from hobd.core.resolver.incompatibility import Incompatibility
from hobd.core.resolver.lineage import lineage
from hobd.core.resolver.package import Kind, Package
from hobd.core.resolver.rejection import Rejection, requires_python
from hobd.core.resolver.selection import split_by_python
from hobd.core.resolver.state import ForkState
from hobd.core.resolver.versions import Point, VersionSet
from hobd.core.resolver.warnings import unpinned_direct
from hobd.core.resolver.world import World, requirements_of
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Registry, Source
from hobd.errors import HobError, RequestError


def dependencies(world: World, state: ForkState, package: Package, place: Point) -> list[Dependency] | Rejection | Split:
    """What a version depends on in a fork.

    Returns:
        Or why it cannot be used; or how to split, where only the metadata tells that it needs newer Pythons.
    """
    if package.kind is Kind.ROOT:
        return world.dependencies.of(package, None, world.root_requirements, state.environment)
    if package.kind is Kind.PROXY:
        return [Dependency(each, place.only, None, is_of_base=False) for each in proxied(world.table, package)]
    metadata = metadata_at(world, state, package, place)
    if isinstance(metadata, Rejection):
        return metadata
    text = world.python_text(metadata)
    if text is not None and world.pages.lower_python(text) > state.environment.python.lower_order:
        return split_by_python(world, state.environment, text) or requires_python(text)
    if not world.problem.follows_dependencies:
        return []
    parent = (metadata.name, metadata.version)
    return world.dependencies.of(package, parent, requirements_of(metadata, package.group), state.environment)


def metadata_at(world: World, state: ForkState, package: Package, place: Point) -> Metadata | Rejection:
    """The metadata of a version that was chosen in a fork."""
    assert package.name is not None
    source = state.direct.get(package.name)
    if source is not None:
        return world.direct_metadata(package.name, source)
    installed = world.installed_metadata(package.name, place)
    if installed is not None:
        return installed
    versions = world.pages.seen(package.name, state.indexes.get(package.name))
    candidate = versions.find(place) if versions is not None else None
    assert candidate is not None  # it was chosen from there
    try:
        return world.candidate_metadata(candidate)
    except HobError as error:
        hint = None if candidate.resolved_by.file.is_wheel else lineage(state, package, place)
        if hint is not None:  # of what had to be built; the address of a wheel tells enough
            error.hints = (hint, *error.hints)
        raise


def visit(world: World, state: ForkState, package: Package, place: Point, found: tuple[Dependency, ...]) -> Incompatibility | None:
    """Tell the fork what a version depends on, and choose it.

    Returns:
        The dependency that is violated already; then it was not chosen.

    Raises:
        RequestError: a dependency names a source that is not allowed, or conflicts with another.
    """
    try:
        for dependency in found:
            _register(world, state, dependency)
    except RequestError as error:
        raise _under(error, state, package, place) from error
    if package.name is None or package.name in world.members:
        state.warnings += unpinned_direct(world, found, state.direct)
    announce_pages(world, state, found)
    versions = gap_around(world, state, package, place)
    violated = state.search.decide(package, place, versions, [(each.package, each.versions) for each in found])
    if violated is not None:
        state.grievances.record(state.current, package, violated)
    return violated


def _under(error: RequestError, state: ForkState, package: Package, place: Point) -> HobError:
    """The error as that of the package whose dependencies are to blame."""
    if package.name is None:
        return error
    wider = error.under(f"Failed to resolve dependencies for package `{package.name}=={place}`")
    hint = lineage(state, package, place)
    if hint is not None:
        wider.hints = (hint, *wider.hints)
    return wider


def _register(world: World, state: ForkState, dependency: Dependency) -> None:
    """Take note of where a dependency comes from, and of how urgent it is."""
    package, name = dependency.package, dependency.package.name
    assert name is not None
    if dependency.source is not None or not world.sources.is_free(name):
        _take_sources(world, state, name, dependency.source)
    is_direct = name in state.direct
    for each in (package, package.base):
        if each is not None:
            state.priorities.register(each, is_direct=is_direct, is_pinned=dependency.versions.is_pin)


def _take_sources(world: World, state: ForkState, name: Name, asked: Source | None) -> None:
    for source in world.sources.direct(name, asked, state.environment):
        state.take_from(name, source, world.sources.folder)
    if isinstance(asked, Registry):
        state.pin_to(name, asked)
    for index in world.sources.indexes(name, state.environment):
        state.pin_to(name, index)


def announce_pages(world: World, state: ForkState, found: Iterable[Dependency]) -> None:
    """The pages of what is needed will be looked at soon."""
    names: list[tuple[Name, Registry | None]] = []
    for dependency in found:
        name = dependency.package.name
        assert name is not None
        key = (name, state.indexes.get(name))
        if not world.pages.is_announced(key) and name not in state.direct and not world.sources.may_be_direct(name):
            names.append(key)
    if names:
        world.pages.announce(names)


def gap_around(world: World, state: ForkState, package: Package, place: Point) -> VersionSet:
    """The versions around one among which it is the only one known: what is said of it can be said of all of them."""
    if package.name is None or package.name in state.direct:
        return place.only
    versions = world.pages.seen(package.name, state.indexes.get(package.name))
    return place.only if versions is None else versions.gap_around(place)
