"""Readers: each takes a plain value and the place where it stands, and gives a typed value or says what is wrong.

The words are those that uv's users know: `invalid type: integer `1`, expected a string`. Tables are read in the
order of the text, so that of several faults the first is told.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

from hobd.errors import HobError

Place: TypeAlias = tuple[str | int, ...]
"""Keys and indexes from the root of the document."""

T = TypeVar("T")

Reader: TypeAlias = Callable[[object, Place], T]


class Misfit(Exception):
    """A value has not the wanted shape. `is_key`: the key itself is at fault, not its value."""

    def __init__(self, message: str, place: Place, *, is_key: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.is_key = is_key


def wrong_type(value: object, place: Place, wanted: str) -> Misfit:
    """The value has another type than the wanted one."""
    return Misfit(f"invalid type: {describe(value)}, expected {wanted}", place)


def describe(value: object) -> str:
    """A value as error messages name it."""
    if isinstance(value, bool):
        return f"boolean `{str(value).lower()}`"
    if isinstance(value, int):
        return f"integer `{value}`"
    if isinstance(value, float):
        return f"floating point `{value!r}`"
    if isinstance(value, str):
        return f"string {quoted(value)}"
    return "sequence" if isinstance(value, list) else "map"


def quoted(text: str) -> str:
    """A string between double quotes, with escapes."""
    import json

    return json.dumps(text, ensure_ascii=False)


def any_value(value: object, place: Place) -> None:
    """Whatever it is, nothing of it is wanted here."""


def string(value: object, place: Place) -> str:
    """A string."""
    if isinstance(value, str):
        return value
    raise wrong_type(value, place, "a string")


def path_string(value: object, place: Place) -> str:
    """A path, as text."""
    if isinstance(value, str):
        return value
    raise wrong_type(value, place, "path string")


def boolean(value: object, place: Place) -> bool:
    """True or false."""
    if isinstance(value, bool):
        return value
    raise wrong_type(value, place, "a boolean")


def positive(value: object, place: Place) -> int:
    """A whole number above zero."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_type(value, place, "a nonzero usize")
    if value <= 0:
        raise Misfit(f"invalid value: integer `{value}`, expected a nonzero usize", place)
    return value


def parsed(parse: Callable[[str], T]) -> Reader[T]:
    """A string that another parser understands; its message is told as it is."""

    def read(value: object, place: Place) -> T:
        text = string(value, place)
        try:
            return parse(text)
        except HobError as error:
            raise Misfit(error.message, place) from error

    return read


def checked(parse: Callable[[str], object]) -> Reader[str]:
    """A string that another parser understands, kept as it was written."""
    understand = parsed(parse)

    def read(value: object, place: Place) -> str:
        understand(value, place)
        return string(value, place)

    return read


def variant(*names: str, aliases: Mapping[str, str] | None = None) -> Reader[str]:
    """One of a few words; aliases stand for another one."""
    meanings = {name: name for name in names} | dict(aliases or {})

    def read(value: object, place: Place) -> str:
        text = string(value, place)
        if text not in meanings:
            raise Misfit(f"unknown variant `{text}`, {expected(tuple(meanings))}", place)
        return meanings[text]

    return read


def expected(names: tuple[str, ...]) -> str:
    """The names that would have been right, at the end of a sentence."""
    if len(names) == 2:
        return f"expected `{names[0]}` or `{names[1]}`"
    if len(names) == 1:
        return f"expected `{names[0]}`"
    return "expected one of " + ", ".join(f"`{name}`" for name in names)


def list_of(item: Reader[T], wanted: str = "a sequence") -> Reader[tuple[T, ...]]:
    """A list, item by item."""

    def read(value: object, place: Place) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise wrong_type(value, place, wanted)
        return tuple(item(entry, (*place, number)) for number, entry in enumerate(value))

    return read


def map_of(key: Callable[[str], Any], item: Reader[T], duplicate: str | None = None) -> Reader[tuple[tuple[Any, T], ...]]:
    """A table with free keys, in the order of the text.

    Args:
        key: parses a key.
        item: reads a value.
        duplicate: what to say of keys that are equal once parsed, with `{}` for the key; None: they may be.
    """

    def read(value: object, place: Place) -> tuple[tuple[Any, T], ...]:
        if not isinstance(value, dict):
            raise wrong_type(value, place, "a map" if duplicate is None else "a map with unique keys")
        seen: set[Any] = set()
        pairs = []
        for text, entry in value.items():
            name = _parsed_key(key, text, (*place, text))
            found = item(entry, (*place, text))
            if duplicate is not None and name in seen:
                raise Misfit(duplicate.format(name), place)
            seen.add(name)
            pairs.append((name, found))
        return tuple(pairs)

    return read


def _parsed_key(key: Callable[[str], Any], text: str, place: Place) -> Any:
    try:
        return key(text)
    except HobError as error:
        raise Misfit(error.message, place, is_key=True) from error


def fields(value: object, place: Place, readers: Mapping[str, Reader[Any]], *, closed: bool, wanted: str = "a map") -> dict[str, Any]:
    """A table with known keys: what was found, by key.

    Args:
        value: the table.
        place: where it stands.
        readers: by key, in the order in which an error lists them.
        closed: whether other keys are an error; else they are skipped.
        wanted: what to call it where the value is no table.
    """
    if not isinstance(value, dict):
        raise wrong_type(value, place, wanted)
    found = {}
    for key, entry in value.items():
        reader = readers.get(key)
        if reader is not None:
            found[key] = reader(entry, (*place, key))
        elif closed:
            raise Misfit(f"unknown field `{key}`, {expected(tuple(readers))}", (*place, key), is_key=True)
    return found


def required(found: Mapping[str, Any], key: str, place: Place) -> Any:
    """A key that has to be there."""
    if key not in found:
        raise Misfit(f"missing field `{key}`", place)
    return found[key]
