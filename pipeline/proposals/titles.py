"""案 of a group: the title of its first ask, with what the group is about put before it where it is silent on that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipeline.language.tokenize import Word, tokenize
from pipeline.plan.comparing import word_bag
from pipeline.proposals.needs import Need
from pipeline.proposals.wording import LONGEST, Title
from pipeline.topics.meaning import rarity_at_large
from pipeline.topics.phrases import read_vague

_TELLING = 2.5  # rarity from which a word tells one need from another
_SHARED = 0.5  # of the others say the word that the title lacks
_NEAREST = 6  # of the others that say what a group is about
_ADDED_LONGEST = 14


def telling(words: Sequence[Word]) -> list[Word]:
    """The words of a text that tell what it is about: rare enough, and none that says nothing."""
    vague = read_vague()
    rarity = rarity_at_large()
    silent = vague.never | vague.alone | vague.not_before
    return [word for word in words if word.is_content and word.key not in silent and rarity(word.key) >= _TELLING]


def composed(seed: Need, others: Sequence[Need]) -> Title | None:
    """Give the title of a group.

    A title that lacks the word most of the others share gets it in front: 「環境の向上」 of those that
    speak of オンライン is 「オンラインの環境の向上」. The word stands in the seed's own opinion.
    """
    if seed.title is None:
        return None
    title = seed.title
    own = tokenize(seed.one.opinion.text)
    here = {word.key for word in tokenize(title.text)}
    near = others[:_NEAREST]
    counts = Counter(key for other in near for key in word_bag(tokenize(other.one.opinion.text)))
    rarity = rarity_at_large()
    shared = [
        word
        for word in telling(own)
        if word.pos == "名詞" and len(word.surface) > 1 and counts[word.key] >= max(2, _SHARED * len(near))
    ]
    is_said = any(word.key in here for word in shared)
    if not is_said and shared and title.fitness >= 0.9:
        best = max(shared, key=lambda word: (counts[word.key] * rarity(word.key), word.key))
        subject = _with_ending(best, own, [tokenize(other.one.opinion.text) for other in near])
        if len(subject) + 1 + len(title.text) <= LONGEST:
            return Title(f"{subject}の{title.text}", title.fitness)
    return title if len(telling(tokenize(title.text))) > 0 else None


def _with_ending(word: Word, own: Sequence[Word], others: Sequence[Sequence[Word]]) -> str:
    """オンライン, or オンライン化 where another says that too."""
    for at, here in enumerate(own[:-1]):
        after = own[at + 1]
        if here.key == word.key and after.pos == "接尾辞" and after.pos2 == "名詞的" and after.key not in ("等", "達"):
            pair = here.surface + after.surface
            if any(pair in "".join(one.surface for one in words) for words in others):
                return pair
    return word.surface
