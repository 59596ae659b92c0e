"""What a resolution gives cause to warn of, though it succeeded: lacking extras, yanked versions, missing lower bounds."""

from collections.abc import Iterable, Iterator

from packaging.specifiers import SpecifierSet

from hobd.core.resolver.dependencies import Dependency
from hobd.core.resolver.resolution import NodeKey, Resolution
from hobd.core.resolver.target import INSTALLED
from hobd.core.resolver.versions import VersionSet
from hobd.core.resolver.world import World
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Registry


def unpinned_direct(world: World, found: Iterable[Dependency], direct: Iterable[str]) -> Iterator[str]:
    """Dependencies of members without lower bound, where the lowest versions are chosen: told while resolving.

    Args:
        direct: names that come from direct sources: they need no bounds.
    """
    if world.problem.resolution_mode not in ("lowest", "lowest-direct"):
        return
    listed = list(found)
    bounded = {each.package.name for each in listed if _has_lower_bound(each.versions)} | set(direct)
    for each in listed:
        if each.package.name not in bounded:
            yield (
                f"The direct dependency `{each.package.name}` is unpinned. Consider setting a lower bound when using `--resolution lowest` "
                "or `--resolution lowest-direct` to avoid using outdated versions."
            )


def _has_lower_bound(versions: VersionSet) -> bool:
    return not versions.is_empty and versions.lower.text != ""


def afterthoughts(world: World, resolution: Resolution) -> tuple[str, ...]:
    """What is told after a resolution: of every node what is wrong with it, then of every node that it has no lower bound."""
    nodes = sorted(resolution.nodes, key=_order)
    return (
        *(text for node in nodes for text in _of_node(world, resolution, node)),
        *(text for node in nodes for text in _of_bounds(world, resolution, node)),
    )


def _order(node: NodeKey) -> tuple[str, str, str]:
    return node.name, node.extra or "", node.group or ""


def _of_node(world: World, resolution: Resolution, node: NodeKey) -> Iterator[str]:
    chosen = resolution.distributions[node.base]
    label = f"{node.name}=={node.version}"
    if node.extra is not None and node.extra not in chosen.metadata.provides_extras:
        yield f"The package `{label}` does not have an extra named `{node.extra}`"
    if node.group is not None and all(name != node.group for name, _ in chosen.metadata.groups):
        yield f"The package `{label}` does not have a development dependency group named `{node.group}`"
    if isinstance(node.source, Registry) and node.source != INSTALLED and node == node.base:
        reason = world.pages.candidate(node.name, node.source, world.place_of(node.version)).installed_from.file.yanked
        if reason is not None:
            yield f'`{label}` is yanked (reason: "{reason}")' if reason else f"`{label}` is yanked"


def _of_bounds(world: World, resolution: Resolution, node: NodeKey) -> Iterator[str]:
    if world.problem.resolution_mode == "lowest" and world.problem.target is None and not _is_bounded(world, resolution, node):
        yield (
            f"The transitive dependency `{node.name}` is unpinned. Consider setting a lower bound with a constraint when using "
            "`--resolution lowest` to avoid using outdated versions."
        )


def _is_bounded(world: World, resolution: Resolution, node: NodeKey) -> bool:
    """Whether some requirement on a package, or a constraint, sets a lower bound."""
    if node.name in world.members:
        return True
    parents = [parent for parent, children in resolution.edges.items() if node in children]
    if any(parent.name == node.name for parent in parents):
        return True
    return any(_sets_bound(each) for parent in parents for each in _asked_by(world, resolution, parent) if each.name == node.name)


def _asked_by(world: World, resolution: Resolution, parent: NodeKey) -> Iterator[Requirement]:
    metadata = resolution.distributions[parent.base].metadata
    yield from world.amendments.overridden((parent.name, parent.version), metadata.requires_dist)
    for _, requirements in metadata.groups:
        yield from world.amendments.overridden(None, requirements)
    yield from world.amendments.constraints()


def _sets_bound(requirement: Requirement) -> bool:
    is_direct = requirement.source is not None and not isinstance(requirement.source, Registry)
    return is_direct or _has_bound(requirement.specifier)


def _has_bound(specifiers: SpecifierSet) -> bool:
    return any(specifier.operator in (">=", ">", "==", "===", "~=") for specifier in specifiers)
