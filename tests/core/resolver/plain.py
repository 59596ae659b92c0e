"""Resolving for one interpreter with resolvelib: no forks, no lock. A second opinion for `test_referee`.

requirements ─→ resolvelib, asking `Provider` ─→ pins
                              └─ pages and metadata from the same `Knowledge` as the universal solver
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from packaging.version import Version
from resolvelib import BaseReporter, ResolutionImpossible, ResolutionTooDeep
from resolvelib.resolvers import Resolution

from hobd.core.resolver.candidates import moment
from hobd.core.resolver.knowledge import IndexedFile, Knowledge
from hobd.core.resolver.rejection import absent
from hobd.core.tags import Tags
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Source
from hobd.errors import RequestError
from tests.core.resolver.plain_provider import Choice, Identifier, Need, Provider

_MOST_ROUNDS = 100_000


class NoPlainSolution(RequestError):
    """The requirements cannot all be met by one set of versions."""

    default_code = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A distribution that was chosen."""

    name: Name
    version: Version
    source: Source
    file: IndexedFile | None
    """What to install; None for a direct source."""
    metadata: Metadata
    extras: tuple[Name, ...] = ()
    """Those that were asked for, sorted."""


def resolve_plain(
    requirements: Iterable[Requirement],
    knowledge: Knowledge,
    environment: Mapping[str, str],
    tags: Tags | None = None,
    constraints: Iterable[Requirement] = (),
    *,
    cutoff: str | None = None,
    checkpoint: Callable[[], None] = lambda: None,
) -> tuple[Pin, ...]:
    """Choose one version of everything that the requirements lead to, the highest where there is a choice.

    Pre-releases are taken only of names for which a requirement or constraint given here mentions one. Blocks where
    `knowledge` does.

    Args:
        environment: the interpreter's marker values by PEP 508 name.
        tags: the interpreter's; None takes any wheel.
        cutoff: files uploaded then or later do not exist (RFC 3339).
        checkpoint: called before every choice; may raise to give up.

    Returns:
        Pins sorted by name.

    Raises:
        NoPlainSolution: there is none.
    """
    provider = Provider(knowledge, environment, tags, tuple(constraints), None if cutoff is None else moment(cutoff), checkpoint)
    needs = [need for requirement in requirements for need in provider.needs_of(requirement, ())]
    provider.note_stated(needs)
    try:
        # not `Resolver`: its walk back to the root does not end where packages that were given up again require each other
        state = Resolution(provider, BaseReporter()).resolve(needs, max_rounds=_MOST_ROUNDS)
    except ResolutionImpossible as failure:
        raise _no_solution(failure, provider) from failure
    except ResolutionTooDeep as failure:
        raise NoPlainSolution("No solution found when resolving dependencies", causes=("The search took too long",)) from failure
    return tuple(_pins(_reached(needs, state.mapping, provider)))


def _reached(needs: list[Need], mapping: Mapping[Identifier, Choice], provider: Provider) -> dict[Identifier, Choice]:
    """What the requirements lead to, without choices that backtracking has left behind."""
    found: dict[Identifier, Choice] = {}
    queue = list(needs)
    while queue:
        identifier = provider.identify(queue.pop())
        if identifier not in found:
            found[identifier] = mapping[identifier]
            queue += provider.get_dependencies(found[identifier])
    return found


def _pins(chosen: Mapping[Identifier, Choice]) -> Iterator[Pin]:
    extras: dict[Name, list[Name]] = {}
    for name, extra in chosen:
        if extra is not None:
            extras.setdefault(name, []).append(extra)
    for name, choice in sorted((name, choice) for (name, extra), choice in chosen.items() if extra is None):
        asked = tuple(sorted(extras.get(name, ())))
        yield Pin(name=name, version=choice.place.version, source=choice.source, file=choice.file, metadata=choice.metadata, extras=asked)


def _no_solution(failure: ResolutionImpossible[Need, Choice], provider: "Provider") -> NoPlainSolution:
    causes: list[str] = []
    hints: list[str] = []
    for cause in failure.causes:
        parent = "you require" if cause.parent is None else f"{cause.parent.name}=={cause.parent.place} depends on"
        causes.append(f"{parent} {cause.requirement.text}")
        absence = provider.absences.get(cause.requirement.name)
        if absence is not None:
            causes.insert(-1, f"{absence.name} {absent(absence.reason).sentence(is_plural=False)}")
            hints += [absence.hint] if absence.hint is not None else []
    text = "Because " + " and ".join(dict.fromkeys(causes)) + ", we can conclude that your requirements are unsatisfiable."
    return NoPlainSolution("No solution found when resolving dependencies", causes=(text,), hints=tuple(dict.fromkeys(hints)))
