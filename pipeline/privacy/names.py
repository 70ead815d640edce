"""Names of persons: what the dictionary or its shape calls a name, where the text calls a person.

A name by itself is no person (川上 is a place as often as a man), so a name is taken only with
something beside it: さん, a title, a role (会長の), kin (息子の), ～と申します, a signature, or
surname and given name together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.language.tokenize import Word
from pipeline.privacy.rules import NameRules
from pipeline.privacy.sheet import Sheet

Span = tuple[int, int]

_PERSON, _PLACE = "人名", "地名"
_LONGEST = 5  # words of a name: ファム・ヴァン・ナム

_KATAKANA = re.compile(r"(?:[ァ-ヴー]{1,12}[・= ]){1,4}[ァ-ヴー]{1,12}\Z|[ァ-ヴー]{2,12}\Z")
_LATIN = re.compile(r"(?<![A-Za-z])[A-Z][a-z]+(?:[ .・-]{1,2}[A-Z][A-Za-z.]*){0,3} ?\Z")
_HIRAGANA = re.compile(r"[ぁ-んー]{2,5}")
_ALL_HIRAGANA = re.compile(r"[ぁ-んー]+")
_KANJI = re.compile(r"[一-龥々]{1,3}")
_GIVEN_TAIL = re.compile(r"[一-龥々]|[ぁ-ん]{1,3}|[ァ-ヴー]{1,3}|[一-龥々]{2}")
_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}

# What may follow a name that a role goes before.
_ENDS_NAME = re.compile(r"[、。,.()（）「」・:\s]|\Z|[がはもをにとへのやだで]|から|まで|より|と申|じゃ|って")
_ENDS_KIN = re.compile(r"[、,()・はがもをにとへの]")
_OPENS_NAME = re.compile(r"(?:\A|[・、。,.:!?()\[\]「」【】〒〓/\s]|[ー-]\s?)\Z")
_JOINS_NAMES = re.compile(r"(?:[・、,と/&]|や)\s?\Z")
_GROWN_ON = re.compile(r"[一-龥々ァ-ヴーA-Za-z]")
_READING = re.compile(r" ?\(([ぁ-んァ-ヴー]{2,8}(?: [ぁ-んァ-ヴー]{1,8})?)\)")
_SEGMENT = re.compile(r"[^。！？!?\n]+")
_SENTENCE_END = re.compile(r"[。！？!?]\s*[(\[]?\s*\Z")
_GIVEN = re.compile(r"[ぁ-んー]{2,5}|[ァ-ヴー]{2,6}|[一-龥々]{1,3}")
_KANA = re.compile(r"[ぁ-んー]{5,8}|[ァ-ヴー]{5,9}")
_SEGMENT_EDGES = " 　、,.()[]「」【】-ー―:"
_FIELD = re.compile(
    r"[\s」\])]*(?P<joint>[:=→\s」\])]|は|が)\s*[「(]?"
    r"(?P<first>[一-龥々ヶァ-ヴーぁ-んA-Za-z・.]{1,16})(?: {1,2}(?P<second>[一-龥々ヶァ-ヴーぁ-んA-Za-z・.]{1,12}))?"
)
_FIELD_END = re.compile(r"\s|[、。,()」/|]|です|でし|と申|と言|とい|さん|さま|様|氏|殿|\Z")
_DEPARTMENT = re.compile(r".*(?:課|係|部|室|班|局|所|会|センター)")


def may_hold_names(text: str, words: Sequence[Word], rules: NameRules) -> bool:
    """Whether it is worth looking for names: the dictionary knows one, or there is a cue to one; quick.

    Parameters
    ----------
    text : str
    words : sequence of Word
        The words of the text.
    rules : NameRules

    Returns
    -------
    bool
    """
    kinds = {word.pos3 for word in words}
    if _PERSON in kinds:
        return True
    may_be_surname = _PLACE in kinds or not rules.surnames.isdisjoint([word.surface for word in words])
    cue = rules.cue_beside_place if may_be_surname else rules.cue
    return cue.search(text) is not None


def find_names(sheet: Sheet, rules: NameRules) -> list[Span]:
    """Give the spans of persons' names, in order, without overlap.

    Parameters
    ----------
    sheet : Sheet
    rules : NameRules

    Returns
    -------
    list of tuple of int
        Start and end in the sheet's text: the name alone, without さん or a title.
    """
    found = _Found()
    for finder in (
        _labelled,
        _of_the_dictionary,
        _with_honorific,
        _place_names_in_roles,
        _introduced,
        _of_kin,
        _signed,
    ):
        for span in finder(sheet, rules):
            if not _is_known(sheet, span, rules):
                found.add(span)
    for more in (_joined, _repeated, _readings):
        for span in more(sheet, tuple(found.spans), rules):
            found.add(span)
    return sorted(found.spans)


class _Found:
    """Spans that do not overlap; the first come stays."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self._taken: set[int] = set()

    def add(self, span: Span) -> None:
        places = range(*span)
        if places and self._taken.isdisjoint(places):
            self._taken.update(places)
            self.spans.append(span)


