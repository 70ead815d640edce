"""Which needs a title is supported by: what shares its telling words, not only a general one.

「養成」 alone joins 「養成の課程に心配りを組み込む」 to nothing: with every telling word that says what it is
about (障害) a general one (養成) counts half, and half a word is no evidence.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.language.tokenize import tokenize
from pipeline.proposals.nearness import Said
from pipeline.proposals.titles import telling
from pipeline.topics.meaning import rarity_at_large
from pipeline.topics.phrases import read_vague

Floats = NDArray[np.float64]

# which share of a title's telling words its evidence has to say; less where it is likely about the same
_SAID, _LIKELY, _SAID_IN_PART, _CERTAIN = 0.5, 0.3, 0.25, 0.8
_ENOUGH, _GENERAL = 1.0, 0.5
_BESIDE = 2.0  # where it is only said beside what is asked
_GENERAL_KINDS = frozenset({"サ変可能", "副詞可能"})
_SYNONYM = 0.5  # of what it would count for if it said the word itself


class Support:
    """What a title needs its evidence to say.

    Parameters
    ----------
    title : str
    subject : str
        Key of the word that was put in front of the title; empty where none was.
    common : frozenset of str
        Words that tell none of the round's needs from the others.
    """

    def __init__(self, title: str, subject: str, common: frozenset[str]) -> None:
        vague = read_vague()
        general = vague.alone | vague.never
        # a verb alone is no evidence: LINEで届く, Wi-Fiが届かない
        words = {
            word.key: word
            for word in telling(tokenize(title))
            if word.pos in ("名詞", "形状詞") and word.key != subject and word.key not in common
        }
        self._subject = subject
        self._keys = list(words)
        rarity = rarity_at_large()
        self._rarity = np.array([rarity(key) for key in self._keys])
        # so is a deed or a time, where something else is named: 改修費の補助, 夜間の小児科
        is_general = np.array(
            [key in general or word.pos3 in _GENERAL_KINDS for key, word in words.items()], dtype=bool
        )
        self._weights = np.where(is_general & ~is_general.all(), _GENERAL, 1.0) if self._keys else np.zeros(0)

    def holds(self, likely: float, clause: Said, text: Said) -> bool:
        """Whether a need that is so likely about the same is evidence, by what it asks and what the opinion says."""
        if self._subject in text.keys:
            return likely >= _LIKELY
        if not self._keys:
            return False
        said = text.of_each(self._keys)
        if self._counted(said) < (_ENOUGH if self._counted(clause.of_each(self._keys)) else _BESIDE):
            return False
        share = float(said @ self._rarity) / float(self._rarity.sum())
        return share >= _SAID or (share >= _SAID_IN_PART and likely >= _LIKELY) or likely >= _CERTAIN

    def _counted(self, said: Floats) -> float:
        return float((np.where(said == 1.0, 1.0, said * _SYNONYM) * self._weights).sum())


def speaks_of(heading: str, text: Said) -> bool:
    """Whether a text says a telling word of a heading, or all words of one of its parts (会議・参加)."""
    vague = read_vague()
    for part in heading.split("・"):
        keys = [word.key for word in tokenize(part) if word.is_content]
        telling_ones = [word.key for word in telling(tokenize(part)) if word.key not in vague.alone | vague.never]
        if any(key in text.keys for key in telling_ones) or (len(keys) > 1 and all(key in text.keys for key in keys)):
            return True
    return False
