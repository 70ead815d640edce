"""Working-team tables as clerks make them in Excel, Word and HTML: nothing lost, nothing twice, every place told."""

from __future__ import annotations

import html
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.reading.sources import read_source
from pipeline.records import Finding, Item, Source

Rows = Sequence[Sequence[str]]
Merge = tuple[int, int, int, int]  # first row and column, last row and column, counted from 0

LEGEND = "※末尾の記号は課名（市：市民課、防：防災課、福：福祉課）"
HEADINGS = ("基本施策", "施策", "施策の概要", "意見")
FORMS = ["table.xlsx", "table.docx", "table.html"]
INNER = "<li>若い人が少ない</li>\n<li>平日がない</li>"
SYMBOL = "\u00b7"  # what Word writes for the bullet of its Symbol font


# --- making files -------------------------------------------------------------------------


def make(path: Path, rows: Rows, above: Sequence[str] = (LEGEND,), below: Sequence[str] = (), *merges: Merge) -> Path:
    """The same table in the form the ending says; line breaks are those of the form."""
    {".xlsx": make_book, ".docx": make_word, ".html": make_page}[path.suffix](path, rows, above, below, merges)
    return path


def make_book(path: Path, rows: Rows, above: Sequence[str], below: Sequence[str], merges: Sequence[Merge]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for number, line in enumerate(above, 1):
        sheet.cell(number, 1, line)
    for number, row in enumerate(rows, len(above) + 1):
        for column, text in enumerate(row, 1):
            if text:
                sheet.cell(number, column, text)
    for number, line in enumerate(below, len(above) + len(rows) + 1):
        sheet.cell(number, 1, line)
    for top, left, bottom, right in merges:
        shift = len(above) + 1
        sheet.merge_cells(start_row=top + shift, start_column=left + 1, end_row=bottom + shift, end_column=right + 1)
    book.save(path)


def make_word(path: Path, rows: Rows, above: Sequence[str], below: Sequence[str], merges: Sequence[Merge]) -> None:
    document = docx.Document()
    for line in above:
        document.add_paragraph(line)
    table = document.add_table(len(rows), max(len(row) for row in rows))
    for top, left, bottom, right in merges:
        table.cell(top, left).merge(table.cell(bottom, right))
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            for count, line in enumerate(text.split("\n") if text else ()):
                cell = table.cell(number, column)
                (cell.paragraphs[0] if count == 0 else cell.add_paragraph()).add_run(line)
    for line in below:
        document.add_paragraph(line)
    document.save(str(path))


def make_page(path: Path, rows: Rows, above: Sequence[str], below: Sequence[str], merges: Sequence[Merge]) -> None:
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in merges}
    covered = {
        (row, column)
        for top, left, bottom, right in merges
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
        if (row, column) != (top, left)
    }
    lines = []
    for number, row in enumerate(rows):
        cells = ""
        for column, text in enumerate(row):
            if (number, column) not in covered:
                height, width = spans.get((number, column), (1, 1))
                inner = html.escape(text).replace("\n", "<br>\n      ")
                cells += f'    <td rowspan="{height}" colspan="{width}">{inner}</td>\n'
        lines.append(f"  <tr>\n{cells}  </tr>\n")
    write_page(path, f"<table border>\n{''.join(lines)}</table>", above, below)


def write_page(path: Path, table: str, above: Sequence[str] = (LEGEND,), below: Sequence[str] = ()) -> Path:
    paragraphs = ["".join(f"<p>{line}</p>\n" for line in lines) for lines in (above, below)]
    path.write_text(
        f"<!DOCTYPE html>\n<html><head><meta charset='utf-8'><title>意見</title></head>\n<body>\n"
        f"{paragraphs[0]}{table}\n{paragraphs[1]}</body></html>\n",
        encoding="utf-8",
    )
    return path


def page_of(path: Path, cell: str) -> Path:
    """A page whose table has one row, with this HTML as its opinions."""
    heads = "".join(f"<th>{name}</th>" for name in HEADINGS)
    row = f"<td>1 柱</td><td>(1)甲</td><td>甲を進めます。</td><td>{cell}</td>"
    return write_page(path, f"<table><tr>{heads}</tr><tr>{row}</tr></table>")


def word_of(path: Path, *content: str, change: Callable[[Document], None] | None = None) -> Path:
    """A document whose table has one row, with these paragraphs (WordprocessingML) as its opinions."""
    document = docx.Document()
    document.add_paragraph(LEGEND)
    table = document.add_table(2, 4)
    for column, (head, text) in enumerate(zip(HEADINGS, ("1 柱", "(1)甲", "甲を進めます。", ""), strict=True)):
        table.cell(0, column).text = head
        table.cell(1, column).text = text
    cell = table.cell(1, 3)._tc
    if content:
        cell.remove(cell.p_lst[0])
    for part in content:
        cell.append(parse_xml(part.replace(">", f" {nsdecls('w')}>", 1)))
    if change:
        change(document)
    document.save(str(path))
    return path


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def bullet(level: int = 0, number: int = 1) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'


def row(
    opinions: str, *, name: str = "(1)甲", overview: str = "甲を進めます。", policy: str = "1 柱"
) -> tuple[str, ...]:
    return (policy, name, overview, opinions)


# --- what must be so ----------------------------------------------------------------------


def opinions(source: Source) -> list[tuple[str, tuple[str, ...]]]:
    return [(item.text, item.departments) for item in source.items if item.kind == "意見"]


def filed(source: Source) -> list[tuple[str, str]]:
    return [(item.text, item.filed_under) for item in source.items if item.kind == "意見"]