# ── names of the dictionary ──────────────────────────────────────────────────────────────────


def _of_the_dictionary(sheet: Sheet, rules: NameRules) -> Iterator[Span]:
    for run in _runs(sheet):
        first, last = _with_neighbours(sheet, *run, rules)
        if _stands_for_a_person(sheet, first, last, rules):
            yield sheet.starts[first], sheet.ends[last]


def _runs(sheet: Sheet) -> Iterator[tuple[int, int]]:
    """Words the dictionary calls names, as far as they belong together: 岡部|節子, マリア・サントス."""
    number = 0
    while number < len(sheet.words):
        if _is_name(sheet.words[number]):
            last = _run_end(sheet, number)
            yield number, last
            number = last
        number += 1


def _run_end(sheet: Sheet, number: int) -> int:
    """Number of the last word of the names that begin with a word."""
    last = number
    while last + 1 < len(sheet.words) and last - number < _LONGEST and (step := _step(sheet, last)):
        last += step
    return last


def _step(sheet: Sheet, number: int) -> int:
    """How many words further the name goes on: 0 if it ends here."""
    words = sheet.words
    if _is_name(words[number + 1]) and sheet.between(number + 1) in ("", " "):
        return 1
    middle_dot = words[number + 1].surface in ("・", "=") and number + 2 < len(words)
    katakana = _KATAKANA.fullmatch(words[number].surface + "ー") is not None
    return 2 if middle_dot and katakana and _is_name(words[number + 2]) else 0


def _is_name(word: Word) -> bool:
    """Whether the dictionary calls a word a person's name; NHK and the A of Aさん are none, whatever it says."""
    return word.pos3 == _PERSON and not (word.surface.isascii() and word.surface.isupper())


def _with_neighbours(sheet: Sheet, first: int, last: int, rules: NameRules) -> tuple[int, int]:
    """Add the half of a name that the dictionary does not know: 広瀬|悟志さん, 石橋|節子."""
    start, end = sheet.starts[first], sheet.ends[last]
    for pattern in (_KATAKANA, _LATIN):
        match = pattern.search(sheet.before(end, 40))
        if match and end - len(match.group()) < start and sheet.starting_at(end - len(match.group())) >= 0:
            return sheet.starting_at(end - len(match.group())), last
    if first == last:
        surname = _surname_before(sheet, first, rules)
        if surname >= 0:
            first = surname
        elif (tail := _tail(sheet, last, rules)) > last:
            last = tail
    return first, last


def _surname_before(sheet: Sheet, number: int, rules: NameRules) -> int:
    """Number of the word at which a surname before a given name begins, -1 if none stands there."""
    if number == 0 or sheet.between(number) not in ("", " "):
        return -1
    end = sheet.ends[number - 1]
    for first in range(number - 1, max(number - 4, -1), -1):
        name = sheet.text[sheet.starts[first] : end]
        if _is_surname(name, rules):
            return first
    return -1


def _tail(sheet: Sheet, last: int, rules: NameRules) -> int:
    """Number of the last word of a given name that was cut into pieces, if さん or the line's end follows."""
    number = last
    while number + 1 < len(sheet.words) and number - last < 3 and sheet.between(number + 1) in ("", " "):
        word = sheet.words[number + 1]
        if word.pos not in ("名詞", "接尾辞", "接頭辞") or not _GIVEN_TAIL.fullmatch(word.surface):
            break
        if _honored(sheet, sheet.ends[number], rules) or rules.not_name.search(word.surface):
            break
        if word.surface in "元前現副新故":  # 木下元会長
            break
        if len(word.surface) > 1 and rules.place_after.match(sheet.text, sheet.starts[number + 1]):  # 山田電気さん
            break
        number += 1
        end = sheet.ends[number]
        if (
            _honored(sheet, end, rules)
            or rules.title.match(sheet.text, end)
            or (sheet.between(last + 1) == " " and sheet.text[end : end + 1] in ("", "\n"))
        ):
            return number
    return last


