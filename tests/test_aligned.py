"""The way back from the normalized text to the text as written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.normalize import normalize
from pipeline.privacy.aligned import aligned

WRITTEN = st.text(
    alphabet=st.one_of(
        st.sampled_from("ｶﾞﾊﾟかばﾞﾟ\u3099\u309a㈱①½Ａ１髙﨑～~-－センター 　\t\n\u200b\x00\ud800あ、。市a1"),
        st.sampled_from("\u1100\u1161\u11a8\uac00\u09c7\u09be\u0344\u0301\ufdfa\u1b06\u1b35"),
        st.characters(),
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    ("written", "searched", "piece"),
    [
        ("電話０９０－１２３４", "090-1234", "０９０－１２３４"),
        ("ﾊﾟﾝ屋のﾔﾏﾀﾞさん", "ヤマダ", "ﾔﾏﾀﾞ"),
        ("㈱汐見の髙橋", "高橋", "髙橋"),
        ("氏名　ワクイ　ヨシエ", "ワクイヨシエ", "ワクイ　ヨシエ"),
        ("連絡は\u200b09\u200b0へ", "090", "09\u200b0"),
        ("か\u3099き", "がき", "か\u3099き"),
        ("  前\r\n後  ", "前後", "前\r\n後"),
    ],
)
def test_what_is_found_is_shown_as_written(written: str, searched: str, piece: str) -> None:
    found = aligned(written)
    start = found.text.index(searched)
    begin, end = found.span(start, start + len(searched))
    assert written[begin:end] == piece


@given(WRITTEN)
def test_the_text_is_the_normalized_text(written: str) -> None:
    assert aligned(written).text == normalize(written)


@given(WRITTEN, st.booleans())
def test_every_letter_came_from_somewhere(written: str, layout: bool) -> None:
    found = aligned(written, layout=layout)
    assert len(found.text) == len(found.starts) == len(found.ends)
    assert all(0 <= start < end <= len(written) for start, end in zip(found.starts, found.ends, strict=True))
    assert list(found.starts) == sorted(found.starts)
    assert list(found.ends) == sorted(found.ends)


@given(WRITTEN)
def test_layout_keeps_all_but_the_spaces(written: str) -> None:
    laid = aligned(written, layout=True)
    assert "".join(laid.text.split()) == "".join(normalize(written).split())
