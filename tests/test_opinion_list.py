"""Opinion lists and plan files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import IkenError
from pipeline.reading.columns import find_columns
from pipeline.reading.plan_file import read_plan
from pipeline.reading.sources import read_source


@pytest.mark.parametrize(
    ("header", "opinion"),
    [
        (["番号", "意見"], 1),
        (["No.", "担当課", "ご意見"], 2),
        (["ＩＤ", "自由記述"], 1),
        (["受付番号", "ご意見・ご提案（任意）"], 1),
        (["id", "text"], 1),
        (["内容", "意見"], 1),
        (["意見 番号", "意見 内容"], 1),
    ],
)
def test_the_column_of_opinions(header: list[str], opinion: int) -> None:
    assert find_columns(header)["opinion"] == (opinion,)


def test_every_role_is_found() -> None:
    assert find_columns(["整理番号", "該当施策", "担当部署", "意見内容"]) == {
        "opinion": (3,),
        "number": (0,),
        "department": (2,),
        "filed_under": (1,),
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("番号,意見\r\n１,髙い会費①〜が負担\r\n".encode(encoding))
    (item,) = read_source(path).items
    # CP932 has one code for the two wave dashes; Windows reads it as the full-width tilde
    text = "髙い会費①～が負担" if encoding == "cp932" else "髙い会費①〜が負担"
    assert (item.text, item.number, item.place.spot) == (text, "１", "2行")


def test_quoted_line_breaks_preamble_and_empty_rows(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        'アンケート結果\n\n番号,意見,課\n1,"二行の\n意見",市民課、防災課\n2,,市民課\n\n3,最後,\n', encoding="utf-8"
    )
    source = read_source(path)
    # a row with nothing in it at all is no item: spreadsheets have millions of them
    assert [(item.kind, item.text) for item in source.items] == [
        ("意見", "二行の\n意見"),
        ("空欄", ""),
        ("意見", "最後"),
    ]
    assert source.items[0].departments == ("市民課", "防災課")
    assert any("見出しより上" in finding.what for finding in source.findings)


def test_tabs(tmp_path: Path) -> None:
    path = tmp_path / "list.tsv"
    path.write_text("番号\t意見\n1\t橋が古い\n", encoding="utf-8")
    assert read_source(path).items[0].text == "橋が古い"


@pytest.mark.parametrize(
    ("name", "body", "what"),
    [
        ("none.csv", None, "ファイルがありません"),
        ("list.xyz", b"x", "読めません"),
        ("list.csv", b"", "中身が空です"),
        ("list.csv", b"  \n\n", "中身が空です"),
        ("list.csv", b"\x89PNG\r\n\x1a\n\x00\x00", "文字のファイルではありません"),
        ("list.csv", b"\xff\xfe\xfd\x80\x81", "文字コード"),
        ("list.csv", '意見\n道が狭い\n"閉じない引用符\n橋が古い\n'.encode(), "表として読めません"),
        ("list.csv", "意見\n道が狭い".encode()[:-1], "途中で切れています"),
        ("list.csv", "課,年代\n市民課,30\n".encode(), "意見の列が見つかりません"),
        ("list.csv", "番号,意見\n".encode(), "行がありません"),
        ("table.txt", "ただの文章です。\n".encode(), "見出しも見つかりません|見出しも、意見一覧"),
    ],
)
def test_bad_files_are_refused_in_one_line(tmp_path: Path, name: str, body: bytes | None, what: str) -> None:
    path = tmp_path / name
    if body is not None:
        path.write_bytes(body)
    with pytest.raises(IkenError, match=what) as caught:
        read_source(path)
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)
    assert caught.value.remedy


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IkenError, match="フォルダ"):
        read_source(tmp_path)


@given(
    st.lists(
        st.text(alphabet=st.characters(blacklist_characters="\x00", blacklist_categories=["Cs"])),
        min_size=1,
        max_size=6,
    )
)
def test_every_row_ends_as_an_opinion_or_as_empty(texts: list[str]) -> None:
    import csv
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "list.csv")
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([["番号", "意見"], *([str(n), text] for n, text in enumerate(texts))])
        items = list(read_source(path).items)
    assert [item.number for item in items] == [str(n) for n in range(len(texts))]
    # lines end alike, however they were typed
    typed = [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]
    assert [item.text for item in items] == [text.strip() for text in typed]


def test_a_plan_as_csv_and_as_toml(tmp_path: Path, sample_plan: Path) -> None:
    plan = read_plan(sample_plan)
    tables = "\n".join(
        f'[[measure]]\n"基本施策" = "{m.policy}"\n"施策" = "{m.code[1:]}{m.name}"\n'
        f'"概要" = "{m.overview}"\n"重点" = {str(m.is_priority).lower()}'
        for m in plan.measures
    )
    path = tmp_path / "plan.toml"
    path.write_text(tables, encoding="utf-8")
    assert read_plan(path) == plan


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("施策,概要\n(1)甲,乙\n", "列がありません"),
        ("基本施策,施策,概要\n1 柱,(1)甲,\n,(1)乙,\n", "二つあります"),
        ("基本施策,施策\n,(1)甲\n", "基本施策がありません"),
        ("基本施策,施策\n1 柱,\n", "施策の名前がありません"),
        ("基本施策,施策\n", "一つもありません"),
    ],
)
def test_a_faulty_plan_is_told_with_its_row(tmp_path: Path, body: str, what: str) -> None:
    path = tmp_path / "plan.csv"
    path.write_text(body, encoding="utf-8")
    with pytest.raises(IkenError, match=what):
        read_plan(path)


def test_a_plan_whose_numbers_run_on_and_repeat_no_policy(tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_text("基本施策,施策\n1 柱,(1)甲\n,(2)乙\n2 梁,(3)丙\n", encoding="cp932")
    assert [m.label for m in read_plan(path).measures] == ["1(1) 甲", "1(2) 乙", "2(3) 丙"]