def _stands_for_a_person(sheet: Sheet, first: int, last: int, rules: NameRules) -> bool:
    start, end = sheet.starts[first], sheet.ends[last]
    if _honored(sheet, end, rules) or _titled(sheet, start, end, rules):
        return True
    if rules.place_after.match(sheet.text, end):
        return False
    if sheet.text[start:end] in rules.seldom:
        return _introduces(sheet, start, end, rules)
    return (
        _in_a_role(sheet, start, end, rules)
        or _is_kin(sheet, start, end, rules)
        or _introduces(sheet, start, end, rules)
        or _is_full_name(sheet, first, last, rules)
        or rules.after_name.match(sheet.text, end) is not None
        or (_does_what_persons_do(sheet, first, end, rules))
    )


def _honored(sheet: Sheet, end: int, rules: NameRules) -> bool:
    """Whether さん or the like follows, as a word of its own: 田中さん, not 田中さんま."""
    if reading := _READING.match(sheet.text, end):
        end = reading.end()
    end += sheet.text[end : end + 1] == " "
    match = rules.honorific.match(sheet.text, end)
    return match is not None and sheet.starting_at(end) >= 0 and _is_word_end(sheet, match.end())


def _is_word_end(sheet: Sheet, place: int) -> bool:
    return sheet.ending_at(place) >= 0


def _titled(sheet: Sheet, start: int, end: int, rules: NameRules) -> bool:
    """山本議員, 佐藤課長; not 松本市長, who is the mayor of 松本."""
    match = rules.title.match(sheet.text, end)
    if match is None or not _is_word_end(sheet, match.end()):
        return False
    return sheet.text[start:end] not in rules.places_too or rules.head_of_place.match(sheet.text, end) is None


def _in_a_role(sheet: Sheet, start: int, end: int, rules: NameRules) -> bool:
    """会長の田中が, 担当：佐々木, 代表は三宅です."""
    before = sheet.before(start)
    match = rules.role_before.search(before)
    if match is None or not (_ENDS_NAME.match(sheet.text, end) or rules.introduces.match(sheet.text, end)):
        return False
    if before.rstrip().endswith("は"):
        return rules.introduces.match(sheet.text, end) is not None or sheet.text[end : end + 1] in (
            "",
            "が",
            "。",
            "\n",
        )
    return True


def _is_kin(sheet: Sheet, start: int, end: int, rules: NameRules) -> bool:
    """息子の陽翔が, 妻（節子）は."""
    before = sheet.before(start)
    return rules.kin_before.search(before) is not None and _ENDS_KIN.match(sheet.text, end) is not None


def _introduces(sheet: Sheet, start: int, end: int, rules: NameRules) -> bool:
    """熊谷です, 私は田中と申します; not 会場は中原です."""
    match = rules.introduces.match(sheet.text, end)
    if match is None:
        return False
    if "申" in match.group():
        return True
    before = sheet.before(start)
    if _OPENS_NAME.search(before) or rules.selves.search(before) or rules.role_before.search(before):
        return True
    number = sheet.starting_at(start) - 1
    # 書いている熊谷です, 三組の鈴木です
    return number >= 0 and (sheet.words[number].surface == "の" or sheet.words[number].pos in ("動詞", "助動詞"))


def _is_full_name(sheet: Sheet, first: int, last: int, rules: NameRules) -> bool:
    """Surname and given name together, with nothing grown on to them: 草野光男."""
    words = sheet.words[first : last + 1]
    if len(words) < 2 or any(word.surface in rules.seldom for word in words[1:]):
        return False
    if not (_is_name(words[0]) or _is_surname(words[0].surface, rules)):  # シップ|チャンドラー
        return False
    before, after = first - 1, last + 1
    free_before = before < 0 or sheet.between(first) != "" or sheet.words[before].pos not in ("名詞", "接頭辞")
    free_after = (
        after >= len(sheet.words) or sheet.between(after) != "" or sheet.words[after].pos not in ("名詞", "接尾辞")
    )
    return (free_before or rules.role_before.search(sheet.before(sheet.starts[first])) is not None) and free_after


