"""The working-team table as PDF: ruled pages whose cells go on overleaf, an office's PDF, a scan."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import A4, landscape  # type: ignore[import-untyped,unused-ignore]
from reportlab.lib.units import mm  # type: ignore[import-untyped,unused-ignore]
from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped,unused-ignore]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped,unused-ignore]
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped,unused-ignore]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped,unused-ignore]

from scripts.made_tables.layout import NO_START, Block, Box, Entry, Table, boxes_of, lines_of

_FONT, _SIZE, _LEAD, _PAD = "HeiseiKakuGo-W5", 10.0, 14.0, 4.0
_NO_END = "（「『【○"
_EDGES = tuple(edge * mm for edge in (12, 39, 82, 132, 285))
_TOP, _BOTTOM = 198 * mm, 17 * mm


def write_ruled(table: Table, path: Path) -> None:
    """Write ruled pages: captions, headings and number on each, opinions cut where a page ends."""
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    canvas = Canvas(str(path), pagesize=landscape(A4), invariant=1)
    canvas.setTitle("".join(table.captions[0][:1]))
    pages = _Pages(canvas, table)
    for entry in table.entries:
        pages.add(entry)
    pages.finish()
    canvas.save()


class _Pages:
    """Rows run down a page until it is full."""

    def __init__(self, canvas: Canvas, table: Table) -> None:
        self._canvas = canvas
        self._table = table
        self._y = 0.0
        self._source_page = -1
        self._policy: str | None = None

    def add(self, entry: Entry) -> None:
        """Draw an entry, on as many pages as it takes; its left cells are empty from the second on."""
        if entry.page != self._source_page:
            self._turn(entry.page)
        left = [_wrapped(Block(entry.measure), 1), [line for block in entry.overview for line in _wrapped(block, 2)]]
        policy = _wrapped(Block(entry.policy), 0)
        opinions = [line for block in entry.opinions for line in _wrapped(block, 3)]
        least = max(len(policy), *map(len, left))
        if self._room() < max(least, min(len(opinions), 3)):
            self._turn(entry.page)
        while True:
            take = _cut(opinions, self._room())
            named = policy if entry.policy != self._policy else []
            self._row([named, *left, opinions[:take]], opens=self._policy != entry.policy, least=least)
            self._policy, opinions = entry.policy, opinions[take:]
            if not opinions:
                return
            self._turn(entry.page)
            left, least = [[], []], 1

    def finish(self) -> None:
        """Close the page with a rule and its number."""
        if self._source_page < 0:
            return
        self._canvas.line(_EDGES[0], self._y, _EDGES[-1], self._y)
        self._canvas.drawCentredString(landscape(A4)[0] / 2, 9 * mm, f"- {self._canvas.getPageNumber()} -")
        self._canvas.showPage()

    def _turn(self, source_page: int) -> None:
        self.finish()
        self._source_page = source_page
        self._begin()

    def _room(self) -> int:
        return int((self._y - _BOTTOM - _PAD) / _LEAD)

    def _begin(self) -> None:
        self._canvas.setFont(_FONT, _SIZE)
        self._canvas.setLineWidth(0.5)
        self._y = _TOP
        for number, caption in enumerate(self._table.captions[self._source_page]):
            self._canvas.setFont(_FONT, 8 if number else 12)
            for line in _fold(caption, _EDGES[-1] - _EDGES[0], 8 if number else 12):
                self._canvas.drawString(_EDGES[0], self._y, line)
                self._y -= 11 if number else 17
        self._canvas.setFont(_FONT, _SIZE)
        high = _LEAD + _PAD
        for box in boxes_of(self._table, ()):
            self._head(box, high)
        self._y -= 2 * high

    def _head(self, box: Box, high: float) -> None:
        x, right = _EDGES[box.column], _EDGES[box.column + box.width]
        y = self._y - (box.row + box.height) * high
        self._canvas.rect(x, y, right - x, box.height * high)
        self._canvas.drawCentredString((x + right) / 2, y + box.height * high / 2 - 3, box.blocks[0].text)

    def _row(self, cells: Sequence[Sequence[str]], *, opens: bool, least: int) -> None:
        bottom = self._y - max(least, *map(len, cells)) * _LEAD - _PAD
        self._canvas.line(_EDGES[0 if opens else 1], self._y, _EDGES[-1], self._y)
        for edge in _EDGES:
            self._canvas.line(edge, self._y, edge, bottom)
        for edge, lines in zip(_EDGES, cells, strict=False):
            for number, line in enumerate(lines, 1):
                self._canvas.drawString(edge + 3, self._y - number * _LEAD + 1, line)
        self._y = bottom


def _cut(lines: Sequence[str], room: int) -> int:
    """Give how many lines stay on the page: all that fit, or one fewer where that cuts through an opinion."""
    if len(lines) <= room:
        return len(lines)
    ends = lines[room].startswith("○") and not lines[room - 1].startswith("○")
    return room - 1 if ends and room > 3 else room


def _wrapped(block: Block, column: int) -> list[str]:
    width = _EDGES[column + 1] - _EDGES[column] - 6 - _SIZE  # a mark that may not begin a line hangs over
    return [line for text in lines_of([block]) for line in _fold(text, width, _SIZE)]


def _fold(text: str, width: float, size: float) -> Iterator[str]:
    line = ""
    for char in text:
        if pdfmetrics.stringWidth(line + char, _FONT, size) > width and char not in NO_START:
            kept = line.rstrip(_NO_END)
            yield kept
            line = line[len(kept) :]
        line += char
    yield line


def write_office(document: Path, path: Path) -> bool:
    """Turn a Word document into PDF where there is an office that reads it; tells whether there is."""
    office = shutil.which("soffice")
    if office is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        profile = f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"
        command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(document)]
        dated = {**os.environ, "SOURCE_DATE_EPOCH": "1738281600", "TZ": "UTC"}
        subprocess.run(command, check=False, capture_output=True, env=dated, timeout=180)
        made = Path(folder, document.stem + ".pdf")  # an office without its Writer says nothing and makes none
        if made.exists():
            shutil.copyfile(made, path)
        return made.exists()


def write_scan(table: Table, path: Path) -> None:
    """Write pages that are pictures only: rules and strokes like writing, laid a little askew."""
    canvas = Canvas(str(path), pagesize=landscape(A4), invariant=1)
    for page in sorted({entry.page for entry in table.entries}):
        entries = [entry for entry in table.entries if entry.page == page]
        picture = _picture(entries).rotate(0.4 - 0.7 * page, fillcolor=244)
        canvas.drawImage(ImageReader(picture), 0, 0, *landscape(A4))
        canvas.showPage()
    canvas.save()


def _picture(entries: Sequence[Entry]) -> Image.Image:
    image = Image.new("L", (1754, 1240), 244)
    draw = ImageDraw.Draw(image)
    edges = (80, 240, 480, 780, 1680)
    _strokes(draw, 400, 60, "＊" * 34)
    y = 130
    for entry in entries:
        cells = ([entry.policy], [entry.measure], lines_of(entry.overview), lines_of(entry.opinions))
        deepest = y
        for (left, right), lines in zip(pairwise(edges), cells, strict=True):
            at = y + 6
            for line in lines:
                step = (right - left - 10) // 15
                for start in range(0, len(line), step):
                    _strokes(draw, left + 6, at, line[start : start + step])
                    at += 19
            deepest = max(deepest, at)
        for left, right in pairwise(edges):
            draw.rectangle((left, y, right, deepest), outline=70)
        y = deepest
    return image


def _strokes(draw: ImageDraw.ImageDraw, x: int, y: int, text: str) -> None:
    """Draw something like a character for each: three strokes that its code decides."""
    for place, char in enumerate(text):
        left, code = x + place * 15, ord(char)
        draw.line((left + 1, y + 2 + code % 5, left + 12, y + 2 + code % 4), fill=60)
        draw.line((left + 2 + code % 9, y, left + 2 + code % 7, y + 12), fill=60)
        draw.line((left + code % 6, y + 11, left + 12, y + 6 + code % 7), fill=60)
