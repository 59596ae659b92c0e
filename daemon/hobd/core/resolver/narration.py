"""A proof told line by line: which cause comes first, and when to refer back by number (uv-lock.md 7.3)."""

from typing import TypeAlias

from msgspec import Struct, field

from hobd.core.resolver.proof import Fact, Proof, Step
from hobd.core.resolver.sentences import Words, padded


class _Tell(Struct, frozen=True):
    step: Step


class _Number(Struct, frozen=True):
    """The step has been told: give its line a number if others build on it."""

    shared: int | None


class _TellSecond(Struct, frozen=True):
    """The first of two derived causes has been told."""

    step: Step
    first: Step
    second: Step


_Task: TypeAlias = "_Tell | _Number | _TellSecond | str"


def narrate(proof: Proof, words: Words) -> str:
    """The proof in lines, causes before conclusions."""
    if not isinstance(proof, Step):
        return words.fact(proof)
    return "\n".join(_Narrator(words).tell(proof))


class _Narrator(Struct):
    """Lines told so far, and which of them have numbers. A stack of tasks stands for recursion: proofs can be deep."""

    words: Words
    lines: list[str] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)
    count: int = 0

    def tell(self, proof: Step) -> list[str]:
        tasks: list[_Task] = [_Tell(proof)]
        while tasks:
            match tasks.pop():
                case _Tell(step):
                    tasks.append(_Number(step.shared))
                    tasks += reversed(self._begin(step))
                case _Number(shared):
                    if shared is not None and shared not in self.numbers:
                        self.numbers[shared] = self._add_number()
                case _TellSecond() as task:
                    tasks += reversed(self._go_on(task))
                case str() as line:
                    self.lines.append(line)
        return self.lines

    def _begin(self, step: Step) -> list[_Task]:
        """What is to be told for a step, in order."""
        first, second = step.first, step.second
        if not isinstance(first, Step) and not isinstance(second, Step):
            return [self._because(self.words.both(first, second), step)]
        if isinstance(first, Step) and isinstance(second, Step):
            return self._from_two(step, first, second)
        derived, fact = (first, second) if isinstance(first, Step) else (second, first)
        assert isinstance(derived, Step)
        assert not isinstance(fact, Step)
        return self._from_one(step, derived, fact)

    def _from_one(self, step: Step, derived: Step, fact: Fact) -> list[_Task]:
        number = self._number_of(derived)
        if number is not None:
            known = padded("", self.words.conclusion(derived.terms), " ")
            text = padded("", self.words.fact(fact), ", ")
            return [f"Because we know from ({number}) that {known}and {text}we can conclude that {self._end(step)}"]
        prior, prior_fact = derived.first, derived.second
        if not isinstance(prior, Step):
            prior, prior_fact = prior_fact, prior
        if isinstance(prior, Step) and not isinstance(prior_fact, Step):
            return [_Tell(prior), self._and_because(self.words.both(prior_fact, fact), step)]
        return [_Tell(derived), self._and_because(self.words.fact(fact), step)]

    def _from_two(self, step: Step, first: Step, second: Step) -> list[_Task]:
        left, right = self._number_of(first), self._number_of(second)
        if left is not None and right is not None:
            known = padded("", self.words.conclusion(first.terms), " ")
            also = padded("", self.words.conclusion(second.terms), ", ")
            return [f"Because we know from ({left}) that {known}and we know from ({right}) that {also}{self._end(step)}"]
        if left is not None:
            return [_Tell(second), self._and_known(left, first, step)]
        if right is not None:
            return [_Tell(first), self._and_known(right, second, step)]
        return [_Tell(first), _TellSecond(step, first, second)]

    def _go_on(self, task: _TellSecond) -> list[_Task]:
        if task.first.shared is not None:
            return ["", _Tell(task.step)]
        number = self._add_number()
        return ["", _Tell(task.second), self._and_known(number, task.first, task.step)]

    def _because(self, causes: str, step: Step) -> str:
        return f"Because {padded('', causes, ', ')}we can conclude that {self._end(step)}"

    def _and_because(self, causes: str, step: Step) -> str:
        return f"And because {padded('', causes, ', ')}we can conclude that {self._end(step)}"

    def _and_known(self, number: int, known: Step, step: Step) -> str:
        text = padded("", self.words.conclusion(known.terms), ", ")
        return f"And because we know from ({number}) that {text}we can conclude that {self._end(step)}"

    def _end(self, step: Step) -> str:
        return padded("", self.words.conclusion(step.terms), ".")

    def _add_number(self) -> int:
        self.count += 1
        if self.lines:
            self.lines[-1] += f" ({self.count})"
        return self.count

    def _number_of(self, step: Step) -> int | None:
        return None if step.shared is None else self.numbers.get(step.shared)
