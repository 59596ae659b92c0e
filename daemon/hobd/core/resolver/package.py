"""What the search decides on: packages, and proxies that stand for requirements on them (uv-lock.md 4.2).

    requirement        what it depends on            which depends on
    n                  n
    n ; m              proxy n{m}                    n, and n with marker m
    n[e]               proxy n[e]                    n, n[e]
    n[e] ; m           proxy n[e]{m}                 n, n[e], and both with marker m
    n:g ; m            proxy n:g{m}                  n:g, and n:g with marker m

All packages of one name that are decided have the same version. Only those without marker are nodes of the result.
"""

from enum import Enum

from hobd.core.markers import TRUE, Marker
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import ConflictItem


class Kind(Enum):
    """What a package of the search stands for."""

    ROOT = "root"
    PYTHON = "python"
    """No version of it can ever be chosen: it expresses that a `Requires-Python` is not met. The one that runs builds has a part's name."""
    PACKAGE = "package"
    """A distribution, one of its extras, or one of its groups."""
    PROXY = "proxy"
    """A requirement on such a package."""


class Package:
    """One variable of the search. Interned by `PackageTable`: compared and hashed by identity."""

    __slots__ = ("base", "extra", "group", "index", "is_distribution", "is_node", "is_proxy", "kind", "marker", "name")

    def __init__(
        self,
        index: int,
        kind: Kind,
        name: Name | None,
        extra: Name | None = None,
        group: Name | None = None,
        marker: Marker = TRUE,
    ) -> None:
        self.index = index
        """Order of discovery."""
        self.kind = kind
        self.name = name
        """None for the root and for Python."""
        self.extra = extra
        self.group = group
        self.marker = marker
        self.base: Package | None = None
        """For the proxy of a distribution or of an extra: the package that is always at the same version."""
        self.is_proxy = kind is Kind.PROXY
        """Whether it stands for a requirement."""
        self.is_node = kind is Kind.PACKAGE and marker.is_true
        """Whether it is a node of the result, once it is decided."""
        self.is_distribution = self.is_node and extra is None and group is None
        """Whether that node is a distribution itself, no extra or group of it."""

    @property
    def conflict_item(self) -> ConflictItem | None:
        """What a set of `conflicts` would call it."""
        return None if self.name is None else ConflictItem(package=self.name, extra=self.extra, group=self.group)

    def __str__(self) -> str:
        if self.name is None:
            return "Python" if self.kind is Kind.PYTHON else "root"
        label = self.name + (f"[{self.extra}]" if self.extra else f":{self.group}" if self.group else "")
        shows_marker = not self.marker.is_true and not (self.is_proxy and (self.extra or self.group))
        return f"{label}{{{self.marker}}}" if shows_marker else label

    def __repr__(self) -> str:
        return f"<{self.kind.value} {self}>"


class PackageTable:
    """All packages of one resolution. Forks share it: it only grows, and what it holds never changes."""

    def __init__(self) -> None:
        self._packages: dict[tuple[Kind, Name | None, Name | None, Name | None, Marker], Package] = {}
        self.root = self._intern(Kind.ROOT, None, None, None, TRUE)
        self.python = self._intern(Kind.PYTHON, None, None, None, TRUE)
        self.building_python = self._intern(Kind.PYTHON, None, Name("building"), None, TRUE)
        """The Python that runs builds, where that is not the one that is solved for."""

    def package(self, name: Name, extra: Name | None = None, group: Name | None = None, marker: Marker = TRUE) -> Package:
        """A distribution, an extra or a group of it; with a marker, its shadow under that marker."""
        return self._intern(Kind.PACKAGE, name, extra, group, marker)

    def required(self, name: Name, extra: Name | None, group: Name | None, marker: Marker) -> Package:
        """What a requirement depends on: a proxy, or the distribution itself for a plain name without marker."""
        if extra is None and group is None and marker.is_true:
            return self.package(name)
        proxy = self._intern(Kind.PROXY, name, extra, group, marker)
        if group is None and proxy.base is None:
            proxy.base = self.package(name)
        return proxy

    def with_marker(self, package: Package, marker: Marker) -> Package:
        """The same under another marker."""
        return self._intern(package.kind, package.name, package.extra, package.group, marker)

    def _intern(self, kind: Kind, name: Name | None, extra: Name | None, group: Name | None, marker: Marker) -> Package:
        key = (kind, name, extra, group, marker)
        found = self._packages.get(key)
        if found is None:
            found = self._packages[key] = Package(len(self._packages), kind, name, extra, group, marker)
        return found
