"""Cells of a cross table that count so few people that they could point at one (≤ 3).

Hiding only these does not hide them: the values of an attribute share out all opinions, and the
totals by theme stand in another table, so a single hidden cell is the total less the others.
:func:`hidden_cells` therefore hides further ones until no hidden figure can be worked out:

1. Cells of 1 to 3. Where a value has so few opinions in all, its whole row, zeros too: that
   nobody of the 90代 spoke of a theme tells of a person as well.
2. In each column at least two cells, and enough in them that none of them is known to be small.
3. In each row that shows how many opinions it has at least two of the others: 該当なし and 保留
   leave no more than what is left.

The rule of at least two cells, chosen smallest first, is complementary suppression as statistical
offices do it.
"""

from __future__ import annotations

from collections.abc import Sequence

FEW = 3


def is_few(count: int) -> bool:
    """Whether a cell could point at a person."""
    return 0 < count <= FEW


def hidden_cells(counts: Sequence[Sequence[int]]) -> frozenset[tuple[int, int]]:
    """Which cells to keep back.

    Parameters
    ----------
    counts : sequence of sequence of int
        One row for each value of the attribute; the first column counts all of its opinions.

    Returns
    -------
    frozenset of (int, int)
        Row and column.
    """
    rows, width = range(len(counts)), range(len(counts[0]) if counts else 0)
    hidden = {(r, c) for r in rows for c in width if is_few(counts[r][c])}
    hidden |= {(r, c) for r in rows if is_few(counts[r][0]) for c in width}
    before = -1
    while len(hidden) > before:
        before = len(hidden)
        for column in width:
            _hide_more_of_column(hidden, counts, column)
        for row in rows:
            inner = [(row, c) for c in width[1:]]
            if (row, 0) not in hidden and sum(cell in hidden for cell in inner) == 1:
                hidden.add(_smallest(inner, hidden, counts))
    return frozenset(hidden)


def _hide_more_of_column(hidden: set[tuple[int, int]], counts: Sequence[Sequence[int]], column: int) -> None:
    cells = [(r, column) for r in range(len(counts))]
    while kept := [cell for cell in cells if cell in hidden]:
        values = [counts[r][column] for r, _ in kept if counts[r][column]]
        # each of them may be anything up to what the others leave, were they 1 each
        if (len(kept) > 1 and sum(values) - len(values) + 1 > FEW) or len(kept) == len(cells):
            return
        hidden.add(_smallest(cells, hidden, counts))


def _smallest(
    cells: Sequence[tuple[int, int]], hidden: set[tuple[int, int]], counts: Sequence[Sequence[int]]
) -> tuple[int, int]:
    """The smallest that shows something, the first of equals; a zero when there is no other."""
    shown = [cell for cell in cells if cell not in hidden]
    return min(shown, key=lambda cell: (counts[cell[0]][cell[1]] == 0, counts[cell[0]][cell[1]]))
