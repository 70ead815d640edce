"""One spelling for what is written in many ways, before any word is looked for.

The text that people see is never changed: ``normalize`` makes the copy that is
searched. Each step is named and numbered; a rule carries its example.
"""

from __future__ import annotations

import re
import unicodedata

# Character classes, named once.
_JAPANESE = r"\u3040-\u30ff\u3400-\u9fff々〆ヶ"
_JAPANESE_OR_MARK = _JAPANESE + r"、。「」『』（）()・！？!?"

# Characters that carry nothing and break tokenizers: a NUL cuts MeCab's input
# short without a word, a lone surrogate cannot be encoded, a zero-width space
# splits a word in two.
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b-\u200f\u2060\ufeff\ud800-\udfff]")

# NFKC leaves these variant kanji apart although every reader takes them as one.
# 髙橋 -> 高橋, 宮﨑 -> 宮崎
_VARIANT_KANJI = str.maketrans({"髙": "高", "﨑": "崎", "德": "徳", "濵": "浜", "𠮷": "吉"})

# Wave dashes and tildes of every kind: 10～20代, 10~20代 -> 10〜20代.
_WAVES = str.maketrans({"~": "〜", "∼": "〜", "˜": "〜", "〰": "〜"})

# They are rare, and str.translate looks up every letter of a text.
_LETTERS = {chr(code): letter for code, letter in {**_VARIANT_KANJI, **_WAVES}.items()}
_CHANGED = re.compile(f"[{''.join(_LETTERS)}]")

# A long vowel typed as a hyphen or dash between kana: センタ－ -> センター.
_DASH_AS_VOWEL = re.compile(r"(?<=[ァ-ヺ])[-‐‑–—―−ｰ](?![0-9A-Za-z])")

# A space that a line break or a layout left between Japanese: 市民活動の 裾野 -> 市民活動の裾野.
_SPACE_IN_JAPANESE = re.compile(rf"(?<=[{_JAPANESE_OR_MARK}]) (?=[{_JAPANESE_OR_MARK}])")
_SPACES = re.compile(r"\s+")


def normalize(text: str) -> str:
    """Return the spelling under which words are looked up.

    1. drop what cannot be seen (NUL, zero-width space, lone surrogates);
    2. NFKC: ｶﾅ -> カナ, ＮＰＯ -> NPO, ㈱ -> (株), ① -> 1;
    3. variant kanji: 髙 -> 高, 﨑 -> 崎;
    4. wave dashes: 10～20代 -> 10〜20代;
    5. dashes that stand for a long vowel: センタ－ -> センター;
    6. spaces: none between Japanese characters, one elsewhere.

    The result is a fixed point: ``normalize(normalize(s)) == normalize(s)``.
    """
    text = _INVISIBLE.sub("", text)  # 1
    text = unicodedata.normalize("NFKC", text)  # 2
    text = _CHANGED.sub(lambda match: _LETTERS[match[0]], text)  # 3, 4
    text = _DASH_AS_VOWEL.sub("ー", text)  # 5
    return tidy_spaces(text)  # 6


def has_invisible(text: str) -> bool:
    """Whether a text holds characters that carry nothing and that nobody sees."""
    return bool(_INVISIBLE.search(text))


def tidy_spaces(text: str) -> str:
    """Take out the spaces that layout left, and nothing else.

    >>> tidy_spaces("市民活動の 裾野の拡大")
    '市民活動の裾野の拡大'
    """
    return _SPACE_IN_JAPANESE.sub("", _SPACES.sub(" ", text)).strip()


# What does not count when two texts are compared for being the same voice:
# spaces, punctuation, bullets, and the full stop that one clerk writes and another does not.
_UNCOUNTED = re.compile(r"[\s、。，．,.・･!！?？「」『』\"'“”()（）\[\]【】○◯●◎■□◆◇▲△▼▽※→⇒＊*]+")


def same_text_key(text: str) -> str:
    """Return the form in which two texts are called the same (同趣旨): marks and width do not count.

    >>> same_text_key("公園が暗い。") == same_text_key("公園が 暗い")
    True
    """
    plain = normalize(text)
    return _UNCOUNTED.sub("", plain).casefold() or plain
