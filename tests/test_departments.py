"""Legends and marks."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import IkenError
from pipeline.reading.departments import Legend, legend_entries, read_departments

LEGEND = Legend([("市", "市民課"), ("高", "高齢課"), ("図", "図書館"), ("ポ", "ポルト"), ("ボ", "ポルト")])


@pytest.mark.parametrize(
    ("raw", "text", "departments"),
    [
        ("担い手が足りない。（市、高）", "担い手が足りない。", ("市民課", "高齢課")),
        ("担い手が足りない（市）", "担い手が足りない", ("市民課",)),
        ("担い手が足りない (市,高)", "担い手が足りない", ("市民課", "高齢課")),
        (
            "差がある。（市、高）一方、手間がかかる。（ポ）",
            "差がある。一方、手間がかかる。",
            ("市民課", "高齢課", "ポルト"),
        ),
        ("二つの記号（ボ）", "二つの記号", ("ポルト",)),
        ("同じ課が二度。（市）もう一度。（市）", "同じ課が二度。もう一度。", ("市民課",)),
        ("発信（動画等）が重要。（市）", "発信（動画等）が重要。", ("市民課",)),
        ("改善が要る。（例：時間、場所）（市）", "改善が要る。（例：時間、場所）", ("市民課",)),
        ("課の名前でも（図書館）", "課の名前でも", ("図書館",)),
        ("記号がない意見", "記号がない意見", ()),
        ("文の中の（市）は記号でない", "文の中の（市）は記号でない", ()),
        ("（市）", "", ("市民課",)),
    ],
)
def test_marks(raw: str, text: str, departments: tuple[str, ...]) -> None:
    marks = LEGEND.read_marks(raw)
    assert (marks.text, marks.departments, marks.unknown) == (text, departments, ())


@pytest.mark.parametrize(
    ("raw", "departments", "remark"),
    [
        ("広報の工夫。（多くの課から。機材は図）", ("図書館",), "多くの課から。機材は図"),
        ("広報の工夫。（市ほか）", ("市民課",), "市ほか"),
    ],
)
def test_a_remark_is_kept(raw: str, departments: tuple[str, ...], remark: str) -> None:
    marks = LEGEND.read_marks(raw)
    assert (marks.text, marks.departments, marks.remark) == ("広報の工夫。", departments, remark)


def test_an_unknown_mark_is_kept_and_reported() -> None:
    marks = LEGEND.read_marks("橋を直す。（市、水）")
    assert marks.departments == ("市民課", "未登録(水)")
    assert marks.unknown == ("水",)
    assert marks.text == "橋を直す。"


def test_without_a_legend_brackets_stay() -> None:
    assert Legend().read_marks("橋を直す。（水）").text == "橋を直す。（水）"


@pytest.mark.parametrize(
    ("line", "entries"),
    [
        ("※末尾記号は、課名の頭文字（市：市民課、防：防災課）", [("市", "市民課"), ("防", "防災課")]),
        ("市:市民課、多:多文化共生・交流課", [("市", "市民課"), ("多", "多文化共生・交流課")]),
        ("※現行計画の体系に沿った分類です。", []),
        ("期限：3月末", []),
    ],
)
def test_legend_lines(line: str, entries: list[tuple[str, str]]) -> None:
    assert legend_entries(line) == entries


def test_one_mark_for_two_departments_is_an_error() -> None:
    with pytest.raises(IkenError, match="二つを指しています"):
        Legend([("市", "市民課"), ("市", "市場課")])


def test_a_file_of_departments(tmp_path: Path) -> None:
    path = tmp_path / "departments.csv"
    path.write_text("記号,担当課\n市,市民課\n", encoding="utf-8")
    assert read_departments(path).departments[0].name == "市民課"
    path.write_text("mark,name\n市,市民課\n", encoding="utf-8")
    with pytest.raises(IkenError, match="列がありません"):
        read_departments(path)
