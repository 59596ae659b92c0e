"""One file that can be installed: a wheel or a sdist, as an index, a folder or a lock describes it."""

from msgspec import Struct

from hobd.core.vocab.digest import Digest


class File(Struct, frozen=True, kw_only=True):
    """One file of a project on an index. Nothing in it is parsed before it is looked at: pages have thousands."""

    filename: str
    location: str
    """Absolute address without fragment, or for a local index a path relative to it or absolute."""
    digests: tuple[Digest, ...] = ()
    size: int | None = None
    """Bytes; None where the index does not say."""
    upload_time: str | None = None
    """RFC 3339 text as the index gave it (PEP 700); None where it does not say."""
    requires_python: str | None = None
    """As the index gave it, unparsed; None where it does not say."""
    yanked: str | None = None
    """None: not yanked. Else the reason, which may be empty (PEP 592)."""
    metadata: bool | Digest = False
    """Whether the metadata is offered as a file of its own, with its digest where known (PEP 658, PEP 714)."""
    is_path: bool = False
    """Whether `location` is a path."""

    @property
    def is_wheel(self) -> bool:
        """Whether the file is a wheel, by its name."""
        return self.filename.endswith(".whl")
