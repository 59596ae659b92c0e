"""The manifest of `hob export --batch`: several exports of one lock, each with what it holds (TRE-7).

```toml
[[export]]
output-file = "requirements/docs.txt"      # from the manifest's folder
only-group = ["docs"]
```
"""

from typing import Any

from msgspec import Struct

from hobd.core.formats.shapes import Misfit, Place, Reader, boolean, checked, fields, list_of, path_string, required
from hobd.core.formats.toml_text import misfit_error, parse_toml
from hobd.core.vocab.names import parse_name
from hobd.errors import RequestError


class ExportEntry(Struct, frozen=True, kw_only=True):
    """One export."""

    output_file: str
    """As it was written."""
    package: tuple[str, ...] = ()
    all_packages: bool = False
    extra: tuple[str, ...] = ()
    no_extra: tuple[str, ...] = ()
    all_extras: bool = False
    group: tuple[str, ...] = ()
    no_group: tuple[str, ...] = ()
    only_group: tuple[str, ...] = ()
    all_groups: bool = False
    no_default_groups: bool = False

    def check(self) -> None:
        """Refuse what cannot be asked for together.

        Raises:
            RequestError: it is.
        """
        if self.all_packages and self.package:
            raise RequestError("`all-packages` cannot be combined with `package`")
        if self.all_extras and self.extra:
            raise RequestError("`all-extras` cannot be combined with `extra`")
        if self.only_group and (self.group or self.all_groups):
            raise RequestError("`only-group` cannot be combined with `group` or `all-groups`")
        if self.only_group and (self.extra or self.all_extras):
            raise RequestError("`only-group` cannot be combined with `extra` or `all-extras`")


def parse_manifest(text: str) -> tuple[ExportEntry, ...]:
    """Read a manifest.

    Raises:
        InvalidToml: it is none.
        RequestError: it has no entries.
    """
    try:
        found = fields(parse_toml(text), (), {"export": list_of(_entry)}, closed=True)
        entries: tuple[ExportEntry, ...] = required(found, "export", ())
    except Misfit as misfit:
        raise misfit_error(text, misfit) from misfit
    if not entries:
        raise RequestError("Export manifest must contain at least one `[[export]]` entry")
    return entries


_NAMES = list_of(checked(parse_name))
_READERS: dict[str, Reader[Any]] = {
    "output-file": path_string,
    "package": _NAMES,
    "all-packages": boolean,
    "extra": _NAMES,
    "no-extra": _NAMES,
    "all-extras": boolean,
    "group": _NAMES,
    "no-group": _NAMES,
    "only-group": _NAMES,
    "all-groups": boolean,
    "no-default-groups": boolean,
}


def _entry(value: object, place: Place) -> ExportEntry:
    found = fields(value, place, _READERS, closed=True)
    required(found, "output-file", place)
    return ExportEntry(**{key.replace("-", "_"): each for key, each in found.items()})
