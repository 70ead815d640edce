"""Opinion lists as offices send them: whatever the form, no row is lost, none is counted twice, each is found again."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import gc
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.errors import IkenError
from pipeline.reading.columns import Columns, find_columns
from pipeline.reading.sources import read_source
from pipeline.records import Finding, Item, Source

Rows = Sequence[Sequence[str]]

PLAIN: Rows = [
    ("番号", "意見", "担当課", "年代", "地区"),
    ("1", "公園の遊具が古く、子どもがけがをしそうです。", "公園課", "30代", "北"),
    ("2", "髙い会費①～③が負担で、㈱ナギの寄付も減った", "市民課、防災課", "70代以上", "南"),
    ("3", '「はい」,"いいえ"の二択では\n答えられない', "", "", "西"),
    ("4", "", "福祉課", "10代", ""),
    ("5", "バスが一日三本では病院に通えません", "交通課", "80代", "東"),
]


# --- making files -------------------------------------------------------------------------


def delimited(rows: Rows, delimiter: str = ",", newline: str = "\r\n") -> str:
    """As Excel writes it: quotes only where they are needed, LF within a cell."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator=newline).writerows(rows)
    return stream.getvalue()


def write_text(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def write_csv(path: Path, rows: Rows) -> Path:
    return write_text(path, delimited(rows))


def write_tsv(path: Path, rows: Rows) -> Path:
    return write_text(path, delimited(rows, "\t"))


def write_book(path: Path, rows: Sequence[Sequence[object]], change: Callable[[Worksheet], None] | None = None) -> Path:
    return write_sheets(path, {"意見": (rows, change)})


def write_sheets(
    path: Path, sheets: dict[str, tuple[Sequence[Sequence[object]], Callable[[Worksheet], None] | None]]
) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, (rows, change) in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                if value not in ("", None):
                    sheet.cell(number, column, value)
        if change:
            change(sheet)
    book.save(path)
    return path


def write_parquet(path: Path, rows: Rows) -> Path:
    header, *body = rows
    columns = {name: [row[number] or None for row in body] for number, name in enumerate(header)}
    pq.write_table(pa.table(columns), path)
    return path


def write_word(path: Path, *tables: Rows) -> Path:
    document = docx.Document()
    for rows in tables:
        table = document.add_table(len(rows), len(rows[0]))
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                table.cell(number, column).text = text
        document.add_paragraph("")
    document.save(str(path))
    return path


def write_page(path: Path, rows: Rows) -> Path:
    lines = ["".join(f"<td>{cell.replace(chr(10), '<br>')}</td>" for cell in row) for row in rows]
    body = "".join(f"<tr>{line}</tr>\n" for line in lines)
    return write_text(path, f"<html><head><meta charset='utf-8'></head><body><table>{body}</table></body></html>")


WRITERS: dict[str, Callable[[Path, Rows], Path]] = {
    "list.csv": write_csv,
    "list.tsv": write_tsv,
    "list.xlsx": write_book,
    "list.parquet": write_parquet,
}
DOCUMENTS: dict[str, Callable[[Path, Rows], Path]] = {**WRITERS, "list.docx": write_word, "list.html": write_page}


def replace_in_archive(path: Path, member: str, change: Callable[[str], str], **more: str) -> None:
    """Change a part of an office file after a library wrote it."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    changed = change(parts[member])
    assert changed != parts[member], "nothing was changed"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in {**parts, member: changed, **more}.items():
            archive.writestr(name, body)


def share_string(path: Path, cell: str, content: str) -> None:
    """Put the text of one cell where Excel puts every text: among the shared strings."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    strings = f'<sst xmlns="{main}" count="1" uniqueCount="1"><si>{content}</si></sst>'
    replace_in_archive(
        path,
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(rf'<c r="{cell}"[^>]*>.*?</c>', f'<c r="{cell}" t="s"><v>0</v></c>', xml),
        **{"xl/sharedStrings.xml": strings},
    )
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    replace_in_archive(path, "[Content_Types].xml", lambda xml: xml.replace("</Types>", override))
    link = f'<Relationship Type="{relation}" Target="sharedStrings.xml" Id="rId99"/></Relationships>'
    replace_in_archive(path, "xl/_rels/workbook.xml.rels", lambda xml: xml.replace("</Relationships>", link))


# --- what must be so ----------------------------------------------------------------------


def opinions(source: Source) -> list[str]:
    return [item.text for item in source.items if item.kind == "意見"]


def as_read(source: Source) -> list[tuple[object, ...]]:
    return [
        (item.kind, item.text, item.number, item.departments, item.filed_under, item.attributes, item.place.spot)
        for item in source.items
    ]


def told(source: Source, *levels: str) -> list[Finding]:
    return [finding for finding in source.findings if finding.level in (levels or ("誤り", "注意", "情報"))]


def says(found: Sequence[Finding], *words: str) -> bool:
    """Whether one finding says all the words, in its place or its text."""
    lines = [f"{finding.place.within} {finding.what} {finding.remedy}" for finding in found]
    return any(all(word in line for word in words) for line in lines)


def by_text(source: Source, text: str) -> Item:
    (item,) = [item for item in source.items if item.text == text]
    return item


EXPECTED = [
    (
        "意見",
        "公園の遊具が古く、子どもがけがをしそうです。",
        "1",
        ("公園課",),
        "",
        (("年代", "30代"), ("地区", "北")),
        "2行",
    ),
    (
        "意見",
        "髙い会費①～③が負担で、㈱ナギの寄付も減った",
        "2",
        ("市民課", "防災課"),
        "",
        (("年代", "70代以上"), ("地区", "南")),
        "3行",
    ),
    ("意見", '「はい」,"いいえ"の二択では\n答えられない', "3", (), "", (("年代", ""), ("地区", "西")), "4行"),
    ("空欄", "", "4", ("福祉課",), "", (("年代", "10代"), ("地区", "")), "5行"),
    (
        "意見",
        "バスが一日三本では病院に通えません",
        "5",
        ("交通課",),
        "",
        (("年代", "80代"), ("地区", "東")),
        "6行",
    ),
]


# --- forms --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_form_gives_the_same_items(tmp_path: Path, name: str) -> None:
    source = read_source(DOCUMENTS[name](tmp_path / name, PLAIN))
    assert as_read(source) == EXPECTED
    assert [one.name for one in source.departments] == ["公園課", "市民課", "防災課", "福祉課", "交通課"]
    assert source.plan is None
    assert {item.place.file for item in source.items} == {name}
    assert not told(source, "誤り", "注意")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_list_that_names_the_measure_is_still_a_list(tmp_path: Path, name: str) -> None:
    # 施策 and 意見 stand in every working-team table too; the numbers and whole texts say it is a list
    rows = [
        ("番号", "施策", "意見", "担当課"),
        ("1", "2(4) 学びの機会", "講座が少ない\n夜にも開いてほしい", "学習課"),
        ("2", "1(1) 入口づくり", "案内が分かりにくい", "広報課、市民課"),
    ]
    source = read_source(DOCUMENTS[name](tmp_path / name, rows))
    assert [(item.kind, item.text, item.number, item.departments, item.filed_under) for item in source.items] == [
        ("意見", "講座が少ない\n夜にも開いてほしい", "1", ("学習課",), "2(4) 学びの機会"),
        ("意見", "案内が分かりにくい", "2", ("広報課", "市民課"), "1(1) 入口づくり"),
    ]


# --- encodings, line ends, quotes ---------------------------------------------------------


@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"], ids=["CRLF", "LF", "CR"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
@pytest.mark.parametrize(("name", "delimiter"), [("list.csv", ","), ("list.tsv", "\t"), ("list.csv", "\t")])
def test_every_encoding_and_line_end(tmp_path: Path, name: str, delimiter: str, encoding: str, newline: str) -> None:
    path = write_text(tmp_path / name, delimited(PLAIN, delimiter, newline), encoding)
    assert as_read(read_source(path)) == EXPECTED


def test_the_unicode_text_of_excel(tmp_path: Path) -> None:
    # Excel's "Unicode テキスト": .txt, UTF-16 little endian with its mark, tabs, CRLF
    body = b"\xff\xfe" + delimited(PLAIN, "\t").encode("utf-16-le")
    path = tmp_path / "list.txt"
    path.write_bytes(body)
    assert as_read(read_source(path)) == EXPECTED


@pytest.mark.parametrize("encoding", ["euc_jp", "iso2022_jp"])
def test_encodings_of_old_systems(tmp_path: Path, encoding: str) -> None:
    # these have neither 髙 nor ① nor ㈱
    rows = [[cell.translate(str.maketrans("髙①③～㈱", "高一三〜社")) for cell in row] for row in PLAIN]
    source = read_source(write_text(tmp_path / "list.csv", delimited(rows), encoding))
    assert opinions(source) == [row[1] for row in rows[1:] if row[1]]
    assert [item.number for item in source.items] == ["1", "2", "3", "4", "5"]


def test_what_only_windows_has_stays_in_cp932(tmp_path: Path) -> None:
    text = "髙﨑さんの①②Ⅲ～№㈱℡㎡について、ﾊﾞｽの便が悪い"
    source = read_source(write_text(tmp_path / "list.csv", f"番号,意見\r\n1,{text}\r\n", "cp932"))
    assert opinions(source) == [text]


def test_half_width_kana_of_old_systems_stay_in_cp932(tmp_path: Path) -> None:
    rows = [("番号", "意見", "ﾁｸ"), *[(str(n), "ﾊﾞｽ ｶﾞ ｺﾅｲ", "ｷﾀ") for n in range(20)]]
    source = read_source(write_text(tmp_path / "list.csv", delimited(rows), "cp932"))
    assert opinions(source) == ["ﾊﾞｽ ｶﾞ ｺﾅｲ"] * 20


@pytest.mark.parametrize("inner", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_line_breaks_within_quotes_are_line_breaks(tmp_path: Path, inner: str) -> None:
    body = f'番号,意見,課\r\n1,"一行目{inner}二行目",市民課\r\n2,次,市民課\r\n'
    source = read_source(write_text(tmp_path / "list.csv", body))
    # the same text must be the same opinion in CSV and in XLSX
    assert [(item.text, item.place.spot) for item in source.items] == [("一行目\n二行目", "2行"), ("次", "3行")]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ('"道が狭い, 暗い"', "道が狭い, 暗い"),
        ('"彼は""危ない""と言った"', '彼は"危ない"と言った'),
        ('彼は"危ない"と言った', '彼は"危ない"と言った'),
        ('""""', '"'),
        ('"　前後の空白　"', "前後の空白"),
        ("'道が狭い'", "'道が狭い'"),
        ('"；と;が続く"', "；と;が続く"),
        ('"一\t二"', "一\t二"),
    ],
)
def test_quotes(tmp_path: Path, written: str, text: str) -> None:
    source = read_source(write_text(tmp_path / "list.csv", f"番号,意見,課\n1,{written},市民課\n2,次,防災課\n"))
    assert [(item.text, item.departments) for item in source.items] == [(text, ("市民課",)), ("次", ("防災課",))]


