"""The value of a number however it is written: 八千, 8千, 8,000 and ８０００ are one."""

from __future__ import annotations

import re

_DIGITS = {
    mark: value
    for value, marks in enumerate(("〇零", "一壱", "二弐", "三参", "四", "五", "六", "七", "八", "九"))
    for mark in marks
}
_TENS = {"十": 10, "百": 100, "千": 1000}
_GREAT = {"万": 10**4, "億": 10**8, "兆": 10**12}


def number_of(figures: str) -> str:
    """Give the value in plain digits; what is no number comes back as it is.

    >>> number_of("八千"), number_of("8千"), number_of("十一"), number_of("2025"), number_of("数")
    ('8000', '8000', '11', '2025', '数')
    """
    total = part = 0
    digits = ""
    for mark in figures.replace(",", ""):
        if mark.isascii() and mark.isdigit():
            digits += mark
        elif mark in _DIGITS:
            digits += str(_DIGITS[mark])
        elif mark in _TENS:
            part += int(digits or "1") * _TENS[mark]
            digits = ""
        elif mark in _GREAT:
            total += (part + int(digits or "0") or 1) * _GREAT[mark]
            part, digits = 0, ""
        else:
            return figures
    return str(total + part + int(digits or "0")) if figures else figures


_FIGURES = re.compile(r"(\d[\d,]*)(?:(km|kg|cm|mm|m)(?![A-Za-z]))?")
_UNITS = {"km": "キロ", "kg": "キロ", "cm": "センチ", "mm": "ミリ", "m": "メートル"}
_PLACES = "", "十", "百", "千"
_GREAT_PLACES = "", "万", "億", "兆"


def in_kanji(text: str) -> str:
    """Write every number of a normalized text in kanji, since 一人 and 1人 are different words to MeCab.

    A unit behind it is written as it is said.

    >>> in_kanji("1人に1,200円"), in_kanji("4kmの坂")
    ('一人に千二百円', '四キロの坂')
    """
    return _FIGURES.sub(lambda found: _kanji(found[1].replace(",", "")) + (_UNITS[found[2]] if found[2] else ""), text)


def _kanji(digits: str) -> str:
    value = int(digits)
    if digits.startswith("0") or len(digits) > 16:
        return "".join("〇一二三四五六七八九"[int(digit)] for digit in digits)
    groups = []
    for great in _GREAT_PLACES:
        value, group = divmod(value, 10_000)
        if group:
            groups.append(_below_ten_thousand(group) + great)
    return "".join(reversed(groups))


def _below_ten_thousand(value: int) -> str:
    written = ""
    for place, digit in zip(reversed(_PLACES), f"{value:04d}", strict=True):
        if digit != "0":
            written += ("" if digit == "1" and place else "一二三四五六七八九"[int(digit) - 1]) + place
    return written