def kinds(source: Source) -> Counter[str]:
    return Counter(item.kind for item in source.items)


def says(source: Source, *words: str, levels: Sequence[str] = ("誤り", "注意")) -> bool:
    def line(finding: Finding) -> str:
        return f"{finding.place.within} {finding.what} {finding.remedy}"

    return any(all(word in line(one) for word in words) for one in source.findings if one.level in levels)


def item_of(source: Source, text: str) -> Item:
    (item,) = [item for item in source.items if item.text == text]
    return item


TWO = [("公園が暗い", ("市民課",)), ("堤防が低い", ("防災課", "福祉課"))]


# --- bullets and lines in a cell ----------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "cell",
    [
        "○公園が暗い（市）\n○堤防が低い（防、福）",
        "〇公園が暗い（市）\n〇堤防が低い（防、福）",
        "・公園が暗い（市）\n・堤防が低い（防、福）",
        "●　公園が暗い（市）\n●　堤防が低い（防、福）",
        "◆公園が暗い（市）\n◆堤防が低い（防、福）",
        "• 公園が暗い（市）\n• 堤防が低い（防、福）",
        "･公園が暗い（市）\n･堤防が低い（防、福）",
        "1. 公園が暗い（市）\n2. 堤防が低い（防、福）",
        "１．公園が暗い（市）\n２．堤防が低い（防、福）",
        "(1) 公園が暗い（市）\n(2) 堤防が低い（防、福）",
        "①公園が暗い（市）\n②堤防が低い（防、福）",
        "- 公園が暗い（市）\n- 堤防が低い（防、福）",
        "＊公園が暗い（市）\n＊堤防が低い（防、福）",
        "▶公園が暗い（市）\n▶堤防が低い（防、福）",
        "✓公園が暗い（市）\n✓堤防が低い（防、福）",
        "公園が暗い（市）\n堤防が低い（防、福）",
        "○公園が暗い（市）\n\n○堤防が低い（防、福）\n",
        "　○公園が暗い（市）\n　○堤防が低い（防、福）",
        "○公園が暗い(市)\n○堤防が低い(防・福)",
        "○公園が暗い（市）○堤防が低い（防、福）",
        "○公園が\n　暗い（市）\n○堤防が\n　低い（防、福）",
        "○公園が\n暗い（市）\n○堤防が低い\n（防、福）",
        "1. 公園が\n　 暗い（市）\n2. 堤防が\n　 低い（防、福）",
        "・公園が暗い\n　（市）\n・堤防が低い（防、\n　福）",
    ],
)
def test_every_kind_of_bullet(tmp_path: Path, form: str, cell: str) -> None:
    source = read_source(make(tmp_path / form, [HEADINGS, row(cell)]))
    assert opinions(source) == TWO
    assert kinds(source) == {"意見": 2}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("○３.５％の増税・減税は要らない（市）", "３.５％の増税・減税は要らない"),
        ("○2024年の1.公園、2.広場のどちらも（市）", "2024年の1.公園、2.広場のどちらも"),
        ("○20～30代が少ない（市）", "20～30代が少ない"),
        ("100人に一人しか知らない（市）", "100人に一人しか知らない"),
        ("3.11の教訓を伝えたい（市）", "3.11の教訓を伝えたい"),
        ("1.5倍に増えた（市）", "1.5倍に増えた"),
        ("○①駅前、②港、③山の順に直す（市）", "①駅前、②港、③山の順に直す"),
        ("-5度の朝は路面が凍る（市）", "-5度の朝は路面が凍る"),
    ],
)
def test_numbers_and_dots_that_are_no_bullets(tmp_path: Path, form: str, cell: str, text: str) -> None:
    source = read_source(make(tmp_path / form, [HEADINGS, row(cell)]))
    assert opinions(source) == [(text, ("市民課",))]


@pytest.mark.parametrize("form", FORMS)
def test_bullets_below_a_bullet_without_marks_belong_to_it(tmp_path: Path, form: str) -> None:
    cell = "○訓練に三つの課題がある（防）\n　・若い人が少ない\n　・平日がない\n　・冬の訓練がない\n○堤防が低い（福）"
    source = read_source(make(tmp_path / form, [HEADINGS, row(cell)]))
    assert opinions(source) == [
        ("訓練に三つの課題がある\n・若い人が少ない\n・平日がない\n・冬の訓練がない", ("防災課",)),
        ("堤防が低い", ("福祉課",)),
    ]
    assert item_of(source, "堤防が低い").place.spot.endswith("5項目")


@pytest.mark.parametrize("form", FORMS)
def test_bullets_below_a_bullet_with_marks_are_opinions(tmp_path: Path, form: str) -> None:
    cell = "○訓練に課題がある（防）\n　・若い人が少ない（市）\n　・平日がない（福）"
    source = read_source(make(tmp_path / form, [HEADINGS, row(cell)]))
    assert opinions(source) == [
        ("訓練に課題がある", ("防災課",)),
        ("若い人が少ない", ("市民課",)),
        ("平日がない", ("福祉課",)),
    ]


@pytest.mark.parametrize("form", FORMS)
def test_a_line_broken_within_a_bullet_of_a_bullet(tmp_path: Path, form: str) -> None:
    cell = "○訓練に課題がある（防）\n　・若い人がとても\n　　少ない\n○堤防が低い（福）"
    source = read_source(make(tmp_path / form, [HEADINGS, row(cell)]))
    assert opinions(source) == [("訓練に課題がある\n・若い人がとても少ない", ("防災課",)), ("堤防が低い", ("福祉課",))]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("inner", ["－", "-", "①", "1)", "→"])