def test_semicolons_between_cells(tmp_path: Path) -> None:
    source = read_source(write_text(tmp_path / "list.csv", delimited(PLAIN, ";")))
    assert as_read(source) == EXPECTED


def test_semicolons_between_cells_and_commas_within(tmp_path: Path) -> None:
    rows = [("番号", "意見", "課"), *[(str(n), "道が,狭く,暗く,危ない,です", "土木課") for n in range(1, 9)]]
    source = read_source(write_text(tmp_path / "list.csv", delimited(rows, ";")))
    assert opinions(source) == ["道が,狭く,暗く,危ない,です"] * 8
    assert {item.departments for item in source.items} == {("土木課",)}


def test_commas_between_cells_and_semicolons_within(tmp_path: Path) -> None:
    rows = [("番号", "意見"), *[(str(n), "道が;狭く;暗く;危ない;です") for n in range(1, 9)]]
    source = read_source(write_text(tmp_path / "list.csv", delimited(rows)))
    assert opinions(source) == ["道が;狭く;暗く;危ない;です"] * 8


def test_tabs_between_cells_and_commas_within(tmp_path: Path) -> None:
    rows = [("番号", "意見"), *[(str(n), "道が,狭く,暗く,危ない,です") for n in range(1, 9)]]
    source = read_source(write_text(tmp_path / "list.csv", delimited(rows, "\t")))
    assert opinions(source) == ["道が,狭く,暗く,危ない,です"] * 8


