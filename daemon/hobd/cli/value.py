"""The frozen values of the command line, cheap to define and to make."""

from dataclasses import MISSING, Field, FrozenInstanceError, dataclass
from typing import Any, ClassVar, dataclass_transform


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Value:
    """Base of frozen dataclasses that take keyword arguments only.

    `dataclass` compiles five methods for every class, 1 ms a class on a slow machine; a command line
    with its dozen of values would spend a cold start on that. Here the methods are written once, and
    `dataclasses.fields` and `dataclasses.replace` still work.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    _defaults: ClassVar[dict[str, Any]] = {}
    """Every field with its default, or MISSING where there is none."""

    def __init_subclass__(cls) -> None:
        dataclass(init=False, repr=False, eq=False)(cls)
        cls._defaults = {name: field.default for name, field in cls.__dataclass_fields__.items()}

    def __init__(self, **values: Any) -> None:
        own = self.__dict__
        own.update(self._defaults)
        own.update(values)
        if len(own) != len(self._defaults):
            raise TypeError(f"{type(self).__name__} has no `{next(iter(values.keys() - self._defaults.keys()))}`")
        if MISSING in own.values():
            raise TypeError(f"{type(self).__name__} needs `{next(name for name, value in own.items() if value is MISSING)}`")

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to `{name}`")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete `{name}`")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__dict__ == self.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        """The fields that differ from their defaults: a plain command line makes a short line in a failing test."""
        told = (f"{name}={value!r}" for name, value in self.__dict__.items() if value != self._defaults[name])
        return f"{type(self).__name__}({', '.join(told)})"