def test_other_marks_below_a_bullet_stay_with_it(tmp_path: Path, form: str, inner: str) -> None:
    cell = f"○訓練に課題がある（防）\n　{inner}若い人が少ない\n○堤防が低い（福）"
    source = read_source(make(tmp_path / form, [HEADINGS, row(cell)]))
    (first, _), second = opinions(source)
    assert first.startswith("訓練に課題がある")
    assert first.endswith("若い人が少ない")
    assert second == ("堤防が低い", ("福祉課",))
    assert opinions(source)[0][1] == ("防災課",)


@pytest.mark.parametrize("form", FORMS)
def test_marks_before_a_second_sentence_are_still_marks(tmp_path: Path, form: str) -> None:
    source = read_source(make(tmp_path / form, [HEADINGS, row("○公園が暗い（市）\n　夜に歩けないので、灯を増やす。")]))
    ((text, departments),) = opinions(source)
    assert departments == ("市民課",)
    assert text.startswith("公園が暗い")
    assert text.endswith("夜に歩けないので、灯を増やす。")


@pytest.mark.parametrize("form", FORMS)
def test_a_title_within_a_cell_is_no_opinion(tmp_path: Path, form: str) -> None:
    cell = "【課題】\n○公園が暗い（市）\n【要望】\n○堤防が低い（防、福）"
    source = read_source(make(tmp_path / form, [HEADINGS, row(cell)]))
    assert opinions(source) == TWO
    assert kinds(source) == {"意見": 2, "注記": 2}


# --- rows and columns ---------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_departments_in_a_column_of_their_own(tmp_path: Path, form: str) -> None:
    rows = [
        (*HEADINGS, "担当課"),
        (*row("公園が暗い"), "市民課"),
        ("", "", "", "堤防が低い", "防災課、福祉課"),
        ("", "(2)乙", "乙を進めます。", "橋が古い", "防災課\n市民課"),
    ]
    source = read_source(make(tmp_path / form, rows, ()))
    assert opinions(source) == [*TWO, ("橋が古い", ("防災課", "市民課"))]
    assert [label for _, label in filed(source)] == ["1(1) 甲", "1(1) 甲", "1(2) 乙"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("heading", ["担当課", "担当\n課", "所管課", "提出課", "回答課", "課", "所属", "担当課名"])
def test_names_of_the_column_of_departments(tmp_path: Path, form: str, heading: str) -> None:
    rows = [(*HEADINGS, heading), (*row("公園が暗い"), "市民課")]
    source = read_source(make(tmp_path / form, rows, ()))
    assert opinions(source) == [("公園が暗い", ("市民課",))]
    assert kinds(source) == {"意見": 1}


@pytest.mark.parametrize("form", FORMS)
def test_departments_merged_over_several_opinions(tmp_path: Path, form: str) -> None:
    rows = [
        (*HEADINGS, "担当課"),
        (*row("公園が暗い"), "市民課"),
        ("", "", "", "広場も暗い", ""),
        ("", "(2)乙", "乙を進めます。", "堤防が低い", "防災課"),
    ]
    source = read_source(make(tmp_path / form, rows, (), (), (1, 4, 2, 4), (1, 1, 2, 1), (1, 2, 2, 2), (1, 0, 3, 0)))
    assert opinions(source) == [("公園が暗い", ("市民課",)), ("広場も暗い", ("市民課",)), ("堤防が低い", ("防災課",))]
    assert [label for _, label in filed(source)] == ["1(1) 甲", "1(1) 甲", "1(2) 乙"]


@pytest.mark.parametrize("form", FORMS)
def test_an_opinion_merged_over_several_departments_is_one(tmp_path: Path, form: str) -> None:
    rows = [
        (*HEADINGS, "担当課"),
        (*row("公園が暗い"), "市民課"),
        ("", "", "", "", "防災課"),
        ("", "(2)乙", "乙を進めます。", "堤防が低い", "福祉課"),
    ]
    merges = [(1, column, 2, column) for column in range(1, 4)]
    source = read_source(make(tmp_path / form, rows, (), (), *merges))
    assert opinions(source) == [("公園が暗い", ("市民課", "防災課")), ("堤防が低い", ("福祉課",))]


@pytest.mark.parametrize("form", FORMS)
def test_opinions_merged_over_two_measures_are_told_and_counted_once(tmp_path: Path, form: str) -> None:
    rows = [HEADINGS, row("○公園が暗い（市）\n○堤防が低い（防、福）"), ("", "(2)乙", "乙を進めます。", "")]
    source = read_source(make(tmp_path / form, rows, (LEGEND,), (), (1, 3, 2, 3)))
    assert opinions(source) == TWO
    assert says(source, "2つの施策にまたがっています", "行")
    assert source.plan is not None
    assert [measure.label for measure in source.plan.measures] == ["1(1) 甲", "1(2) 乙"]


@pytest.mark.parametrize("form", FORMS)
def test_opinions_merged_over_rows_of_one_measure_need_no_word(tmp_path: Path, form: str) -> None:
    rows = [HEADINGS, row("○公園が暗い（市）\n○堤防が低い（防、福）"), ("", "", "丙にも努めます。", "")]
    source = read_source(make(tmp_path / form, rows, (LEGEND,), (), (1, 3, 2, 3), (1, 1, 2, 1)))
    assert opinions(source) == TWO
    assert not says(source, "またがって")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "remark",
    [
        "※原文のまま載せています",
        "（注）重複する意見は一つにまとめた",
        "注1）令和6年6月現在",
        "＊印は新規",
        "備考：会議の席で出た意見も含む",
        "出典：庁内照会（令和6年6月）",
        "以上",
    ],
)
def test_remarks_below_the_table_are_no_opinions(tmp_path: Path, form: str, remark: str) -> None:
    rows = [HEADINGS, row("○公園が暗い（市）\n○堤防が低い（防、福）"), (remark, "", "", "")]
    source = read_source(make(tmp_path / form, rows, (LEGEND,), ("※おわり",), (2, 0, 2, 3)))
    assert opinions(source) == TWO
    assert kinds(source)["意見"] == 2
    assert source.plan is not None
    assert len(source.plan.measures) == 1


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "below",
    [
        [LEGEND],
        ["凡例　市：市民課　防：防災課　福：福祉課"],
        ["【凡例】", "市：市民課、防：防災課、福：福祉課"],
        ["【凡例】", "市：市民課", "防：防災課", "福：福祉課"],
    ],
)
def test_a_legend_below_the_table(tmp_path: Path, form: str, below: list[str]) -> None:
    rows = [HEADINGS, row("○公園が暗い（市）\n○堤防が低い（防、福）")]
    source = read_source(make(tmp_path / form, rows, ("庁内意見のまとめ",), below))
    assert opinions(source) == TWO
    assert kinds(source) == {"意見": 2}
    assert [one.name for one in source.departments] == ["市民課", "防災課", "福祉課"]
    assert source.plan is not None
    assert len(source.plan.measures) == 1


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("overviews", [("甲を進めます。",) * 3, ("甲を進めます。", "", ""), ("", "", "甲を進めます。")])
@pytest.mark.parametrize("names", [("1 柱", "(1)甲"), ("１　柱", "① 甲"), ("学び", "甲")])
def test_names_repeated_in_every_row_are_one_measure(
    tmp_path: Path, form: str, names: tuple[str, str], overviews: tuple[str, str, str]
) -> None:
    texts = ("公園が暗い（市）", "堤防が低い（防、福）", "橋が古い（防）")
    rows = [HEADINGS, *[(*names, overview, text) for overview, text in zip(overviews, texts, strict=True)]]
    source = read_source(make(tmp_path / form, rows))
    assert opinions(source) == [*TWO, ("橋が古い", ("防災課",))]
    assert {label for _, label in filed(source)} == {"1(1) 甲"}
    assert source.plan is not None
    assert [(one.label, one.overview) for one in source.plan.measures] == [("1(1) 甲", "甲を進めます。")]
    assert not says(source, "概要がありません", levels=("誤り", "注意", "情報"))