@pytest.mark.parametrize("text", ["歩道が狭い", "歩道が狭い;暗い;危ない", "歩道が狭い、暗い。直して"])
@pytest.mark.parametrize("name", ["list.csv", "list.tsv", "list.txt", "list.xlsx", "list.parquet"])
def test_a_list_of_one_column(tmp_path: Path, name: str, text: str) -> None:
    rows = [("意見",), (text,), ("二つ目",)]
    writers = {**WRITERS, "list.txt": write_tsv}
    source = read_source(writers[name](tmp_path / name, rows))
    assert [(item.kind, item.text, item.place.spot) for item in source.items] == [
        ("意見", text, "2行"),
        ("意見", "二つ目", "3行"),
    ]


# --- above, below and between the opinions ------------------------------------------------


@pytest.mark.parametrize(
    "preamble",
    [
        ["市民アンケート自由記述のまとめ", "期間　令和6年6月1日〜30日", "※原文のまま載せています"],
        ["意見一覧"],
        ["ご意見一覧（令和6年度）", ""],
        ["意見募集結果"],
        ["意見募集期間：令和6年6月1日〜6月30日", "※意見は原文のまま載せています"],
        ["意見書の取りまとめについて（回答）", "担当：市民課"],
        ["意見募集の結果です。", "提出数　３件"],
        ["", "", "凪野市計画へのご意見"],
        ["内容"],
    ],
)
@pytest.mark.parametrize("name", ["list.csv", "list.tsv", "list.xlsx", "list.docx", "list.html"])
def test_lines_above_the_headings(tmp_path: Path, name: str, preamble: list[str]) -> None:
    rows = [*[(line, "", "", "", "") for line in preamble], *PLAIN]
    source = read_source(DOCUMENTS[name](tmp_path / name, rows))
    below = len(preamble)
    assert as_read(source) == [(*row[:-1], f"{int(str(row[-1])[:-1]) + below}行") for row in EXPECTED]
    assert says(told(source, "情報"), "見出しより上の行は読みません")


def test_a_merged_title(tmp_path: Path) -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("A1:E2")

    rows = [("ご意見の一覧", "", "", "", ""), ("",) * 5, *PLAIN]
    source = read_source(write_book(tmp_path / "list.xlsx", rows, merge))
    assert opinions(source) == [str(row[1]) for row in EXPECTED if row[1]]
    assert source.items[0].place.spot == "4行"


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_headings_in_row_25(tmp_path: Path, name: str) -> None:
    rows = [*[(f"説明の{n}行目", "", "", "", "") for n in range(1, 25)], *PLAIN]
    source = read_source(DOCUMENTS[name](tmp_path / name, rows))
    assert len(opinions(source)) == 4
    assert source.items[0].place.spot == "26行"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_headings_repeated_on_every_page(tmp_path: Path, name: str) -> None:
    rows = [*PLAIN[:3], PLAIN[0], *PLAIN[3:]]
    source = read_source(DOCUMENTS[name](tmp_path / name, rows))
    assert opinions(source) == [row[1] for row in PLAIN[1:] if row[1]]
    assert "年代" not in [value for item in source.items for _, value in item.attributes]


@pytest.mark.parametrize(
    "total",
    [
        ("合計", "", "", "5件", ""),
        ("合計", "5件", "", "", ""),
        ("", "合計", "", "5", ""),
        ("小計", "", "", "", "5"),
        ("合　計", "", "", "５", ""),
        ("計", "５件", "", "", ""),
        ("合計5件", "", "", "", ""),
        ("", "合計5件", "", "", ""),
        ("合計（5件）", "", "", "", ""),
        ("", "計 5件", "", "", ""),
        ("", "合計：5件", "", "", ""),
        ("", "", "合計", "5", ""),
        ("総計", "", "", "5.0", "100%"),
    ],
)
def test_totals_are_no_opinions(tmp_path: Path, total: tuple[str, ...]) -> None:
    source = read_source(write_csv(tmp_path / "list.csv", [*PLAIN, total]))
    assert as_read(source)[:-1] == EXPECTED
    assert source.items[-1].kind == "合計行"
    assert says(told(source), "7行", "合計の行")


def test_a_subtotal_between_opinions(tmp_path: Path) -> None:
    rows = [*PLAIN[:3], ("", "小計", "", "2件", ""), *PLAIN[3:], ("", "合計", "", "5件", "")]
    source = read_source(write_csv(tmp_path / "list.csv", rows))
    assert [item.kind for item in source.items] == ["意見", "意見", "合計行", "意見", "空欄", "意見", "合計行"]


@pytest.mark.parametrize(
    "text", ["合計の金額が分からない", "計画が長い", "累計で百回も頼んだ", "小計", "計", "合計特殊出生率を上げて"]
)
def test_opinions_that_begin_like_totals(tmp_path: Path, text: str) -> None:
    rows = [("番号", "意見", "担当課"), ("1", text, "財政課")]
    source = read_source(write_csv(tmp_path / "list.csv", rows))
    assert [item.kind for item in source.items] == ["意見"]


