"""What is told of interpreters that came and went."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from hobd.cli.failure import render_failure
from hobd.cli.quantities import duration
from hobd.cli.style import bold, cyan, dim, green, red, yellow
from hobd.core.vocab.python_key import PythonKey
from hobd.errors import HobError
from hobd.service.pythons.update_shell import path_warning
from hobd.service.session import Session

if TYPE_CHECKING:
    from hobd.service.pythons.wanted import WantedPythons

_MARKS = {"added": green("+"), "reinstalled": yellow("~"), "removed": red("-")}


class Changes(Struct):
    """What has become of installations, as a command goes along."""

    existing: frozenset[PythonKey]
    """What was there before."""
    installed: dict[PythonKey, str] = field(default_factory=dict)
    """What came, and how: `added` or `reinstalled`."""
    programs: dict[PythonKey, list[str]] = field(default_factory=dict)
    """The names of links that were made."""
    failures: list[tuple[PythonKey, HobError]] = field(default_factory=list)
    """What could not be installed, and why."""
    unlinked: list[tuple[PythonKey, HobError]] = field(default_factory=list)
    """What could not be linked, and why."""

    @property
    def is_nothing(self) -> bool:
        """Whether all was as it should be."""
        return not (self.installed or self.failures or self.unlinked)

    def add_installed(self, key: PythonKey) -> None:
        """Note an installation."""
        self.installed[key] = "reinstalled" if key in self.existing else "added"

    def add_program(self, key: PythonKey, name: str) -> None:
        """Note a link: it counts as news of the installation, too."""
        self.installed.setdefault(key, "added")
        for names in self.programs.values():
            if name in names:
                names.remove(name)
        self.programs.setdefault(key, []).append(name)


def say_changes(changes: Changes, folder: Path | None, seconds: float, session: Session) -> None:
    """How many came, each with its programs; and whether these will be found.

    Args:
        folder: where programs are linked; None where none are.
    """
    if not changes.installed:
        return
    voice = session.context.voice
    voice.note(render_count("Installed", list(changes.installed), seconds))
    voice.note(render_keys(changes.installed, changes.programs))
    warning = None if folder is None else path_warning(folder, session.context.environ)
    if warning is not None:
        voice.warn(warning)


def render_count(verb: str, keys: Sequence[PythonKey], seconds: float) -> str:
    """`Installed Python 3.12.1 in 1.68s`, `Uninstalled 2 versions in 12ms`."""
    what = f"Python {keys[0].version}" if len(keys) == 1 else f"{len(keys)} versions"
    return dim(f"{verb} {bold(what)} {dim(f'in {duration(seconds)}')}") + "\n"


def render_keys(keys: Mapping[PythonKey, str], programs: Mapping[PythonKey, Iterable[str]]) -> str:
    """A line for each: ` + cpython-3.12.1-linux-x86_64-gnu (python3.12)`."""
    return "".join(_render_key(key, keys[key], sorted(programs.get(key, ()))) for key in in_order(keys))


def in_order(keys: Iterable[PythonKey]) -> list[PythonKey]:
    """From old to new, implementation by implementation."""
    return sorted(keys, key=lambda key: (key.implementation != "cpython", key.implementation, key.version, key.variant))


def _render_key(key: PythonKey, happened: str, programs: Sequence[str]) -> str:
    names = f" ({', '.join(map(bold, programs))})" if programs else ""
    return f" {_MARKS[happened]} {bold(key)}{names}\n"


def say_failures(changes: Changes, *, is_strict: bool, session: Session) -> bool:
    """What could not be done; whether that makes the command fail.

    Args:
        is_strict: whether links were asked for.
    """
    voice = session.context.voice
    for key, error in sorted(changes.failures, key=lambda one: str(one[0])):
        told = error.under(f"Failed to install {green(key)}")
        voice.finding(render_failure(told.message, told.causes, told.hints))
    for key, error in changes.unlinked:
        told = error.under(f"Failed to install executable for {green(key)}")
        frame = render_failure(told.message, told.causes, told.hints, is_warning=not is_strict)
        (voice.finding if is_strict else voice.note)(frame)
    return bool(changes.failures) or (is_strict and bool(changes.unlinked))


def say_nothing_wanted(upgrade: str | None, session: Session, *, is_upgrade_of_all: bool) -> None:
    """That nothing was asked for, where that may be a mistake."""
    if is_upgrade_of_all:
        session.context.voice.note("There are no installed versions to upgrade\n")
    elif upgrade is not None:
        session.context.voice.note("No Python versions specified for upgrade; did you mean `hob python upgrade`?\n")


def say_nothing_to_do(wanted: "WantedPythons", upgrade: str | None, session: Session) -> None:
    """That all is there, in words that fit what was asked for."""
    session.context.voice.note(_nothing_to_do(wanted, upgrade) + "\n")


def _nothing_to_do(wanted: "WantedPythons", upgrade: str | None) -> str:
    newest = "on the latest supported patch release"
    another = f"Use `{green('hob python install <request>')}` to install another version."
    if wanted.asker == "nobody":
        return f"The default Python installation is already {newest}. {another}" if upgrade else f"Python is already installed. {another}"
    if wanted.asker == "installed":
        return "All versions already on latest supported patch release"
    if len(wanted.items) == 1:
        return f"{cyan(wanted.items[0].request)} is already {newest if upgrade else 'installed'}"
    return f"All requested versions already {'on latest supported patch release' if upgrade else 'installed'}"
