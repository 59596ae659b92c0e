"""Fields of parsed TOML, typed; a fault knows the place where it stands.

Readers look at one value and know nothing of what is around it: who reads a part of a table puts the key before
the place of a fault on its way out. That costs nothing while there is no fault.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

from hobd.core.formats.shapes import Misfit, variant, wrong_type
from hobd.core.vocab.names import Name, parse_name
from hobd.errors import HobError

Table: TypeAlias = Mapping[str, Any]
T = TypeVar("T")


def at(step: str | int, error: Misfit | HobError) -> Misfit:
    """A fault as it is seen one step further out; what other parsers refuse becomes a fault."""
    if isinstance(error, Misfit):
        return Misfit(error.message, (step, *error.place), is_key=error.is_key)
    return Misfit(error.message, (step,))


def each(items: object, read: Callable[[Any], T]) -> tuple[T, ...]:
    """The elements of an array."""
    if not isinstance(items, list):
        raise wrong_type(items, (), "a sequence")
    found: list[T] = []
    try:
        for item in items:
            found.append(read(item))  # noqa: PERF401  # the length tells where a fault is
    except (Misfit, HobError) as error:
        raise at(len(found), error) from error
    return tuple(found)


def array(table: Table, key: str, read: Callable[[Any], T]) -> tuple[T, ...]:
    """An array; empty where the key is not there."""
    return required(table, key, lambda items: each(items, read)) if key in table else ()


def named(table: Table, key: str, read: Callable[[Any], T]) -> tuple[tuple[Name, T], ...]:
    """A table with names as keys, sorted by name; empty where the key is not there."""
    if key not in table:
        return ()
    inner = required(table, key, as_table)
    try:
        return tuple((parse_name(name), required(inner, name, read)) for name in sorted(inner))
    except (Misfit, HobError) as error:
        raise at(key, error) from error


def required(table: Table, key: str, read: Callable[[Any], T]) -> T:
    """A field that has to be there."""
    if key not in table:
        raise Misfit(f"missing field `{key}`", ())
    try:
        return read(table[key])
    except (Misfit, HobError) as error:
        raise at(key, error) from error


def optional(table: Table, key: str, read: Callable[[Any], T]) -> T | None:
    """A field that may be there."""
    return required(table, key, read) if key in table else None


def as_table(value: object, wanted: str = "a map") -> Table:
    """A table."""
    if not isinstance(value, dict):
        raise wrong_type(value, (), wanted)
    return value


def as_text(value: object) -> str:
    """A string."""
    if not isinstance(value, str):
        raise wrong_type(value, (), "a string")
    return value


def word(*words: str) -> Callable[[object], str]:
    """One of a few words."""
    read = variant(*words)
    return lambda value: read(value, ())


def as_number(value: object, wanted: str = "u32") -> int:
    """A whole number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_type(value, (), wanted)
    if value < 0:
        raise Misfit(f"invalid value: integer `{value}`, expected {wanted}", ())
    return value


def as_name(value: object) -> Name:
    """The name of a package, an extra or a group."""
    return parse_name(as_text(value))
