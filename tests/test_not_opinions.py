"""Answers without an opinion are told apart, and no opinion is taken for one."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given

from pipeline import resources
from pipeline.errors import IkenError
from pipeline.kinds import FORM_TEXT, GREETING, NOTHING, OPINION, SAME_AS_ABOVE
from pipeline.language.not_opinions import read_ways, recognise, referred_to, without_greetings
from pipeline.prepare import Teller
from pipeline.records import Item, Place
from tests.test_normalize import JAPANESE

TABLE = Path(__file__).parent / "data" / "not_opinions.csv"


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("特になし", NOTHING),
        ("ﾄｸﾆﾅｼ。", NOTHING),
        ("特に意見はございません。", NOTHING),
        ("N/A", NOTHING),
        ("－", NOTHING),
        ("同上", SAME_AS_ABOVE),
        ("〃", SAME_AS_ABOVE),
        ("上記と同じです。", SAME_AS_ABOVE),
        ("Ｎｏ．５と同意見です", SAME_AS_ABOVE),
        ("お世話になっております。よろしくお願いいたします。", GREETING),
        ("（ご自由にお書きください）", FORM_TEXT),
        ("別紙のとおり", FORM_TEXT),
        ("特になしと書いたが、ベンチがほしい", ""),
        ("同上の理由で反対", ""),
        ("賛成", ""),
        ("異議なし", ""),
        ("現状で十分", ""),
        ("よろしくお願いします、街灯の件", ""),
        ("なし園を守ってほしい", ""),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert recognise(text) == kind


def test_no_opinion_of_the_table_is_taken_for_none() -> None:
    assert [row["text"] for row in rows() if row["kind"] == OPINION and recognise(row["text"])] == []


def test_no_training_opinion_is_taken_for_none() -> None:
    for path in sorted(resources.corpus("training").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            assert [row["text"] for row in csv.DictReader(stream) if recognise(row["text"])] == []


def test_what_is_told_apart_is_told_rightly() -> None:
    others = [row for row in rows() if row["kind"] != OPINION]
    found = [row for row in others if recognise(row["text"])]
    # every other row was read while the ways were written (0.94 of those, 0.59 of the rest)
    assert len(found) / len(others) >= 0.74
    assert all(recognise(row["text"]) == row["kind"] for row in found)


@given(JAPANESE)
def test_any_text_has_one_kind(text: str) -> None:
    assert recognise(text) in ("", NOTHING, SAME_AS_ABOVE, GREETING, FORM_TEXT)
    left = without_greetings(text)
    assert without_greetings(left) == left


def test_a_text_of_a_million_characters_is_an_opinion_at_once() -> None:
    assert recognise("特に" * 500_000) == ""


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("同上", ""),
        ("No.５と同意見", "5"),
        ("問三と同じ", "問3"),
        ("十二番の方と同じです", "12"),
        ("一つ前の欄と同じ", ""),
    ],
)
def test_what_a_ditto_names(text: str, named: str) -> None:
    assert referred_to(text) == named


def told(*texts: str) -> tuple[list[Item], Teller]:
    tell = Teller()
    items = [Item(OPINION, text, Place("a.csv", f"{n}行"), number=str(n)) for n, text in enumerate(texts, 1)]
    return list(tell(items)), tell


def test_a_ditto_points_at_what_stands_above() -> None:
    items, _ = told("橋が古い", "同上", "同上", "駅が遠い", "上に同じ")
    assert [item.same_as.spot if item.same_as else "" for item in items] == ["", "1行", "1行", "", "4行"]


def test_a_ditto_points_at_the_number_it_names() -> None:
    items, _ = told("橋が古い", "駅が遠い", "1番と同じです")
    assert items[2].same_as == items[0].place


def test_a_ditto_below_nothing_repeats_nothing() -> None:
    items, _ = told("特になし", "同上")
    assert items[1].same_as == items[0].place


def test_a_ditto_that_points_nowhere_is_reported() -> None:
    items, tell = told("同上", "99番と同じ", "問3と同じ")
    assert [item.same_as for item in items] == [None, None, None]
    assert [finding.level for finding in tell.findings] == ["注意"] * 3


def test_a_faulty_part_is_told_with_its_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    body = resources.corpus("not_opinions.toml").read_text(encoding="utf-8")
    (tmp_path / "not_opinions.toml").write_text(
        body.replace("〈特に〉*(?:〈もの〉", "〈とくべつ〉*(?:〈もの〉"), encoding="utf-8"
    )
    monkeypatch.setattr(resources, "corpus", lambda name: tmp_path / name)
    read_ways.cache_clear()
    with pytest.raises(IkenError, match="とくべつ"):
        recognise("橋")
    monkeypatch.undo()
    read_ways.cache_clear()