@pytest.mark.parametrize("form", FORMS)
def test_an_overview_in_two_rows(tmp_path: Path, form: str) -> None:
    rows = [
        HEADINGS,
        row("○公園が暗い（市）", overview="甲を進めます。"),
        ("", "", "乙にも努めます。", "○堤防が低い（防、福）"),
    ]
    source = read_source(make(tmp_path / form, rows))
    assert opinions(source) == TWO
    assert source.plan is not None
    (measure,) = source.plan.measures
    assert measure.overview == "甲を進めます。乙にも努めます。"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("policy", ["計画にない話題", "現行計画にない新たなトピック", "計画外"])
def test_two_topics_outside_the_plan(tmp_path: Path, form: str, policy: str) -> None:
    rows = [
        HEADINGS,
        row("○橋が古い（防）"),
        (policy, "暑さへの対応", "【取組例】\n○涼み処", "○公園が暗い（市）"),
        ("", "デジタル", "", "○堤防が低い（防、福）"),
    ]
    source = read_source(make(tmp_path / form, rows, (LEGEND,), (), (2, 0, 3, 0)))
    assert filed(source) == [
        ("橋が古い", "1(1) 甲"),
        ("公園が暗い", "計画外 暑さへの対応"),
        ("堤防が低い", "計画外 デジタル"),
    ]
    assert kinds(source) == {"意見": 3, "取組例": 1}
    assert source.plan is not None
    assert len(source.plan.measures) == 1


@pytest.mark.parametrize("form", FORMS)
def test_the_plan_goes_on_below_a_topic_outside_it(tmp_path: Path, form: str) -> None:
    rows = [
        HEADINGS,
        row("○橋が古い（防）"),
        ("計画外", "暑さへの対応", "", "○公園が暗い（市）"),
        row("○堤防が低い（防、福）", policy="2 梁", name="(1)乙"),
    ]
    source = read_source(make(tmp_path / form, rows))
    assert [label for _, label in filed(source)] == ["1(1) 甲", "計画外 暑さへの対応", "2(1) 乙"]


@pytest.mark.parametrize("form", FORMS)
def test_headings_repeated_overleaf(tmp_path: Path, form: str) -> None:
    rows = [HEADINGS, row("○公園が暗い（市）"), HEADINGS, ("", "(2)乙", "乙を進めます。", "○堤防が低い（防、福）")]
    source = read_source(make(tmp_path / form, rows))
    assert opinions(source) == TWO
    assert [label for _, label in filed(source)] == ["1(1) 甲", "1(2) 乙"]
    assert kinds(source) == {"意見": 2}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "total", [("合計", "", "", "2件"), ("", "", "計", "２件"), ("意見数", "", "", "2"), ("小計", "", "", "2件")]
)
def test_a_row_of_totals_is_no_opinion(tmp_path: Path, form: str, total: tuple[str, ...]) -> None:
    source = read_source(make(tmp_path / form, [HEADINGS, row("○公園が暗い（市）\n○堤防が低い（防、福）"), total]))
    assert opinions(source) == TWO
    assert source.plan is not None
    assert len(source.plan.measures) == 1


