"""What the card shows: the text unaltered, the words that decided, and nothing of it when blind."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Evidence
from pipeline.review.card import Card, card_json
from pipeline.review.colours import DARK, LIGHT, contrast, mixed, readable
from pipeline.review.marks import pieces
from pipeline.themes.codebook import read_codebook
from tests.test_review_queue import decision, one

JAPANESE = st.text(alphabet="会費役員が高い。！ＮＰＯ㈱ｶﾞﾊﾟが゛〜 \u3000\n\u200b1①…", max_size=30)


def marked(text: str, **evidence: list[str]) -> str:
    found = pieces(text, {theme: [Evidence(words, 1.0, words) for words in some] for theme, some in evidence.items()})
    return "".join(f"[{piece.text}:{'+'.join(piece.owners)}]" if piece.owners else piece.text for piece in found)


@pytest.mark.parametrize(
    ("text", "evidence", "expected"),
    [
        ("会費が高い。", {"資金": ["会費"]}, "[会費:資金]が高い。"),
        # as it is written, though it was read in another spelling
        ("ＮＰＯの会費", {"担い手": ["NPO"]}, "[ＮＰＯ:担い手]の会費"),
        ("ｵﾝﾗｲﾝで開く", {"オンライン": ["オンライン"]}, "[ｵﾝﾗｲﾝ:オンライン]で開く"),
        # whole words only
        ("部分の三十分", {"資金": ["分"]}, "部分の三十[分:資金]"),
        # with others between, within a sentence
        ("手を高く挙げてくれた。", {"担い手": ["手…挙げ"]}, "[手:担い手]を高く[挙げ:担い手]てくれた。"),
        ("手を振る。旗を挙げる。", {"担い手": ["手…挙げ"]}, "手を振る。旗を挙げる。"),
        # every place of a word
        ("会費と会費", {"資金": ["会費"]}, "[会費:資金]と[会費:資金]"),
        # what does not stand in the text
        ("会費が高い", {"資金": ["［参加のきっかけ］", "寄附"]}, "会費が高い"),
        # words of two themes
        ("若者と話す", {"担い手": ["若者"], "交流": ["若者", "話す"]}, "[若者:担い手+交流]と[話す:交流]"),
        ("", {"資金": ["会費"]}, ""),
    ],
)
def test_marks(text: str, evidence: dict[str, list[str]], expected: str) -> None:
    assert marked(text, **evidence) == expected


def test_the_louder_theme_comes_first() -> None:
    found = pieces("若者", {"担い手": [Evidence("若者", 1.0, "")], "交流": [Evidence("若者", 2.0, "")]})
    assert found[0].owners == ("交流", "担い手")


@given(
    JAPANESE, st.lists(JAPANESE, max_size=3), st.lists(st.sampled_from(["会費", "役員", "NPO", "が…高い"]), max_size=3)
)
def test_the_text_is_never_altered(text: str, some: list[str], others: list[str]) -> None:
    evidence = {"資金": [Evidence(words, 1.0, "") for words in some], "担い手": [Evidence(w, 2.0, "") for w in others]}
    found = pieces(text, evidence)
    assert "".join(piece.text for piece in found) == text
    assert all(piece.text for piece in found)
    assert all(before.owners != after.owners for before, after in pairwise(found))


def test_a_blind_card_holds_nothing_of_the_suggestion() -> None:
    judged = one("a", 0.97, theme="担い手", place="1(1) 講座", text="役員が足りない")
    shown = card_json(Card((judged,), blind=True), None)
    written = json.dumps(shown, ensure_ascii=False)
    for told in ("担い手", "付与", "97", "講座", "課題", "suggested", "candidates", "scores", "filed"):
        assert told not in written
    assert shown["pieces"] == [["役員が足りない", []]]


def test_a_card_shows_where_it_stands_and_what_is_suggested() -> None:
    judged = [one("a", 0.97, same="S", departments=["図書館"]), one("b", same="S")]
    shown = card_json(Card(tuple(judged)), decision("a", themes=["資金"]))
    assert shown["suggested"] == {"themes": ["担い手"], "kind": "課題", "measure": "1(1) 講座"}
    assert shown["source"] == "表.txt a行"
    assert shown["departments"] == ["図書館"]
    assert [copy["source"] for copy in shown["copies"]] == ["表.txt b行"]
    assert shown["scores"]["担い手"]["percent"] == 97
    assert shown["decision"]["themes"] == ["資金"]
    json.dumps(shown)


@pytest.mark.parametrize("ground", [LIGHT, DARK])
def test_theme_colours_are_readable_on_their_ground_and_on_their_own_tint(ground: str) -> None:
    for colour in [theme.color for theme in read_codebook().themes] + ["#ffff00", "#000080", "#888888"]:
        shown = readable(colour, ground)
        assert contrast(shown, ground) >= 4.5
        assert contrast(shown, mixed(ground, shown, 0.13)) >= 4.5
