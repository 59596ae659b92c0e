"""What is installed, as a table."""

from msgspec import Struct


class Row(Struct, frozen=True, kw_only=True):
    """One distribution of a listing."""

    name: str
    version: str
    latest: str | None = None
    """The newest version that the index has, with `--outdated`."""
    latest_kind: str | None = None
    """`wheel` or `sdist`."""
    editable: str | None = None
    """The folder of an editable project."""

    def as_json(self) -> dict[str, str]:
        """With uv's keys; what is not known has none."""
        fields = {
            "name": self.name,
            "version": self.version,
            "latest_version": self.latest,
            "latest_filetype": self.latest_kind,
            "editable_project_location": self.editable,
        }
        return {key: value for key, value in fields.items() if value is not None}


def render_columns(rows: list[Row]) -> str:
    """A table with as many columns as say anything; nothing for no rows."""
    if not rows:
        return ""
    columns = [("Package", [row.name for row in rows]), ("Version", [row.version for row in rows])]
    if any(row.latest is not None for row in rows):
        columns += [("Latest", [row.latest or "" for row in rows]), ("Type", [row.latest_kind or "" for row in rows])]
    if any(row.editable is not None for row in rows):
        columns.append(("Editable project location", [row.editable or "" for row in rows]))
    widths = [max(map(len, (head, *cells))) for head, cells in columns]
    lines = [[head for head, _ in columns], ["-" * width for width in widths], *zip(*(cells for _, cells in columns), strict=True)]
    return "".join(" ".join(map(str.ljust, line, widths)).rstrip() + "\n" for line in lines)
