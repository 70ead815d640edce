"""One spelling for what is written in many ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.normalize import normalize, same_text_key, tidy_spaces

JAPANESE = st.text(
    alphabet=st.one_of(
        st.characters(min_codepoint=0x3040, max_codepoint=0x30FF),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
        st.characters(min_codepoint=0xFF01, max_codepoint=0xFFEF),
        st.sampled_from("、。〜～~-‐― 　\t\n①㈱ａＡ１髙﨑\u200b\x00\ud800"),
        st.characters(),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("ＮＰＯ法人", "NPO法人"),
        ("ｵﾝﾗｲﾝ", "オンライン"),
        ("㈱の協力", "(株)の協力"),
        ("①会場", "1会場"),
        ("髙橋さんと宮﨑さん", "高橋さんと宮崎さん"),
        ("10～20代", "10〜20代"),
        ("10~20代", "10〜20代"),
        ("センタ－", "センター"),
        ("サーバ-2台", "サーバ-2台"),
        ("コミュニティー", "コミュニティー"),
        ("市民活動の 裾野の拡大", "市民活動の裾野の拡大"),
        ("市民活動の　裾野", "市民活動の裾野"),
        ("SNS や LINE の 活用", "SNS や LINE の活用"),
        ("見え\u200bない文字\x00", "見えない文字"),
        ("壊れた\ud800文字", "壊れた文字"),
        ("  前後  ", "前後"),
        ("", ""),
    ],
)
def test_steps(written: str, searched: str) -> None:
    assert normalize(written) == searched


@given(JAPANESE)
def test_normalizing_twice_changes_nothing(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once


@given(JAPANESE)
def test_normalized_text_can_be_written_and_tagged(text: str) -> None:
    normalized = normalize(text)
    normalized.encode("utf-8")
    assert "\x00" not in normalized


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("公園が暗い。", "公園が 暗い", True),
        ("ＳＮＳを使うべき", "SNSを使うべき", True),
        ("○公園が暗い", "・公園が暗い！", True),
        ("公園が暗い", "公園が明るい", False),
        ("賛成です", "反対です", False),
        ("10人", "100人", False),
        ("。", "、", False),
    ],
)
def test_what_is_the_same_voice(one: str, other: str, same: bool) -> None:
    assert (same_text_key(one) == same_text_key(other)) is same


@given(st.text(max_size=40))
def test_tidying_spaces_keeps_every_other_character(text: str) -> None:
    def without_spaces(s: str) -> str:
        return "".join(s.split())

    assert without_spaces(tidy_spaces(text)) == without_spaces(text)
