"""Which wheels an interpreter can use, and how well each fits (PEP 425)."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import TypeAlias

from msgspec import Struct

from hobd.core.tags.platforms import Platform, platform_tags
from hobd.core.tags.wheel_name import BuildTag, WheelName
from hobd.errors import WorldError

Triple: TypeAlias = tuple[str, str, str]
"""Python, ABI and platform tag."""

Fitness: TypeAlias = tuple[int, BuildTag]
"""Greater fits better; of equal tags the greater build tag wins."""


class UnknownImplementation(WorldError):
    """An implementation of Python for which there are no tags."""


class InterpreterFacts(Struct, frozen=True, kw_only=True):
    """What tags depend on; learned by asking the interpreter."""

    implementation: str
    """`sys.implementation.name`: `cpython`, `pypy`, `graalpy` or `pyston`."""
    python_version: tuple[int, int]
    implementation_version: tuple[int, int]
    """Of the implementation itself: (7, 3) for PyPy 7.3.x. For CPython the same as `python_version`."""
    platform: Platform
    is_free_threaded: bool = False
    is_debug: bool = False
    is_manylinux_compatible: bool = True


class Tags:
    """The tags of one interpreter, in order. Kept as blocks: every (python, abi) pair goes with all platforms."""

    __slots__ = ("_any", "_pairs", "_platforms")

    def __init__(self, facts: InterpreterFacts) -> None:
        platforms = platform_tags(facts.platform, is_manylinux_compatible=facts.is_manylinux_compatible)
        self._platforms = {tag: index for index, tag in enumerate(platforms)}
        self._pairs = {pair: index * len(platforms) for index, pair in enumerate(_pairs(facts))}
        first_any = len(self._pairs) * len(platforms)
        self._any = {python: first_any + index for index, python in enumerate(_pure_pythons(facts))}

    def rank(self, wheel: WheelName) -> int | None:
        """The place of the best of the wheel's tags in the interpreter's order, 0 first; None where none fits."""
        ranks: list[int] = []
        for python, abi in product(wheel.pythons, wheel.abis):
            base = self._pairs.get((python, abi))
            if base is not None:  # it seldom is: most wheels are for other Pythons
                ranks += [base + offset for platform in wheel.platforms if (offset := self._platforms.get(platform)) is not None]
            if abi == "none" and "any" in wheel.platforms and (rank := self._any.get(python)) is not None:
                ranks.append(rank)
        return min(ranks, default=None)

    def fitness(self, wheel: WheelName) -> Fitness | None:
        """How well a wheel fits: the greatest of several is the one to install. None where it does not fit."""
        rank = self.rank(wheel)
        return None if rank is None else (-rank, wheel.build)

    def knows_python(self, python: str) -> bool:
        """Whether a Python tag fits, with some ABI."""
        return python in self._any or any(python == known for known, _ in self._pairs)

    def knows_abi(self, python: str, abi: str) -> bool:
        """Whether a Python tag with an ABI tag fits, on some platform."""
        return (python, abi) in self._pairs or (abi == "none" and python in self._any)

    @property
    def best(self) -> Triple:
        """The most specific tag: the interpreter's own Python, ABI and platform."""
        return next(iter(self))

    def __iter__(self) -> Iterator[Triple]:
        """All tags, best first: some thousand."""
        for python, abi in self._pairs:
            for platform in self._platforms:
                yield python, abi, platform
        for python in self._any:
            yield python, "none", "any"


@lru_cache(maxsize=32)
def tags_for(facts: InterpreterFacts) -> Tags:
    """The tags of an interpreter."""
    return Tags(facts)


def _pairs(facts: InterpreterFacts) -> Iterator[tuple[str, str]]:
    """The (python, abi) tags that go with every platform tag."""
    major, minor = facts.python_version
    if facts.implementation == "cpython":
        yield from _cpython_pairs(facts)
    else:
        yield _native_pair(facts)
    yield f"py{major}{minor}", "none"
    yield f"py{major}", "none"
    for older in range(minor - 1, -1, -1):
        yield f"py{major}{older}", "none"


def _cpython_pairs(facts: InterpreterFacts) -> Iterator[tuple[str, str]]:
    """The exact ABI, then the stable ABI of this and all older minors; `none` for this minor only."""
    major, minor = facts.python_version
    here = f"cp{major}{minor}"
    threading = "t" if facts.is_free_threaded else ""
    pymalloc = "m" if facts.python_version <= (3, 7) else ""
    yield here, f"{here}{threading}{'d' if facts.is_debug else ''}{pymalloc}"
    if facts.is_debug and facts.python_version >= (3, 8):
        yield here, f"{here}{threading}"  # since 3.8 a debug build loads what was built for a release build
    stable = f"abi3{threading}"
    yield here, stable
    yield here, "none"
    for older in range(minor - 1, 1, -1):
        yield f"cp{major}{older}", stable


def _native_pair(facts: InterpreterFacts) -> tuple[str, str]:
    """The exact ABI of an implementation other than CPython."""
    python, own = "{}{}".format(*facts.python_version), "{}{}".format(*facts.implementation_version)
    match facts.implementation:
        case "pypy":
            return f"pp{python}", f"pypy{python}_pp{own}"
        case "graalpy":
            return f"graalpy{python}", f"graalpy{own}_{python}_native"
        case "pyston":
            return f"pyston{python}", f"pyston_{own}_x86_64_linux_gnu"
    raise UnknownImplementation(f"There are no wheels for the Python implementation `{facts.implementation}`")


def _pure_pythons(facts: InterpreterFacts) -> Iterator[str]:
    """The Python tags that go with `none-any`."""
    major, minor = facts.python_version
    if facts.implementation == "cpython":
        yield f"cp{major}{minor}"
    yield f"py{major}{minor}"
    yield f"py{major}"
    for older in range(minor - 1, -1, -1):
        yield f"py{major}{older}"
