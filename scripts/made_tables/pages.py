"""The working-team table as documents of Word and as web pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from html import escape
from itertools import groupby
from pathlib import Path

from docx import Document
from docx.document import Document as Paper
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_BREAK
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.table import _Cell

from scripts.made_tables.books import settle
from scripts.made_tables.layout import Block, Box, Entry, Table, boxes_of, lines_of, typed

_WIDTHS = (26, 38, 58, 147)
"""Of the columns, in millimetres."""
_EXCEL_TOP = """<html xmlns:v="urn:schemas-microsoft-com:vml"
xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:x="urn:schemas-microsoft-com:office:excel"
xmlns="http://www.w3.org/TR/REC-html40">

<head>
<meta http-equiv=Content-Type content="text/html; charset=utf-8">
<meta name=ProgId content=Excel.Sheet>
<meta name=Generator content="Microsoft Excel 15">
<style>
<!--table
	{mso-displayed-decimal-separator:"\\.";
	mso-displayed-thousand-separator:"\\,";}
td
	{padding-top:1px;
	mso-ignore:padding;
	font-size:10.0pt;
	font-family:"ＭＳ ゴシック", monospace;
	mso-font-charset:128;
	mso-number-format:General;
	vertical-align:middle;}
.xl63
	{text-align:left;
	white-space:nowrap;}
.xl64
	{text-align:center;
	border:.5pt solid windowtext;
	background:#DDEBF7;
	mso-pattern:black none;}
.xl65
	{vertical-align:top;
	border:.5pt solid windowtext;
	white-space:normal;}
ruby
	{ruby-align:left;}
rt
	{mso-char-type:katakana;
	display:none;}
-->
</style>
<!--[if gte mso 9]><xml>
 <x:ExcelWorkbook>
  <x:ExcelWorksheets>
   <x:ExcelWorksheet>
    <x:Name>意見一覧</x:Name>
    <x:WorksheetOptions><x:DefaultRowHeight>270</x:DefaultRowHeight></x:WorksheetOptions>
   </x:ExcelWorksheet>
  </x:ExcelWorksheets>
 </x:ExcelWorkbook>
</xml><![endif]-->
</head>

