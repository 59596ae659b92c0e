"""What a misspelt word may have meant (Jaro's similarity, with the threshold of uv's parser)."""

from bisect import bisect_right
from collections.abc import Iterable

_THRESHOLD = 0.7


def similarity(left: str, right: str) -> float:
    """Jaro similarity, from 0 (nothing in common) to 1 (equal)."""
    if not left or not right:
        return 1.0 if left == right else 0.0
    reach = max(max(len(left), len(right)) // 2 - 1, 0)
    taken = [False] * len(right)
    matched = []
    for place, letter in enumerate(left):
        for other in range(max(0, place - reach), min(len(right), place + reach + 1)):
            if not taken[other] and right[other] == letter:
                taken[other] = True
                matched.append(letter)
                break
    if not matched:
        return 0.0
    counterpart = [letter for letter, is_taken in zip(right, taken, strict=True) if is_taken]
    swaps = sum(one != other for one, other in zip(matched, counterpart, strict=True)) // 2
    count = len(matched)
    return (count / len(left) + count / len(right) + (count - swaps) / count) / 3


def find_similar(word: str, candidates: Iterable[str]) -> list[str]:
    """Candidates that are similar enough, the most similar last."""
    scores: list[float] = []
    found: list[str] = []
    for candidate in candidates:
        score = similarity(word, candidate)
        if score > _THRESHOLD:
            place = bisect_right(scores, score)
            scores.insert(place, score)
            found.insert(place, candidate)
    return found