@pytest.mark.parametrize("form", FORMS)
def test_a_number_column_at_the_left(tmp_path: Path, form: str) -> None:
    rows = [
        ("No", *HEADINGS),
        ("1", *row("○公園が暗い（市）")),
        ("2", "", "(2)乙", "乙を進めます。", "○堤防が低い（防、福）"),
    ]
    source = read_source(make(tmp_path / form, rows))
    assert opinions(source) == TWO
    assert kinds(source) == {"意見": 2}


@pytest.mark.parametrize("form", FORMS)
def test_a_column_of_remarks_at_the_right_is_told_by_its_heading(tmp_path: Path, form: str) -> None:
    rows = [(*HEADINGS, "備考"), (*row("○公園が暗い（市）\n○堤防が低い（防、福）"), "昨年も出た")]
    source = read_source(make(tmp_path / form, rows))
    assert opinions(source) == TWO
    assert item_of(source, "昨年も出た").kind == "注記"
    assert not says(source, "見出しのない列")
    assert says(source, "備考", levels=("注意", "情報"))


@pytest.mark.parametrize("form", FORMS)
def test_two_columns_of_opinions_lose_neither(tmp_path: Path, form: str) -> None:
    rows = [
        ("基本施策", "施策", "施策の概要", "庁内の意見", "市民の意見"),
        (*row("○公園が暗い（市）"), "○堤防が低い（防、福）"),
    ]
    source = read_source(make(tmp_path / form, rows))
    assert opinions(source) == TWO or says(source, "市民の意見")


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_cell_is_no_item(tmp_path: Path, form: str) -> None:
    rows = [HEADINGS, row(""), ("", "(2)乙", "乙を進めます。", "○公園が暗い（市）\n○堤防が低い（防、福）")]
    source = read_source(make(tmp_path / form, rows))
    assert opinions(source) == TWO
    assert source.plan is not None
    assert len(source.plan.measures) == 2


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mark", ["特になし", "なし", "－", "ー", "―", "-", "意見なし"])
def test_a_cell_that_says_nothing_is_no_lost_place(tmp_path: Path, form: str, mark: str) -> None:
    # what it is called is settled later (特になし); here it must be one item and no department
    rows = [HEADINGS, row(mark), ("", "(2)乙", "乙を進めます。", "○公園が暗い（市）\n○堤防が低い（防、福）")]
    source = read_source(make(tmp_path / form, rows))
    assert opinions(source)[-2:] == TWO
    assert sum(kinds(source).values()) in (2, 3)


@pytest.mark.parametrize("form", FORMS)
def test_places_tell_row_and_item(tmp_path: Path, form: str) -> None:
    rows = [
        HEADINGS,
        row("○公園が暗い（市）"),
        ("", "(2)乙", "乙を進めます。", "○橋が古い（防）\n○堤防が低い（防、福）"),
    ]
    source = read_source(make(tmp_path / form, rows))
    shift = 1 if form.endswith("xlsx") else 0  # the legend stands in the sheet's first row
    assert [item.place.spot for item in source.items] == [
        f"{2 + shift}行・1項目",
        f"{3 + shift}行・1項目",
        f"{3 + shift}行・2項目",
    ]
    assert len({item.place for item in source.items}) == 3


@pytest.mark.parametrize("form", FORMS)
def test_a_note_and_an_opinion_never_share_a_place(tmp_path: Path, form: str) -> None:
    rows = [(*HEADINGS, ""), (*row("○公園が暗い（市）\n○堤防が低い（防、福）"), "欄外の文")]
    source = read_source(make(tmp_path / form, rows))
    places = [item.place for item in source.items]
    assert len(places) == 3
    assert len(set(places)) == 3


def test_the_same_opinion_under_two_measures_is_two(tmp_path: Path) -> None:
    rows = [HEADINGS, row("○公園が暗い（市）"), ("", "(2)乙", "乙を進めます。", "○公園が暗い（市）")]
    source = read_source(make(tmp_path / "table.xlsx", rows))
    assert filed(source) == [("公園が暗い", "1(1) 甲"), ("公園が暗い", "1(2) 乙")]


def test_hidden_columns_of_a_book_are_told(tmp_path: Path) -> None:
    path = make(tmp_path / "table.xlsx", [(*HEADINGS, "担当課"), (*row("公園が暗い"), "市民課")])
    book = openpyxl.load_workbook(path)
    book.worksheets[0].column_dimensions["E"].hidden = True
    book.save(path)
    source = read_source(path)
    assert opinions(source) == [("公園が暗い", ("市民課",))]
    assert says(source, "表示されていない列")


def test_a_table_over_two_sheets(tmp_path: Path) -> None:
    path = make(tmp_path / "table.xlsx", [HEADINGS, row("○公園が暗い（市）")])
    book = openpyxl.load_workbook(path)
    second = book.create_sheet("続き")
    second.append(HEADINGS)
    second.append(("2 梁", "(1)乙", "乙を進めます。", "○堤防が低い（防、福）"))
    book.save(path)
    source = read_source(path)
    assert opinions(source) == TWO
    assert [label for _, label in filed(source)] == ["1(1) 甲", "2(1) 乙"]
    assert source.items[1].place.sheet == "シート「続き」"


def test_a_table_cut_in_two_by_a_page_break_in_word(tmp_path: Path) -> None:
    path = make(tmp_path / "table.docx", [HEADINGS, row("○公園が暗い（市）")])
    document = docx.Document(str(path))
    table = document.add_table(1, 4)
    for column, text in enumerate(("", "(2)乙", "乙を進めます。", "○堤防が低い（防、福）")):
        table.cell(0, column).text = text
    document.save(str(path))
    source = read_source(path)
    assert opinions(source) == TWO
    assert source.items[1].place.sheet == "表2"


