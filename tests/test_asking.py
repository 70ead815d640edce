"""求めていること: the span of a demand."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import resources
from pipeline.errors import IkenError
from pipeline.language.normalize import normalize
from pipeline.themes.asking import asking_clauses, read_asking_words


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        # the reason before it is left out
        ("役員が高齢なので、任期を短くしてほしい。", ["任期を短くしてほしい"]),
        ("会場代が上がっているため、減免の範囲を広げるべきである。", ["減免の範囲を広げるべきである"]),
        ("時計が遅れているので直してほしい", ["直してほしい"]),
        # the purpose and the subject are part of it
        ("若い人が来やすいように、夜にも開いてほしい", ["若い人が来やすいように、夜にも開いてほしい"]),
        ("健全育成のため、大人が支える必要がある", ["健全育成のため、大人が支える必要がある"]),
        ("広報については、紙も残すことが求められる", ["広報については、紙も残すことが求められる"]),
        # a sentence of reasons, then the demand
        ("倉庫が遠い。近くに置き場をつくっていただきたいと思います。", ["近くに置き場をつくっていただきたい"]),
        # what only looks like asking
        ("取り組むべき課題が多く、まず窓口を一つにすべき", ["窓口を一つにすべき"]),
        ("必要な人に届いていないので、配り方を見直すとよい", ["配り方を見直すとよい"]),
        ("交流を求める声はあるが、団体が自ら開いてほしい", ["団体が自ら開いてほしい"]),
        # two demands
        ("講座を増やしてほしい。会費も下げてほしい。", ["講座を増やしてほしい", "会費も下げてほしい"]),
        # no way of asking: the last sentence
        ("夜は真っ暗である。街灯の設置を", ["街灯の設置を"]),
        ("相談窓口の一本化", ["相談窓口の一本化"]),
        ("また、そのため、ぜひ道を直してください", ["道を直してください"]),
        ("「今回だけ」で済む手伝いの枠を用意してほしい", ["「今回だけ」で済む手伝いの枠を用意してほしい"]),
        ("", []),
    ],
)
def test_what_is_asked_for(text: str, clauses: list[str]) -> None:
    assert list(asking_clauses(text)) == clauses


def test_a_reader_and_the_rules_mostly_agree() -> None:
    with resources.corpus("asking_clauses.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    same = sum("／".join(asking_clauses(row["text"])) == normalize(row["asking"]).replace("/", "／") for row in rows)
    assert len(rows) >= 290
    assert same / len(rows) > 0.85


@given(st.text(alphabet="あ市民が、。ので必要してほしいべき（）「」\n!？　1", max_size=60))
def test_it_is_always_cut_out_of_the_text(text: str) -> None:
    whole = normalize(text)
    clauses = asking_clauses(text)
    place = 0
    for clause in clauses:
        place = whole.index(clause, place) + len(clause)
        assert clause.strip()


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("asks = [", "TOML"),
        ("asks = []", "言い方の並びがありません"),
        ("asks = ['(']", "正規表現として読めません"),
    ],
)
def test_faulty_ways_of_asking_are_told_with_their_place(tmp_path: Path, body: str, what: str) -> None:
    path = tmp_path / "asking.toml"
    path.write_text(body, encoding="utf-8")
    with pytest.raises(IkenError, match=what):
        read_asking_words(path)


def test_what_an_opinion_asks_again_and_again_is_asked_once() -> None:
    assert asking_clauses("会費を下げてほしい。席を増やしてほしい。" * 50) == (
        "会費を下げてほしい",
        "席を増やしてほしい",
    )
