"""The working-team table as a Word document: a measure a row, its opinions as ○ bullets."""

from __future__ import annotations

import datetime as dt
import io
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pipeline.deliver.archives import repacked
from pipeline.deliver.sheets import FONT
from pipeline.deliver.table_back import MEASURE, OVERVIEW, POLICY, STRUCTURE, Entry, TableBack

if TYPE_CHECKING:
    from docx.document import Document

_WIDTHS = (27, 40, 58, 144)
"""Of the columns, in millimetres: A4 landscape without its margins."""
_DATE = dt.datetime(2000, 1, 1)  # fixed: the same table gives the same bytes
_SHADE = "DDEBF7"
_PRIORITY = "重点施策"
_TOGETHER = 600  # characters: a row with fewer opinions stands on one page


def table_document(table: TableBack) -> bytes:
    """Give the file; the same table gives the same bytes.

    Raises
    ------
    ImportError
        Without python-docx, which the extra ``documents`` brings.
    """
    from docx.oxml.parser import OxmlElement

    paper = _paper(table.title)
    for number, line in enumerate((table.title, *table.notes)):
        _write(paper.add_paragraph(), line, bold=number == 0, size=9 if number else 14)
    top = [(STRUCTURE, "", "", table.opinions), (POLICY, MEASURE, OVERVIEW, "")]
    grid = paper.add_table(len(top) + len(table.entries), len(_WIDTHS), "Table Grid")
    grid.autofit = False
    rows = [row.cells for row in grid.rows]
    _set_widths(grid)
    for cells, texts in zip(rows, top, strict=False):
        for cell, text in zip(cells, texts, strict=True):
            _head(cell, text)
    rows[0][0].merge(rows[0][2])
    rows[0][3].merge(rows[1][3])
    for cells in (rows[0], rows[1]):
        # Word leaves an empty paragraph behind for every cell that was merged
        for cell in (cells[0], cells[3]):
            _drop_empty(cell)
    number = len(top)
    for policy, group in groupby(table.entries, key=lambda entry: entry.policy):
        start = number
        for entry in group:
            _entry(rows[number], entry)
            if sum(len(line.text) for line in entry.lines) < _TOGETHER:
                grid.rows[number]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            number += 1
        _write(rows[start][0].paragraphs[0], policy)
        if number > start + 1:
            _drop_empty(rows[start][0].merge(rows[number - 1][0]))
    stream = io.BytesIO()
    paper.save(stream)
    return repacked(stream.getvalue())


def _paper(title: str) -> Document:
    """An empty sheet of A4 in landscape with page numbers."""
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement
    from docx.shared import Mm, Pt

    paper = docx.Document()
    section = paper.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(14)
    section.top_margin, section.bottom_margin = Mm(14), Mm(15)
    section.footer_distance = Mm(8)
    style: Any = paper.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(9)
    style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing = 1.15
    properties = style.element.get_or_add_rPr()
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "ja-JP")
    language.set(qn("w:eastAsia"), "ja-JP")
    properties.append(language)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    page = OxmlElement("w:fldSimple")
    page.set(qn("w:instr"), "PAGE")
    foot._p.append(page)
    core = paper.core_properties
    core.title, core.author, core.last_modified_by, core.comments, core.keywords = title, "", "", "", ""
    core.created = core.modified = _DATE
    core.revision = 1
    return paper


def _set_widths(grid: Any) -> None:  # noqa: ANN401 python-docx types its tables loosely
    """Fix the columns, and repeat the two rows of headings on every page."""
    from docx.oxml.parser import OxmlElement
    from docx.shared import Mm

    for column, width in zip(grid.columns, _WIDTHS, strict=True):
        column.width = Mm(width)
    for number, row in enumerate(grid.rows):
        for cell, width in zip(row.cells, _WIDTHS, strict=True):
            cell.width = Mm(width)
        if number < 2:
            row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _head(cell: Any, text: str) -> None:  # noqa: ANN401
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", _SHADE)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if text:
        _write(paragraph, text, bold=True)


def _entry(cells: Any, entry: Entry) -> None:  # noqa: ANN401
    """Write a measure, or a topic outside the plan, and its opinions."""
    heading = cells[1].paragraphs[0]
    if entry.is_priority:
        _write(heading, _PRIORITY, bold=True)
        heading = cells[1].add_paragraph()
    _write(heading, entry.heading)
    for number, text in enumerate(entry.overview):
        paragraph = cells[2].add_paragraph() if number else cells[2].paragraphs[0]
        _write(paragraph, text, hang=text.startswith("○"))
    first = True
    for line in entry.lines:
        for number, text in enumerate((f"{line.mark}{line.text}", *(f"　・{point}" for point in line.points))):
            _write(cells[3].paragraphs[0] if first else cells[3].add_paragraph(), text, hang=number == 0)
            first = False


def _write(paragraph: Any, text: str, *, bold: bool = False, size: float = 0, hang: bool = False) -> None:  # noqa: ANN401
    """Write a paragraph; the lines of a bullet stand beside its mark."""
    from docx.shared import Pt

    run = paragraph.add_run(text)
    if bold:
        run.bold = True
    if size:
        run.font.size = Pt(size)
    if hang:
        paragraph.paragraph_format.left_indent = Pt(9)
        paragraph.paragraph_format.first_line_indent = Pt(-9)


def _drop_empty(cell: Any) -> None:  # noqa: ANN401
    """Take the empty paragraphs out of a merged cell, all but the last that it needs."""
    for paragraph in cell.paragraphs[::-1]:
        if not paragraph.text and len(cell.paragraphs) > 1:
            paragraph._p.getparent().remove(paragraph._p)
