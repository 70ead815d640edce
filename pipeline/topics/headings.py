"""Headings: what an official would call a topic, in the topic's own words.

A word tells a topic by how much more of its texts have it than of all others (a term of the relative
entropy). A heading is the noun phrase whose words tell most, that many of the texts share and that
lies near what they mean; a second one joins it where the first leaves many of them out:
「情報発信・広報の充実」.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.language.tokenize import Word
from pipeline.plan.comparing import Bags, bags_of, word_bag
from pipeline.topics.meaning import meanings
from pipeline.topics.phrases import COMPOUND, DEED, DESCRIBED, OF, WORD, Phrase, noun_phrases, read_vague

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_WORDS = 6  # 主な語
_READ = 300  # texts whose phrases are looked at: the first of them
_LONGEST = 16  # letters of a phrase
_LISTED = 40  # phrases that are compared by meaning
_FORMS = {OF: 1.15, COMPOUND: 1.0, DEED: 0.95, DESCRIBED: 0.85, WORD: 0.7}
_LEFT_OUT = 0.4  # share of texts that the first phrase leaves out, from which a second is sought
_SECOND = 0.2  # share of texts that the second has to stand for
_DIGITS = 9


@dataclass(frozen=True)
class Named:
    """A topic's heading and its telling words, as they are written."""

    heading: str
    words: tuple[str, ...]


class Headings:
    """Names groups of one collection.

    Parameters
    ----------
    texts : sequence of sequence of Word
        The whole collection: what a group is told apart from.
    """

    def __init__(self, texts: Sequence[Sequence[Word]]) -> None:
        self._texts = texts
        self._vague = read_vague()
        self._bags: Bags = bags_of([word_bag(words) for words in texts])
        self._columns = {key: column for column, key in enumerate(self._bags.names)}
        self._counts = np.bincount(self._bags.table.indices, minlength=len(self._bags.names))
        self._says_nothing = np.array(
            [key in self._vague.formulaic or key in self._vague.never for key in self._bags.names], dtype=bool
        )

    def name(self, members: Sequence[int], taken: frozenset[str] = frozenset()) -> Named:
        """Name a group.

        Parameters
        ----------
        members : sequence of int
            Rows, the most fitting first.
        taken : frozenset of str
            Headings that others have already.
        """
        rows = np.asarray(members, dtype=np.int64)
        tells = self._tells(rows)
        read = rows[:_READ]
        phrases = {int(row): noun_phrases(self._texts[row], self._vague) for row in read.tolist()}
        parts = self._heading(read, phrases, tells, taken)
        return Named("・".join(parts), self._main_words(read, tells))

    def _tells(self, rows: Ints) -> Floats:
        """How much each word tells the group from all other texts; below 0 never."""
        table = self._bags.table
        within = np.bincount(table[rows].indices, minlength=len(self._bags.names))
        others = max(table.shape[0] - len(rows), 1)
        here = within / len(rows)
        there = (self._counts - within + 0.5) / (others + 1.0)
        tells = np.where(within > 0, here * np.log(np.maximum(here, 1e-12) / there), 0.0)
        tells[self._says_nothing] = 0.0
        return np.asarray(np.round(np.maximum(tells, 0.0), _DIGITS), dtype=np.float64)

    def _main_words(self, rows: Ints, tells: Floats) -> tuple[str, ...]:
        forms: dict[str, Counter[str]] = {}
        for row in rows.tolist():
            for word in self._texts[row]:
                if word.is_content and word.pos == "名詞" and len(word.surface) > 1:
                    forms.setdefault(word.key, Counter())[word.surface] += 1
        found = sorted(forms, key=lambda key: (-tells[self._columns[key]], key))
        return tuple(_commonest(forms[key]) for key in found[:_WORDS] if tells[self._columns[key]] > 0)

    def _heading(
        self, rows: Ints, phrases: dict[int, tuple[Phrase, ...]], tells: Floats, taken: frozenset[str]
    ) -> list[str]:
        first = next((text for text, _ in self._ranked(rows, rows, phrases, tells) if text not in taken), None)
        if first is None:
            return []
        keys = next(keys for text, keys in self._ranked(rows, rows, phrases, tells) if text == first)
        left = np.array([row for row in rows.tolist() if not keys & self._keys(row)], dtype=np.int64)
        if len(left) < max(2.0, _LEFT_OUT * len(rows)):
            return [first]
        for text, other in self._ranked(left, rows, phrases, tells):
            held = sum(other <= self._keys(row) for row in left.tolist())
            if not other & keys and held >= max(2.0, _SECOND * len(rows)):
                return [first, text]
        return [first]

    def _keys(self, row: int) -> frozenset[str]:
        return frozenset(word.key for word in self._texts[row] if word.is_content)

    def _ranked(
        self, rows: Ints, group: Ints, phrases: dict[int, tuple[Phrase, ...]], tells: Floats
    ) -> Iterator[tuple[str, frozenset[str]]]:
        """Phrases of some of the group's texts, the best first, with their keys."""
        texts: dict[tuple[str, ...], Counter[str]] = {}
        forms: dict[tuple[str, ...], str] = {}
        for row in rows.tolist():
            for phrase in phrases[row]:
                if len(phrase.text) <= _LONGEST and phrase.keys:
                    texts.setdefault(phrase.keys, Counter())[phrase.text] += 1
                    forms.setdefault(phrase.keys, phrase.form)
        sets = [self._keys(row) for row in rows.tolist()]
        scores = {}
        for keys, said_as in texts.items():
            distinct = set(keys)
            told = sum(float(tells[self._columns[key]]) for key in distinct)
            share = sum(distinct <= have for have in sets) / len(sets)
            said = sum(said_as.values()) / len(sets)
            scores[keys] = round(_FORMS[forms[keys]] * told / len(distinct) ** 0.5 * (share * said) ** 0.25, _DIGITS)
        best = sorted((keys for keys in texts if scores[keys] > 0), key=lambda keys: (-scores[keys], keys))[:_LISTED]
        if not best:
            return
        centre = meanings([self._texts[row] for row in group.tolist()], centred=False).mean(axis=0)
        words = {word.key: word for row in rows.tolist() for word in self._texts[row] if word.is_content}
        directions = meanings([[words[key] for key in keys] for keys in best], centred=False)
        near = np.maximum(directions @ centre, 0.0) / max(float(np.linalg.norm(centre)), 1e-9)
        final = {keys: round(scores[keys] * (0.4 + 0.6 * float(near[place])), 6) for place, keys in enumerate(best)}
        for keys in sorted(best, key=lambda keys: (-final[keys], keys)):
            yield _commonest(texts[keys]), frozenset(keys)


def _commonest(forms: Counter[str]) -> str:
    """The form that stands most often; of equals the first by letters."""
    return min(forms, key=lambda form: (-forms[form], form))