@pytest.mark.parametrize("name", ["list.csv", "list.tsv", "list.xlsx", "list.docx", "list.html"])
def test_empty_columns_and_rows(tmp_path: Path, name: str) -> None:
    rows = [
        ("", "", "", "", "", ""),
        ("", "番号", "", "意見", "", "課"),
        ("", "1", "", "橋が古い", "", "土木課"),
        ("", "", "", "", "", ""),
        ("", "", "", "", "", ""),
        ("", "2", "", "道が狭い", "", "土木課"),
        ("", "", "", "", "", ""),
    ]
    source = read_source(DOCUMENTS[name](tmp_path / name, rows))
    assert [(item.text, item.number, item.departments, item.place.spot) for item in source.items] == [
        ("橋が古い", "1", ("土木課",), "3行"),
        ("道が狭い", "2", ("土木課",), "6行"),
    ]
    assert not told(source, "誤り", "注意")


def test_rows_of_spaces_are_empty(tmp_path: Path) -> None:
    rows = [("番号", "意見"), ("1", "橋が古い"), (" ", "　"), ("", "\n")]
    source = read_source(write_csv(tmp_path / "list.csv", rows))
    assert [item.kind for item in source.items] == ["意見"]


def test_a_thousand_rows(tmp_path: Path) -> None:
    rows = [("番号", "意見", "担当課"), *[(str(n), f"{n}番目の意見\nです", "市民課") for n in range(1, 1001)]]
    for name, write in WRITERS.items():
        source = read_source(write(tmp_path / name, rows))
        assert [(item.number, item.place.spot) for item in source.items] == [
            (str(n), f"{n + 1}行") for n in range(1, 1001)
        ]
        assert len(opinions(source)) == 1000


# --- headings -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heading",
    [
        "意見",
        "意見\n（自由記述）",
        "意　見",
        "ご意見　※具体的に",
        "ご意見・ご要望",
        "自由記述\n（200字以内）",
        "ＴＥＸＴ",
        "御意見",
        "御意見の概要",
        "御意見・御提案",
        "ご意見等の内容",
        "意見（要旨）",
        "提出意見",
        "提出された意見",
        "寄せられたご意見",
        "主な意見",
        "市民意見",
        "市民からの意見",
        "具体的な意見",
        "意見・要望等",
        "質問・意見",
        "問３　ご意見・ご要望",
    ],
)
def test_headings_of_opinions(tmp_path: Path, heading: str) -> None:
    rows = [("番号", heading, "担当課"), ("1", "橋が古い", "土木課")]
    for name in ("list.csv", "list.xlsx"):
        (item,) = read_source(WRITERS[name](tmp_path / name, rows)).items
        assert (item.text, item.number, item.departments) == ("橋が古い", "1", ("土木課",))


QUESTION = "ご意見・ご要望がありましたら、ご自由にお書きください。"


@pytest.mark.parametrize("said", ["", "意見=C", "意見=ご意見・ご要望がありましたら、ご自由にお書きください。"])
@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_the_question_of_a_web_form_as_heading(tmp_path: Path, name: str, said: str) -> None:
    rows = [("タイムスタンプ", "年代", QUESTION), ("2024/06/01 9:30:00", "30代", "橋が古い"), ("", "40代", "道が狭い")]
    columns = Columns.parse(said) if said else None
    source = read_source(WRITERS[name](tmp_path / name, rows), columns=columns)
    assert opinions(source) == ["橋が古い", "道が狭い"]
    assert dict(source.items[0].attributes)["年代"] == "30代"


def test_a_long_heading_the_user_names(tmp_path: Path) -> None:
    heading = "問10 この計画の案について、気づいたことや直してほしいことがあれば教えてください"
    path = write_book(tmp_path / "list.xlsx", [("番号", heading), ("1", "橋が古い")])
    assert opinions(read_source(path, columns=Columns.parse("意見=B"))) == ["橋が古い"]


@pytest.mark.parametrize(
    ("header", "opinion"),
    [
        (("意見番号", "提出された意見"), 1),
        (("意見番号", "意見提出者", "意見の内容"), 2),
        (("意見者", "意見提出日", "自由記述"), 2),
        (("意見の種類", "ご意見"), 1),
        (("意見区分", "意見"), 1),
        (("意見数", "意見等"), 1),
        (("意見提出日", "意見提出者", "市民意見"), 2),
        (("意見募集方法", "意見（全文）"), 1),
        (("回答", "意見の概要"), 1),
        (("内容", "ご意見の要旨"), 1),
        (("項目", "内容", "市の考え方"), 1),
    ],
)
def test_headings_that_only_begin_like_opinions(header: tuple[str, ...], opinion: int) -> None:
    assert find_columns(header).get("opinion") == (opinion,)


@pytest.mark.parametrize(
    "heading", ["番号", "Ｎｏ．", "ＮＯ", "No", "№", "番　号", "整理\n番号", "通し番号", "受付№", "#"]
)
def test_headings_and_numbers_in_full_width(tmp_path: Path, heading: str) -> None:
    source = read_source(write_csv(tmp_path / "list.csv", [(heading, "意見"), ("１２", "橋が古い")]))
    assert [(item.number, item.text) for item in source.items] == [("１２", "橋が古い")]


@pytest.mark.parametrize(
    "heading", ["担当課", "担当\n課", "所管課", "課　名", "担当課（室）", "担当課名", "所管部署", "関係課", "主管課"]
)
def test_headings_of_departments(tmp_path: Path, heading: str) -> None:
    source = read_source(write_csv(tmp_path / "list.csv", [("意見", heading), ("橋が古い", "土木課")]))
    assert source.items[0].departments == ("土木課",)


@pytest.mark.parametrize(
    "cell", ["市民課、防災課", "市民課，防災課", "市民課\n防災課", "市民課／防災課", "市民課; 防災課"]
)
def test_several_departments_in_a_cell(tmp_path: Path, cell: str) -> None:
    source = read_source(write_book(tmp_path / "list.xlsx", [("意見", "担当課"), ("橋が古い", cell)]))
    assert source.items[0].departments == ("市民課", "防災課")


