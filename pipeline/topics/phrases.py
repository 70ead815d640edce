"""Noun phrases that people would say, cut out of a text: 「役員のなり手」「オンラインの技術指導」.

A heading or a proposal is made of them. A compound is never cut (市民活動団体 does not give 活動団体),
and a word that says nothing stands neither alone (活動) nor at the end (〜の必要). Which words say
nothing is data (``corpus/phrases.toml``).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import resources
from pipeline.language.tokenize import Word
from pipeline.toml_file import read_toml, word_list

WORD, COMPOUND, OF, DESCRIBED, DEED = "語", "複合語", "の", "連体", "行為"

_NOUNS = frozenset({"名詞", "接頭辞", "接尾辞", "形状詞"})
_LIGHT_NOUNS = frozenset({"事", "物", "所", "為", "様", "訳", "筈", "方", "時"})
_LIGHT_ENDINGS = frozenset({"等", "毎", "達", "以上", "以下", "目", "様", "殿"})
_STEM_ENDS = frozenset("いきしちにひみりぎじびえけせてねへめれげぜでべ")  # 受け入れ, 見守り, 助け合い
_CAN = re.compile("[えけせてねべめれげ]る$")  # 集まれる, 通える: what a place or a chance is for
_KINDS_OF_PLACE = frozenset("市町村区県府都")
_LONGEST = 8  # words of a compound: a longer row of nouns is a list without commas
_DOING = frozenset({"為る", "出来る"})


@dataclass(frozen=True, slots=True)
class Vague:
    """Words that say nothing, by key.

    Attributes
    ----------
    never : frozenset of str
        Not even with something before them (〜の場合).
    alone : frozenset of str
        By themselves (活動); with something before them they do (見守り活動).
    not_before : frozenset of str
        Before another word (今後の活動).
    formulaic : frozenset of str
        What every wish is worded with: it makes no two texts alike.
    """

    never: frozenset[str]
    alone: frozenset[str]
    not_before: frozenset[str]
    formulaic: frozenset[str]


@functools.cache
def read_vague(path: Path | None = None) -> Vague:
    """Read the words that say nothing; those that travel with the program when no file is named.

    Raises
    ------
    IkenError
        With file, key and remedy.
    """
    path = path or resources.corpus("phrases.toml")
    data = read_toml(path)

    return Vague(*(word_list(data, key, path) for key in ("never", "alone", "not_before", "formulaic")))


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase of a text.

    Attributes
    ----------
    text : str
        As it stands in the normalized text; a deed (回線の混雑, from 回線が混雑する) joins two words
        that stand there by の.
    keys : tuple of str
        Of its words that carry meaning, in order.
    start, end : int
        Its words in the text, the last not included.
    form : str
        ``語``, ``複合語``, ``の``, ``連体`` (若い担い手, 集まれる場所) or ``行為``.
    """

    text: str
    keys: tuple[str, ...]
    start: int
    end: int
    form: str


def noun_phrases(words: Sequence[Word], vague: Vague | None = None) -> tuple[Phrase, ...]:
    """Give the noun phrases of one text, in order; longer ones beside the shorter ones they hold.

    >>> from pipeline.language.tokenize import tokenize
    >>> [phrase.text for phrase in noun_phrases(tokenize("オンラインの技術指導が必要"))]
    ['オンライン', '技術指導', 'オンラインの技術指導']
    """
    vague = vague or read_vague()
    spans = list(_compounds(words))
    starts = dict(spans)
    found: dict[tuple[int, int], Phrase] = {}

    def add(start: int, end: int, form: str, text: str = "") -> None:
        keys = tuple(word.key for word in words[start:end] if word.is_content)
        if len(set(keys)) < len(keys):
            return  # 市民の市民
        found.setdefault((start, end), Phrase(text or _surface(words[start:end]), keys, start, end, form))

    for start, end in spans:
        if not _is_head(words[start:end], vague):
            continue
        if _stands_alone(words[start:end], vague):
            add(start, end, COMPOUND if _content(words[start:end]) > 1 else WORD)
        says_little = end - start == 1 and len(words[start].surface) == 1 and words[start].key in vague.alone
        if not says_little and (before := _describing(words, start, vague)):
            add(start - before, end, DESCRIBED)
    for start, end in spans:
        # 役員 の なり手, and once more: オンライン化 の 技術指導 の パッケージ化
        reach = start
        last = end
        for _ in range(2):
            if last >= len(words) or words[last].surface != "の" or last + 1 not in starts:
                break
            first, reach, last = reach, last + 1, starts[last + 1]
            if not _says(words[start:end], vague):
                break
            if _is_head(words[reach:last], vague) and (first == start or _says(words[first : reach - 1], vague)):
                add(start, last, OF)
        deed = _deed(words, end, starts)
        if deed and _says(words[start:end], vague) and _is_head(words[deed[0] : deed[1]], vague):
            text = f"{_surface(words[start:end])}の{_surface(words[deed[0] : deed[1]])}"
            add(start, deed[1], DEED, text)
    return tuple(found[place] for place in sorted(found, key=lambda place: (place[1], -place[0])))