# --- Word ---------------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["List Bullet", "List Number", "List Paragraph"])
def test_paragraphs_with_a_style_of_lists(tmp_path: Path, style: str) -> None:
    def fill(document: Document) -> None:
        cell = document.tables[0].cell(1, 3)
        cell.paragraphs[0].text, cell.paragraphs[0].style = "公園が暗い（市）", style
        cell.add_paragraph("堤防が低い（防、福）", style=style)

    source = read_source(word_of(tmp_path / "table.docx", change=fill))
    assert opinions(source) == TWO


def test_numbered_paragraphs(tmp_path: Path) -> None:
    path = word_of(tmp_path / "table.docx", p("公園が暗い（市）", bullet()), p("堤防が低い（防、福）", bullet()))
    assert opinions(read_source(path)) == TWO


def test_a_break_within_a_numbered_paragraph(tmp_path: Path) -> None:
    one = f"<w:p><w:pPr>{bullet()}</w:pPr><w:r><w:t>公園が</w:t><w:br/><w:t>暗い（市）</w:t></w:r></w:p>"
    source = read_source(word_of(tmp_path / "table.docx", one, p("堤防が低い（防、福）", bullet())))
    assert opinions(source) == TWO


def test_bullets_in_bullets_of_word(tmp_path: Path) -> None:
    source = read_source(
        word_of(
            tmp_path / "table.docx",
            p("訓練に課題がある（防）", bullet()),
            p("若い人が少ない", bullet(1)),
            p("平日がない", bullet(1)),
            p("堤防が低い（福）", bullet()),
            p("下流が心配（市）", bullet(1)),
        )
    )
    assert opinions(source) == [
        ("訓練に課題がある\n・若い人が少ない\n・平日がない", ("防災課",)),
        ("堤防が低い", ("福祉課",)),
        ("下流が心配", ("市民課",)),
    ]


def test_tracked_changes_are_read_as_accepted_and_told(tmp_path: Path) -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    gone = '<w:del w:id="1" w:author="a"><w:r><w:delText>{}</w:delText></w:r></w:del>'
    new = '<w:ins w:id="2" w:author="a"><w:r><w:t>{}</w:t></w:r></w:ins>'
    first = f"<w:p>{run.format('○公園が')}{gone.format('明るい')}{new.format('暗い')}{run.format('（市）')}</w:p>"
    second = f"<w:p>{new.format('○堤防が低い（防、福）')}</w:p>"
    source = read_source(word_of(tmp_path / "table.docx", first, second))
    assert opinions(source) == TWO
    assert says(source, "変更履歴")


def test_a_deleted_paragraph_is_no_empty_item(tmp_path: Path) -> None:
    mark = '<w:rPr><w:del w:id="3" w:author="a"/></w:rPr>'
    gone = (
        f"<w:p><w:pPr>{bullet()}{mark}</w:pPr>"
        '<w:del w:id="1" w:author="a"><w:r><w:delText>取り消した意見（市）</w:delText></w:r></w:del></w:p>'
    )
    source = read_source(
        word_of(tmp_path / "table.docx", p("公園が暗い（市）", bullet()), gone, p("堤防が低い（防、福）", bullet()))
    )
    assert opinions(source) == TWO
    assert kinds(source) == {"意見": 2}


def test_an_empty_numbered_paragraph_at_the_end_is_no_opinion(tmp_path: Path) -> None:
    # a clerk pressed Enter once too often; nobody wrote anything
    empty = f"<w:p><w:pPr>{bullet()}</w:pPr></w:p>"
    path = word_of(tmp_path / "table.docx", p("公園が暗い（市）", bullet()), p("堤防が低い（防、福）", bullet()), empty)
    assert opinions(read_source(path)) == TWO


def test_moved_text_is_read_once(tmp_path: Path) -> None:
    gone = '<w:p><w:moveFrom w:id="1" w:author="a"><w:r><w:t>○公園が暗い（市）</w:t></w:r></w:moveFrom></w:p>'
    here = '<w:p><w:moveTo w:id="2" w:author="a"><w:r><w:t>○堤防が低い（防、福）</w:t></w:r></w:moveTo></w:p>'
    source = read_source(word_of(tmp_path / "table.docx", gone, p("○公園が暗い（市）"), here))
    assert opinions(source) == TWO
    assert says(source, "変更履歴")


def test_a_deleted_row_is_no_row(tmp_path: Path) -> None:
    def delete(document: Document) -> None:
        table = document.tables[0]
        cells = table.add_row().cells  # type: ignore[no-untyped-call]
        for cell, text in zip(cells, ("", "(2)乙", "乙を進めます。", "○消した意見（市）"), strict=True):
            cell.paragraphs[0]._p.append(
                parse_xml(
                    f'<w:del {nsdecls("w")} w:id="1" w:author="a"><w:r><w:delText>{text}</w:delText></w:r></w:del>'
                )
            )
        properties = table.rows[2]._tr.get_or_add_trPr()
        properties.append(parse_xml(f'<w:del {nsdecls("w")} w:id="9" w:author="a"/>'))

    path = word_of(tmp_path / "table.docx", p("○公園が暗い（市）"), p("○堤防が低い（防、福）"), change=delete)
    source = read_source(path)
    assert opinions(source) == TWO
    assert source.plan is not None
    assert len(source.plan.measures) == 1