@pytest.mark.parametrize("ditto", ["〃", "同上", "”"])
def test_a_ditto_mark_is_no_department(tmp_path: Path, ditto: str) -> None:
    rows = [("意見", "担当課"), ("橋が古い", "土木課"), ("道が狭い", ditto), ("坂が急", ditto)]
    source = read_source(write_csv(tmp_path / "list.csv", rows))
    assert [item.departments for item in source.items] == [("土木課",)] * 3
    assert [one.name for one in source.departments] == ["土木課"]


# --- what the user says of the columns ----------------------------------------------------

SURVEY: Rows = [
    ("回答番号", "所属", "良い点", "困っている点", "年代"),
    ("1", "市民課", "職員が親切", "駐車場が狭い", "30代"),
    ("2", "防災課", "", "待ち時間が長い", "40代"),
    ("3", "福祉課", "明るい", "", "50代"),
    ("4", "福祉課", "", "", "60代"),
]


@pytest.mark.parametrize("name", WRITERS)
def test_two_columns_of_opinions(tmp_path: Path, name: str) -> None:
    source = read_source(
        WRITERS[name](tmp_path / name, SURVEY), columns=Columns.parse("意見=良い点,意見=困っている点,担当課=所属")
    )
    assert [(item.kind, item.text, item.number, item.departments) for item in source.items] == [
        ("意見", "職員が親切", "1", ("市民課",)),
        ("意見", "駐車場が狭い", "1", ("市民課",)),
        ("意見", "待ち時間が長い", "2", ("防災課",)),
        ("意見", "明るい", "3", ("福祉課",)),
        ("空欄", "", "4", ("福祉課",)),
    ]
    assert {item.attributes for item in source.items[:2]} == {(("年代", "30代"),)}
    assert len({item.place for item in source.items}) == 5
    assert "良い点" in source.items[0].place.spot
    assert "困っている点" in source.items[1].place.spot


@pytest.mark.parametrize(
    "said", ["意見=D,担当課=B", "意見=困っている点,担当課=B", "意見＝困っている点、担当課＝所属", "意見=Ｄ,担当課=b"]
)
def test_columns_by_letter(tmp_path: Path, said: str) -> None:
    source = read_source(write_book(tmp_path / "list.xlsx", SURVEY), columns=Columns.parse(said))
    assert opinions(source) == ["駐車場が狭い", "待ち時間が長い"]
    assert [item.departments for item in source.items[:2]] == [("市民課",), ("防災課",)]


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_columns_by_letter_below_a_title(tmp_path: Path, name: str) -> None:
    rows = [("窓口アンケート", "", "", "", ""), ("令和6年6月", "", "", "", "単位：件"), *SURVEY]
    source = read_source(WRITERS[name](tmp_path / name, rows), columns=Columns.parse("意見=D,担当課=B"))
    assert opinions(source) == ["駐車場が狭い", "待ち時間が長い"]
    assert dict(source.items[0].attributes)["年代"] == "30代"


def test_columns_named_as_they_stand_or_without_line_breaks(tmp_path: Path) -> None:
    rows = [("番号", "自由記述２\n（任意）", "感想"), ("1", "橋が古い", "よい")]
    path = write_book(tmp_path / "list.xlsx", rows)
    for said in ("意見=自由記述２（任意）", "意見=自由記述2 (任意)"):
        assert opinions(read_source(path, columns=Columns.parse(said))) == ["橋が古い"]


def test_columns_named_in_only_one_of_two_sheets(tmp_path: Path) -> None:
    other: Rows = [("番号", "感想"), ("1", "別の紙の感想です")]
    path = write_sheets(tmp_path / "list.xlsx", {"一": (SURVEY, None), "二": (other, None)})
    source = read_source(path, columns=Columns.parse("意見=困っている点"))
    assert opinions(source) == ["駐車場が狭い", "待ち時間が長い"]
    assert says(told(source), "シート「二」", "読みません")


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ("意見=悪い点", "悪い点"),
        ("意見=困っている点,担当課=課の名前", "課の名前"),
        ("意見=Z", "Z"),
        ("番号=悪い点", "悪い点"),
    ],
)
@pytest.mark.parametrize("title", [False, True])
def test_a_heading_that_is_not_there(tmp_path: Path, said: str, missing: str, title: bool) -> None:
    rows = [("窓口アンケート", "", "", "", ""), *SURVEY] if title else SURVEY
    with pytest.raises(IkenError, match="見つかりません") as caught:
        read_source(write_book(tmp_path / "list.xlsx", rows), columns=Columns.parse(said))
    what = str(caught.value)
    assert f"「{missing}」" in what
    assert "「困っている点」の列が" not in what  # that one is there
    assert "良い点" in what  # the headings to choose from, not the title above them
    assert caught.value.remedy


@pytest.mark.parametrize("said", ["意見", "=自由記述", "意見=", "感想=自由記述", ""])
def test_columns_that_cannot_be_understood(said: str) -> None:
    with pytest.raises(IkenError) as caught:
        Columns.parse(said)
    assert caught.value.remedy


# --- what is found and told ---------------------------------------------------------------


def test_another_column_of_texts_is_told(tmp_path: Path) -> None:
    text = "この道は朝夕に大型車が多く通り、歩道もないので、子どもを一人で学校へ行かせるのがとても心配です。その{}"
    rows = [("番号", "意見", "その他", "年代"), *[(str(n), "橋が古い", text.format(n), "30代") for n in range(1, 6)]]
    source = read_source(write_book(tmp_path / "list.xlsx", rows))
    assert says(told(source, "注意"), "「その他」", "文章", "5", "--columns", "意見=その他")
    assert not says(told(source, "注意"), "「年代」")


