"""Why something cannot be, as a picture: facts above, what follows from them below, the contradiction at the bottom."""

from hobd.core.resolver.package import Kind as PackageKind
from hobd.core.resolver.proof import Fact, Missing, Needs, Proof, Step, Unusable
from hobd.core.resolver.sentences import Words
from hobd.core.vocab.names import Name
from hobd.core.why.picture import MOST_BOXES, Arrow, Box, Kind, Picture, broken


def picture_of_proof(title: str, proof: Proof, words: Words, asked: Name) -> Picture:
    """The graph of a proof; of one that is larger than anybody looks at, the part next to its conclusion.

    Args:
        asked: the name that the question was about.
    """
    keys: dict[Proof, str] = {}
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    waiting: list[Proof] = [proof]
    while waiting:
        each = waiting.pop(0)
        if each in keys:
            continue
        keys[each] = str(len(keys))
        boxes.append(_box(keys[each], each, words, asked, is_end=each is proof))
        if len(keys) + len(waiting) + 2 <= MOST_BOXES:
            waiting += _causes(each, words)
    for conclusion, key in keys.items():
        arrows += (Arrow(start=keys[cause], end=key) for cause in dict.fromkeys(_causes(conclusion, words)) if cause in keys)
    return Picture(title=title, boxes=tuple(reversed(boxes)), arrows=tuple(arrows))


def _causes(proof: Proof, words: Words) -> list[Proof]:
    """What a conclusion follows from; that a project is part of its own requirements goes without saying."""
    if not isinstance(proof, Step):
        return []
    found: list[Proof] = []
    for cause in (proof.first, proof.second):
        kept = cause
        while isinstance(kept, Step) and (words.is_obvious(kept.first) or words.is_obvious(kept.second)):
            kept = kept.second if words.is_obvious(kept.first) else kept.first
        if not words.is_obvious(kept):
            found.append(kept)
    return found


def _box(key: str, proof: Proof, words: Words, asked: Name, *, is_end: bool) -> Box:
    if isinstance(proof, Step):
        text = words.conclusion(proof.terms)
        return Box(key=key, lines=broken(text), kind="problem" if is_end else "plain")
    return Box(key=key, lines=broken(words.fact(proof)), kind="problem" if is_end else _kind(proof, words, asked))


def _kind(fact: Fact, words: Words, asked: Name) -> Kind:
    """What the user has a say in, and what the question was about, stand out."""
    match fact:
        case Needs(package, _, on, _) if package.kind is PackageKind.ROOT or package.name in words.background.members:
            return "target" if on.name == asked and package.kind is PackageKind.ROOT else "start"
        case Missing() | Unusable():
            return "problem"
    return "plain"