def _compounds(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Rows of nouns, as long as they go: 市民 活動 団体, 受け入れ 体制, オンライン 化."""
    start = 0
    while start < len(words):
        end = start
        while end < len(words) and _belongs(words, end, first=end == start):
            end += 1
        if end > start:
            if end - start <= _LONGEST and _is_whole(words, start, end):
                yield start, end
            start = end
        else:
            start += 1


def _belongs(words: Sequence[Word], i: int, *, first: bool) -> bool:
    word = words[i]
    following = words[i + 1] if i + 1 < len(words) else None
    if word.pos == "名詞":
        return (
            word.key not in _LIGHT_NOUNS
            and word.pos2 != "助動詞語幹"
            and any(letter.isalnum() for letter in word.surface)
        )
    if word.pos == "接尾辞":
        if word.key in _LIGHT_ENDINGS:
            return False
        if word.pos2 == "名詞的":
            return not first
        return word.pos2 == "形状詞的" and not first and _is_noun(following)
    if word.pos in ("形状詞", "接頭辞"):
        return word.pos2 != "助動詞語幹" and _is_noun(following)
    return _is_stem(word, following)


def _is_noun(word: Word | None) -> bool:
    return word is not None and word.pos == "名詞" and word.key not in _LIGHT_NOUNS


def _is_stem(word: Word, following: Word | None) -> bool:
    """受け入れ体制, 見守りの: a verb that stands as a noun."""
    if word.pos != "動詞" or not word.is_content or len(word.surface) < 2 or word.surface[-1] not in _STEM_ENDS:
        return False
    if following is None:
        return False
    return _is_noun(following) or (following.pos == "助詞" and following.surface in ("の", "を", "が", "は"))


def _is_whole(words: Sequence[Word], start: int, end: int) -> bool:
    """Whether it is no rest of something: not begun by a number or an ending, not ended by a beginning."""
    first, last = words[start], words[end - 1]
    if first.pos2 == "数詞" or last.pos2 == "数詞" or first.pos == "接尾辞" or last.pos == "接頭辞":
        return False
    if end < len(words) and words[end].pos == "接尾辞" and words[end].key not in _LIGHT_ENDINGS:
        return False  # 具体「的に」
    if start and (words[start - 1].pos == "接頭辞" or words[start - 1].surface in ("々", "-", "ー")):
        return False
    return any(word.is_content for word in words[start:end])


def names_a_person(word: Word) -> bool:
    """Whether the dictionary knows it as a name of persons."""
    return word.pos2 == "固有名詞" and word.pos3 == "人名"


def _is_place_only(words: Sequence[Word]) -> bool:
    """加古川市, 駅前 is none: a place's name says where, not what."""
    return all(
        (word.pos2 == "固有名詞" and word.pos3 == "地名") or word.pos == "接尾辞" or word.surface in _KINDS_OF_PLACE
        for word in words
    )


def _content(words: Sequence[Word]) -> int:
    return sum(word.is_content or word.pos in ("接頭辞", "接尾辞") for word in words)


def _is_head(words: Sequence[Word], vague: Vague) -> bool:
    """Whether a phrase may end so."""
    return words[-1].key not in vague.never and words[-1].pos2 != "数詞" and not names_a_person(words[-1])


def _stands_alone(words: Sequence[Word], vague: Vague) -> bool:
    if _is_place_only(words) or any(names_a_person(word) for word in words):
        return False
    if _content(words) > 1:
        return _says(words, vague)
    return len(_surface(words)) > 1 and words[-1].key not in vague.alone


def _says(words: Sequence[Word], vague: Vague) -> bool:
    """Whether it tells what something is about, before a の or before the end of a compound."""
    if any(names_a_person(word) for word in words):
        return False
    return bool(words) and words[0].key not in vague.not_before and words[0].key not in vague.never


def _describing(words: Sequence[Word], start: int, vague: Vague) -> int:
    """How many words before a compound describe it: 若い担い手, 気軽な集まり, 集まれる場所."""
    if not start:
        return 0
    before = words[start - 1]
    before_says = before.is_content and before.key not in vague.not_before | vague.never
    if before_says and before.pos == "形容詞" and before.surface.endswith("い"):
        return 1
    if before_says and before.pos == "動詞" and _CAN.search(before.surface):
        return 1
    if before.surface == "な" and start > 1 and words[start - 2].pos in ("形状詞", "名詞"):
        described = words[start - 2]
        if described.is_content and described.key not in vague.not_before | vague.never:
            return 2
    return 0


def _deed(words: Sequence[Word], end: int, starts: dict[int, int]) -> tuple[int, int] | None:
    """回線「が混雑し」, 任期「を見直し」: what is done, as a noun."""
    if end + 1 >= len(words) or words[end].surface not in ("を", "が") or words[end].pos != "助詞":
        return None
    start = end + 1
    last = starts.get(start)
    if last is None or last >= len(words) or last - start > 2:
        return None
    acts = words[last - 1].pos3 == "サ変可能" and words[last].key in _DOING
    return (start, last) if acts else None


def _surface(words: Sequence[Word]) -> str:
    return "".join(word.surface for word in words)