@pytest.mark.parametrize(
    "heading",
    [
        "氏名",
        "お名前（任意）",
        "電話番号",
        "ご連絡先",
        "メールアドレス",
        "Ｅメール",
        "住所",
        "〒",
        "提出者氏名",
        "フリガナ",
        "電話\n番号",
        "ご住所（町名まで）",
        "TEL/FAX",
        "電話（日中）",
        "携帯",
    ],
)
def test_columns_of_persons_are_told(tmp_path: Path, heading: str) -> None:
    rows = [("番号", "意見", heading), ("1", "橋が古い", "凪野 花子")]
    source = read_source(write_csv(tmp_path / "list.csv", rows))
    assert says(told(source, "注意"), "個人が分かる列")


@pytest.mark.parametrize("heading", ["年代", "地区", "性別", "提出方法", "受付日", "施設の名称", "電話の受付件数"])
def test_columns_of_no_person_are_not(tmp_path: Path, heading: str) -> None:
    rows = [("番号", "意見", heading), ("1", "橋が古い", "北")]
    assert not says(told(read_source(write_csv(tmp_path / "list.csv", rows))), "個人が分かる列")


def test_a_cell_beyond_the_headings_is_told(tmp_path: Path) -> None:
    # an unquoted comma makes one cell more than there are headings
    source = read_source(write_text(tmp_path / "list.csv", "番号,意見\n1,道が狭い,暗い\n2,橋が古い\n"))
    assert says(told(source, "誤り"), "見出しのない列")


def test_an_empty_opinion_is_counted_and_told(tmp_path: Path) -> None:
    source = read_source(write_csv(tmp_path / "list.csv", PLAIN))
    assert says(told(source), "5行", "意見が空")


# --- cells of a spreadsheet ---------------------------------------------------------------


def test_dates_numbers_truths_and_errors(tmp_path: Path) -> None:
    header = ("番号", "意見", "受付日", "受付時刻", "点", "割合", "会員", "参照")
    row = (1, "橋が古い", dt.date(2024, 6, 1), dt.datetime(2024, 6, 1, 9, 30), 3.0, 0.25, True, "#N/A")
    (item,) = read_source(write_book(tmp_path / "list.xlsx", [header, row])).items
    assert item.number == "1"
    assert item.attributes == (
        ("受付日", "2024-06-01"),
        ("受付時刻", "2024-06-01 09:30:00"),
        ("点", "3"),
        ("割合", "0.25"),
        ("会員", "TRUE"),
        ("参照", "#N/A"),
    )


def test_typed_columns_are_read_alike_from_a_book_and_from_parquet(tmp_path: Path) -> None:
    header = ("番号", "意見", "受付日", "受付時刻", "点", "割合", "会員", "空")
    rows: list[tuple[Any, ...]] = [
        (1.0, "橋が古い", dt.date(2024, 6, 1), dt.datetime(2024, 6, 1, 9, 30), 3.0, 0.25, True, None),
        (None, "道が狭い\n暗い", dt.date(2024, 6, 2), dt.datetime(2024, 6, 2), None, 0.5, False, None),
        (3.0, "坂が急", None, None, 4.0, None, None, None),
    ]
    columns = {name: pa.array([row[number] for row in rows]) for number, name in enumerate(header)}
    pq.write_table(pa.table(columns), tmp_path / "list.parquet")
    book = read_source(write_book(tmp_path / "list.xlsx", [header, *rows]))
    assert as_read(read_source(tmp_path / "list.parquet")) == as_read(book)


def test_not_a_number_in_parquet_is_an_empty_cell(tmp_path: Path) -> None:
    columns = {"番号": pa.array([1.0, float("nan")]), "意見": ["橋が古い", "道が狭い"], "点": [float("nan"), 2.0]}
    pq.write_table(pa.table(columns), tmp_path / "list.parquet")
    items = read_source(tmp_path / "list.parquet").items
    assert [(item.number, item.attributes) for item in items] == [("1", (("点", ""),)), ("", (("点", "2"),))]


def test_the_index_of_a_filtered_frame_is_no_column(tmp_path: Path) -> None:
    import pandas as pd

    frame = pd.DataFrame({"意見": ["橋が古い", "", "道が狭い"], "地区": ["北", "南", "西"]})
    frame[frame["意見"] != ""].to_parquet(tmp_path / "list.parquet")
    items = read_source(tmp_path / "list.parquet").items
    assert [(item.text, item.attributes) for item in items] == [
        ("橋が古い", (("地区", "北"),)),
        ("道が狭い", (("地区", "西"),)),
    ]


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#VALUE!", "#NAME?"])
def test_an_error_where_an_opinion_should_be_is_told(tmp_path: Path, name: str, error: str) -> None:
    # a VLOOKUP that found nothing: no one said "#N/A"
    source = read_source(DOCUMENTS[name](tmp_path / name, [("番号", "意見"), ("1", "橋が古い"), ("2", error)]))
    assert opinions(source) == ["橋が古い"]
    assert len(source.items) == 2
    assert says(told(source, "誤り", "注意"), "3行", error)


def test_an_opinion_that_is_only_a_number_stays(tmp_path: Path) -> None:
    source = read_source(write_book(tmp_path / "list.xlsx", [("番号", "意見"), (1, 100), (2, "橋が古い")]))
    assert opinions(source) == ["100", "橋が古い"]


def test_furigana_are_not_part_of_the_text(tmp_path: Path) -> None:
    # what Excel keeps of the typing in every Japanese cell
    path = write_book(tmp_path / "list.xlsx", [("番号", "意見"), ("1", "橋が古い")])
    share_string(path, "B2", '<t>橋が古い</t><rPh sb="0" eb="1"><t>ハシ</t></rPh><phoneticPr fontId="1"/>')
    assert opinions(read_source(path)) == ["橋が古い"]


