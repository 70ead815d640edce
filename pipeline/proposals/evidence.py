"""Which needs a title is supported by: what shares its telling words, not only a general one.

「養成」 alone joins 「養成の課程に心配りを組み込む」 to nothing: a general word (養成) counts half, and so does
a word of nearly the same meaning; half a word is no evidence where the two are not almost certainly
about the same. The very deed that is asked for is enough: 祭りの継承, 技の継承.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.language.tokenize import Word, tokenize
from pipeline.proposals.nearness import Said
from pipeline.proposals.needs import Need
from pipeline.proposals.titles import is_general, telling
from pipeline.topics.meaning import rarity_at_large

Floats = NDArray[np.float64]

_LIKELY, _ALMOST_CERTAIN = 0.3, 0.7  # likelihood of being about the same
_SAID = 0.25  # share of a title's telling words that its evidence says
_ENOUGH, _HALF = 1.0, 0.5
_BESIDE = 2.0  # words where they are only said beside what is asked
_GENERAL_KINDS = frozenset({"サ変可能", "副詞可能"})  # deeds and times, where something else is named


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
        # a verb alone is no evidence: LINEで届く, Wi-Fiが届かない
        words = {
            word.key: word
            for word in telling(tokenize(title))
            if word.pos in ("名詞", "形状詞") and word.key != subject and word.key not in common
        }
        self._subject = subject
        self._deed = _deed_of(title)
        self._keys = list(words)
        rarity = rarity_at_large()
        self._rarity = np.array([rarity(key) for key in self._keys])
        counts_half = [is_general(word) or word.pos3 in _GENERAL_KINDS for word in words.values()]
        self._weights = np.where(np.array(counts_half, dtype=bool) & (len(self._keys) > 1), _HALF, 1.0)

    def holds(self, likely: float, need: Need, clause: Said, text: Said) -> bool:
        """Whether a need is evidence.

        Parameters
        ----------
        likely : float
            How likely it is about the same as the one that gave the title.
        need : Need
        clause, text : Said
            What it asks, and what the whole opinion says.
        """
        if likely < _LIKELY:
            return False
        if self._subject in text.keys:
            return True
        if self._deed and need.title and _deed_of(need.title.text) == self._deed:
            return True
        if not self._keys:
            return False
        said = text.of_each(self._keys)
        counted = float((np.where(said == 1.0, 1.0, said * _HALF) * self._weights).sum())
        least = _HALF if likely >= _ALMOST_CERTAIN else _ENOUGH
        if not clause.of_each(self._keys).any():
            least = _BESIDE
        return counted >= least and float(said @ self._rarity) >= _SAID * float(self._rarity.sum())


def _deed_of(title: str) -> str:
    """Key of the telling deed that a title asks for: 継承; empty where it asks for none."""
    words: list[Word] = list(tokenize(title))
    last = words[-1:]
    return last[0].key if last and last[0].pos3 == "サ変可能" and telling(last) else ""


def speaks_of(heading: str, text: Said) -> bool:
    """Whether a text says all telling words of a heading, or one that is not general."""
    words = telling(tokenize(heading))
    return any(not is_general(word) and word.key in text.keys for word in words) or (
        len(words) > 1 and all(word.key in text.keys for word in words)
    )
