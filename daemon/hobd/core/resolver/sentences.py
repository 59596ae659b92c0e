"""The sentences of an explanation (uv-lock.md 7.3)."""

from enum import Enum

from msgspec import Struct
from packaging.version import Version

from hobd.core.resolver.cuts import BOTTOM, TOP, Cut, comparisons
from hobd.core.resolver.package import Kind, Package
from hobd.core.resolver.proof import Fact, Missing, Needs, Proof, Terms, Unusable
from hobd.core.resolver.tellable import Background
from hobd.core.resolver.term import Term
from hobd.core.resolver.versions import VersionSet


class Sense(Enum):
    """What a set of versions is told for: decides the words around it."""

    NEEDED = "one of:"
    USED = "all of:"
    LISTED = "are available:"


class Words(Struct, frozen=True):
    """Puts facts and conclusions into words."""

    background: Background

    def fact(self, fact: Fact) -> str:
        """A fact as a clause."""
        match fact:
            case Missing():
                return self._missing(fact)
            case Unusable():
                return self._unusable(fact)
            case Needs():
                return self._needs(fact)
        return "we are solving dependencies of root 0"

    def both(self, first: Fact, second: Fact) -> str:
        """Two facts as one clause, shorter if both are about the same versions."""
        match first, second:
            case Needs(), Needs() if first.package is second.package and first.versions == second.versions:
                if not self._is_asked(first, second):
                    return self._needs_both(first, second)
        for edge, other in ((second, first), (first, second)):
            if self.is_obvious(edge):
                return self.fact(other)
        return f"{padded('', self.fact(first), ' ')}and {self.fact(second)}"

    def is_obvious(self, proof: Proof) -> bool:
        """Whether a fact only says that a project is part of its own requirements."""
        return isinstance(proof, Needs) and proof.package.kind is Kind.ROOT and self._is_project(proof.on)

    def conclusion(self, terms: Terms) -> str:
        """What is concluded, as a clause."""
        ordered = sorted(terms.items(), key=lambda item: package_order(item[0]))
        if self.background.asked is not None and ordered and ordered[0][0].kind is Kind.ROOT:
            ordered = [(package, term) for package, term in ordered if not self._is_project(package)]
        match ordered:
            case []:
                return "the requirements are unsatisfiable"
            case [(package, _)] if package.kind is Kind.ROOT:
                return f"{self._root(package)} are unsatisfiable"
            case [(package, term)] if package.kind is Kind.PACKAGE:
                return self._verdict(package, term)
            case [(first, left), (second, right)] if left.is_positive != right.is_positive:
                if not left.is_positive:
                    first, left, second, right = second, right, first, left
                return self._needs(Needs(first, left.versions, second, right.excluded), is_concluded=True)
        return self._joined([self._term(package, term) for package, term in ordered])

    def _verdict(self, package: Package, term: Term) -> str:
        if not term.is_positive:
            return f"{self.versions(package, term.excluded, Sense.USED)} must be used"
        member = self._member(package)
        if member is not None:
            return f"{member}'s requirements are unsatisfiable"
        return f"{self.versions(package, term.versions, Sense.USED)} cannot be used"

    def _term(self, package: Package, term: Term) -> str:
        if term.is_positive:
            return self.versions(package, term.versions, Sense.USED)
        if term.excluded.is_single:
            return f"{package}!={term.excluded.lower.text}"
        return self.versions(package, term.versions, Sense.USED)

    @staticmethod
    def _joined(parts: list[str]) -> str:
        if len(parts) == 1:
            return f"{parts[0]} cannot be used"
        return f"{(' and ' if len(parts) == 2 else ', ').join(parts)} are incompatible"

    def _missing(self, fact: Missing) -> str:
        package, versions = fact.package, fact.versions
        if package.kind is Kind.PYTHON:
            return f"the {self._python(package)} does not satisfy {self.versions(package, versions, Sense.USED)}"
        if versions.is_everything:
            return f"there are no versions of {package}"
        if versions.is_single:
            return f"there is no version of {package}{spell(versions.lower, versions.upper)}"
        listed = self.background.listings.bounded(package, ~versions)
        if listed.is_empty:
            return f"there are no versions of {package}"
        told = self.versions(package, listed, Sense.LISTED)
        return f"only {told} is available" if len(listed.cuts) == 2 else f"only the following versions of {package} {told}"

    def _python(self, package: Package) -> str:
        """Which Python it is that does not satisfy something."""
        background, target = self.background, self.background.target
        if target is None or (target.is_requested and package is background.table.python):
            return f"requested Python version ({background.python.text()})"
        running = target.builds_with or Version(target.values["python_full_version"].rstrip("+"))
        return f"current Python version ({_trimmed(running)})"

    def _unusable(self, fact: Unusable) -> str:
        if fact.rejection.verb == "depends on" and fact.package.kind is Kind.ROOT:
            return f"{self._root_requires()} {fact.rejection.what}"
        if fact.package.kind is Kind.ROOT:
            return f"{self._root(fact.package)} cannot be used because {fact.rejection.what}"
        if fact.rejection.is_whole_package:
            return f"{fact.package}{padded(' ', fact.rejection.sentence(is_plural=False), '')}"
        told = self.versions(fact.package, fact.versions, Sense.USED)
        return f"{told}{padded(' ', fact.rejection.sentence(is_plural=self._is_plural(fact.package, fact.versions)), '')}"

    def _needs(self, fact: Needs, *, is_concluded: bool = False) -> str:
        package, on = fact.package, fact.on
        if package.name is not None and package.name == on.name:
            member = self._member(package)
            if member is not None:
                return f"{member} has an incompatible dependency on itself"
        if package.kind is Kind.ROOT:
            if fact.allowed.is_empty:
                return f"{self._root(package)} for {on} cannot be satisfied"
            lead = self._root_requires(None if is_concluded else on)
            return f"{lead} {self.versions(on, fact.allowed, Sense.NEEDED)}"
        return f"{self._depends(fact)}{self.versions(on, fact.allowed, Sense.NEEDED)}"

    def _needs_both(self, first: Needs, second: Needs) -> str:
        left = self.versions(first.on, first.allowed, Sense.NEEDED)
        right = self.versions(second.on, second.allowed, Sense.NEEDED)
        if first.package.kind is Kind.ROOT:
            return f"{self._root_requires()} {padded('', left, ' ')}and {right}"
        return f"{self._depends(first)}{padded('', left, ' ')}and{padded(' ', right, '')}"

    def _depends(self, fact: Needs) -> str:
        verb = "depend on " if self._is_plural(fact.package, fact.versions) else "depends on "
        return padded("", self.versions(fact.package, fact.versions, Sense.USED), " ") + verb

    def _is_plural(self, package: Package, versions: VersionSet) -> bool:
        """Several pieces are many, and so are "all versions of"; a member is one."""
        return self._member(package) is None and is_plural(versions)

    def versions(self, package: Package, versions: VersionSet, sense: Sense) -> str:
        """A package with a set of its versions."""
        if package.kind is Kind.ROOT:
            return self._root(package)
        member = self._member(package)
        return member if member is not None else comparison_of(str(package), versions, sense)

    def _member(self, package: Package) -> str | None:
        """What a member is called; None for other packages, and for plain requirements under a marker."""
        if package.name not in self.background.members:
            return None
        if package.extra is None and package.group is None:
            if package.is_proxy:
                return None
            return "your project" if len(self.background.members) == 1 else str(package)
        return str(package)

    def _is_project(self, package: Package) -> bool:
        is_base = package.kind is Kind.PACKAGE and package.extra is None and package.group is None
        return is_base and package.name in self.background.members and len(self.background.members) == 1

    def _is_asked(self, first: Needs, second: Needs) -> bool:
        """Whether one of them is what a question adds: the other one then goes without saying, or for itself."""
        asked = self.background.asked
        return asked is not None and first.package.kind is Kind.ROOT and asked in (first.on.name, second.on.name)

    def _root(self, package: Package) -> str:
        count = len(self.background.members)
        return "your requirements" if not count else "your project's requirements" if count == 1 else "your workspace's requirements"

    def _root_requires(self, on: Package | None = None) -> str:
        if on is not None and on.name == self.background.asked is not None:
            return "you ask for"
        count = len(self.background.members)
        return "you require" if not count else "your project requires" if count == 1 else "your workspace requires"


