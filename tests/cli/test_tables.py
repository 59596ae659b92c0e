"""The declared commands hang together: every option is explained, read, and refers to options that exist."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hobd.cli.ambient import Ambient
from hobd.cli.catalogue import ROOT
from hobd.cli.found import Found
from hobd.cli.grammar.level import Level
from hobd.cli.grammar.matched import Match, Matched
from hobd.cli.wording import Wording


def walk(level: Level) -> Iterator[Level]:
    yield level
    for child in level.command.children:
        yield from walk(level.descend(child))


LEVELS = list(walk(Level(ROOT, ("hob",))))
READERS = [level for level in LEVELS if level.command.read is not None]

UNEXPLAINED = {
    ("hob self version", "output-format"),
    ("hob help", "command"),
    ("hob pip install", "user"),
    ("hob pip sync", "no-allow-empty-requirements"),
}
"""uv says nothing of these."""

NOT_READ = {"help", "version", "isolated", "native-tls", "no-native-tls"}
"""Answered by the grammar, or heeded under another name."""


class Ledger(dict[str, Match]):
    """Matches that note which options are asked for."""

    def __init__(self, level: Level) -> None:
        super().__init__()
        self.asked: set[str] = set()
        for argument in level.arguments:
            if argument.is_required:
                self[argument.id] = Match("line", argument.id)
                self[argument.id].values.append("1")

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)


@pytest.mark.parametrize("level", [level for level in READERS if level.name != "hob pip debug"], ids=lambda level: level.name)
def test_every_option_of_a_command_is_read(level: Level) -> None:
    matched = Matched(level)
    matched.matches = ledger = Ledger(level)
    assert level.command.read is not None
    level.command.read(Found(matched, Ambient()))

    silent = {argument.id for argument in level.arguments if argument.idle or argument.refused or argument.stands_for}
    known = {argument.id for argument in level.arguments}
    assert known - ledger.asked - silent - NOT_READ - {f"no-{name}" for name in ledger.asked} - {"no-config"} == set()


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_options_refer_to_options_that_exist(level: Level) -> None:
    for argument in level.command.arguments:
        for other in (*argument.conflicts, *argument.overrides, *argument.requires):
            assert other in level.by_id, f"{argument.id} refers to {other}"
        if argument.group is not None:
            assert level.find_group(argument.group) is not None


FOR_PEOPLE = [level for level in LEVELS if level.path[1:2] != ("build-backend",)]
"""The others are for build frontends."""


@pytest.mark.parametrize("level", FOR_PEOPLE, ids=lambda level: level.name)
def test_what_help_shows_is_explained(level: Level) -> None:
    wording = Wording()

    assert wording.about(level.subject)
    for argument in level.command.arguments:
        if not argument.is_hidden and (level.name, argument.id) not in UNEXPLAINED and argument.id != "no-break-system-packages":
            assert wording.explain(level, argument), argument.id


def test_no_text_names_a_registry() -> None:
    folder = Path(inspect.getfile(Wording)).parent / "texts"

    assert not [file.name for file in folder.iterdir() if ".org/simple" in file.read_text()]