def _does_what_persons_do(sheet: Sheet, first: int, end: int, rules: NameRules) -> bool:
    """鍵は波多野が持っています."""
    if rules.deed.match(sheet.text, end) is None or sheet.text[sheet.starts[first] : end] in rules.places_too:
        return False
    return first == 0 or sheet.words[first - 1].pos in ("助詞", "補助記号", "接続詞")


# ── names the dictionary does not know ───────────────────────────────────────────────────────


def _with_honorific(sheet: Sheet, rules: NameRules) -> Iterator[Span]:
    for match in rules.honorific.finditer(sheet.text):
        end = match.start() - (sheet.text[match.start() - 1 : match.start()] == " ")
        start = _surname_ending(sheet.text, end, rules)
        if start == end and sheet.starting_at(match.start()) >= 0 and _is_word_end(sheet, match.end()):
            start = _unknown_name_before(sheet, end, match.group(), rules)
        if start < end:
            yield start, end


def _surname_ending(text: str, end: int, rules: NameRules) -> int:
    """Where a common surname of two letters or more begins, however the words were cut: 片|山様."""
    for length in (3, 2):
        start = end - length
        if start >= 0 and text[start:end] in rules.surnames and not _GROWN_ON.match(text[start - 1 : start]):
            return start
    return end


def _unknown_name_before(sheet: Sheet, end: int, honorific: str, rules: NameRules) -> int:
    """Where a name that ends here begins; ``end`` if it is none: 岸本さん, スミスさん, Kimさん."""
    before = sheet.before(end, 40)
    number = sheet.ending_at(end)
    if number < 0 or not before:
        return end
    word = sheet.words[number]
    alone = (
        number == 0 or sheet.between(number) != "" or sheet.words[number - 1].pos not in ("名詞", "接頭辞", "接尾辞")
    )
    if alone and len(word.surface) > 1 and word.pos3 == _PLACE and not rules.not_name.search(word.surface):
        return sheet.starts[number]
    if alone and word.surface in rules.surnames and (len(word.surface) > 1 or honorific not in ("様", "殿", "宅")):
        return sheet.starts[number]
    if (match := _LATIN.search(before)) or (match := _KATAKANA.search(before)):
        start = end - len(match.group())
        return start if sheet.starting_at(start) >= 0 and not rules.not_name.search(match.group()) else end
    return _kana_or_child(sheet, end, honorific, rules)


def _kana_or_child(sheet: Sheet, end: int, honorific: str, rules: NameRules) -> int:
    """わくいさん, 陽翔くん."""
    first = sheet.ending_at(end)
    while first > 0 and sheet.between(first) == "" and end - sheet.starts[first - 1] <= 5:
        if sheet.words[first - 1].pos in ("助詞", "補助記号", "動詞", "助動詞", "連体詞", "代名詞"):
            break
        first -= 1
    start = sheet.starts[first]
    name = sheet.text[start:end]
    if _is_kana_surname(name, rules) or name in rules.kana_given:
        return start
    if rules.child_name.fullmatch(honorific) and (_HIRAGANA.fullmatch(name) or _KANJI.fullmatch(name)):
        return end if rules.not_name.search(name) else start
    return end


def _is_surname(name: str, rules: NameRules) -> bool:
    return name in rules.surnames or (len(name) > 1 and _is_kana_surname(name, rules))


def _is_kana_surname(name: str, rules: NameRules) -> bool:
    return name.translate(_TO_HIRAGANA) in rules.kana_surnames


def _place_names_in_roles(sheet: Sheet, rules: NameRules) -> Iterator[Span]:
    """担当：企画係 石橋, 会長の岸本が, 佐久間係長, where the dictionary knows but the place."""
    for number, word in enumerate(sheet.words):
        if not (word.pos3 == _PLACE or word.surface in rules.surnames):
            continue
        start, end = sheet.starts[number], sheet.ends[number]
        if len(word.surface) < 2 and not rules.introduces.match(sheet.text, end):  # 書記の堀です, not 会長の森
            continue
        placed = word.surface in rules.places_too or rules.head_of_place.match(sheet.text, end)
        if not placed and (_in_a_role(sheet, start, end, rules) or _titled(sheet, start, end, rules)):
            yield start, end


