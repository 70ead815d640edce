"""Addresses: from the name of the area to the house number and the room.

「中原三丁目に住む」 names an area and is kept; with the house number it is an address. A house
number is looked for first, the area is followed backwards word by word, then come building and room.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.privacy.rules import AddressRules
from pipeline.privacy.sheet import Sheet

Span = tuple[int, int]

_PLACE_PARTS = frozenset({"名詞", "接尾辞", "接頭辞"})
_LETTERS_OF_AREA = re.compile(r"[一-龥々ヶケァ-ヴーぁ-ん]+|\d+")
_AFTER_JOINT = re.compile(r"[丘岡浜原谷崎台上下内森沢]")
_DIGITS = re.compile(r"\d+")
_COUNTED_AREA = re.compile(r" ?(?:条|丁目|区|番町|線|地割|街区|区画)")


def find_addresses(sheet: Sheet, rules: AddressRules) -> Iterator[Span]:
    """Give the spans of addresses, the surest first; they may overlap.

    Parameters
    ----------
    sheet : Sheet
    rules : AddressRules

    Yields
    ------
    tuple of int
        Start and end in the sheet's text.
    """
    yield from _with_sure_numbers(sheet, rules)
    yield from _with_numbers_after_areas(sheet, rules)
    yield from _rooms(sheet, rules)
    yield from _with_bare_numbers(sheet, rules)


def _with_sure_numbers(sheet: Sheet, rules: AddressRules) -> Iterator[Span]:
    """三丁目11番2号, 3番22号, 56番地: an address by its shape, with or without an area before it."""
    for pattern in rules.strong:
        for match in pattern.finditer(sheet.text):
            if not _cut_out_of_a_number(sheet.text, match) and not rules.not_before.match(sheet.text, match.end()):
                yield _area_start(sheet, match.start(), rules), _with_building(sheet.text, match.end(), rules)


def _rooms(sheet: Sheet, rules: AddressRules) -> Iterator[Span]:
    """汐見団地3号棟502号室: a home by building and room."""
    for pattern in rules.home:
        for match in pattern.finditer(sheet.text):
            start = _area_start(sheet, match.start(), rules)
            whole = sheet.text[start : match.end()]
            if not rules.not_home.search(whole) and not rules.not_before.match(sheet.text, match.end()):
                yield start, match.end()


def _with_numbers_after_areas(sheet: Sheet, rules: AddressRules) -> Iterator[Span]:
    """汐見町2-14-6, 沖田781-3: an address if a place's name stands before it, or a word like 住所."""
    for pattern in rules.weak:
        for match in pattern.finditer(sheet.text):
            if _is_no_house_number(sheet.text, match, rules):
                continue
            start = _area_start(sheet, match.start(), rules)
            area = sheet.text[start : match.start()].rstrip()
            if rules.not_after.search(sheet.before(match.start()).rstrip()):
                continue
            cued = rules.cues.search(sheet.before(match.start())) is not None
            if _names_a_place(sheet, match.start(), area, rules) or (cued and not match.group().isdigit()):
                yield start, _with_building(sheet.text, match.end(), rules)


def _with_bare_numbers(sheet: Sheet, rules: AddressRules) -> Iterator[Span]:
    """凪野市沖田781: one number, so the area must run from a city or county to a place's name."""
    for match in rules.bare.finditer(sheet.text):
        if _is_no_house_number(sheet.text, match, rules) or rules.not_after.search(sheet.before(match.start())):
            continue
        start = _area_start(sheet, match.start(), rules)
        area = sheet.text[start : match.start()]
        if not _holds_town(area, rules):
            continue
        by_shape = rules.town_end.search(area) is not None
        if _names_a_place(sheet, match.start(), area.rstrip(), rules, by_shape=by_shape):
            yield start, match.end()


def _holds_town(area: str, rules: AddressRules) -> bool:
    """Whether a city, county or village stands within the area, with more after it."""
    return any(rules.town_end.search(area[:place]) for place in range(2, len(area)))


def _is_no_house_number(text: str, match: re.Match[str], rules: AddressRules) -> bool:
    return (
        _cut_out_of_a_number(text, match)
        or rules.not_before.match(text, match.end()) is not None
        or rules.not_like.search(match.group()) is not None
    )


def _cut_out_of_a_number(text: str, match: re.Match[str]) -> bool:
    """Whether the digits go on before or after: 1-2 of 1-2-3, 5 of 2,345."""
    before = text[max(0, match.start() - 2) : match.start()]
    after = text[match.end() : match.end() + 2]
    goes_on = match.group()[-1].isdigit() and re.match(r"[-.,ー−–]?\d", after) is not None
    return goes_on or re.search(r"\d[-.,ー−–]?\Z|[.,]\Z", before) is not None


def _names_a_place(sheet: Sheet, end: int, area: str, rules: AddressRules, *, by_shape: bool = True) -> bool:
    """Whether what stands before a number is the name of a place, by the dictionary or by its shape."""
    if len(area) < 2:
        return False
    number = sheet.ending_at(end if sheet.text[end - 1] != " " else end - 1)
    if number >= 0 and sheet.words[number].pos3 in ("地名", "人名"):
        return True
    return by_shape and rules.area_end.search(area) is not None


def _area_start(sheet: Sheet, end: int, rules: AddressRules) -> int:
    """Follow the area back from the house number: 凪野市汐見町|2-14."""
    start = end
    place = end - 1 if sheet.text[max(end - 1, 0) : end] == " " else end
    number = sheet.ending_at(place)
    while number >= 0 and _belongs_to_area(sheet, number, rules):
        start = sheet.starts[number]
        if rules.prefecture.match(sheet.text, start):
            break
        gap = sheet.between(number)
        if gap and (gap != " " or not rules.town_end.search(sheet.text[: sheet.ends[number - 1]])):
            break
        number -= 1
    return _from_prefecture(sheet.text, start, end, rules)


def _belongs_to_area(sheet: Sheet, number: int, rules: AddressRules) -> bool:
    word, end = sheet.words[number], sheet.ends[number]
    surface = word.surface
    if surface in rules.joints:
        return True
    if surface in rules.stops or not _LETTERS_OF_AREA.fullmatch(surface):
        return False
    if surface == "が":  # ひばり|が|丘
        return _AFTER_JOINT.match(sheet.text, end) is not None
    if _DIGITS.fullmatch(surface):  # 北3条西5丁目, but not 2025 凪野市
        return _COUNTED_AREA.match(sheet.text, end) is not None
    return word.pos in _PLACE_PARTS and word.pos3 != "副詞可能"


def _from_prefecture(text: str, start: int, end: int, rules: AddressRules) -> int:
    """Begin at the prefecture where one is named: 実家静岡県|… -> 静岡県…."""
    match = rules.prefecture.search(text, start, end)
    return match.start() if match else start


def _with_building(text: str, end: int, rules: AddressRules) -> int:
    """Go on to building and room: 1-2-3|コーポ汐風203号室."""
    for pattern in rules.building:
        if match := pattern.match(text, end):
            return match.end()
    return end
