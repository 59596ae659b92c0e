"""The account of a resolution: what a lock leaves out of how it came about. Small enough to be kept for every lock.

    lock     which version, and who depends on whom
    account  who asks for which versions (demands), and which versions were passed over, and why (choices)

It is made of texts only: it is to be read again by another process, perhaps of a later day.
"""

from msgspec import Struct


class Demand(Struct, frozen=True, kw_only=True):
    """One requirement that counts: of a package, of one of its extras or groups, or of the user on everything."""

    parent: str
    """Name; empty for what is asked for directly (a script, a root without `[project]`), and for constraints."""
    parent_version: str
    extra: str = ""
    group: str = ""
    name: str
    specifier: str
    """Sorted, `>=2.8,<4`; empty for any version."""
    marker: str = ""
    kind: str = "requirement"
    """`requirement`, `override` or `constraint`."""


class Choice(Struct, frozen=True, kw_only=True):
    """What decided one version."""

    name: str
    version: str
    forks: tuple[int, ...]
    """In which forks it was chosen, by order of completion."""
    is_direct: bool = False
    is_kept: bool = False
    prefers_high: bool = True
    passed: tuple[tuple[str, str], ...] = ()
    """Versions that would have come first, and why each was not taken; no reason: only because another was chosen before."""
    passed_count: int = 0
    outside: str = ""
    """The newest version that there is, where some requirement does not allow it."""


class Account(Struct, frozen=True, kw_only=True):
    """How a lock came about."""

    forks: tuple[str, ...]
    """Their markers, in order of completion; empty text: everywhere."""
    choices: tuple[Choice, ...]
    demands: tuple[Demand, ...]

    def choice(self, name: str, version: str) -> Choice | None:
        """What decided a version."""
        return next((each for each in self.choices if each.name == name and each.version == version), None)

    def on(self, name: str) -> tuple[Demand, ...]:
        """Everything that asks for a name."""
        return tuple(each for each in self.demands if each.name == name)
