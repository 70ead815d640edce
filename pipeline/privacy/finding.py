"""Personal information in what people wrote: found, and blotted out.

Phone numbers, postal codes, addresses, mail addresses, personal pages and accounts, dates of birth
and names of persons are found; offices, places, facilities and official pages are kept. What they
look like is data (``corpus/privacy.toml``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.language.tokenize import Word, tokenize
from pipeline.privacy.addresses import find_addresses
from pipeline.privacy.aligned import aligned
from pipeline.privacy.names import find_names, may_hold_names
from pipeline.privacy.rules import KINDS, PrivacyRules, Shape, UrlRules, read_privacy_rules
from pipeline.privacy.sheet import Sheet

Span = tuple[int, int]

_MARK = re.compile("〔(?:" + "|".join(KINDS) + ")〕")
# Stands at both ends of a mark while the rest is searched, with spaces between. It is in no rule and in no
# word, and the spaces keep MeCab from making one long unknown word of many marks, which takes it forever.
_BLOT = "\ue000"

# Nothing but a name can be found in a text without one of these. Kanji numbers only where one counts
# houses, years or digits: 二丁目, 昭和四十年, 〇九〇.
_SIGNS = re.compile(
    r"[0-9０-９@＠〒〇★☆]|[一二三四五六七八九十](?:番|丁|年|月|[-ー−－ノ]|の[一二三四五六七八九十])|[アあ]ット|あっと"
    r"|[a-zA-Zａ-ｚＡ-Ｚ](?:[a-zA-Zａ-ｚＡ-Ｚ]{3}|[.．][a-zA-Zａ-ｚＡ-Ｚ])"
)
_DIGIT = re.compile(r"[\d〇零一二三四五六七八九]")
# ①090… is a number of a list, not of the phone.
_COUNTERS = re.compile(r"[①-⑳⑴-⒛❶-❿➀-➓㉑-㉟㊱-㊿]")
_AROUND = 25
_MOST_ROUNDS = 30


@dataclass(frozen=True, slots=True)
class Personal:
    """Personal information in a text.

    Attributes
    ----------
    kind : str
        電話番号 郵便番号 住所 メールアドレス URL 生年月日 氏名.
    start, end : int
        Its span in the text as written, ``end`` not included.
    """

    kind: str
    start: int
    end: int


def find_personal(text: str, words: Sequence[Word] | None = None) -> tuple[Personal, ...]:
    """Find the personal information in a text.

    Parameters
    ----------
    text : str
        One opinion, as written.
    words : sequence of Word, optional
        ``tokenize(text)``, when the caller has it already; cut here otherwise.

    Returns
    -------
    tuple of Personal
        In the order of the text, never overlapping. Once they are masked, nothing more is found.

    >>> text = "会長の田中です。090-0214-7783へ"
    >>> mask(text, find_personal(text))
    '会長の〔氏名〕です。〔電話番号〕へ'
    """
    rules = read_privacy_rules()
    found: list[Personal] = []
    masked = text
    # What was blotted out may have hidden something beside it: look until nothing is left. Twice is
    # enough for what people write; the bound is for texts made so that each find lays bare the next.
    for _ in range(_MOST_ROUNDS):
        more = _find_once(masked, words, rules)
        if not more:
            break
        found = sorted([*found, *_unmasked(more, found)], key=lambda personal: personal.start)
        masked = mask(text, found)
        words = None
    return tuple(found)


def mask(text: str, found: Sequence[Personal]) -> str:
    """Put 〔kind〕 for each personal information; nothing else changes.

    Parameters
    ----------
    text : str
        The text in which it was found.
    found : sequence of Personal
        In order, not overlapping, as ``find_personal`` gives it.

    Returns
    -------
    str
    """
    pieces, place = [], 0
    for personal in found:
        pieces += [text[place : personal.start], f"〔{personal.kind}〕"]
        place = personal.end
    return "".join([*pieces, text[place:]])


def _unmasked(more: Sequence[Personal], found: Sequence[Personal]) -> Iterator[Personal]:
    """Give what was found in the masked text its span in the text as written."""
    grown, number = 0, 0  # how much longer the masked text is so far, after how many marks
    for personal in more:
        while number < len(found) and found[number].start + grown < personal.start:
            grown += len(found[number].kind) + 2 - (found[number].end - found[number].start)
            number += 1
        yield Personal(personal.kind, personal.start - grown, personal.end - grown)


def _find_once(text: str, words: Sequence[Word] | None, rules: PrivacyRules) -> list[Personal]:
    if "〔" in text and _MARK.search(text):
        text = _MARK.sub(lambda match: f"{_BLOT}{' ' * (len(match.group()) - 2)}{_BLOT}", text)
        words = None
    if words is None:
        words = tokenize(text)
    signs = _SIGNS.search(text) is not None
    named = may_hold_names(text, words, rules.names)
    if not signs and not named:
        return []
    laid = aligned(text, layout=True)
    sheet = Sheet(laid.text, words)
    if signs and _COUNTERS.search(text):
        counters = [place for place, start in enumerate(laid.starts) if _COUNTERS.match(text, start)]
        letters = list(laid.text)
        for place in counters:
            letters[place] = _BLOT
        sheet.text = "".join(letters)
    taken = bytearray(len(laid.text))
    found: list[Personal] = []
    for kind, start, end in _candidates(sheet, rules, signs=signs, named=named):
        if start < end and not any(taken[start:end]) and _BLOT not in sheet.text[start:end]:
            taken[start:end] = b"\x01" * (end - start)
            found.append(Personal(kind, *laid.span(start, end)))
    return _in_order(found)


def _in_order(found: list[Personal]) -> list[Personal]:
    """Sort; of two that share a letter as written (one letter was two), keep the first."""
    kept: list[Personal] = []
    for personal in sorted(found, key=lambda personal: personal.start):
        if not kept or kept[-1].end <= personal.start:
            kept.append(personal)
    return kept


def _candidates(sheet: Sheet, rules: PrivacyRules, *, signs: bool, named: bool) -> Iterator[tuple[str, int, int]]:
    if signs:
        for shape in rules.shapes:
            for start, end in _of_shape(sheet.text, shape, rules.urls):
                yield shape.kind, start, end
        for start, end in find_addresses(sheet, rules.addresses):
            yield "住所", start, end
    if named:
        for start, end in find_names(sheet, rules.names):
            yield "氏名", start, end


def _of_shape(text: str, shape: Shape, urls: UrlRules) -> Iterator[Span]:
    for match in shape.pattern.finditer(text):
        hit = "hit" if "hit" in shape.pattern.groupindex else 0
        start, end = match.span(hit)
        before = text[max(0, start - _AROUND) : start]
        if _fits(match, hit, before, shape) and not (shape.kind == "URL" and _is_official(match[hit], before, urls)):
            yield start, end


def _fits(match: re.Match[str], hit: int | str, before: str, shape: Shape) -> bool:
    """Whether a match meets the conditions of its shape."""
    if shape.digits and len(_DIGIT.findall(_without_extension(match))) not in shape.digits:
        return False
    return not (
        (shape.not_after and shape.not_after.search(before))
        or (shape.not_before and shape.not_before.match(match.string, match.end(hit)))
        or (shape.not_like and shape.not_like.search(match[hit]))
        or (shape.must_like and not shape.must_like.search(match[hit]))
    )


def _without_extension(match: re.Match[str]) -> str:
    """03-0145-2290 of 03-0145-2290 内線213."""
    extension = match["extension"] if "extension" in match.re.groupindex else None
    return match.group().removesuffix(extension or "")


def _is_official(url: str, before: str, urls: UrlRules) -> bool:
    """Whether a URL is an office's or a body's: www.city.nagino.lg.jp, 観光協会のサイト（…）."""
    if urls.official_account.search(before):
        return True
    if urls.personal.search(url):
        return False
    if any(pattern.search(url) for pattern in urls.official):
        return True
    if urls.personal_before.search(before):
        return False
    return bool(urls.official_before.search(before) or urls.official_talk.search(before))