def _trimmed(version: Version) -> str:
    """`3.13` of 3.13.0."""
    release = version.release
    while len(release) > 1 and not release[-1]:
        release = release[:-1]
    return ".".join(map(str, release))


def is_plural(versions: VersionSet) -> bool:
    """Whether a set of versions is spoken of as many."""
    return versions.is_everything or len(versions.cuts) > 2


def comparison_of(label: str, versions: VersionSet, sense: Sense) -> str:
    """A set of versions with the package's label before every piece; several pieces stand on lines of their own."""
    if versions.is_empty:
        return f"{label} ∅"
    pieces = [_piece(label, low, high, sense) for low, high in versions.intervals()]
    if len(pieces) == 1:
        return pieces[0]
    return sense.value + "".join(f"\n    {piece}" for piece in pieces) + "\n"


def _piece(label: str, low: Cut, high: Cut, sense: Sense) -> str:
    if low is BOTTOM and high is TOP:
        return f"all versions of {label}" if sense is Sense.USED else label
    return label + spell(low, high)


def spell(low: Cut, high: Cut) -> str:
    """An interval as comparisons; `==X.*` for all versions of a release."""
    return series(low, high) or ",".join(comparisons(low, high))


def series(low: Cut, high: Cut) -> str | None:
    """`==X.Y.*` if the bounds enclose just that."""
    if low is BOTTOM or high is TOP or low.is_behind or high.is_behind:
        return None
    first, last = Version(low.text), Version(high.text)
    if any(each.dev != 0 or each.pre is not None or each.post is not None or each.local is not None for each in (first, last)):
        return None
    if len(first.release) != len(last.release) or (*first.release[:-1], first.release[-1] + 1) != last.release:
        return None
    return f"=={'.'.join(map(str, first.release))}.*"


def padded(left: str, content: str, right: str) -> str:
    """The content with something before and after it, where it does not begin or end with a blank or a new line itself."""
    before = left if content and not content[0].isspace() else ""
    after = right if content and not content[-1].isspace() else ""
    return f"{before}{content}{after}"


def package_order(package: Package) -> tuple[object, ...]:
    """Sort key of packages in a conclusion: the root, Python, distributions, then requirements on extras, groups, and under markers."""
    ranks = {Kind.ROOT: 0, Kind.PYTHON: 1, Kind.PACKAGE: 2}
    proxy_rank = 3 if package.extra is not None else 4 if package.group is not None else 5
    rank = ranks.get(package.kind, proxy_rank)
    return rank, package.name or "", package.extra or "", package.group or "", package.marker.sort_key()
