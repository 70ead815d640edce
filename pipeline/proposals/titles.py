"""案 of a group: the title of its first ask, with what the group is about put before it where it is silent on that."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.language.tokenize import Word, tokenize
from pipeline.plan.comparing import word_bag
from pipeline.proposals.needs import Need
from pipeline.proposals.wording import LONGEST, Title, read_forms
from pipeline.topics.meaning import rarity_at_large
from pipeline.topics.phrases import read_vague

_RARE = 7.0  # rarity of a word that hardly any opinion has
_TELLING = 2.5  # rarity from which a word tells one need from another
_SHARED = 0.5  # of the others say the word that the title lacks
_NEAREST = 6  # of the others that say what a group is about
_STEMS = "いきぎしちにびみりえけげせてねへべめれ"
_ENDINGS = frozenset({"化", "性", "的", "率", "度"})  # the rest of a word that was cut: 見える化
_TOWNS = frozenset({"市", "町", "村", "区", "県", "国", "市役所", "役所", "役場"})
_NOUN_CHAIN = 0.9  # fitness of a title without a verb


def telling(words: Sequence[Word]) -> list[Word]:
    """The words of a text that tell what it is about: rare enough, and none that says nothing."""
    silent = read_forms().silent
    rarity = rarity_at_large()
    return [
        word
        for word in words
        if word.is_content and word.key not in silent and len(word.surface) > 1 and rarity(word.key) >= _TELLING
    ]


def is_general(word: Word) -> bool:
    """Whether it is too general to tell a need alone (養成); what hardly anyone says is not (ハードル)."""
    vague = read_vague()
    says_little = word.key in read_forms().general or word.key in vague.alone or word.key in vague.never
    return says_little and rarity_at_large()(word.key) < _RARE


def tells(words: Sequence[Word]) -> bool:
    """Whether a title says what it is about: 「人の活性化」, 「京都市」 (a place alone) and 「市政の化」 do not."""
    if any(before.surface == "の" and word.surface in _ENDINGS for before, word in itertools.pairwise(words)):
        return False
    told = [word for word in telling(words) if word.pos3 != "地名" and word.key not in _TOWNS]
    some = [word for word in told if word.pos in ("名詞", "形状詞", "動詞")]
    nouns = [word for word in some if word.pos != "動詞"]
    return bool(nouns) and (len({word.key for word in some}) > 1 or not is_general(nouns[0]))


@dataclass(frozen=True, slots=True)
class GroupTitle:
    """The title of a group.

    Attributes
    ----------
    text : str
    fitness : float
    plain : str
        The first ask's own title.
    subject : str
        Key of the word that was put in front: what all of its evidence has to speak of; empty
        where none was.
    """

    text: str
    fitness: float
    plain: str
    subject: str = ""

    @property
    def is_nouns(self) -> bool:
        """Whether it holds no verb, so that another can stand beside it."""
        return self.fitness >= _NOUN_CHAIN and not _has_verb(self.text)


def composed(seed: Need, others: Sequence[Need]) -> GroupTitle | None:
    """Give the title of a group.

    A title that lacks the word most of the others share gets it in front: 「環境の向上」 of those that
    speak of オンライン is 「オンラインの環境の向上」. Then a second ask may stand beside it: 「オンライン化の
    技術指導のパッケージ化と環境の向上」. The word stands in the seed's own opinion.
    """
    title = seed.title
    if title is None:
        return None
    if title.fitness >= _NOUN_CHAIN and not _has_verb(title.text):
        near = others[:_NEAREST]
        texts = [tokenize(other.one.opinion.text) for other in near]
        subject = _subject(seed, title, texts)
        if subject:
            shown = _with_ending(subject, tokenize(seed.one.opinion.text), texts)
            text = f"{shown}の{title.text}"
            if len(text) <= LONGEST:
                return GroupTitle(_beside(text, seed, others, subject.key), title.fitness, title.text, subject.key)
    return GroupTitle(title.text, title.fitness, title.text) if telling(tokenize(title.text)) else None


def _subject(seed: Need, title: Title, texts: Sequence[Sequence[Word]]) -> Word | None:
    """What most of a group speak of, in the seed's own words, where its title does not."""
    counts = Counter(key for words in texts for key in word_bag(words))
    here = {word.key for word in tokenize(title.text)}
    shared = [
        word
        for word in telling(tokenize(seed.one.opinion.text))
        if word.pos == "名詞" and len(word.surface) > 1 and counts[word.key] >= max(2, _SHARED * len(texts))
    ]
    if not shared or any(word.key in here for word in shared):
        return None
    rarity = rarity_at_large()
    return max(shared, key=lambda word: (counts[word.key] * rarity(word.key), word.key))


def _beside(text: str, seed: Need, near: Sequence[Need], subject: str) -> str:
    """Put a second ask of the same subject beside the first, where there is one and room."""
    said = {word.key for word in tokenize(text)}
    for other in near:
        title = other.title
        if title is None or title.fitness < 1 or _has_verb(title.text) or other.one is seed.one:
            continue
        words = tokenize(title.text)
        speaks = any(word.key == subject for word in tokenize(other.one.opinion.text))
        is_other = telling(words) and not any(word.key in said for word in telling(words))
        if speaks and is_other and len(text) + 1 + len(title.text) <= LONGEST:
            return f"{text}と{title.text}"
    return text


def _has_verb(text: str) -> bool:
    """Whether a title holds a verb of its own (学べる機会); a part of a noun is none (立ち上げ支援)."""
    words = tokenize(text)
    for word, after in itertools.pairwise(words):
        is_part = after.pos in ("名詞", "接尾辞") and word.surface[-1] in _STEMS
        if word.pos == "動詞" and not is_part and after.surface != "の":
            return True
    return False


def _with_ending(word: Word, own: Sequence[Word], others: Sequence[Sequence[Word]]) -> str:
    """オンライン, or オンライン化 where another says that too."""
    for at, here in enumerate(own[:-1]):
        after = own[at + 1]
        if here.key == word.key and after.pos == "接尾辞" and after.pos2 == "名詞的" and after.key not in ("等", "達"):
            pair = here.surface + after.surface
            if any(pair in "".join(one.surface for one in words) for words in others):
                return pair
    return word.surface


def lacking_phrases(words: Sequence[Word], lacking: frozenset[str]) -> tuple[str, ...]:
    """The nouns of a text that are lacking elsewhere, neighbours as one: 成功事例."""
    runs: list[str] = []
    was_lacking = False
    for word in words:
        is_ending = was_lacking and word.pos == "接尾辞" and word.pos2 == "名詞的"
        is_lacking = (word.key in lacking and word.pos in ("名詞", "形状詞")) or is_ending
        if is_lacking:
            runs[-1:] = [runs[-1] + word.surface] if was_lacking else [*runs[-1:], word.surface]
        was_lacking = is_lacking
    return tuple(dict.fromkeys(runs))