<body link=blue vlink=purple>
"""


def write_merged(table: Table, path: Path) -> None:
    """Write one Word table with merged cells, ○ typed before every opinion."""
    paper = _blank_paper()
    _add_table(paper, table, table.entries, _write_typed)
    paper.save(str(path))
    settle(path)


def write_lists(table: Table, path: Path) -> None:
    """Write a Word table per page of the source, opinions as numbered-style bullets without ○."""
    paper = _blank_paper()
    policy = ""
    for page in sorted({entry.page for entry in table.entries}):
        group = [entry for entry in table.entries if entry.page == page]
        if page:
            paper.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        # a policy that goes on from the page before is not named again
        entries = [replace(entry, policy="") if entry.policy == policy else entry for entry in group]
        policy = group[-1].policy
        _add_table(paper, table, entries, _write_listed)
    paper.save(str(path))
    settle(path)


def _blank_paper() -> Paper:
    paper = Document()
    section = paper.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(14)
    section.top_margin = section.bottom_margin = Mm(15)
    for name in ("Normal", "List Bullet"):
        style = paper.styles[name]
        if isinstance(style, ParagraphStyle):
            style.font.name, style.font.size = "ＭＳ 明朝", Pt(9)
            style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "ＭＳ 明朝")
            style.paragraph_format.space_after = Pt(0)
    paper.core_properties.author = ""
    return paper


def _add_table(
    paper: Paper, table: Table, entries: Sequence[Entry], write: Callable[[_Cell, Sequence[Block]], None]
) -> None:
    for number, line in enumerate(table.captions_of(entries)):
        run = paper.add_paragraph().add_run(line)
        run.bold, run.font.size = number == 0, Pt(9 if number else 13)
    boxes = boxes_of(table, entries)
    grid = paper.add_table(max(box.row + box.height for box in boxes), len(_WIDTHS), "Table Grid")
    grid.autofit = False
    for column, width in zip(grid.columns, _WIDTHS, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
    for row in grid.rows[:2]:
        row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for box in boxes:
        cell = grid.cell(box.row, box.column)
        if box.height * box.width > 1:
            cell = cell.merge(grid.cell(box.row + box.height - 1, box.column + box.width - 1))
        write(cell, box.blocks)


def _write_typed(cell: _Cell, blocks: Sequence[Block]) -> None:
    for number, line in enumerate(lines_of(blocks)):
        (cell.add_paragraph() if number else cell.paragraphs[0]).add_run(line)


def _write_listed(cell: _Cell, blocks: Sequence[Block]) -> None:
    for number, block in enumerate(blocks):
        paragraph = cell.add_paragraph() if number else cell.paragraphs[0]
        paragraph.style = "List Bullet" if block.is_bullet else "Normal"
        paragraph.add_run(block.text)


def write_spans(table: Table, path: Path) -> None:
    """Write a web page in Shift_JIS with spans and lists."""
    title, *notes = table.captions_of(table.entries) or [""]
    lines = [
        '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">',
        '<html lang="ja">',
        '<head><meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">',
        f"<title>{escape(title, quote=False)}</title></head>",
        "<body>",
        f"<h1>{escape(title, quote=False)}</h1>",
        *(f"<p>{escape(note, quote=False)}</p>" for note in notes),
        '<table border="1" cellspacing="0" cellpadding="4">',
        *_html_rows(boxes_of(table, table.entries), "<tr>", _span_cell),
        "</table>",
        "</body>",
        "</html>",
    ]
    path.write_bytes(b"".join(_shift_jis(line) + b"\r\n" for line in lines))


def _shift_jis(text: str) -> bytes:
    """Encode; what has no code, or comes back as another character (the wave dash), by its number."""
    whole = text.encode("cp932", "xmlcharrefreplace")
    if whole.decode("cp932") == text:
        return whole
    coded = [(char, char.encode("cp932", "xmlcharrefreplace")) for char in text]
    return b"".join(code if code.decode("cp932") == char else f"&#{ord(char)};".encode() for char, code in coded)


def _html_rows(boxes: Iterable[Box], start: str, cell_of: Callable[[Box], str]) -> list[str]:
    ordered = sorted(boxes, key=lambda box: (box.row, box.column))
    return [
        f"{start}\r\n" + "".join(f"  {cell_of(box)}\r\n" for box in row) + "</tr>"
        for _, row in groupby(ordered, key=lambda box: box.row)
    ]


def _span_cell(box: Box) -> str:
    name = "th" if box.is_head else "td"
    parts = []
    for is_bullet, group in groupby(box.blocks, key=lambda block: block.is_bullet):
        texts = [escape(block.text, quote=False) for block in group]
        if is_bullet:
            parts.append("<ul>" + "".join(f"<li>{text}</li>" for text in texts) + "</ul>")
        else:
            parts.append("<br>".join(texts))
    spans = _spans(box, '"')
    return f"<{name}{spans}>{''.join(parts)}</{name}>"


def _spans(box: Box, quote: str) -> str:
    spans = f" rowspan={quote}{box.height}{quote}" if box.height > 1 else ""
    return spans + (f" colspan={quote}{box.width}{quote}" if box.width > 1 else "")


def write_excel_page(table: Table, path: Path) -> None:
    """Write what Excel saves as a web page."""
    row = "<tr height=18 style='mso-height-source:userset;height:13.5pt'>"
    lines = [
        _EXCEL_TOP.replace("\n", "\r\n"),
        "<table border=0 cellpadding=0 cellspacing=0 width=1130",
        " style='border-collapse:collapse;table-layout:fixed;width:848pt'>",
        *(f" <col width={w} style='mso-width-source:userset;width:{w * 3 // 4}pt'>" for w in (110, 160, 250, 610)),
        *(f"{row}\r\n  {_excel_caption(line)}\r\n</tr>" for line in table.captions_of(table.entries)),
        row + "\r\n" + "  <td class=xl63>&nbsp;</td>\r\n" * 4 + "</tr>",
        *_html_rows(boxes_of(table, table.entries), row, _excel_cell),
        "<![if supportMisalignedColumns]>",
        "<tr height=0 style='display:none'>\r\n" + "  <td></td>\r\n" * 4 + "</tr>",
        "<![endif]>",
        "</table>",
        "",
        "</body>",
        "",
        "</html>",
    ]
    path.write_bytes("\r\n".join(lines).encode())


def _excel_caption(line: str) -> str:
    return f"<td colspan=4 class=xl63 style='mso-ignore:colspan'>{escape(line, quote=False)}</td>"


def _excel_cell(box: Box) -> str:
    text = escape(typed(box), quote=False).replace("\n", "<br>\r\n    ") or "&nbsp;"
    merged = " style='border-bottom:.5pt solid black;border-top:none'" if box.height > 1 and not box.is_head else ""
    return f"<td{_spans(box, '')} class={'xl64' if box.is_head else 'xl65'}{merged}>{text}</td>"
