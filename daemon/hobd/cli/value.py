"""The frozen values of the command line, cheap to define and to make."""

from typing import Any, ClassVar, dataclass_transform


class _Missing:
    """Stands where a field has no default."""


_MISSING = _Missing()


class _DataclassFields:
    """Makes `dataclasses.fields` and `dataclasses.replace` work, at the cost of `dataclass` only where they are used."""

    def __get__(self, _instance: object, owner: "type[Value]") -> dict[str, Any] | None:
        if owner is Value:  # which has none, and must keep this descriptor
            return None
        from dataclasses import dataclass

        dataclass(init=False, repr=False, eq=False)(owner)
        fields: dict[str, Any] = owner.__dict__["__dataclass_fields__"]
        return fields


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Value:
    """Base of frozen dataclasses that take keyword arguments only.

    `dataclass` compiles five methods for every class, 1 ms a class on a slow machine; a command line
    with its dozen of values would spend a cold start on that. Here the methods are written once.
    """

    __dataclass_fields__: ClassVar[dict[str, Any]] = _DataclassFields()  # type: ignore[assignment] # a descriptor of that type
    _defaults: ClassVar[dict[str, Any]] = {}
    """Every field with its default, in order of declaration."""

    def __init_subclass__(cls) -> None:
        own = cls.__dict__
        cls._defaults = cls._defaults | {name: own.get(name, _MISSING) for name in own.get("__annotations__", ())}

    def __init__(self, **values: Any) -> None:
        own = self.__dict__
        own.update(self._defaults)
        own.update(values)
        if len(own) != len(self._defaults):
            raise TypeError(f"{type(self).__name__} has no `{next(iter(values.keys() - self._defaults.keys()))}`")
        if _MISSING in own.values():
            raise TypeError(f"{type(self).__name__} needs `{next(name for name, value in own.items() if value is _MISSING)}`")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"cannot assign to `{name}`: values are frozen")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"cannot delete `{name}`: values are frozen")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__dict__ == self.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        """The fields that differ from their defaults: a plain command line makes a short line in a failing test."""
        told = (f"{name}={value!r}" for name, value in self.__dict__.items() if value != self._defaults[name])
        return f"{type(self).__name__}({', '.join(told)})"
