"""Reading a command line word by word, as uv's parser reads it.

At each level: options and values until a subcommand's name, then the subcommand, then (in that order, so
that the innermost complaint is the one that is heard) this level's environment variables, defaults and
rules about what goes together.
"""

from collections.abc import Sequence
from typing import Protocol

from hobd.cli.environment import Environment
from hobd.cli.grammar.level import Level
from hobd.cli.grammar.matched import Asked, Fault, Match, Matched, Origin
from hobd.cli.grammar.model import Argument, Child
from hobd.cli.grammar.values import split_values, take_value
from hobd.cli.grammar.verify import verify


class Answers(Protocol):
    """Texts that end the reading."""

    def help(self, level: Level) -> str:
        """The short help of a command."""
        ...

    def version(self, level: Level) -> str:
        """The version line."""
        ...


class Matching:
    """The reading of one command line."""

    def __init__(self, words: Sequence[str], environment: Environment, answers: Answers) -> None:
        self._words = words
        self._next = 0
        self._environment = environment
        self._answers = answers

    def read(self, root: Level) -> Matched:
        """Match the whole line; the result is that of the innermost command, global options included.

        Raises:
            Fault: the line cannot be understood.
            Asked: help or the version was asked for.
        """
        return self._read_level(root)

    def _read_level(self, level: Level) -> Matched:
        reading = _Reading(level, self)
        inner = reading.run()
        reading.finish(inner is not None)
        if inner is None:
            return reading.matched
        inner.adopt(reading.matched)
        return inner

    def descend(self, level: Level, child: Child) -> Matched:
        """Read the rest of the line as the subcommand's."""
        return self._read_level(level.descend(child))

    def take(self) -> str | None:
        """The next word, or None at the end."""
        if self._next >= len(self._words):
            return None
        self._next += 1
        return self._words[self._next - 1]

    def rest(self) -> tuple[str, ...]:
        """All the words that remain."""
        rest = tuple(self._words[self._next :])
        self._next = len(self._words)
        return rest

    def variable(self, name: str) -> str | None:
        """The value of an environment variable."""
        return self._environment.get(name)

    def help(self, level: Level) -> str:
        """The short help of a command."""
        return self._answers.help(level)

    def version(self, level: Level) -> str:
        """The version line."""
        return self._answers.version(level)


