"""Short words to declare arguments with."""

from typing import Any

from hobd.cli.grammar.model import Argument, Kind


def flag(name: str, short: str | None = None, **more: Any) -> Argument:
    """`--name`, given or not."""
    return Argument(id=more.pop("id", name), kind="flag", long=name, short=short, **more)


def count(name: str, short: str | None = None, **more: Any) -> Argument:
    """`--name`, counted: `-vv` is two."""
    return Argument(id=name, kind="count", long=name, short=short, **more)


def option(name: str, short: str | None = None, **more: Any) -> Argument:
    """`--name VALUE`, at most once."""
    return _valued("one", name, short, more)


def options(name: str, short: str | None = None, **more: Any) -> Argument:
    """`--name VALUE`, as often as wanted."""
    return _valued("many", name, short, more)


def positional(name: str, **more: Any) -> Argument:
    """`NAME`, known by its place."""
    return Argument(id=name, kind="one", value_name=more.pop("value_name", _value_name(name)), **more)


def positionals(name: str, **more: Any) -> Argument:
    """`NAME...`, the places from here on."""
    return Argument(id=name, kind="many", value_name=more.pop("value_name", _value_name(name)), **more)


def _valued(kind: Kind, name: str, short: str | None, more: dict[str, Any]) -> Argument:
    value_name = more.pop("value_name", _value_name(name))
    return Argument(id=more.pop("id", name), kind=kind, long=name, short=short, value_name=value_name, **more)


def _value_name(name: str) -> str:
    return name.replace("-", "_").upper()
