"""What a marker can ask about, in the order in which decision diagrams ask (uv-lock.md 3.3)."""

from enum import IntEnum
from typing import NamedTuple


class Kind(IntEnum):
    """Kinds of variables; smaller ones lie nearer the root of a diagram."""

    STRING = 1
    """A string name, compared byte-wise: partitioned into ranges."""
    RELEASE_VERSION = 2
    """`platform_release` as a version, which is how macOS numbers its kernels."""
    VERSION = 3
    """A version name, partitioned into ranges of releases."""
    IN = 4
    """`name in 'literal'`: true or false."""
    CONTAINS = 5
    """`'literal' in name`: true or false."""
    EXTRA = 6
    """`extra == 'name'`: true or false."""
    LIST = 7
    """`'name' in extras` or `in dependency_groups`: true or false."""
    TERMINAL = 9
    """No question: the variable of the two leaves, greater than every other."""


class Variable(NamedTuple):
    """One question. Compares in the order of the diagrams."""

    kind: int
    order: int
    """Index of the name within its kind; 0 for extras."""
    literal: str
    """The name for extras and lists, the literal for `in` and contains; else empty."""


STRING_NAMES = (
    "os_name",
    "sys_platform",
    "platform_system",
    "platform_machine",
    "platform_python_implementation",
    "platform_release",
    "platform_version",
    "implementation_name",
)
VERSION_NAMES = ("implementation_version", "python_full_version")
LIST_NAMES = ("extras", "dependency_groups")

TERMINAL = Variable(Kind.TERMINAL, 0, "")
STRINGS = {name: Variable(Kind.STRING, order, "") for order, name in enumerate(STRING_NAMES)}
VERSIONS = {name: Variable(Kind.VERSION, order, "") for order, name in enumerate(VERSION_NAMES)}
PLATFORM_RELEASE_VERSION = Variable(Kind.RELEASE_VERSION, 0, "")
PYTHON_FULL_VERSION = VERSIONS["python_full_version"]
LAST_PLATFORM = STRINGS["platform_system"]
"""`os_name`, `sys_platform` and `platform_system` are the first three of the order (the rule of 3.5 is about them)."""


def is_membership_in(name: str, literal: str) -> Variable:
    """The question `name in 'literal'`."""
    return Variable(Kind.IN, STRING_NAMES.index(name), literal)


def contains_literal(name: str, literal: str) -> Variable:
    """The question `'literal' in name`."""
    return Variable(Kind.CONTAINS, STRING_NAMES.index(name), literal)


def is_extra(name: str) -> Variable:
    """The question `extra == 'name'` (normalized name)."""
    return Variable(Kind.EXTRA, 0, name)


def is_in_list(list_name: str, name: str) -> Variable:
    """The question `'name' in extras` or `'name' in dependency_groups` (normalized name)."""
    return Variable(Kind.LIST, LIST_NAMES.index(list_name), name)


def name_of(variable: Variable) -> str:
    """The environment's name that a variable asks about."""
    match variable.kind:
        case Kind.VERSION:
            return VERSION_NAMES[variable.order]
        case Kind.RELEASE_VERSION:
            return "platform_release"
        case Kind.EXTRA:
            return "extra"
        case Kind.LIST:
            return LIST_NAMES[variable.order]
    return STRING_NAMES[variable.order]