def test_ruby_is_left_out(tmp_path: Path) -> None:
    ruby = (
        "<w:p><w:r><w:t>○</w:t></w:r><w:r><w:ruby><w:rt><w:r><w:t>こうえん</w:t></w:r></w:rt>"
        "<w:rubyBase><w:r><w:t>公園</w:t></w:r></w:rubyBase></w:ruby></w:r><w:r><w:t>が暗い（市）</w:t></w:r></w:p>"
    )
    assert opinions(read_source(word_of(tmp_path / "table.docx", ruby, p("○堤防が低い（防、福）")))) == TWO


@pytest.mark.parametrize(
    "content",
    [
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>○公園が暗い（市）</w:t></w:r></w:p></w:sdtContent></w:sdt>",
        "<w:p><w:sdt><w:sdtContent><w:r><w:t>○公園が暗い（市）</w:t></w:r></w:sdtContent></w:sdt></w:p>",
        (
            "<w:p><w:r><w:t>○公園が</w:t></w:r><w:smartTag><w:r><w:t>暗い</w:t></w:r></w:smartTag>"
            "<w:hyperlink><w:r><w:t>（市）</w:t></w:r></w:hyperlink></w:p>"
        ),
    ],
    ids=["block", "run", "tag"],
)
def test_content_controls(tmp_path: Path, content: str) -> None:
    source = read_source(word_of(tmp_path / "table.docx", content, p("○堤防が低い（防、福）")))
    assert opinions(source) == TWO


@pytest.mark.parametrize("tag", ["tr", "tc"])
def test_rows_and_cells_in_content_controls(tmp_path: Path, tag: str) -> None:
    def wrap(document: Document) -> None:
        row_element = document.tables[0].rows[1]._tr
        element = row_element if tag == "tr" else row_element.tc_lst[3]
        control = parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtContent/></w:sdt>")
        element.addprevious(control)
        control[0].append(element)

    path = word_of(tmp_path / "table.docx", p("○公園が暗い（市）"), p("○堤防が低い（防、福）"), change=wrap)
    assert opinions(read_source(path)) == TWO


def test_a_table_within_a_cell(tmp_path: Path) -> None:
    def nest(document: Document) -> None:
        cell = document.tables[0].cell(1, 3)
        cell.paragraphs[0].text = "○公園が暗い（市）"
        inner = cell.add_table(1, 1)
        inner.cell(0, 0).text = "○堤防が低い（防、福）"

    source = read_source(word_of(tmp_path / "table.docx", change=nest))
    assert opinions(source) == TWO
    assert kinds(source) == {"意見": 2}


def test_text_boxes_are_told_and_never_part_of_a_text(tmp_path: Path) -> None:
    box = (
        '<w:p><w:r><w:t>○公園が暗い（市）</w:t></w:r><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml">'
        "<v:textbox><w:txbxContent><w:p><w:r><w:t>箱の中の文</w:t></w:r></w:p></w:txbxContent></v:textbox>"
        "</v:shape></w:pict></w:r></w:p>"
    )
    source = read_source(word_of(tmp_path / "table.docx", box, p("○堤防が低い（防、福）")))
    assert opinions(source) == TWO
    assert says(source, "テキストボックス")


def test_footnotes_are_told(tmp_path: Path) -> None:
    # an opinion may end in a footnote: (1) 夜間のみ
    path = word_of(tmp_path / "table.docx", p("○公園が暗い（市）"), p("○堤防が低い（防、福）"))
    text = "<w:p><w:r><w:t>夜間のみ</w:t></w:r></w:p>"
    note = f'<w:footnotes {nsdecls("w")}><w:footnote w:id="2">{text}</w:footnote></w:footnotes>'
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("word/footnotes.xml", note)
    source = read_source(path)
    assert opinions(source) == TWO
    assert says(source, "脚注")


def test_special_characters_of_word(tmp_path: Path) -> None:
    line = (
        "<w:p><w:r><w:t>○公園が</w:t></w:r><w:r><w:lastRenderedPageBreak/><w:t>暗い</w:t><w:tab/>"
        "<w:t>（市）</w:t></w:r></w:p>"
    )
    hyphen = "<w:p><w:r><w:t>○A</w:t><w:noBreakHyphen/><w:t>1棟が古い（防）</w:t></w:r></w:p>"
    source = read_source(word_of(tmp_path / "table.docx", line, hyphen))
    assert opinions(source) == [("公園が暗い", ("市民課",)), ("A-1棟が古い", ("防災課",))]


