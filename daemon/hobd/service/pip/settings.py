"""What `hob pip` is set to: `[tool.uv.pip]` goes before `[tool.uv]`, the command line before both (PIP-12)."""

from typing import Protocol

from msgspec.structs import replace

from hobd.cli.found import Given
from hobd.cli.options.globals import GlobalOptions
from hobd.core.vocab.names import normalize
from hobd.core.vocab.settings import NONE, BuildSettings, Choice
from hobd.core.vocab.settings_layer import PipLayer
from hobd.service.session import Session

ALL, NOTHING = ":all:", ":none:"


class BuildLimits(Protocol):
    """A command that says which packages may be built, and which may come as wheels."""

    @property
    def general(self) -> GlobalOptions:
        """See `opening.Command`."""

    @property
    def no_binary(self) -> tuple[str, ...]:
        """Names, `:all:` or `:none:`."""

    @property
    def only_binary(self) -> tuple[str, ...]:
        """Likewise."""


def pip_layer(session: Session) -> PipLayer:
    """`[tool.uv.pip]`; empty where there is none."""
    return session.settings.pip or PipLayer()


def is_on(given: Given | None, configured: bool | None) -> bool:
    """A switch of the command line, else of the configuration; off where neither says anything."""
    return bool(given) if given is not None else bool(configured)


def is_not_off(given: Given | None, configured: bool | None) -> bool:
    """The same, on where nobody says anything."""
    return bool(given) if given is not None else configured is not False


def opposite(configured: bool | None) -> bool | None:
    """What `no-x` says of x."""
    return None if configured is None else not configured


def is_strict(given: Given | None, session: Session) -> bool:
    """`--strict`: whether what does not fit together is warned of."""
    return is_on(given, pip_layer(session).strict)


def with_limits(command: BuildLimits, session: Session) -> Session:
    """The session, with what the command and `[tool.uv.pip]` say of wheels and builds."""
    layer, build = pip_layer(session), session.settings.build
    no_binary = choice(command.no_binary or layer.no_binary or ()) or build.no_binary
    no_build = choice(command.only_binary or layer.only_binary or ()) or build.no_build
    return replace(session, settings=replace(session.settings, build=limited(build, no_binary, no_build)))


def limited(build: BuildSettings, no_binary: Choice, no_build: Choice) -> BuildSettings:
    """The settings with both limits: what only one of them names is spared by the other where that means all."""
    return replace(build, no_binary=replace(no_binary, spared=no_build.packages), no_build=replace(no_build, spared=no_binary.packages))


def joined(first: Choice, second: Choice) -> Choice:
    """What either means."""
    return Choice(everything=first.everything or second.everything, packages=first.packages | second.packages)


def choice_of_files(words: tuple[str, ...]) -> Choice:
    """What the lines of files mean together: `:none:` undoes nothing that another line says."""
    return Choice(everything=ALL in words, packages=frozenset(normalize(word) for word in words if word not in (ALL, NOTHING)))


def choice(words: tuple[str, ...]) -> Choice | None:
    """What a list of names with `:all:` and `:none:` means: these two undo what stands before them. None for no words."""
    if not words:
        return None
    found = NONE
    for word in words:
        if word == ALL:
            found = Choice(everything=True)
        elif word == NOTHING:
            found = NONE
        else:
            found = replace(found, packages=found.packages | {normalize(word)})
    return found