def test_text_of_several_fonts_is_one_text(tmp_path: Path) -> None:
    path = write_book(tmp_path / "list.xlsx", [("番号", "意見"), ("1", "橋が古い")])
    runs = '<r><t>橋が</t></r><r><rPr><b/></rPr><t xml:space="preserve">とても _x000D_\n</t></r><r><t>古い</t></r>'
    share_string(path, "B2", runs)
    assert opinions(read_source(path)) == ["橋がとても \n古い"]


def test_a_formula_gives_the_value_saved_with_it(tmp_path: Path) -> None:
    path = write_book(tmp_path / "list.xlsx", [("番号", "意見"), ("1", '="橋が"&"古い"'), ("2", '="道が"&"狭い"')])

    def save_one(xml: str) -> str:
        return re.sub(r'<c r="B2"[^>]*>(<f>.*?</f>)<v ?/?>(</v>)?</c>', r'<c r="B2" t="str">\1<v>橋が古い</v></c>', xml)

    replace_in_archive(path, "xl/worksheets/sheet1.xml", save_one)
    source = read_source(path)
    assert opinions(source) == ["橋が古い"]
    assert says(told(source, "誤り"), "B3", "数式の値")
    assert not says(told(source, "誤り"), "B2")


# --- merged cells -------------------------------------------------------------------------


def merged(*ranges: str) -> Callable[[Worksheet], None]:
    def merge(sheet: Worksheet) -> None:
        for cells in ranges:
            sheet.merge_cells(cells)

    return merge


MERGED: Rows = [
    ("担当課", "番号", "意見", "地区"),
    ("市民課", "1", "窓口が混む", "北"),
    ("", "2", "書類が多い", "南"),
    ("", "3", "案内が不親切", ""),
    ("防災課", "4", "放送が聞こえない", "北"),
]


def test_departments_merged_downwards_hold_for_every_row(tmp_path: Path) -> None:
    source = read_source(write_book(tmp_path / "list.xlsx", MERGED, merged("A2:A4", "D3:D4")))
    assert [(item.text, item.departments, dict(item.attributes)["地区"]) for item in source.items] == [
        ("窓口が混む", ("市民課",), "北"),
        ("書類が多い", ("市民課",), "南"),
        ("案内が不親切", ("市民課",), "南"),
        ("放送が聞こえない", ("防災課",), "北"),
    ]


