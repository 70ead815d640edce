"""What the learned models look at: names of things that stand in a text.

A feature is a word, a pair of neighbours or the way a sentence ends; it is there or it is
not. Its weight is then the same in a short text and in a long one, which a share of the
text (TF-IDF) is not: thresholds learned on written opinions would fire on short real ones.

Learning goes by the names (:func:`word_features`, :func:`ending_features`); judging many
texts goes by rows of a model's table (:class:`WordRows`, :class:`EndingRows`), which find
the same features by arithmetic.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.language.batch import Batch, WordColumn
from pipeline.language.tokenize import Word

Ints = NDArray[np.int64]

_TAIL = 8
_SENTENCE_MARKS = frozenset("。．.!！?？」）)")
_REMEMBERED = 500_000


def word_features(words: Sequence[Word]) -> list[str]:
    """The words that carry meaning, and whether something is denied; each once.

    The name of a feature is the key of its word.
    """
    return list(dict.fromkeys(word.key for word in words if _tells(word)))


def _tells(word: Word) -> bool:
    return word.is_content or word.key == "ない"


def ending_features(words: Sequence[Word]) -> list[str]:
    """What tells 要望 from 課題: all words, and how the last sentence ends; each once.

    >>> from pipeline.language.tokenize import tokenize
    >>> "結び:直る_た" in ending_features(tokenize("橋が直った。"))
    True
    """
    end = _end(words)
    keys = [word.key for word in words[:end]]
    names = [*keys, *_tail_names(keys[-_TAIL:])]
    if end < len(words):
        names.append("印:" + words[end].key)
    return list(dict.fromkeys(names))


def ending_surfaces(words: Sequence[Word]) -> dict[str, str]:
    """The words of the text behind each of :func:`ending_features`."""
    kept = words[: _end(words)]
    return {word.key: word.surface for word in kept} | tail_surfaces(words)


def tail_surfaces(words: Sequence[Word]) -> dict[str, str]:
    """The words of the text behind those of :func:`ending_features` that look at its end."""
    end = _end(words)
    tail = words[max(end - _TAIL, 0) : end]
    surfaces = _pieces([word.surface for word in tail], "")
    return dict(zip(_tail_names([word.key for word in tail]), surfaces, strict=True))


def _end(words: Sequence[Word]) -> int:
    """Where the last sentence ends, its marks not counted."""
    end = len(words)
    while end and words[end - 1].key in _SENTENCE_MARKS:
        end -= 1
    return end


def _tail_names(tail: Sequence[str]) -> list[str]:
    """Name the pieces of the end of a text: 末 for any, 結び for the last word and the last two."""
    pieces = _pieces(tail, "_")
    last = len(pieces) - min(len(tail), 2)
    return ["末:" + piece for piece in pieces[:last]] + ["結び:" + piece for piece in pieces[last:]]


def _pieces(tail: Sequence[str], joint: str) -> list[str]:
    """Each word, each pair, the last word and the last two."""
    pairs = [one + joint + other for one, other in itertools.pairwise(tail)]
    return [*tail, *pairs, *tail[-1:], *pairs[-1:]]


class WordRows:
    """Finds :func:`word_features` of many texts as rows of a model's table.

    Parameters
    ----------
    vocabulary : mapping of str to int
        Feature to row; row 0 stands for every feature that is not known.
    """

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._size = len(vocabulary) + 1
        self._row = WordColumn(lambda word: vocabulary.get(word.key, 0) if _tells(word) else 0)

    def __call__(self, batch: Batch) -> tuple[Ints, Ints]:
        """Give ``(text, row)`` of every known feature, each once a text."""
        return _once(batch.owner, self._row(batch), self._size)


class EndingRows:
    """Finds :func:`ending_features` of many texts as rows of a model's table.

    Parameters
    ----------
    vocabulary : mapping of str to int
        Feature to row; row 0 stands for every feature that is not known.
    """

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary
        self._size = len(vocabulary) + 1
        keys: dict[str, int] = {}
        self._names: list[str] = []
        self._key = WordColumn(lambda word: self._number(keys, word.key))
        self._is_mark = WordColumn(lambda word: int(word.key in _SENTENCE_MARKS))
        self._anywhere = WordColumn(lambda word: vocabulary.get(word.key, 0))
        self._in_tail = WordColumn(lambda word: vocabulary.get("末:" + word.key, 0))
        self._last = WordColumn(lambda word: vocabulary.get("結び:" + word.key, 0))
        self._mark = WordColumn(lambda word: vocabulary.get("印:" + word.key, 0))
        self._pairs: dict[tuple[str, int], int] = {}

    def _number(self, keys: dict[str, int], key: str) -> int:
        if key not in keys:
            keys[key] = len(self._names)
            self._names.append(key)
        return keys[key]

    def __call__(self, batch: Batch) -> tuple[Ints, Ints]:
        """Give ``(text, row)`` of every known feature, each once a text."""
        texts = np.arange(len(batch))
        ends = self._ends(batch)
        inside = np.arange(len(batch.numbers)) < ends[batch.owner]
        owners, rows = [batch.owner[inside]], [self._anywhere(batch)[inside]]
        in_tail = self._in_tail(batch)
        for back in range(1, _TAIL + 1):
            has = np.flatnonzero(ends - back >= batch.starts)
            owners.append(texts[has])
            rows.append(in_tail[ends[has] - back])
        keys = self._key(batch)
        for back in range(1, _TAIL):
            has = np.flatnonzero(ends - back - 1 >= batch.starts)
            first, second = keys[ends[has] - back - 1], keys[ends[has] - back]
            owners.append(texts[has])
            rows.append(self._pair_rows("末:", first, second))
            if back == 1:
                owners.append(texts[has])
                rows.append(self._pair_rows("結び:", first, second))
        has = np.flatnonzero(ends > batch.starts)
        owners.append(texts[has])
        rows.append(self._last(batch)[ends[has] - 1])
        has = np.flatnonzero(ends < batch.ends)
        owners.append(texts[has])
        rows.append(self._mark(batch)[ends[has]])
        return _once(np.concatenate(owners), np.concatenate(rows), self._size)

    def _ends(self, batch: Batch) -> Ints:
        """Where the last sentence of each text ends, its marks not counted."""
        is_mark = self._is_mark(batch).astype(bool)
        ends = batch.ends.copy()
        while True:
            more = np.flatnonzero(ends > batch.starts)
            more = more[is_mark[ends[more] - 1]]
            if not len(more):
                return ends
            ends[more] -= 1

    def _pair_rows(self, prefix: str, first: Ints, second: Ints) -> Ints:
        if len(self._pairs) > _REMEMBERED:
            self._pairs.clear()
        codes = (first << 32 | second).tolist()
        known = self._pairs
        for code in codes:
            if (prefix, code) not in known:
                name = f"{prefix}{self._names[code >> 32]}_{self._names[code & 0xFFFFFFFF]}"
                known[prefix, code] = self._vocabulary.get(name, 0)
        return np.array([known[prefix, code] for code in codes], dtype=np.int64)


def _once(owners: Ints, rows: Ints, size: int) -> tuple[Ints, Ints]:
    """Drop unknown features (row 0) and repetitions within a text."""
    known = np.flatnonzero(rows)
    codes = np.unique(owners[known] * size + rows[known])
    return codes // size, codes % size
