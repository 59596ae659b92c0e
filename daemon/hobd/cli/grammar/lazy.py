"""Commands that are loaded when they are needed: reading one command line touches one command's module."""

from collections.abc import Callable
from importlib import import_module

from hobd.cli.grammar.model import Command


def load(module: str, name: str) -> Callable[[], Command]:
    """A loader of the command that `module` calls `name`."""

    def loader() -> Command:
        command = getattr(import_module(module), name)
        assert isinstance(command, Command)
        return command

    return loader
