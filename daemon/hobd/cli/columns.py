"""Tables for people: cells one below the other."""

from collections.abc import Sequence

from hobd.cli.style import strip_style


def aligned(rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    """Rows of equally many cells, two blanks between the columns; styles have no width.

    Args:
        rows: of cells.
        right: places of columns whose cells are set to the right, as numbers are.
    """
    widths = [max(len(strip_style(row[place])) for row in rows) for place in range(len(rows[0]))] if rows else []
    return "".join(f"{'  '.join(_padded(row, widths, right)).rstrip()}\n" for row in rows)


def without_empty(rows: Sequence[Sequence[str]], *, kept: Sequence[int] = ()) -> tuple[list[list[str]], list[int]]:
    """A table without the columns that have nothing but their heading, and the places of those that are left.

    Args:
        rows: of cells, the headings first.
        kept: places of columns that stay, empty or not.
    """
    places = [place for place in range(len(rows[0])) if place in kept or any(row[place] for row in rows[1:])]
    return [[row[place] for place in places] for row in rows], places


def _padded(row: Sequence[str], widths: Sequence[int], right: Sequence[int]) -> list[str]:
    blanks = [" " * (width - len(strip_style(cell))) for cell, width in zip(row, widths, strict=True)]
    return [blank + cell if place in right else cell + blank for place, (cell, blank) in enumerate(zip(row, blanks, strict=True))]