def test_departments_merged_downwards_in_a_document(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(len(MERGED), 4)
    for number, row in enumerate(MERGED):
        for column, text in enumerate(row):
            if text:
                table.cell(number, column).text = text
    table.cell(1, 0).merge(table.cell(3, 0))
    document.save(str(tmp_path / "list.docx"))
    source = read_source(tmp_path / "list.docx")
    assert [item.departments for item in source.items] == [("市民課",)] * 3 + [("防災課",)]


def test_departments_merged_downwards_in_a_page(tmp_path: Path) -> None:
    rows = ["<td rowspan=3>市民課</td><td>1</td><td>窓口が混む</td><td>北</td>"]
    rows += ["<td>2</td><td>書類が多い</td><td>南</td>", "<td>3</td><td>案内が不親切</td><td></td>"]
    rows += ["<td>防災課</td><td>4</td><td>放送が聞こえない</td><td>北</td>"]
    head = "".join(f"<th>{name}</th>" for name in MERGED[0])
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    source = read_source(write_text(tmp_path / "list.html", f"<html><table><tr>{head}</tr>{body}</table></html>"))
    assert [item.departments for item in source.items] == [("市民課",)] * 3 + [("防災課",)]


def test_an_opinion_merged_over_several_departments_is_one(tmp_path: Path) -> None:
    rows = [
        ("番号", "意見", "担当課", "地区"),
        ("1", "窓口が混む", "市民課", "北"),
        ("", "", "税務課", ""),
        ("", "", "福祉課", ""),
        ("2", "放送が聞こえない", "防災課", "南"),
    ]
    source = read_source(write_book(tmp_path / "list.xlsx", rows, merged("A2:A4", "B2:B4", "D2:D4")))
    assert [(item.kind, item.text, item.number, item.departments) for item in source.items] == [
        ("意見", "窓口が混む", "1", ("市民課", "税務課", "福祉課")),
        ("意見", "放送が聞こえない", "2", ("防災課",)),
    ]
    assert source.items[0].place.spot.startswith("2")
    assert source.items[1].place.spot == "5行"


def test_an_opinion_merged_over_several_departments_in_a_page(tmp_path: Path) -> None:
    body = (
        "<tr><th>番号</th><th>意見</th><th>担当課</th></tr>"
        "<tr><td rowspan=2>1</td><td rowspan=2>窓口が混む</td><td>市民課</td></tr><tr><td>税務課</td></tr>"
        "<tr><td>2</td><td>放送が聞こえない</td><td>防災課</td></tr>"
    )
    source = read_source(write_text(tmp_path / "list.html", f"<html><table>{body}</table></html>"))
    assert [(item.kind, item.text, item.departments) for item in source.items] == [
        ("意見", "窓口が混む", ("市民課", "税務課")),
        ("意見", "放送が聞こえない", ("防災課",)),
    ]


def test_an_opinion_merged_sideways_is_one(tmp_path: Path) -> None:
    rows = [("番号", "意見", "", "担当課"), ("1", "窓口が混む", "", "市民課"), ("2", "道が狭い", "", "土木課")]
    source = read_source(write_book(tmp_path / "list.xlsx", rows, merged("B1:C1", "B2:C2", "B3:C3")))
    assert [(item.text, item.departments) for item in source.items] == [
        ("窓口が混む", ("市民課",)),
        ("道が狭い", ("土木課",)),
    ]
    assert not told(source, "誤り")


def test_a_second_opinion_beside_a_merged_number(tmp_path: Path) -> None:
    # one person, two opinions
    rows = [("番号", "意見", "年代"), ("1", "窓口が混む", "30代"), ("", "書類が多い", ""), ("2", "道が狭い", "40代")]
    source = read_source(write_book(tmp_path / "list.xlsx", rows, merged("A2:A3", "C2:C3")))
    assert [(item.number, item.text, item.attributes) for item in source.items] == [
        ("1", "窓口が混む", (("年代", "30代"),)),
        ("1", "書類が多い", (("年代", "30代"),)),
        ("2", "道が狭い", (("年代", "40代"),)),
    ]


# --- what is hidden, and several sheets or tables -----------------------------------------


def test_hidden_rows_are_read_and_told(tmp_path: Path) -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True

    source = read_source(write_book(tmp_path / "list.xlsx", PLAIN, hide))
    assert as_read(source) == EXPECTED
    assert says(told(source, "注意"), "3行", "表示されていない行")


@pytest.mark.parametrize("letter", ["B", "D"])
def test_hidden_columns_are_read_and_told(tmp_path: Path, letter: str) -> None:
    # a hidden column of opinions, or of ages: what nobody sees would go out with the results
    def hide(sheet: Worksheet) -> None:
        sheet.column_dimensions[letter].hidden = True

    source = read_source(write_book(tmp_path / "list.xlsx", PLAIN, hide))
    assert as_read(source) == EXPECTED
    assert says(told(source, "注意"), "表示されていない列", {"B": "意見", "D": "年代"}[letter])


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheets_are_read_and_told(tmp_path: Path, state: str) -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.sheet_state = state  # type: ignore[assignment]

    hidden: Rows = [("番号", "意見"), ("1", "隠れた意見")]
    path = write_sheets(tmp_path / "list.xlsx", {"表": (PLAIN, None), "裏": (hidden, hide)})
    source = read_source(path)
    assert opinions(source)[-1] == "隠れた意見"
    assert says(told(source, "注意"), "シート「裏」", "表示されていないシート")
    assert not says(told(source, "注意"), "シート「表」")


def test_two_sheets_of_opinions_and_one_of_figures(tmp_path: Path) -> None:
    other: Rows = [
        ("凪野市", "", ""),
        ("No.", "ご意見", "所管課"),
        ("1", "港が遠い", "港湾課"),
        ("2", "橋が古い", "土木課"),
    ]
    figures: Rows = [("年代", "件数"), ("30代", "12"), ("40代", "8")]
    path = write_sheets(tmp_path / "list.xlsx", {"集計": (figures, None), "北": (PLAIN, None), "南": (other, None)})
    source = read_source(path)
    assert opinions(source) == [row[1] for row in PLAIN[1:] if row[1]] + ["港が遠い", "橋が古い"]
    assert {item.place.sheet for item in source.items} == {"シート「北」", "シート「南」"}
    assert by_text(source, "港が遠い").place.spot == "3行"
    assert by_text(source, "港が遠い").departments == ("港湾課",)
    assert says(told(source), "シート「集計」", "読みません")
    assert "港湾課" in [one.name for one in source.departments]


def test_an_empty_sheet_needs_no_word(tmp_path: Path) -> None:
    source = read_source(write_sheets(tmp_path / "list.xlsx", {"意見": (PLAIN, None), "Sheet2": ((), None)}))
    assert as_read(source) == EXPECTED
    assert not says(told(source), "Sheet2")


def test_a_table_that_goes_on_without_headings_is_not_lost_in_silence(tmp_path: Path) -> None:
    # a table in Word, cut in two by a page break
    source = read_source(write_word(tmp_path / "list.docx", PLAIN[:3], PLAIN[3:]))
    read = [row[1] for row in PLAIN[1:] if row[1]]
    assert opinions(source) == read or says(told(source, "誤り", "注意"), "表2", "読みません")


def test_a_sheet_of_sentences_without_headings_is_not_lost_in_silence(tmp_path: Path) -> None:
    more: Rows = [("6", "港の照明が暗く、夜に歩くのがこわいと家族が話しています。", "港湾課", "", "")] * 3
    source = read_source(write_sheets(tmp_path / "list.xlsx", {"一": (PLAIN, None), "二": (more, None)}))
    assert len(opinions(source)) == 7 or says(told(source, "誤り", "注意"), "シート「二」", "読みません")


def test_two_tables_of_opinions_in_a_document(tmp_path: Path) -> None:
    other: Rows = [("No.", "ご意見"), ("1", "港が遠い")]
    source = read_source(write_word(tmp_path / "list.docx", PLAIN, other))
    assert opinions(source)[-1] == "港が遠い"
    assert [item.place.sheet for item in source.items] == ["表1"] * 5 + ["表2"]


def test_no_two_items_stand_at_the_same_place(tmp_path: Path) -> None:
    path = write_sheets(tmp_path / "list.xlsx", {"北": (PLAIN, None), "南": (PLAIN, None)})
    places = [item.place for item in read_source(path).items]
    assert len(places) == len(set(places)) == 10


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="this machine does not list open files")
@pytest.mark.parametrize("heading", ["意見", "感想"])
@pytest.mark.parametrize("name", ["list.xlsx", "list.parquet", "list.csv"])
def test_a_file_is_closed_again(tmp_path: Path, name: str, heading: str) -> None:
    # one that stays open cannot be moved or saved anew on Windows
    path = WRITERS[name](tmp_path / name, [("番号", heading), ("1", "橋が古い")])
    gc.disable()
    try:
        with contextlib.suppress(IkenError):  # 感想: no column of opinions
            read_source(path)
        links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
        still_open = [link for link in links if link.exists() and link.samefile(path)]
    finally:
        gc.enable()
    assert still_open == []


def test_comments_of_a_book_are_told(tmp_path: Path) -> None:
    from openpyxl.comments import Comment

    def note(sheet: Worksheet) -> None:
        sheet["B2"].comment = Comment("これも意見です", "課")

    source = read_source(write_book(tmp_path / "list.xlsx", PLAIN, note))
    assert as_read(source) == EXPECTED
    assert says(told(source, "注意"), "コメント")
