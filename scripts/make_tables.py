"""Pour a working-team table (text with tabs) into the files a town hall really sends.

Usage: python -m scripts.make_tables SOURCE.txt OUT_DIR

The forms look as clerks make them by hand, whatever a reader would like best: merged cells,
bullets typed or numbered, lines broken within a cell, cells that go on overleaf, hidden rows.
No word of the source is changed, and rows whose columns slipped stay so.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from scripts.made_tables.books import write_book, write_sheets
from scripts.made_tables.layout import Table, blocks_of, broken_by_hand, lines_of, read_table, whole_lines
from scripts.made_tables.pages import write_excel_page, write_lists, write_merged, write_spans
from scripts.made_tables.prints import write_office, write_ruled, write_scan

_FORMS: dict[str, Callable[[Table, Path], None]] = {
    "merged.xlsx": write_book,
    "one_per_row.xlsx": lambda table, path: write_book(table, path, one_per_row=True),
    "sheets.xlsx": write_sheets,
    "wrapped.xlsx": lambda table, path: write_book(table, path, broken_by_hand),
    "merged.docx": write_merged,
    "lists.docx": write_lists,
    "spans.html": write_spans,
    "excel.html": write_excel_page,
    "ruled.pdf": write_ruled,
    "scanned.pdf": write_scan,
}


def make_all(source: Path, out: Path) -> dict[str, Path]:
    """Write every form.

    Parameters
    ----------
    source : Path
        The table as text: tabs between cells, HTML lists in them, headings again on every page.
    out : Path
        Folder, made if need be.

    Returns
    -------
    dict of str to Path
        File names and where they are; ``office.pdf`` only where there is a ``soffice``.
    """
    out.mkdir(parents=True, exist_ok=True)
    table = read_table(source)
    for name, write in _FORMS.items():
        write(table, out / name)
    names = [*_FORMS, "table.txt", "plain.txt"]
    shutil.copyfile(source, out / "table.txt")
    write_plain(source, out / "plain.txt")
    if write_office(out / "merged.docx", out / "office.pdf"):
        names.append("office.pdf")
    return {name: out / name for name in names}


def write_plain(source: Path, path: Path) -> None:
    """Write the rows without HTML: opinions run on, ○ before each."""
    lines = []
    for line in whole_lines(source):
        cells = ["".join(lines_of(blocks_of(cell))) for cell in line.split("\t")]
        lines.append("\t".join(cells) if len(cells) > 1 else re.sub(r"^#+\s*", "", line))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Run from the command line."""
    if len(sys.argv) != 3:
        sys.exit("usage: python -m scripts.make_tables SOURCE.txt OUT_DIR")
    for name, path in make_all(Path(sys.argv[1]), Path(sys.argv[2])).items():
        print(f"{name}\t{path.stat().st_size}")


if __name__ == "__main__":
    main()
