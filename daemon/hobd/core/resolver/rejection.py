"""Why versions that are there cannot be used, in the words of the explanation (uv-lock.md 7.3)."""

from msgspec import Struct
from msgspec.structs import replace

from hobd.core.tags import Misfit, Tags

_PLURALS = {"has": "have", "was": "were", "requires": "require", "depends on": "depend on", "needs": "need"}


class Rejection(Struct, frozen=True, kw_only=True):
    """A reason, as a verb and its object: `was`, `yanked`. Versions rejected for equal reasons are told of together."""

    verb: str
    what: str
    context: str = ""
    """An example, `(e.g., …)`, or empty."""
    is_whole_package: bool = False
    """Nothing of the package is to be had at all."""
    detail: str | None = None
    """What exactly is wrong, for a hint."""

    @property
    def is_absence(self) -> bool:
        """Whether indexes were asked, and have nothing under the name."""
        return self.is_whole_package and self.what in (_ABSENCES["not-found"], _ABSENCES["no-index"])

    def sentence(self, *, is_plural: bool) -> str:
        """What follows the package's name."""
        verb = _PLURALS.get(self.verb, self.verb) if is_plural else self.verb
        return " ".join(part for part in (verb, self.what, self.context) if part)


NO_WHEELS_FOR_PYTHON = Rejection(verb="has", what="no wheels with a matching Python version tag")
NO_WHEELS_BY_TAG = {
    Misfit.PLATFORM: Rejection(verb="has", what="no wheels with a matching platform tag"),
    Misfit.ABI: Rejection(verb="has", what="no wheels with a matching Python ABI tag"),
    Misfit.PYTHON: Rejection(verb="has", what="no wheels with a matching Python implementation tag"),
}
"""Where there is one environment to fit: by the closest misfit first."""
NO_SOURCE = Rejection(verb="has", what="no source distribution")
"""Its wheels may not be used (`no-binary`)."""
NO_USABLE_WHEELS = Rejection(verb="has", what="no usable wheels")
"""Its source distribution may not be built (`no-build`)."""
BAD_SOURCE_NAME = Rejection(verb="has", what="a non-PEP 625-compliant source distribution filename")
NOT_PUBLISHED_YET = Rejection(verb="was", what="published after the exclude newer time")
NO_PUBLISH_TIME = Rejection(verb="has", what="no publish time")
NO_FILES = Rejection(verb="has", what="no available distributions")

_ABSENCES = {
    "not-found": "not found in the package registry",
    "no-index": "not found in the provided package locations",
    "offline": "not found in the cache",
}


def yanked(reason: str) -> Rejection:
    """The version was yanked (PEP 592)."""
    reason = reason.strip().rstrip(".")
    return Rejection(verb="was", what=f"yanked (reason: {reason})" if reason else "yanked")


def no_wheels_that_fit(misfit: Misfit, tags: Tags) -> Rejection:
    """None of the wheels fits the one environment that is solved for; an example of a tag that would."""
    return replace(NO_WHEELS_BY_TAG[misfit], context=f"(e.g., `{tags.best[misfit - 1]}`)")


def requires_python(text: str) -> Rejection:
    """The metadata asks for another Python."""
    return Rejection(verb="requires", what=f"Python {text}")


def unusable(reason: str, detail: str | None, *, is_whole_package: bool = False) -> Rejection:
    """Metadata that cannot be had; `reason` follows the package in a sentence, `has invalid metadata`."""
    verb, _, what = reason.partition(" ")
    return Rejection(verb=verb, what=what, detail=detail, is_whole_package=is_whole_package)


def absent(reason: str) -> Rejection:
    """No index serves the name; `reason` is that of `NoPage`."""
    return Rejection(verb="was", what=_ABSENCES.get(reason, _ABSENCES["not-found"]), is_whole_package=True)
