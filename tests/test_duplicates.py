"""Copies are one voice many times over; look-alikes that ask for something else are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.language.duplicates import Copies, same_groups, told_of
from pipeline.language.numbers import in_kanji, number_of
from pipeline.language.sameness import gist, say_the_same
from pipeline.language.tokenize import tokenize_normalized
from scripts.measure_copies import DATA, measure, read_families
from tests.test_normalize import JAPANESE


def same(one: str, other: str) -> bool:
    gists = [gist(tokenize_normalized(told_of(text))) for text in (one, other)]
    return say_the_same(gists[0], gists[1]) and say_the_same(gists[1], gists[0])


LONG = "駅前の広場は夜になると真っ暗で、塾から帰る子どもが心配です。街灯を増やしてください。"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("公園のトイレを直してください。", "公園のトイレを直して欲しいです"),
        (
            "公園のトイレを直してください。",
            "お世話になっております。公園のトイレを直してください。よろしくお願いします。",
        ),
        ("子どもの居場所を増やすべきだ", "子供の居場所をふやすべきです。"),
        ("月八千円の会費が高い", "月8,000円の会費が高い"),
        ("七十二歳です。坂がきついので、手すりを付けてほしい。", "68歳です。坂がきついので、手すりを付けてほしい。"),
        ("橋が古い。架け替えてほしい。", "架け替えてほしい。橋が古い。"),
        (LONG, LONG.replace("心配です。", "心配です。近所の人もそう言っています。")),
        (LONG, LONG.replace("真っ暗", "まっ暗")),
        (LONG, LONG.replace("街灯を", "街灯")),
        ("防災リーダーを地区ごとに育てる講座を開いてほしい", "防災リダーを地区ごとに育てる講座を開いてほしい"),
        ("バスを増やさなければならない", "バスを増やすべきである"),
        (LONG, f"いつも広場を使わせていただき、ありがとうございます。{LONG}"),
        ("夜道が暗い。街灯を増やしてほしい。", "夜道が暗い。街灯を増やしていただけると助かります。"),
        ("店を営んで二十年です。駅前に駐車場をつくって。", "店を営んで九年です。駅前に駐車場をつくって。"),
        ("花火大会の寄付集めは止めてほしい", "花火大会の寄付集めはやめてほしい"),
        ("坂を4km歩く。バスを通してほしい。", "坂を四キロ歩く。バスを通してほしい。"),
        (LONG, LONG.replace("心配です。", "心配です。隣の広場の子どもも怖いと言っていました。")),
    ],
)
def test_these_say_the_same(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("図書館の移転に賛成です", "図書館の移転に反対です"),
        ("自治会の役を減らすべき", "自治会の役を増やすべき"),
        ("補助金を増やすべきである", "補助金を増やすべきではない"),
        ("中原公園のトイレを直して", "入江公園のトイレを直して"),
        ("医療費を十八歳まで無料に", "医療費を十五歳まで無料に"),
        ("バスを一時間に二本に", "バスを一時間に三本に"),
        ("橋より道を直してほしい", "道より橋を直してほしい"),
        ("北口に駐輪場を", "南口に駐輪場を"),
        ("開館時間を延ばして", "開館時間を短くして"),
        (LONG, LONG.replace("街灯", "見回り")),
        (LONG, LONG.replace("街灯を増やしてください。", "街灯を増やしてください。ベンチも置いてください。")),
        ("会費が払えない", "会費が払える"),
        ("橋の予算をつけるべきではないか。", "橋の予算はつけるべきではない。"),
        ("十年以上住む人の税を下げて", "二十年以上住む人の税を下げて"),
        ("工事を急いで三年で終えてほしい", "工事を急いで一年で終えてほしい"),
    ],
)
def test_these_do_not(one: str, other: str) -> None:
    assert not same(one, other)


def test_families_of_our_own_opinions() -> None:
    pairs, _, _ = measure(read_families(DATA / "copies_seen.csv"))
    assert pairs.precision >= 0.98
    assert pairs.recall >= 0.90


@pytest.mark.parametrize(("name", "recall"), [("copies_unseen", 0.90), ("copies_fresh", 0.95)])
def test_families_written_before_the_rules(name: str, recall: float) -> None:
    pairs, _, _ = measure(read_families(DATA / f"{name}.csv"))
    assert pairs.precision >= 0.98
    assert pairs.recall >= recall


def test_copies_meet_however_many_share_a_template() -> None:
    asked = [
        f"{place}に{thing}を置いてください。"
        for place in "駅橋港寺森川村坂"
        for thing in ["机", "棚", "鏡", "時計", "花"]
    ]
    texts = [f"{LONG}それとは別に、{ask}" for ask in asked]
    groups = same_groups([*texts, *(f"こんにちは。{text}よろしくお願いします。" for text in texts)]).tolist()
    assert groups == [*range(len(texts)), *range(len(texts))]


def test_groups_are_numbered_by_their_first_text() -> None:
    texts = ["公園が暗い", "駅が遠い", "公園が暗い。", "駅が遠い", "橋"]
    assert same_groups(texts).tolist() == [0, 1, 0, 1, 4]


@settings(max_examples=60, deadline=None)
@given(st.lists(JAPANESE, max_size=6))
def test_any_text_is_the_same_as_itself(texts: list[str]) -> None:
    groups = same_groups([*texts, *texts]).tolist()
    assert groups[len(texts) :] == groups[: len(texts)]
    assert all(group <= position for position, group in enumerate(groups))


def test_it_does_not_matter_which_of_two_is_asked_about() -> None:
    gists = [
        gist(tokenize_normalized(told_of(member.text))) for member in read_families(DATA / "copies_seen.csv")[:150]
    ]
    for one in gists:
        for other in gists:
            assert say_the_same(one, other) == say_the_same(other, one)


def test_the_temporary_file_is_let_go() -> None:
    with Copies() as copies:
        copies.add("橋")
        assert copies.groups().tolist() == [0]
    with pytest.raises(ValueError, match="closed"):
        copies.add("川")


@pytest.mark.parametrize(
    ("figures", "value"),
    [
        ("八千", "8000"),
        ("8千", "8000"),
        ("二百五十", "250"),
        ("十", "10"),
        ("一万二千", "12000"),
        ("二〇二五", "2025"),
        ("1,200", "1200"),
    ],
)
def test_numbers_have_one_value(figures: str, value: str) -> None:
    assert number_of(figures) == value


@given(st.integers(min_value=0, max_value=10**16 - 1))
def test_every_number_keeps_its_value_in_kanji(value: int) -> None:
    written = in_kanji(str(value))
    assert number_of(written) == str(value)
    assert not any(mark.isascii() for mark in written)


def test_the_families_are_whole() -> None:
    for path in sorted(Path(DATA).glob("copies_*.csv")):
        members = read_families(path)
        assert len({member.text for member in members}) == len(members)
        originals = [member.family for member in members if member.change == "元"]
        assert len(originals) == len(set(originals)) == 60
