"""results.xlsx: what stands in it, that it is safe to open, and that what people write in it stays."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from pipeline import batch
from pipeline.batch import Options
from pipeline.deliver.answers import Answer, match, read_answers
from pipeline.deliver.groups import POINTER, groups_of, submitters_of, summary_of
from pipeline.deliver.results import Results
from pipeline.deliver.sheets import LIMIT, Book, Column, in_pieces, units
from pipeline.deliver.workbook import results_workbook
from pipeline.errors import IkenError
from pipeline.export import export
from pipeline.identity import name_opinions, text_hash
from pipeline.kinds import OPINION
from pipeline.options import with_file
from pipeline.records import Item, Judged, Labelling, Opinion, Place, Suggestion, Topic

BOOK, HEADING = "results.xlsx", 3
CONTRACT = ["番号", "該当箇所", "意見の概要", "件数", "担当課", "対応区分", "市の考え方"]
SHEETS = ["意見一覧", "全意見", "テーマ別集計", "施策別", "概要を超える求め", "担当課別", "台帳", "使い方"]
SOFFICE = shutil.which("soffice")
Edit = Callable[[openpyxl.Workbook], None]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, sample_list: Path, sample_plan: Path) -> tuple[Path, Results]:
    """A list with copies, and a plan."""
    folder = tmp_path_factory.mktemp("book") / "out"
    return folder, batch.run([sample_list], folder, Options(plan=sample_plan))


@pytest.fixture
def folder(made: tuple[Path, Results], tmp_path: Path) -> Path:
    copy = tmp_path / "out"
    shutil.copytree(made[0], copy)
    return copy


def sheet_of(book: openpyxl.Workbook, name: str = "意見一覧") -> Worksheet:
    sheet = book[name]
    assert isinstance(sheet, Worksheet)
    return sheet


def rows(path: Path | bytes, name: str = "意見一覧", heading: int = HEADING) -> list[dict[str, Any]]:
    source = io.BytesIO(path) if isinstance(path, bytes) else path
    lines = list(sheet_of(openpyxl.load_workbook(source), name).iter_rows(min_row=heading, values_only=True))
    return [dict(zip(map(str, lines[0]), line, strict=True)) for line in lines[1:]]


def fill(folder: Path, edit: Edit) -> None:
    """What a person does to the book, saved as a spreadsheet saves it."""
    book = openpyxl.load_workbook(folder / BOOK)
    edit(book)
    book.save(folder / BOOK)


def write(row: int, response: str, view: str) -> Edit:
    def edit(book: openpyxl.Workbook) -> None:
        sheet = sheet_of(book)
        sheet.cell(row, 6, response)
        sheet.cell(row, 7, view)

    return edit


def written(path: Path) -> dict[str, tuple[str | None, str | None]]:
    """対応区分 and 市の考え方 by 意見ID, where anything is written."""
    return {
        str(row["意見ID"]): (row["対応区分"], row["市の考え方"])
        for row in rows(path)
        if row["対応区分"] or row["市の考え方"]
    }


def judged_of(*texts: str) -> tuple[Judged, ...]:
    items = [Item(OPINION, text, Place("a.csv", f"{n}行")) for n, text in enumerate(texts, 2)]
    return tuple(Judged(one, Labelling("該当なし", (), (), "要望")) for one in name_opinions(items, "第1回"))


def results_of(judged: Sequence[Judged]) -> Results:
    return Results((), None, tuple(judged), (), (), ())


def test_the_sheets_of_the_contract_come_in_order(made: tuple[Path, Results]) -> None:
    names = openpyxl.load_workbook(made[0] / BOOK).sheetnames
    assert [name for name in names if name in SHEETS] == SHEETS
    assert "属性別" in names


def test_the_circulation_sheet_has_a_row_for_all_who_say_the_same(made: tuple[Path, Results]) -> None:
    folder, results = made
    found = rows(folder / BOOK)
    assert list(found[0])[:7] == CONTRACT
    assert len(found) < len(results.judged) == sum(row["件数"] for row in found)
    listed = [name for row in found for name in row["意見ID"].split("、")]
    assert sorted(listed) == sorted(one.opinion.id for one in results.judged)
    assert all(row["対応区分"] is None and row["市の考え方"] is None for row in found)


def test_every_voice_stands_in_its_own_words(made: tuple[Path, Results]) -> None:
    folder, results = made
    found = rows(folder / BOOK, "全意見", heading=1)
    assert [(row["意見ID"], row["意見"]) for row in found] == [
        (one.opinion.id, one.opinion.text) for one in results.judged
    ]
    numbers = {row["番号"]: row["意見ID"] for row in rows(folder / BOOK)}
    assert all(row["意見ID"] in numbers[row["一覧番号"]] for row in found)


def test_columns_that_name_a_person_are_not_passed_around(tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_text("番号,意見,氏名,年代\n1,会場が足りない,凪野はな,40代\n", encoding="utf-8")
    batch.run([source], tmp_path / "out")
    (row,) = rows(tmp_path / "out" / BOOK, "全意見", heading=1)
    assert row["年代"] == "40代"
    assert "氏名" not in row


def test_topics_and_proposals_have_their_sheets() -> None:
    judged = judged_of("会場が足りない", "会場を増やして")
    ids = tuple(one.opinion.id for one in judged)
    topic = Topic("T01", "会場の不足", ("会場",), ids, ids[:1], 0.9)
    proposal = Suggestion(1, "新規", "会場の拡充", "会場が足りない", (), ids, (), 2, "会場が足りない", "", 0.25, 1.5)
    body = results_workbook(replace(results_of(judged), topics=(topic,), suggestions=(proposal,)))
    (line,) = rows(body, "話題", heading=1)
    assert (line["見出し"], line["意見数"], line["安定度"]) == ("会場の不足", 2, 0.9)
    (line,) = rows(body, "施策案", heading=1)
    assert (line["案"], line["類似度"], line["根拠意見ID"]) == ("会場の拡充", 0.25, "、".join(ids))


def test_numbers_are_numbers_and_the_book_prints_as_it_should(made: tuple[Path, Results]) -> None:
    book = openpyxl.load_workbook(made[0] / BOOK)
    sheet = sheet_of(book)
    assert sheet.freeze_panes == f"A{HEADING + 1}"
    assert sheet.auto_filter.ref == f"A{HEADING}:K{sheet.max_row}"
    for name in book.sheetnames:
        one = sheet_of(book, name)
        assert one.page_setup.orientation == "landscape"
        assert (one.page_setup.fitToWidth, one.page_setup.fitToHeight) in ((None, 0), (1, 0))
        assert one.print_title_rows
        assert not one.protection.sheet
    summary = rows(made[0] / BOOK, "テーマ別集計", heading=1)
    assert all(isinstance(row["意見数"], int) and isinstance(row["割合"], float | int) for row in summary)


def test_the_choices_can_be_the_citys_own(made: tuple[Path, Results]) -> None:
    answers = match((), groups_of(made[1].judged), ["採用", "反映"])
    book = openpyxl.load_workbook(io.BytesIO(results_workbook(made[1], answers)))
    (rule,) = sheet_of(book).data_validations.dataValidation
    start, end = str(rule.formula1).split("!")[1].replace("$", "").split(":")
    offered = [[cell.value for cell in row] for row in sheet_of(book, "使い方")[start:end]]
    assert offered == [["採用"], ["反映"]]
    assert str(rule.sqref) == f"F{HEADING + 1}:F{HEADING + len(groups_of(made[1].judged))}"


@pytest.mark.parametrize("value", ['["採用", "採用"]', "[]", '"採用"', "[1]", '[""]'])
def test_choices_that_are_none_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path("iken.toml").write_text(f"responses = {value}\n", encoding="utf-8")
    with pytest.raises(IkenError, match="responses"):
        with_file()


def test_choices_come_from_the_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("iken.toml").write_text('responses = ["採用", "不採用"]\n', encoding="utf-8")
    assert with_file().responses == ("採用", "不採用")


def test_the_same_results_give_the_same_bytes(made: tuple[Path, Results]) -> None:
    body = results_workbook(made[1])
    assert body == results_workbook(made[1]) == (made[0] / BOOK).read_bytes()
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert {part.date_time[0] for part in archive.infolist()} == {1980}


# ---- safe to open


ODD = st.text(
    st.sampled_from("=+-@＝＋\t\n\r'\"_x0041あ𠮷\x00\x0b\x1f\ufffe\uffff０（）、 　"), min_size=1, max_size=12
)


@settings(max_examples=12, deadline=None)
@given(st.lists(ODD, min_size=20, max_size=40))
def test_odd_cells_stay_text_and_come_back(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    judged = judged_of(*(f"意見{n}" for n in range(len(texts))))
    groups = groups_of(judged)
    found = [Answer((one.key,), "", "", text) for one, text in zip(groups, texts, strict=True)]
    folder = tmp_path_factory.mktemp("odd")
    (folder / BOOK).write_bytes(results_workbook(results_of(judged), match(found, groups)))
    assert all(
        cell.data_type != "f" for row in sheet_of(openpyxl.load_workbook(folder / BOOK)).iter_rows() for cell in row
    )
    back = {answer.ids[0]: answer.view for answer in read_answers(folder) if answer.view}
    expected = {one.key: re.sub(r"\r+\n", "\n", text) for one, text in zip(groups, texts, strict=True) if text.strip()}
    assert back == expected


@pytest.mark.parametrize("text", ["=1+1", "+81", "-反対", "@市長", "\t=1", "＝１", "－反対です"])
def test_what_looks_like_a_formula_is_marked_as_text(text: str) -> None:
    book = Book("試し")
    book.table("表", [Column("意見")], [[text]])
    cell = sheet_of(openpyxl.load_workbook(io.BytesIO(book.bytes())), "表").cell(2, 1)
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_a_text_that_no_cell_holds_goes_on_beside_it() -> None:
    text = "𠮷野の公園" * 9000
    found = rows(results_workbook(results_of(judged_of(text))), "全意見", heading=1)
    assert found[0]["意見"] + found[0]["意見（続き2）"] == text
    assert all(units(str(piece)) <= LIMIT for piece in in_pieces(text))


def test_a_long_opinion_is_shortened_where_a_sentence_ends_and_says_where_it_goes_on() -> None:
    group = groups_of(judged_of("会場が足りません。" * 400))[0]
    head, pointer, rest = summary_of(group).partition(POINTER)
    assert head.endswith("。")
    assert (pointer, rest) == (POINTER, "1）")


def test_a_group_of_more_voices_than_a_cell_holds_loses_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.deliver.workbook.LIMIT", 200)
    body = results_workbook(results_of(judged_of(*["分室を開けて"] * 30)))
    (row,) = rows(body)
    assert row["件数"] == 30
    assert units(row["意見ID"]) <= 200
    assert row["意見ID"].endswith("ほか17件（シート「全意見」）")
    assert len({line["意見ID"] for line in rows(body, "全意見", heading=1)}) == 30


# ---- 提出者数


@pytest.mark.parametrize(
    ("of_item", "count"),
    [
        ([{"attributes": (("提出者番号", n),)} for n in "112"], 2),
        ([{"attributes": (("提出者番号", n),)} for n in ("1", "", "2")], None),
        ([{"number": n} for n in "112"], 2),
        ([{"number": n} for n in "123"], None),
        ([{"number": n} for n in "121"], None),
        ([{}, {}], None),
        ([{"part": 1}, {"part": 2}], 2),
        ([{"departments": ("市民課",), "filed_under": "1(1) 場"}], None),
    ],
)
def test_submitters_are_counted_only_where_the_source_tells(of_item: list[dict[str, Any]], count: int | None) -> None:
    opinions = [
        Opinion(f"O{n}", "", Item(OPINION, f"意見{n}", Place("a.csv", f"{n}行"), **one), f"S{n}")
        for n, one in enumerate(of_item)
    ]
    assert submitters_of(opinions).count == count


def test_parts_of_a_comment_have_one_submitter() -> None:
    parts = [Item(OPINION, text, Place("a.csv", "2行"), part=n, whole="いろ") for n, text in enumerate("いろ", 1)]
    opinions = list(name_opinions(parts, ""))
    assert submitters_of(opinions).count == 1


# ---- reading back


def test_what_people_wrote_is_kept_by_export_and_by_a_new_run(
    folder: Path, sample_list: Path, sample_plan: Path
) -> None:
    view = "=ご意見のとおり、\n案に加えます。"
    fill(folder, write(5, "反映", view))
    key = rows(folder / BOOK)[1]["意見ID"]
    export(folder)
    assert written(folder / BOOK) == {key: ("反映", view)}
    batch.run([sample_list], folder, Options(plan=sample_plan))
    assert written(folder / BOOK) == {key: ("反映", view)}
    body = (folder / BOOK).read_bytes()
    export(folder)
    assert (folder / BOOK).read_bytes() == body


def sorted_by_text(book: openpyxl.Workbook) -> None:
    sheet = sheet_of(book)
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEADING + 1)]
    for number, line in enumerate(sorted(lines, key=lambda one: str(one[2])), HEADING + 1):
        for column, value in enumerate(line, 1):
            sheet.cell(number, column).value = value


def columns_moved(book: openpyxl.Workbook) -> None:
    sheet = sheet_of(book)
    sheet.move_range(f"G1:K{sheet.max_row}", cols=2)


def rows_changed(book: openpyxl.Workbook) -> None:
    sheet = sheet_of(book)
    sheet.delete_rows(HEADING + 4, 3)
    sheet.insert_rows(1, 2)


def renamed(book: openpyxl.Workbook) -> None:
    sheet_of(book).title = "回答（最終）"
    book.move_sheet("回答（最終）", 4)


def filtered(book: openpyxl.Workbook) -> None:
    for number in range(HEADING + 1, HEADING + 9):
        sheet_of(book).row_dimensions[number].hidden = True


def without_check(book: openpyxl.Workbook) -> None:
    sheet_of(book).delete_cols(11)


@pytest.mark.parametrize("edit", [sorted_by_text, columns_moved, rows_changed, renamed, filtered, without_check])
def test_rows_are_found_whatever_was_done_to_the_book(folder: Path, edit: Edit) -> None:
    keys = [row["意見ID"] for row in rows(folder / BOOK)]

    def work(book: openpyxl.Workbook) -> None:
        write(4, "参考", "参考にします")(book)
        write(6, "困難", "法令により難しい")(book)
        edit(book)

    fill(folder, work)
    results = export(folder)
    assert written(folder / BOOK) == {
        keys[0]: ("参考", "参考にします"),
        keys[2]: ("困難", "法令により難しい"),
    }
    assert not [one for one in results.findings if one.place.file == BOOK]


def test_a_column_that_people_added_and_a_summary_they_wrote_are_carried_along(folder: Path) -> None:
    def work(book: openpyxl.Workbook) -> None:
        sheet = sheet_of(book)
        sheet.cell(HEADING, 12, "部会の意見")
        sheet.cell(5, 12, "要検討")
        sheet.cell(6, 3, "短くした概要")

    fill(folder, work)
    export(folder)
    export(folder)
    found = rows(folder / BOOK)
    assert [row["部会の意見"] for row in found[:3]] == [None, "要検討", None]
    assert found[2]["意見の概要"] == "短くした概要"


def test_what_fits_no_opinion_is_kept_and_told(folder: Path, tmp_path: Path, sample_plan: Path) -> None:
    lines = (folder.parent / "list.csv", "番号,意見\n1,会場が足りない\n2,講座を夜に開いてほしい\n")
    lines[0].write_text(lines[1], encoding="utf-8")
    out = tmp_path / "round"
    batch.run([lines[0]], out, Options(plan=sample_plan))

    def work(book: openpyxl.Workbook) -> None:
        write(4, "反映", "増やします")(book)
        write(5, "参考", "夜間も検討")(book)
        sheet_of(book).cell(6, 3, "窓口で聞いた話")
        sheet_of(book).cell(6, 7, "あとで確認")

    fill(out, work)
    lines[0].write_text("番号,意見\n1,会場も備品も足りない\n2,講座を夜に開いてほしい\n", encoding="utf-8")
    results = batch.run([lines[0]], out, Options(plan=sample_plan))
    assert [view for _, view in written(out / BOOK).values()] == ["夜間も検討"]
    left = rows(out / BOOK, "合わない記入", heading=3)
    assert [(row["市の考え方"], row["意見の概要"]) for row in left] == [
        ("増やします", "会場が足りない"),
        ("あとで確認", "窓口で聞いた話"),
    ]
    told = [one.what for one in results.findings if one.place.file == BOOK]
    assert len(told) == 2
    assert "今の結果にない" in told[0]
    assert "意見IDがない" in told[1]
    # the opinion comes back, and so does its answer
    lines[0].write_text(lines[1], encoding="utf-8")
    batch.run([lines[0]], out, Options(plan=sample_plan))
    assert sorted(str(view) for _, view in written(out / BOOK).values()) == ["増やします", "夜間も検討"]
    assert [row["市の考え方"] for row in rows(out / BOOK, "合わない記入", heading=3)] == ["あとで確認"]


def test_of_two_answers_for_one_opinion_the_second_is_kept_aside(folder: Path) -> None:
    def work(book: openpyxl.Workbook) -> None:
        write(4, "反映", "一つ目")(book)
        sheet = sheet_of(book)
        last = sheet.max_row + 1
        for column in range(1, 12):
            sheet.cell(last, column, sheet.cell(4, column).value)
        sheet.cell(last, 7, "二つ目")

    fill(folder, work)
    for _ in range(2):
        export(folder)
        assert [view for _, view in written(folder / BOOK).values()] == ["一つ目"]
        assert [row["市の考え方"] for row in rows(folder / BOOK, "合わない記入", heading=3)] == ["二つ目"]


def test_a_response_that_is_no_choice_is_kept_and_told(folder: Path) -> None:
    fill(folder, write(4, "一部反映", ""))
    results = export(folder)
    assert [response for response, _ in written(folder / BOOK).values()] == ["一部反映"]
    (finding,) = [one for one in results.findings if one.place.file == BOOK]
    assert "一部反映" in finding.what


def test_parts_that_are_cut_elsewhere_now_lose_their_answer_to_the_side() -> None:
    (judged,) = judged_of("後ろ半分")
    groups = groups_of([replace(judged, opinion=replace(judged.opinion, id="OAAAAAAAAAA-2"))])
    before = Answer(("OAAAAAAAAAA-2",), text_hash("別の半分"), "反映", "考え")
    assert [one.view for one in match([before], groups).unmatched] == ["考え"]
    same = replace(before, check=text_hash("後ろ半分"))
    assert not match([same], groups).unmatched


def test_masking_later_keeps_the_answers(tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_text("番号,意見\n1,電話 090-0000-0000 に返事がほしい\n", encoding="utf-8")
    out = tmp_path / "out"
    batch.run([source], out)
    fill(out, write(4, "その他", "返事をします"))
    batch.run([source], out, Options(mask=True))
    assert [view for _, view in written(out / BOOK).values()] == ["返事をします"]


def test_the_book_that_people_worked_in_stays_beside_the_new_one(folder: Path) -> None:
    export(folder)
    assert not (folder / "results_previous.xlsx").exists()
    fill(folder, write(4, "反映", "増やします"))
    theirs = (folder / BOOK).read_bytes()
    export(folder)
    export(folder)
    assert (folder / "results_previous.xlsx").read_bytes() == theirs


def damaged(folder: Path) -> str:
    (folder / BOOK).write_bytes((folder / BOOK).read_bytes()[:5000])
    return "壊れて|読めません|開けません"


def opened_in_excel(folder: Path) -> str:
    (folder / f"~${BOOK}").write_bytes(b"x")
    return "開かれている"


def opened_in_libreoffice(folder: Path) -> str:
    (folder / f".~lock.{BOOK}#").write_bytes(b"x")
    return "開かれている"


def without_ids(folder: Path) -> str:
    fill(folder, lambda book: sheet_of(book).delete_cols(10))
    return "意見ID"


def another_file(folder: Path) -> str:
    (folder / BOOK).write_text("意見\n", encoding="utf-8")
    return "ブックではありません|XLSX|xlsx"


@pytest.mark.parametrize("spoil", [damaged, opened_in_excel, opened_in_libreoffice, without_ids, another_file])
def test_a_book_that_cannot_be_read_stops_everything(
    folder: Path, sample_list: Path, spoil: Callable[[Path], str]
) -> None:
    what = spoil(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    attempts: list[Callable[[], object]] = [lambda: export(folder), lambda: batch.run([sample_list], folder)]
    for again in attempts:
        with pytest.raises(IkenError, match=what) as caught:
            again()
        assert BOOK in str(caught.value)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_file_that_cannot_be_replaced_leaves_the_others_as_they_were(folder: Path) -> None:
    (folder / "ledger.csv").unlink()
    (folder / "ledger.csv").mkdir()
    (folder / "opinions.csv").write_bytes(b"before")
    with pytest.raises(IkenError, match="書き込めません"):
        export(folder)
    assert (folder / "opinions.csv").read_bytes() == b"before"


def test_without_openpyxl_a_filled_book_is_not_overwritten(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    export(folder)  # nobody has written in it yet
    monkeypatch.undo()
    fill(folder, write(4, "反映", "増やします"))
    before = (folder / BOOK).read_bytes()
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(IkenError, match="openpyxl") as caught:
        export(folder)
    assert "iken[documents]" in caught.value.remedy
    assert (folder / BOOK).read_bytes() == before


def test_a_blank_book_of_another_source_is_replaced_without_reading(folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_text("番号,意見\n1,会場が足りない\n", encoding="utf-8")
    assert json.loads((folder / "run.json").read_text(encoding="utf-8"))["blank_book"]
    batch.run([source], folder)
    assert len(rows(folder / BOOK)) == 1
    assert not (folder / "results_previous.xlsx").exists()


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not here")
def test_a_book_that_libreoffice_saved_keeps_what_was_written(folder: Path, tmp_path: Path) -> None:
    view = "=ご意見の\nとおり _x0041_ @ '引用'"

    def work(book: openpyxl.Workbook) -> None:
        write(4, "反映", view.replace("_x0041_", "_x005F_x0041_"))(book)  # as a spreadsheet writes it
        cell = sheet_of(book).cell(4, 7)
        cell.data_type, cell.quotePrefix = "s", True  # as a spreadsheet keeps '=… typed with an apostrophe
        sheet_of(book).cell(5, 7, "=ご意見のとおり")  # typed without: no formula all the same

    fill(folder, work)
    key, second = (row["意見ID"] for row in rows(folder / BOOK)[:2])
    command = [str(SOFFICE), f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path), str(folder / BOOK)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    shutil.copy(tmp_path / BOOK, folder / BOOK)
    found = [one for one in read_answers(folder) if one.is_written]
    assert [(one.ids, one.response, one.view) for one in found] == [
        ((key,), "反映", view),
        ((second,), "", "=ご意見のとおり"),
    ]
    results = export(folder)
    assert not [one for one in results.findings if one.place.file == BOOK]
    assert list(written(folder / BOOK)) == [key, second]
    assert rows(folder / BOOK)[1]["意見の概要"] == results.judged[1].opinion.text