def _introduced(sheet: Sheet, rules: NameRules) -> Iterator[Span]:
    """岸本です, where 岸本 is a place to the dictionary; ワクイと申します."""
    for match in rules.introduces.finditer(sheet.text):
        number = sheet.ending_at(match.start())
        if number < 0:
            continue
        word, start = sheet.words[number], sheet.starts[number]
        named = word.pos3 == _PLACE or _is_surname(word.surface, rules)
        if "申" in match.group():
            sure = named or (word.pos == "名詞" and _KATAKANA.fullmatch(word.surface) is not None)
        else:
            sure = named and len(word.surface) > 1 and word.surface not in rules.places_too
            sure = sure and _begins_introduction(sheet.before(start), rules)
        if sure:
            yield start, match.start()


def _of_kin(sheet: Sheet, rules: NameRules) -> Iterator[Span]:
    """長女のひまりが."""
    return (match.span("hit") for match in rules.kin_given.finditer(sheet.text))


def _begins_introduction(before: str, rules: NameRules) -> bool:
    return bool(
        (before and _OPENS_NAME.search(before)) or rules.selves.search(before) or rules.role_before.search(before)
    )


# ── fields and signatures ────────────────────────────────────────────────────────────────────


def _labelled(sheet: Sheet, rules: NameRules) -> Iterator[Span]:
    """氏名：広瀬　悟, お名前　ワクイ　ヨシエ."""
    for label in rules.label.finditer(sheet.text):
        field = _FIELD.match(sheet.text, label.end())
        if field:
            yield from _field(sheet, field, rules)


def _field(sheet: Sheet, field: re.Match[str], rules: NameRules) -> Iterator[Span]:
    """Read the one or two parts of a field as a name, unless they say 匿名 or name a department."""
    parts = [field.span("first"), field.span("second")]
    if field["second"] and _DEPARTMENT.fullmatch(field["first"]):  # 担当者：福祉課　田中
        parts = parts[1:]
    elif _DEPARTMENT.fullmatch(field["first"]):
        return
    start = parts[0][0]
    parts = [_without_honorific(sheet.text, part, rules) for part in parts if part[0] >= 0]
    if rules.not_labelled.match(sheet.text, start):
        return
    run = _run_from(sheet, start)
    if start < run and rules.place_after.match(sheet.text, run):  # 橋の名前は渡辺橋です
        return
    tail = sheet.text[run : parts[0][1]]
    if start < run and tail and not _GIVEN_TAIL.fullmatch(tail):  # 名前は田中だから
        yield start, run
        return
    if start == run and (field["joint"] in "はが" or not _is_written_as_name(sheet.text, parts[0])):
        return
    written = sheet.text[start : parts[0][1]]
    if len(parts) == 1 and start == run and _ALL_HIRAGANA.fullmatch(written) and not _is_kana_full_name(written, rules):
        return  # お名前：なし
    if (
        len(parts) > 1
        and _is_written_as_name(sheet.text, parts[1])
        and not rules.not_labelled.match(sheet.text, parts[1][0])
    ):
        yield start, max(run, parts[1][1])
    else:
        yield start, max(run, parts[0][1])


def _without_honorific(text: str, part: Span, rules: NameRules) -> Span:
    """田中さん, 田中です -> 田中."""
    start, end = part
    for place in range(start + 1, end):
        if rules.honorific.match(text, place) or rules.introduces.match(text, place):
            return start, place
    return part


def _is_written_as_name(text: str, part: Span) -> bool:
    """Whether it is as long as a name and ends as a field does."""
    return part[1] - part[0] <= 8 and _FIELD_END.match(text, part[1]) is not None


def _run_from(sheet: Sheet, start: int) -> int:
    """End of the names of the dictionary that begin at a place; the place itself if none does."""
    number = sheet.starting_at(start)
    return sheet.ends[_run_end(sheet, number)] if number >= 0 and _is_name(sheet.words[number]) else start


def _signed(sheet: Sheet, rules: NameRules) -> Iterator[Span]:
    """Find a name alone at the end: ……ください。　岡部."""
    for line in _SEGMENT.finditer(sheet.text):
        yield from _signature(sheet, line.start(), line.end(), rules)


def _signature(sheet: Sheet, start: int, end: int, rules: NameRules) -> Iterator[Span]:
    closing = rules.closing.search(sheet.text[start:end])
    if closing:
        end -= len(closing.group())
    while start < end and sheet.text[start] in _SEGMENT_EDGES:
        start += 1
    while start < end and sheet.text[end - 1] in _SEGMENT_EDGES:
        end -= 1
    name = sheet.text[start:end]
    if not 2 <= len(name) <= 12 or name in rules.seldom:
        return
    first, last = sheet.starting_at(start), sheet.ending_at(end)
    if first < 0 or last < first:
        return
    words = sheet.words[first : last + 1]
    has_text_before = _SENTENCE_END.search(sheet.before(start)) is not None
    named = all(map(_is_name, words))
    placed = bool(closing) and len(words) == 1 and words[0].pos3 == _PLACE and name not in rules.places_too
    signed = has_text_before and (named or placed or _is_kana_full_name(name, rules))
    if signed or (named and len(words) > 1) or _is_name_in_two(name, rules):
        yield start, end


