"""Topics that lie across the others: a telling word that many say, each about something else.

担い手 is said where it is about 体験, about 情報 and about 継承; no group holds most of it, and yet an
official looks for it. Such a word makes a topic of its own when those who say it are somewhat alike beyond it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.language.tokenize import Word
from pipeline.topics.grouping import Grouping
from pipeline.topics.meaning import Likeness
from pipeline.topics.phrases import read_vague

Ints = NDArray[np.int64]

_FEWEST, _SHARE, _LARGEST_SHARE = 4, 0.06, 0.35  # texts that have the word
_HELD = 0.5  # of them in one group: from here on the group is about it already
_ALIKE = 0.0  # mean likeness in meaning, at the least
_MOST = 3


def with_shared_words(grouping: Grouping, words: Sequence[Sequence[Word]], texts: Likeness) -> Grouping:
    """Add the topics that telling words make across the groups; nothing where there are no groups.

    Parameters
    ----------
    grouping : Grouping
    words : sequence of sequence of Word
        Of each text.
    texts : Likeness
    """
    if not grouping.count:
        return grouping
    added = 0
    held = _holders(words)
    for key in sorted(held, key=lambda key: (-len(held[key]), key)):
        rows = np.array(held[key], dtype=np.int64)
        if added == _MOST or len(rows) < max(_FEWEST, _SHARE * len(words)):
            break
        in_one = grouping.stands[rows].sum(axis=0).max() / len(rows)
        if len(rows) > _LARGEST_SHARE * len(words) or in_one >= _HELD or _alike(texts, rows) < _ALIKE:
            continue
        grouping = grouping.with_group(rows, texts)
        added += 1
    return grouping


def _holders(words: Sequence[Sequence[Word]]) -> dict[str, list[int]]:
    """Which texts have which telling nouns."""
    vague = read_vague()
    silent = vague.formulaic | vague.never | vague.alone
    held: dict[str, list[int]] = {}
    for row, text in enumerate(words):
        keys = {
            word.key
            for word in text
            if word.is_content and word.pos == "名詞" and word.pos2 != "固有名詞" and len(word.surface) > 1
        }
        for key in keys - silent:
            held.setdefault(key, []).append(row)
    return held


def _alike(texts: Likeness, rows: Ints) -> float:
    """Mean likeness in meaning of every two of some texts."""
    total = texts.meaning[rows].sum(axis=0)
    itself = np.square(texts.meaning[rows]).sum()
    return round(float((total @ total - itself) / (len(rows) * (len(rows) - 1))), 6)