class _Reading:
    """The reading of one level."""

    def __init__(self, level: Level, line: Matching) -> None:
        self.level = level
        self.line = line
        self.matched = Matched(level)
        self._pending: tuple[Argument, str, list[str]] | None = None
        self._awaits_value = False
        """The pending argument is an option whose value comes next."""
        self._in_positional = False
        """The last word was one of several values of a positional: it cannot be a subcommand."""
        self._place = 0
        self._only_values = False
        """`--` was met."""

    def run(self) -> Matched | None:
        """Read until the end or a subcommand; returns what the subcommand matched."""
        while (word := self.line.take()) is not None:
            if self._only_values:
                if self._take_value(word):
                    return None
                continue
            if not self._awaits_value and not self._in_positional and (child := self.level.find_child(word)):
                return self.line.descend(self.level, child)
            if self._take_word(word):
                return None
        return None

    def _take_word(self, word: str) -> bool:
        """Take one word before `--`; True when a foreign command took the rest."""
        if word == "--":
            self._only_values = True
            return False
        if word.startswith("--"):
            self._take_long(word)
            return False
        if word.startswith("-") and word != "-":
            self._take_short(word)
            return False
        if self._awaits_value:
            self._add_value(word)
            return False
        return self._take_value(word)

    # Options

    def _take_long(self, word: str) -> None:
        name, equals, value = word[2:].partition("=")
        argument = self.level.by_long.get(name)
        if argument is None:
            raise self._unknown_long(name)
        if argument.implied is not None and not equals:
            self._react(argument, f"--{name}", [argument.implied])
        elif argument.takes_value:
            self._begin(argument, f"--{name}")
            if equals:
                self._add_value(value)
                self._settle()
        elif equals:
            raise self._unwanted(argument, value)
        else:
            self._react(argument, f"--{name}", [])

    def _take_short(self, word: str) -> None:
        letters = word[1:]
        for place, letter in enumerate(letters):
            argument = self.level.by_short.get(letter)
            if argument is None:
                raise self._unknown_short(letter)
            if not argument.takes_value:
                self._react(argument, f"-{letter}", [])
                continue
            self._begin(argument, f"-{letter}")
            if rest := letters[place + 1 :]:
                self._add_value(rest.removeprefix("="))
                self._settle()
            return

    def _begin(self, argument: Argument, spelling: str) -> None:
        self._settle()
        self._pending = (argument, spelling, [])
        self._awaits_value = True
        self._in_positional = False

    def _add_value(self, value: str) -> None:
        assert self._pending is not None
        self._pending[2].append(value)
        self._awaits_value = False

    # Values that are known by their place

    def _take_value(self, word: str) -> bool:
        positionals = self.level.positionals
        place = len(positionals) - 1 if self._only_values and positionals and positionals[-1].is_last else self._place
        if place >= len(positionals):
            return self._take_foreign(word)
        argument = positionals[place]
        if argument.is_last and not self._only_values:
            self._settle_quietly()
            raise Fault("unknown_argument", self.level, argument=word)
        if self._pending is None or self._pending[0] is not argument:
            self._settle()
            self._pending = (argument, argument.value_name, [])
        self._pending[2].append(word)
        self._awaits_value = False
        if argument.kind == "one":
            self._place = place + 1
            self._settle()
        self._in_positional = argument.kind == "many"
        return False

    def _take_foreign(self, word: str) -> bool:
        if not self.level.command.takes_command:
            raise self._unexpected(word)
        self._settle()
        self.matched.command = (word, *self.line.rest())
        return True

    # What a match does

    def _settle_quietly(self) -> None:
        try:
            self._settle()
        except Fault:
            return

    def _settle(self) -> None:
        """Give the pending argument its values."""
        if self._pending is None:
            return
        argument, spelling, values = self._pending
        self._pending = None
        self._awaits_value = self._in_positional = False
        if not values:
            raise Fault("missing_value", self.level, argument=argument)
        self._react(argument, spelling, values)

    def _react(self, argument: Argument, spelling: str, values: list[str]) -> None:
        self._settle()
        self._in_positional = False
        if argument.kind == "help":
            raise Asked(self.line.help(self.level))
        if argument.kind == "version":
            raise Asked(self.line.version(self.level))
        if argument.stands_for is not None:
            raise Fault("unknown_argument", self.level, argument=f"--{argument.long}", similar=argument.stands_for)
        self._store(argument, spelling, values, "line")

    def _store(self, argument: Argument, spelling: str, values: list[str], origin: Origin) -> None:
        previous = self.matched.matches.get(argument.id)
        is_once = argument.kind in ("one", "flag")
        if previous is not None and is_once:
            del self.matched.matches[argument.id]
            if argument.id not in argument.overrides:
                raise Fault("repeated", self.level, argument=argument)
        if origin == "line":
            self._override(argument)
        match = self._place_match(argument, spelling, origin, None if is_once else previous)
        match.values += (take_value(self.level, argument, value) for value in split_values(argument, values))

    def _place_match(self, argument: Argument, spelling: str, origin: Origin, previous: Match | None) -> Match:
        if previous is None:
            previous = self.matched.matches[argument.id] = Match(origin, spelling)
        elif argument.kind == "count":  # re-entered with each occurrence, so that it comes last
            del self.matched.matches[argument.id]
            self.matched.matches[argument.id] = previous
        previous.count += 1
        return previous

    def _override(self, argument: Argument) -> None:
        """Forget what this argument overrides, and what overrides it."""
        matches = self.matched.matches
        for other in [known for known in matches if known in argument.overrides or argument.id in self.level.by_id[known].overrides]:
            if other != argument.id:
                del matches[other]

    # The end of the level

    def finish(self, has_subcommand: bool) -> None:
        """Settle what is pending, hear the environment, and check what goes together."""
        self._settle()
        self._hear_environment()
        verify(self.level, self.matched, has_subcommand=has_subcommand or bool(self.matched.command), help_text=self.line.help)

    def _hear_environment(self) -> None:
        for argument in self.level.arguments:
            if argument.variable is None or argument.id in self.matched.matches:
                continue
            value = self.line.variable(argument.variable)
            if value is not None:
                self._store(argument, argument.variable, [value], "variable")

    # Complaints

    def _unknown_short(self, letter: str) -> Fault:
        self._settle_quietly()
        return Fault("unknown_argument", self.level, argument=f"-{letter}", as_value=bool(self.level.positionals))

    def _unknown_long(self, name: str) -> Fault:
        self._settle_quietly()
        similar, below = self._find_meant(name)
        if similar is not None and below is None:
            self._pretend(self.level.by_long[similar])
        used = [known for known in self.matched.matches if not self.level.by_id[known].is_hidden]
        takes_rest = any(argument.is_last for argument in self.level.positionals)
        return Fault(
            "unknown_argument",
            self.level,
            argument=f"--{name}",
            used=used,
            similar=f"--{similar}" if similar else None,
            below=below,
            as_value=(similar is None or takes_rest) and bool(self.level.positionals),
        )

    def _pretend(self, argument: Argument) -> None:
        """Count the argument that was meant as given: the usage line then shows it."""
        self._override(argument)
        self.matched.matches.setdefault(argument.id, Match("line", f"--{argument.long}"))

    def _find_meant(self, name: str) -> tuple[str | None, str | None]:
        """The option that `name` may have meant, and the subcommand that has it where this one has none."""
        from hobd.cli.grammar.likeness import find_similar

        if similar := find_similar(name, self.level.by_long):
            return similar[-1], None
        for word in self.line.rest():
            child = next((child for child in self.level.command.children if child.name == word), None)
            if child and (similar := find_similar(name, Level(child.load(), ()).by_long)):
                return similar[-1], child.name
        return None, None

    def _unwanted(self, argument: Argument, value: str) -> Fault:
        required = self.level.required_ids()
        used = [known for known in self.matched.matches if not self.level.by_id[known].is_hidden and known not in required]
        self._settle_quietly()
        return Fault("unwanted_value", self.level, value=value, argument=argument, used=used)

    def _unexpected(self, word: str) -> Fault:
        self._settle_quietly()
        return Fault("unexpected_word", self.level, word=word, after_dashes=self._only_values)