# --- HTML ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        "<ul><li>公園が暗い（市）</li><li>堤防が低い（防、福）</li></ul>",
        "<ul><li>公園が暗い（市）<li>堤防が低い（防、福）</ul>",
        "<ol>\n  <li>\n    公園が\n    暗い（市）\n  </li>\n  <li>堤防が低い（防、福）</li>\n</ol>",
        "<ul><li><p>公園が暗い（市）</p></li><li><p>堤防が低い（防、福）</p></li></ul>",
        "<ul><li><div>公園が暗い（市）</div></li><li><span>堤防が</span><b>低い</b>（防、福）</li></ul>",
        "<ul><li>○公園が<br>暗い（市）</li><li>○堤防が低い（防、福）</li></ul>",
        "<p>○公園が暗い（市）</p><p>○堤防が低い（防、福）</p>",
        "<div>○公園が暗い（市）</div><div>○堤防が低い（防、福）</div>",
        "○公園が暗い（市）<br/>○堤防が低い（防、福）<br/>",
        "○&nbsp;公園が暗い（市）&nbsp;<br>&nbsp;○堤防が低い（防、福）<br>&nbsp;",
        "<p>&nbsp;</p><p>○公園が暗い（市）</p><p>&#12288;</p><p>○堤防が低い（防、福）</p>",
        "<!-- ○消した意見（市） -->○公園が暗い（市）<br><!-- <br>○これも -->○堤防が低い（防、福）",
        "<script>document.write('○偽の意見（市）')</script>○公園が暗い（市）<br>○堤防が低い（防、福）",
        "<style>p { color: red }</style><p>○公園が暗い（市）</p><p>○堤防が低い（防、福）</p>",
        "<table><tr><td>○公園が暗い（市）</td></tr><tr><td>○堤防が低い（防、福）</td></tr></table>",
        "○<ruby>公園<rp>（</rp><rt>こうえん</rt><rp>）</rp></ruby>が暗い（市）<br>○堤防が低い（防、福）",
        f"<p>{SYMBOL}&nbsp; 公園が暗い（市）</p><p>{SYMBOL}&nbsp; 堤防が低い（防、福）</p>",
        "".join(
            "<p class=MsoListParagraph><![if !supportLists]><span>・<span>&nbsp; </span></span><![endif]>"
            f"{text}<o:p></o:p></p>"
            for text in ("公園が暗い（市）", "堤防が低い（防、福）")
        ),
        "○公園が暗い&#65288;市&#65289;<br>○堤防が低い（防、福）",
        "<dl><dd>○公園が暗い（市）</dd><dd>○堤防が低い（防、福）</dd></dl>",
    ],
)
def test_cells_of_a_page(tmp_path: Path, cell: str) -> None:
    source = read_source(page_of(tmp_path / "table.html", cell))
    assert opinions(source) == TWO
    assert kinds(source) == {"意見": 2}


@pytest.mark.parametrize(
    "cell",
    [
        f"<ul><li>訓練に課題がある（防）<ul>{INNER}</ul></li><li>堤防が低い（福）</li></ul>",
        f"<ul><li>訓練に課題がある（防）</li><ul>{INNER}</ul><li>堤防が低い（福）</li></ul>",
        f"<ul>\n <li><p>訓練に課題がある（防）</p>\n  <ol>\n {INNER}\n </ol>\n </li>\n<li>堤防が低い（福）</li>\n</ul>",
    ],
    ids=["within", "beside", "paragraph"],
)
def test_lists_in_lists_of_a_page(tmp_path: Path, cell: str) -> None:
    source = read_source(page_of(tmp_path / "table.html", cell))
    assert opinions(source) == [
        ("訓練に課題がある\n・若い人が少ない\n・平日がない", ("防災課",)),
        ("堤防が低い", ("福祉課",)),
    ]


def test_lists_in_lists_with_marks(tmp_path: Path) -> None:
    cell = "<ul><li>訓練<ul><li>公園が暗い（市）</li><li>堤防が低い（防、福）</li></ul></li></ul>"
    assert opinions(read_source(page_of(tmp_path / "table.html", cell)))[-2:] == TWO


def test_spans_of_a_page(tmp_path: Path) -> None:
    table = """<table>
    <caption>庁内意見</caption>
    <thead><tr><th colspan=3>現行計画の体系</th><th rowspan=2>庁内意見</th></tr>
    <tr><th>基本施策</th><th>施策</th><th>施策の概要</th></tr></thead>
    <tbody><tr><td rowspan=3>1 柱</td><td rowspan="2">(1)甲</td><td rowspan=2>甲を進めます。</td>
    <td>○公園が暗い（市）</td></tr>
    <tr><td>○橋が古い（防）</td></tr>
    <tr><td>(2)乙</td><td>乙を進めます。</td><td>○堤防が低い（防、福）</td></tr></tbody>
    <tfoot><tr><td colspan=4>※おわり</td></tr></tfoot></table>"""
    source = read_source(write_page(tmp_path / "table.html", table))
    assert filed(source) == [("公園が暗い", "1(1) 甲"), ("橋が古い", "1(1) 甲"), ("堤防が低い", "1(2) 乙")]
    assert kinds(source) == {"意見": 3}


def test_a_rowspan_that_goes_on_to_the_end(tmp_path: Path) -> None:
    # rowspan=0 means: to the end of the table; 99 more than there are rows
    for height in ("0", "99"):
        table = (
            "<table><tr><th>基本施策</th><th>施策</th><th>施策の概要</th><th>意見</th></tr>"
            f"<tr><td rowspan={height}>1 柱</td><td>(1)甲</td><td>甲を進めます。</td><td>○公園が暗い（市）</td></tr>"
            "<tr><td>(2)乙</td><td>乙を進めます。</td><td>○堤防が低い（防、福）</td></tr></table>"
        )
        source = read_source(write_page(tmp_path / "table.html", table))
        assert filed(source) == [("公園が暗い", "1(1) 甲"), ("堤防が低い", "1(2) 乙")]


def test_a_page_in_shift_jis(tmp_path: Path) -> None:
    path = page_of(tmp_path / "table.html", "○①髙い～㈱（市）")
    text = path.read_text(encoding="utf-8").replace("charset='utf-8'", "charset='Shift_JIS'")
    path.write_bytes(text.encode("cp932"))
    assert opinions(read_source(path)) == [("①髙い～㈱", ("市民課",))]


def test_a_bullet_outside_the_table_of_a_page_is_told(tmp_path: Path) -> None:
    path = page_of(tmp_path / "table.html", "○公園が暗い（市）<br>○堤防が低い（防、福）")
    text = path.read_text(encoding="utf-8").replace("</body>", "<ul><li>表から落ちた意見（市）</li></ul></body>")
    path.write_text(text, encoding="utf-8")
    source = read_source(path)
    assert opinions(source) == TWO
    assert says(source, "表の外", "表から落ちた意見")
