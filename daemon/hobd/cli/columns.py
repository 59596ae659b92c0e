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


def _padded(row: Sequence[str], widths: Sequence[int], right: Sequence[int]) -> list[str]:
    blanks = [" " * (width - len(strip_style(cell))) for cell, width in zip(row, widths, strict=True)]
    return [blank + cell if place in right else cell + blank for place, (cell, blank) in enumerate(zip(row, blanks, strict=True))]
