"""Broken and hostile files: each is one clear line or a finding, in little time and memory, and no opinion is lost."""

from __future__ import annotations

import os
import random
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from pipeline.errors import IkenError
from pipeline.language.tokenize import tokenize
from pipeline.reading import packages, spreadsheet
from pipeline.reading.sources import read_source

ROWS = [("番号", "意見", "課"), ("1", "橋が古いので直してほしい。", "道路課"), ("2", "バスが少ない。", "交通課")]
SHEET, DOCUMENT = "xl/worksheets/sheet1.xml", "word/document.xml"
ENTITIES = '<!DOCTYPE l [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE l [<!ENTITY b SYSTEM "file:///etc/hostname">]>'


def write_book(path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in ROWS:
        book.active.append(row)
    book.save(path)


def write_word(path: Path) -> None:
    document = docx.Document()
    table = document.add_table(len(ROWS), len(ROWS[0]))
    for number, row in enumerate(ROWS):
        for column, text in enumerate(row):
            table.cell(number, column).text = text
    document.save(str(path))


def write_parquet(path: Path) -> None:
    header, *body = ROWS
    pq.write_table(pa.table({name: [row[n] for row in body] for n, name in enumerate(header)}), path)


def write_pdf(path: Path) -> None:
    canvas = Canvas(str(path), pagesize=A4)
    canvas.grid([50, 150, 300], [700, 730, 760])
    canvas.drawString(60, 710, "text")
    canvas.save()


FORMS: dict[str, Callable[[Path], None]] = {
    "xlsx": write_book,
    "docx": write_word,
    "parquet": write_parquet,
    "pdf": write_pdf,
}


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A sound file of every form, as bytes."""
    folder = tmp_path_factory.mktemp("whole")
    for form, write in FORMS.items():
        write(folder / f"list.{form}")
    return {form: (folder / f"list.{form}").read_bytes() for form in FORMS}


def changed(path: Path, part: str, change: Callable[[str], str | bytes], name: str = "") -> Path:
    """Change a part of an office file, and perhaps its name."""
    with zipfile.ZipFile(path) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    body = change(parts.pop(part).decode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, content in {**parts, name or part: body}.items():
            archive.writestr(one, content)
    return path


def below_declaration(xml: str, more: str) -> str:
    start = xml.index("?>") + 2 if xml.startswith("<?xml") else 0
    return xml[:start] + more + xml[start:]


def refused(path: Path) -> IkenError:
    """The refusal: one line that names the file and says what to do."""
    with pytest.raises(IkenError) as caught:
        read_source(path)
    assert "\n" not in str(caught.value)
    assert caught.value.file
    assert caught.value.remedy
    return caught.value


def read_or_refused(path: Path) -> None:
    """Bytes made by chance may still be a file; nothing else than an IkenError may come of them."""
    said = None
    try:
        read_source(path)
    except IkenError as error:
        said = error
    assert said is None or (said.remedy and "\n" not in str(said))


# --- cut off, overwritten, called something else ----------------------------------------------


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.97])
def test_a_file_cut_off(tmp_path: Path, whole: dict[str, bytes], form: str, share: float) -> None:
    path = tmp_path / f"cut.{form}"
    path.write_bytes(whole[form][: int(share * len(whole[form]))])
    refused(path)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), blows=st.integers(1, 40))
def test_bytes_overwritten_anywhere_never_crash(
    tmp_path: Path, whole: dict[str, bytes], form: str, seed: int, blows: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 no secret
    body = bytearray(whole[form])
    for _ in range(blows):
        body[chance.randrange(len(body))] = chance.randrange(256)
    path = tmp_path / f"blown.{form}"
    path.write_bytes(body)
    read_or_refused(path)


@pytest.mark.parametrize("ending", ["csv", "txt", "html", "xlsx", "docx", "pdf", "parquet"])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04", b"PAR1", b"<html>", b"\xff\xfe"]), body=st.binary())
def test_any_bytes_under_any_ending_never_crash(tmp_path: Path, ending: str, start: bytes, body: bytes) -> None:
    path = tmp_path / f"any.{ending}"
    path.write_bytes(start + body)
    read_or_refused(path)


@pytest.mark.parametrize(
    ("form", "ending"), [("xlsx", "xls"), ("xlsx", "csv"), ("docx", "xlsx"), ("docx", "txt"), ("parquet", "csv")]
)
def test_what_is_called_something_else_is_read_and_told(
    tmp_path: Path, whole: dict[str, bytes], form: str, ending: str
) -> None:
    path = tmp_path / f"list.{ending}"
    path.write_bytes(whole[form])
    source = read_source(path)
    assert [item.text for item in source.items] == [row[1] for row in ROWS[1:]]
    assert any("拡張子" in finding.what for finding in source.findings)


@pytest.mark.parametrize("form", ["xlsx", "docx"])
def test_an_encrypted_book_is_refused(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"locked.{form}"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le"))
    assert "パスワード" in refused(path).what


def test_an_archive_within_an_archive_is_not_unpacked(tmp_path: Path, whole: dict[str, bytes]) -> None:
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("list.xlsx", whole["xlsx"])
    assert "圧縮ファイル" in refused(path).what


# --- what is no file --------------------------------------------------------------------------


def test_pipes_devices_and_loops_are_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    for path in (tmp_path / "pipe.csv", tmp_path / "loop.csv", Path("/dev/null"), Path("/dev/zero")):
        refused(path)


@pytest.mark.parametrize("name", ["a" * 300 + ".csv", "\0.csv", "list.csv/more.csv"])
def test_impossible_names(tmp_path: Path, name: str) -> None:
    (tmp_path / "list.csv").write_text("意見\n", encoding="utf-8")
    refused(tmp_path / name)


@pytest.mark.parametrize("name", ["改\n行.csv", '" & $(x) .csv', "[bold]x[red].csv", "\udcff.csv"])
def test_odd_names(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("番号,意見\n1,橋が古い\n", encoding="utf-8")
    assert read_source(path).items[0].text == "橋が古い"


# --- bombs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("bomb", [ENTITIES, OUTSIDE])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(("form", "part"), [("xlsx", SHEET), ("docx", DOCUMENT), ("xlsx", "[Content_Types].xml")])
def test_entities_are_refused(
    tmp_path: Path, whole: dict[str, bytes], form: str, part: str, encoding: str, bomb: str
) -> None:
    path = tmp_path / f"list.{form}"
    path.write_bytes(whole[form])

    def armed(xml: str) -> bytes:
        return below_declaration(xml.replace("encoding='UTF-8'", "").replace('encoding="UTF-8"', ""), bomb).encode(
            encoding
        )

    assert "文書型宣言" in refused(changed(path, part, armed)).what


def test_entities_in_a_part_of_another_ending_are_refused(tmp_path: Path, whole: dict[str, bytes]) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(whole["xlsx"])
    for part in ("xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
        changed(path, part, lambda xml: xml.replace("sheet1.xml", "sheet1.dat"))
    changed(path, SHEET, lambda xml: below_declaration(xml, ENTITIES), SHEET.replace(".xml", ".dat"))
    refused(path)


@pytest.mark.parametrize(("form", "part"), [("xlsx", SHEET), ("docx", DOCUMENT)])
def test_a_part_that_swells_is_refused_before_it_is_opened(
    tmp_path: Path, whole: dict[str, bytes], form: str, part: str
) -> None:
    path = tmp_path / f"list.{form}"
    path.write_bytes(whole[form])
    assert "異常に大きく" in refused(changed(path, part, lambda xml: xml + " " * (70 << 20))).what


def pdf_of(content: bytes, filters: bytes) -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<<>>>>endobj\n"
        b"4 0 obj<</Filter[" + filters + b"]/Length %d>>\nstream\n" % len(content) + content + b"\nendstream\nendobj\n"
        b"trailer<</Size 5/Root 1 0 R>>\n%%EOF"
    )


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_pdf_that_swells_is_refused_however_often_it_is_packed(
    tmp_path: Path, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "_MOST_BYTES", 16 << 20)
    content = b" " * (10 << 20)
    for _ in range(times):
        content = zlib.compress(content, 9)
    path = tmp_path / "list.pdf"
    path.write_bytes(pdf_of(content, b"/FlateDecode " * times))
    assert "異常に大きく" in refused(path).what


def test_a_page_of_too_many_lines_is_told(tmp_path: Path) -> None:
    path = tmp_path / "map.pdf"
    path.write_bytes(pdf_of(zlib.compress(b"0 0 10 10 re f\n" * 150_000), b"/FlateDecode"))
    assert "線が多すぎる" in refused(path).what


# --- sheets and pages that claim to be endless ----------------------------------------------------


def book_with(path: Path, whole: dict[str, bytes], old: str, new: str) -> Path:
    path.write_bytes(whole["xlsx"])
    return changed(path, SHEET, lambda xml: xml.replace(old, new))


def test_a_row_with_an_impossible_number_is_refused(
    tmp_path: Path, whole: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheet, "_ROWS", 10_000)
    row = '<row r="2000000000"><c r="A2000000000" t="n"><v>1</v></c></row></sheetData>'
    assert "行が" in refused(book_with(tmp_path / "list.xlsx", whole, "</sheetData>", row)).what


def test_whole_columns_merged_cost_nothing(tmp_path: Path, whole: dict[str, bytes]) -> None:
    refs = "".join(f'<mergeCell ref="{letter}2:{letter}1048576"/>' for letter in "DEFGHIJKLMNOPQRSTUVWXYZ")
    path = book_with(tmp_path / "list.xlsx", whole, "</sheetData>", f"</sheetData><mergeCells>{refs}</mergeCells>")
    assert [item.text for item in read_source(path).items] == [row[1] for row in ROWS[1:]]


def test_empty_rows_below_a_list_are_no_items(tmp_path: Path, whole: dict[str, bytes]) -> None:
    rows = "".join(f'<row r="{number}"><c r="A{number}" s="0"/></row>' for number in range(4, 10_000))
    path = book_with(tmp_path / "list.xlsx", whole, "</sheetData>", rows + "</sheetData>")
    assert len(read_source(path).items) == 2
    nothing = tmp_path / "nulls.parquet"
    pq.write_table(pa.table({"意見": pa.concat_arrays([pa.nulls(1_000_000, pa.string()), pa.array(["橋"])])}), nothing)
    assert [(item.text, item.place.spot) for item in read_source(nothing).items] == [("橋", "1000002行")]


def test_cells_that_span_more_than_any_page(tmp_path: Path) -> None:
    path = tmp_path / "list.html"
    cells = "<td rowspan=1000 colspan=1000>意見</td>" * 50
    path.write_text(f"<html><table><tr>{cells}</tr>{'<tr><td>橋</td></tr>' * 20}</table></html>", encoding="utf-8")
    assert read_source(path).items


# --- letters ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("letters", ["あ", "a", "橋が古い。", "橋、", "〇"])
def test_a_cell_of_a_million_letters(tmp_path: Path, letters: str) -> None:
    text = letters * (1_000_000 // len(letters))
    path = tmp_path / "list.csv"
    path.write_text(f"番号,意見\n1,{text}\n2,駅が遠い\n", encoding="utf-8")
    assert [len(item.text) for item in read_source(path).items] == [len(text), 4]


@pytest.mark.parametrize("letters", ["あ", "橋が古い。", "橋と川と、"])
def test_a_text_without_an_end_is_cut_into_words_and_none_is_lost(letters: str) -> None:
    text = letters * (60_000 // len(letters))
    assert "".join(word.surface for word in tokenize(text)) == text


def test_a_document_pasted_into_a_cell_is_cut_as_its_sentences_are() -> None:
    sentence = "橋が古いので、直してほしい。"
    words = [word.surface for word in tokenize(sentence)]
    assert [word.surface for word in tokenize(sentence * 1_000)] == words * 1_000


def test_controls_and_nul_stay_in_the_text_and_do_not_cut_the_words(tmp_path: Path) -> None:
    path = tmp_path / "list.parquet"
    pq.write_table(pa.table({"意見": ["橋\0が\x01古い\x1b[31m", "駅"]}), path)
    first = read_source(path).items[0].text
    assert first == "橋\0が\x01古い\x1b[31m"
    assert [word.surface for word in tokenize(first)][:3] == ["橋", "が", "古い"]


def test_text_that_parquet_does_not_call_text(tmp_path: Path) -> None:
    path = tmp_path / "list.parquet"
    pq.write_table(pa.table({"意見": pa.array(["橋が古い".encode()], pa.binary())}), path)
    assert read_source(path).items[0].text == "橋が古い"


def test_lone_surrogates_are_refused_as_a_wrong_encoding(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("番号,意見\n1,橋が".encode() + b"\xed\xa0\x80" + "古い\n".encode())
    assert "文字コード" in refused(path).what


# --- what must never be followed ----------------------------------------------------------------------


def test_macros_are_told_and_never_read(tmp_path: Path, whole: dict[str, bytes]) -> None:
    path = tmp_path / "list.xlsm"
    path.write_bytes(whole["xlsx"])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
        archive.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
    source = read_source(path)
    assert len(source.items) == 2
    said = "".join(finding.what for finding in source.findings)
    assert "マクロ" in said
    assert "リンク" in said


def test_formulas_are_never_computed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def never(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "socket", never)
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["番号", "意見"], [1, '=WEBSERVICE("http://127.0.0.1/x")'], [2, "='[x.xlsx]S'!A1"], [3, "駅が遠い"]):
        book.active.append(row)
    path = tmp_path / "list.xlsx"
    book.save(path)
    source = read_source(path)
    assert [(item.kind, item.text) for item in source.items][-1] == ("意見", "駅が遠い")
    lost = next(finding for finding in source.findings if "数式" in finding.what)
    assert lost.level == "誤り"
    assert lost.place.spot == "B2、B3"
