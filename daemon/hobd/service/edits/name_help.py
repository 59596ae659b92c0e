"""Help with names of packages that an index does not have: modules of the standard library or of other distributions, slips of the pen.

Never is a name suggested only because it looks alike: whoever waits for slips of the pen would be recommended. What is
suggested is locked already, was installed from this cache before, or brings a well-known module.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path

from msgspec import Struct

from hobd.cli.style import bold
from hobd.core.resolver.unsatisfiable import Unsatisfiable
from hobd.core.vocab.modules import distribution_of, is_standard
from hobd.core.vocab.names import Name
from hobd.environments.interpreter import Interpreter
from hobd.errors import HobError
from hobd.projects.files import read_text
from hobd.service.session import Session
from hobd.store.inventory import stored_names

_LIKENESS = 0.75
"""Of 1: two letters of eight that changed places give 0.875, one other letter of four 0.75."""
_MOST_NEAR = 3


class NameHelp(Struct, frozen=True, kw_only=True):
    """What is known of names where something is added."""

    asked: tuple[Name, ...]
    """What is to be added."""
    python_minor: int
    known: Callable[[], Iterable[Name]]
    """Names that are in use here; asked for only where one is needed."""

    def hints(self, error: HobError) -> tuple[str, ...]:
        """What may be meant by names that were asked for and are not there."""
        from hobd.core.resolver.explain import absent_names  # who adds without a fault needs no proofs

        missing = set(absent_names(error)) & set(self.asked) if isinstance(error, Unsatisfiable) else ()
        known = tuple(sorted(set(self.known()) - set(self.asked))) if missing else ()
        return tuple(hint for name in sorted(missing) if (hint := self._hint(name, known)) is not None)

    def _hint(self, name: Name, known: tuple[Name, ...]) -> str | None:
        if is_standard(name, self.python_minor):
            return f"The module `{name}` is included in the Python standard library and usually should not be added as a dependency"
        distribution = distribution_of(name)
        if distribution is not None:
            return f"The module `{name}` comes with the package `{distribution}` (try: `{bold(f'hob add {distribution}')}`)"
        near = get_close_matches(name, known, _MOST_NEAR, _LIKENESS)
        if not near:
            return None
        listed = " or ".join(f"`{each}`" for each in near)
        return f"There is no package `{name}`; did you mean {listed}, which this project or another on this machine uses?"

    def warnings(self) -> tuple[str, ...]:
        """What is to be said of names that are there, and are not what a module of that name comes with."""
        found = ((name, distribution_of(name)) for name in self.asked)
        return tuple(
            f"`{name}` is the name of a module that comes with the package `{distribution}`; the package `{name}` is another one"
            for name, distribution in found
            if distribution is not None
        )


def help_with(asked: Iterable[Name], interpreter: Interpreter, lockfile: Path, session: Session) -> NameHelp:
    """Help for an addition to what a lockfile, if it is there, belongs to."""

    def known() -> Iterable[Name]:
        names = set(stored_names(session.cache))
        with suppress(HobError):  # a lock that cannot be read is told of elsewhere
            text = read_text(lockfile, session.context.evidence)
            names |= set() if text is None else {package.name for package in session.context.memory.lock(text).packages}
        return names

    return NameHelp(asked=tuple(asked), python_minor=interpreter.version.minor, known=known)