def _is_name_in_two(name: str, rules: NameRules) -> bool:
    """おかべ　せつこ, ワクイ　ヨシエ, 村越　キヨ."""
    first, gap, second = name.partition(" ")
    return bool(gap and _GIVEN.fullmatch(second.strip()) and _is_surname(first, rules))


def _is_kana_full_name(name: str, rules: NameRules) -> bool:
    """Whether it is a surname and more, all in kana: おかべせつこ, ワクイヨシエ."""
    return any(_is_kana_surname(name[:place], rules) for place in range(2, len(name) - 1)) and bool(
        _KANA.fullmatch(name)
    )


# ── what the names found tell of others ──────────────────────────────────────────────────────


def _is_known(sheet: Sheet, span: Span, rules: NameRules) -> bool:
    """夏目漱石, 桃太郎さん, 作家の～, ～の小説."""
    start, end = span
    name = "".join(sheet.text[start:end].split())
    if name in rules.known or any(_overlaps(sheet.text, known, start, end) for known in rules.known):
        return True
    honored = _honored(sheet, end, rules)
    before = sheet.starting_at(start) - 1
    if before >= 0 and sheet.words[before].pos == "接頭辞" and sheet.between(before + 1) == "":  # お不動さん
        return True
    return bool(rules.known_before.search(sheet.before(start))) or (
        not honored and rules.known_after.match(sheet.text, end) is not None
    )


def _overlaps(text: str, known: str, start: int, end: int) -> bool:
    """Whether a name is part of a longer known one: 小次郎 of 佐々木小次郎, モン of くまモン."""
    reach = len(known) - 1
    return reach > 1 and known in text[max(0, start - reach) : end + reach]


def _joined(sheet: Sheet, spans: Sequence[Span], rules: NameRules) -> list[Span]:
    """田中・鈴木両氏: the name that is joined to one that was found."""
    found = []
    runs = {sheet.ends[last]: sheet.starts[first] for first, last in _runs(sheet)}
    known = {end for _, end in spans}
    for start, _ in spans:
        place = start
        while joint := _JOINS_NAMES.search(sheet.before(place, 3)):
            end = place - len(joint.group())
            if end in known or end not in runs or sheet.text[runs[end] : end] in rules.seldom:
                break
            place = runs[end]
            found.append((place, end))
    return [*found, *_joined_after(sheet, spans, rules)]


def _joined_after(sheet: Sheet, spans: Sequence[Span], rules: NameRules) -> Iterator[Span]:
    """孫の大翔と結衣が."""
    for _, end in spans:
        joint = sheet.starting_at(end)
        if joint < 0 or joint + 1 >= len(sheet.words) or sheet.words[joint].surface not in ("と", "・", "や"):
            continue
        first = joint + 1
        if _is_name(sheet.words[first]) and sheet.words[first].surface not in rules.seldom:
            last = _run_end(sheet, first)
            if _ENDS_KIN.match(sheet.text, sheet.ends[last]):
                yield sheet.starts[first], sheet.ends[last]


def _repeated(sheet: Sheet, spans: Sequence[Span], rules: NameRules) -> list[Span]:
    """田中さん……田中は: a name that was found stands for the person elsewhere too."""
    names = {word for span in spans for word in sheet.text[span[0] : span[1]].split()}
    names |= {sheet.text[span[0] : sheet.ends[first]] for span in spans if (first := sheet.starting_at(span[0])) >= 0}
    found = []
    for first, last in _runs(sheet):
        start, end = sheet.starts[first], sheet.ends[last]
        name = sheet.text[start:end]
        if name in names and name not in rules.seldom and not rules.place_after.match(sheet.text, end):
            found.append((start, end))
    return found


def _readings(sheet: Sheet, spans: Sequence[Span], rules: NameRules) -> list[Span]:  # noqa: ARG001
    """片山（かたやま）: how a name that was found is read."""
    return [match.span(1) for _, end in spans if (match := _READING.match(sheet.text, end))]
