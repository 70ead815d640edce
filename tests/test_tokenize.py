"""A text becomes words."""

from __future__ import annotations

import csv
import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import resources
from pipeline.errors import IkenError
from pipeline.language import dictionary
from pipeline.language.dictionary import read_user_words
from pipeline.language.normalize import normalize
from pipeline.language.tokenize import content_words, tokenize
from pipeline.themes.codebook import read_codebook


def surfaces(text: str) -> list[str]:
    return [word.surface for word in tokenize(text)]


def keys(text: str) -> list[str]:
    return [word.key for word in tokenize(text)]


@pytest.mark.parametrize("word", [word.surface for word in read_user_words()])
def test_our_own_words_come_out_whole(word: str) -> None:
    assert surfaces(word) == [word]
    assert word in surfaces(f"市では{word}の充実が必要だ。")


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        # what stands beside our own words must be cut as before
        ("ラインを引く", "ライン/を/引く"),
        ("オンとオフ", "オン/と/オフ"),
        ("クラウドに保存する", "クラウド/に/保存/する"),
        ("オンラインイベントで", "オンライン/イベント/で"),
        ("世代を超えて交代する", "世代/を/超え/て/交代/する"),
        ("道路網のネットワーク", "道路/網/の/ネットワーク"),
        ("会費を集める", "会費/を/集める"),
        ("役員会に出る", "役員/会/に/出る"),
    ],
)
def test_neighbours_are_not_damaged(text: str, cut: str) -> None:
    assert "/".join(surfaces(text)) == cut


def test_every_term_of_the_codebook_that_is_one_word_comes_out_whole() -> None:
    # an expression of several words (役員 負担) is looked for word by word; a single noun must be one
    split = []
    for theme in read_codebook().themes:
        for term in theme.terms:
            if term.weight > 0 and not re.search("[ …|]", term.expression):
                words = tokenize(term.expression)
                if len(words) > 1 and all(word.pos in ("名詞", "接尾辞", "接頭辞") for word in words):
                    split.append("/".join(word.surface for word in words))
    assert split == []


def test_our_own_words_change_nothing_but_themselves() -> None:
    """Without our words every other word of the training opinions is cut at the same places."""
    import fugashi
    import unidic_lite

    plain = fugashi.GenericTagger(f'-r /dev/null -d "{unidic_lite.DICDIR}" -Owakati')
    own = {word.surface for word in read_user_words()}
    damaged = []
    for path in sorted(resources.corpus("training").glob("*.csv")):
        with path.open(encoding="utf-8") as stream:
            texts = [normalize(row["text"]) for row in csv.DictReader(stream)]
        for text in texts:
            words = surfaces(text)
            inside, position = set(), 0
            for word in words:
                if word in own:
                    inside |= set(range(position + 1, position + len(word)))
                position += len(word)
            if ends(plain.parse(text).split()) - inside != ends(words) - inside:
                damaged.append("/".join(words))
    assert damaged == []


def ends(words: list[str]) -> set[int]:
    return set(itertools.accumulate(map(len, words)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("子ども", "子供"),
        ("子ども", "こども"),
        ("取組", "取り組み"),
        ("コミュニティ", "コミュニティー"),
        ("ＳＮＳ", "sns"),
        ("辞める", "辞めた"),
    ],
)
def test_spellings_share_a_key(one: str, other: str) -> None:
    assert keys(one)[0] == keys(other)[0]


@pytest.mark.parametrize("text", ["集まらない", "集まりません", "集まらず", "集まらん"])
def test_ways_of_saying_no_share_a_key(text: str) -> None:
    assert "ない" in keys(text)


def test_unknown_words_keep_their_surface() -> None:
    assert keys("ソラマメヌ地区")[0] == "ソラマメヌ"


def test_content_words_leave_out_particles_numbers_and_light_verbs() -> None:
    assert [word.surface for word in content_words(tokenize("3人の会員が活動している"))] == ["会員", "活動"]


@given(st.text(max_size=80))
@settings(max_examples=200)
def test_no_character_is_lost(text: str) -> None:
    normalized = normalize(text)
    assert "".join(surfaces(text)) == "".join(normalized.split())


def test_empty_text_has_no_words() -> None:
    assert tokenize("") == ()
    assert tokenize(" \n") == ()


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ("語,見出し,語種\nオンライン,,外\n", "見出しが違います"),
        ("表記,見出し,語種\nオンライン,,洋\n", "語種"),
        ("表記,見出し,語種\nオンライン,,外\nオンライン,,外\n", "二度"),
    ],
)
def test_a_faulty_word_list_is_told_with_its_row(tmp_path: Path, rows: str, what: str) -> None:
    path = tmp_path / "words.csv"
    path.write_text(rows, encoding="utf-8")
    with pytest.raises(IkenError, match=what) as caught:
        read_user_words(path)
    assert caught.value.file == "words.csv"
    assert "行" in str(caught.value)


def test_a_blank_line_in_the_word_list_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "words.csv"
    path.write_text("表記,見出し,語種\n\nオンライン,,外\n,,\n", encoding="utf-8")
    assert [word.surface for word in read_user_words(path)] == ["オンライン"]


def test_compiling_the_words_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with dictionary.user_dictionary() as path:
        assert path.stat().st_size > 0
    assert capfd.readouterr() == ("", "")


def test_the_word_list_is_sorted_and_needed() -> None:
    with resources.corpus("words.csv").open(encoding="utf-8") as stream:
        rows = [row["表記"] for row in csv.DictReader(stream)]
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize(("text", "sign"), [("賛成-(反対)", "-("), ("意見,「要望」", ",「")])
def test_signs_carry_no_meaning(text: str, sign: str) -> None:
    found = [word for word in tokenize(text) if not any(letter.isalnum() for letter in word.surface)]
    assert found
    assert not any(word.is_content for word in found), sign
