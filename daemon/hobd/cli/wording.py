"""The explanations of commands and options, read from the files in `texts/` when help is asked for.

Paragraphs are separated by blank lines; the line breaks within them mean nothing. A text that begins with `|`
keeps its line breaks and its full stops.
`{default-index}` and its like stand for addresses that are not ours to keep.
"""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from hobd.cli.environment import Environment
from hobd.cli.grammar.level import Level
from hobd.cli.grammar.model import Argument

_FOLDER = Path(__file__).parent / "texts"
_PLACE = re.compile(r"\{(default-index|index-site|upload)\}")
_DEFAULT_WIDTH = 100


def find_width(environment: Environment, columns: int | None) -> int:
    """The width that help is laid out for: the terminal's, else that of COLUMNS, else 100."""
    if columns is not None:
        return columns
    told = environment.get("COLUMNS") or ""
    return int(told) if told.isascii() and told.isdigit() else _DEFAULT_WIDTH


class Wording:
    """The texts in `texts/`."""

    def about(self, path: str) -> str:
        """What a command is for; the path is without the program's name."""
        return self._settle(_read("commands")["commands"].get(path, ""))

    def explain(self, level: Level, argument: Argument) -> str:
        """What an argument is for: the command's own words, else those shared by all."""
        key = argument.text or argument.id
        own = _read(level.command.texts).get(level.subject, {}) if level.command.texts else {}
        return self._settle(own[key] if key in own else _read("shared")["options"].get(key, ""))

    def explain_choice(self, choices: str, name: str) -> str | None:
        """What an accepted value means."""
        text = _read("choices").get(choices, {}).get(name)
        return None if text is None else self._settle(text)

    def short(self, text: str) -> str:
        """The first paragraph, without its full stop."""
        if text.startswith("|"):
            return text[1:].split("\n\n", 1)[0]
        return _without_stop(text.split("\n\n", 1)[0])

    def long(self, text: str) -> str:
        """All paragraphs; a single one without its full stop."""
        if text.startswith("|"):
            return text[1:]
        return text if "\n\n" in text else _without_stop(text)

    def _settle(self, text: str) -> str:
        """Join the lines of each paragraph, and put addresses where their names stand."""
        if not text.startswith("|"):
            text = "\n\n".join(paragraph.replace("\n", " ") for paragraph in text.split("\n\n"))
        if not _PLACE.search(text):
            return text
        from hobd.addresses import public_addresses

        addresses = public_addresses()
        return _PLACE.sub(lambda place: addresses[place[1]], text)


def _without_stop(text: str) -> str:
    return text[:-1] if text.endswith(".") and not text.endswith("..") else text


@lru_cache(maxsize=32)
def _read(name: str) -> dict[str, Any]:
    with (_FOLDER / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)
