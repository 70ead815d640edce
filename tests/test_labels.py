"""Lists of labels that people gave."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import IkenError
from pipeline.themes.labels import Labelled, read_labels

THEMES = ("担い手", "資金")


def write(tmp_path: Path, body: str) -> Path:
    path = tmp_path / "labels.csv"
    path.write_text(body, encoding="utf-8")
    return path


def test_english_and_japanese_headings(tmp_path: Path) -> None:
    english = write(tmp_path, "text,themes,kind,facets\n会費が高い,資金|担い手,課題,なし\n橋が古い,なし,,\n")
    assert read_labels(english, THEMES) == [
        Labelled("会費が高い", ("資金", "担い手"), "課題", ()),
        Labelled("橋が古い", (), "", None),
    ]
    japanese = write(tmp_path, "意見ID,意見,テーマ,種別\nO1,会費が高い,資金,課題\n")
    assert read_labels(japanese, THEMES) == [Labelled("会費が高い", ("資金",), "課題")]


def test_labels_by_id_alone(tmp_path: Path) -> None:
    path = write(tmp_path, "意見ID,テーマ\nO1,資金\nO9,なし\n")
    assert read_labels(path, THEMES, {"O1": "会費が高い"}) == [Labelled("会費が高い", ("資金",))]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("text,kind\n橋,要望\n", "テーマの列がありません"),
        ("themes\n資金\n", "意見の列もIDの列もありません"),
        ("text,themes\n橋,道路\n", "「道路」というテーマ"),
        ("text,themes,kind\n橋,なし,感想\n", "「感想」という種別"),
        ("text,themes\n,なし\n", "意見が空です"),
        ("id,text,themes\n1,橋,なし\n1,道,なし\n", "ID「1」が2行にもあります"),
        ("id,themes\n7,なし\n", "どの意見のIDとも合いません"),
        ("text,themes\n", "一件もありません"),
    ],
)
def test_faulty_lists_are_refused_with_file_place_and_remedy(tmp_path: Path, body: str, what: str) -> None:
    with pytest.raises(IkenError, match=what) as caught:
        read_labels(write(tmp_path, body), THEMES, {"1": "橋"})
    assert caught.value.file
    assert caught.value.remedy
