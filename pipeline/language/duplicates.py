"""Copies: which opinions of a round say the same (同趣旨), however many there are.

Texts that are equal in what counts share a key. Among the distinct ones MinHash with locality-
sensitive hashing (Broder 1997; Indyk and Motwani 1998) finds those that sound alike, without
comparing every pair. Most of what meets shares a sentence and asks for something else; that is seen
from a few bits of each (Bloom 1970), and only what is left is compared word by word with the nearest
of its kind. So the time grows about linearly, and the same list gives the same groups.
"""

from __future__ import annotations

import functools
import hashlib
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.language.normalize import normalize, same_text_key
from pipeline.language.not_opinions import without_greetings
from pipeline.language.numbers import in_kanji
from pipeline.language.sameness import Gist, Sounds, gist, say_the_same, sounds_of
from pipeline.language.tokenize import tokenize_normalized

# 30 bands of 3: two texts that share half of their letter triples meet in two bands or more with
# probability 0.90 (binomial, 0.5 ** 3 a band), a third of them with 0.31. What meets is compared exactly.
_BANDS, _ROWS, _LEAST_BANDS = 30, 3, 2
_GRAM = 3
# What sounds like a thousand others is held against the first of a bucket, and the nearest of those.
_MOST_MET, _MOST_COMPARED = 24, 4
# Slips of the hand spoil words: this share of those that count, or these few, never most of them.
_SPOILT, _FEW_SPOILT, _MOST_SPOILT = 0.1, 2, 0.5
_BITS = 4_096  # the sounds of a comment of a hundred letters fill a tenth
_CHUNK, _BLOCK, _PAIRS = 20_000, 4_096, 100_000

Groups = NDArray[np.int64]
_Hashes = NDArray[np.uint64]
_Numbers = NDArray[np.uint32]


class Copies:
    """Collects the texts of a round and groups them; a context, since texts wait in a temporary file.

    Each distinct one needs about a kilobyte of memory.
    """

    def __init__(self) -> None:
        self._exact: dict[bytes, int] = {}
        self._distinct: dict[bytes, int] = {}
        self._number = array("q")  # of each text: which of the distinct ones it is
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 closed by __exit__
        self._starts = array("q", [0])
        self._met = _Meetings()

    def __enter__(self) -> Copies:
        """Begin to collect."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Let go of the temporary file."""
        self._file.close()

    def add(self, text: str) -> None:
        """Take up the next text."""
        exact = _digest(same_text_key(text))
        number = self._exact.get(exact)
        if number is None:
            told = told_of(text)
            found = gist(tokenize_normalized(told))
            number = self._distinct.setdefault(_digest(found.key or told), len(self._distinct))
            if number == len(self._starts) - 1:
                body = told.encode("utf-8", "surrogatepass")
                self._file.write(body)
                self._starts.append(self._starts[-1] + len(body))
                self._met.add(_grams(found), sounds_of(found))
            self._exact[exact] = number
        self._number.append(number)

    def groups(self) -> Groups:
        """Give each text the number of the first text that says the same, in the order they came."""
        roots = self._roots()
        first: dict[int, int] = {}
        return np.array(
            [first.setdefault(int(roots[number]), position) for position, number in enumerate(self._number)],
            dtype=np.int64,
        )

    def _roots(self) -> Groups:
        """Of each distinct text, the first one that says the same."""
        count = len(self._distinct)
        roots = np.arange(count)
        gist_of = functools.lru_cache(maxsize=1 << 14)(self._gist)
        for number, other in self._met.pairs():
            mine, theirs = sorted((_root(roots, other), _root(roots, number)))
            if mine != theirs and say_the_same(gist_of(other), gist_of(number)):
                roots[theirs] = mine
        return np.array([_root(roots, number) for number in range(count)], dtype=np.int64)

    def _gist(self, number: int) -> Gist:
        self._file.seek(self._starts[number])
        body = self._file.read(self._starts[number + 1] - self._starts[number])
        return gist(tokenize_normalized(body.decode("utf-8", "surrogatepass")))


def _root(roots: Groups, number: int) -> int:
    while roots[number] != number:
        number = int(roots[number])
    return number


def told_of(text: str) -> str:
    """What a text tells: without greetings, numbers in one spelling."""
    plain = normalize(text)
    return in_kanji(without_greetings(plain) or plain)


def same_groups(texts: Iterable[str]) -> Groups:
    """Group texts: of each the position of the first that says the same.

    >>> same_groups(["公園を増やして下さい", "駅が遠い", "公園を増やしてください。"]).tolist()
    [0, 1, 0]
    """
    with Copies() as copies:
        for text in texts:
            copies.add(text)
        return copies.groups()


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).digest()


@dataclass(frozen=True, slots=True)
class _Marks:
    """Bits that stand for sounds.

    Attributes
    ----------
    every : array of uint64, a row a text
        Bits of all its sounds.
    words : array of uint16
        The bits of the words that count, text after text.
    asked : array of bool
        Which of these stand in what is asked.
    lengths : array of int64
        Of each text the number of its words.
    """

    every: _Hashes
    words: NDArray[np.uint16]
    asked: NDArray[np.bool_]
    lengths: NDArray[np.int64]

    @classmethod
    def of(cls, sounds: list[Sounds]) -> _Marks:
        """Mark texts."""
        lengths = np.array([len(one.every) for one in sounds])
        row = np.repeat(np.arange(len(sounds)), lengths)
        bit = _bits([sound for one in sounds for sound in one.every])
        every = np.zeros((len(sounds), _BITS // 64), dtype=np.uint64)
        np.bitwise_or.at(every, (row, bit >> 6), np.uint64(1) << (bit & 63).astype(np.uint64))
        return cls(
            every,
            _bits([sound for one in sounds for sound in one.counted]),
            np.array([sound in one.asked for one in sounds for sound in one.counted], dtype=np.bool_),
            np.array([len(one.counted) for one in sounds], dtype=np.int64),
        )

    @classmethod
    def joined(cls, parts: list[_Marks]) -> _Marks:
        """Put parts together."""
        return cls(
            np.concatenate([one.every for one in parts]),
            np.concatenate([one.words for one in parts]),
            np.concatenate([one.asked for one in parts]),
            np.concatenate([one.lengths for one in parts]),
        )

    def can_agree(self, ours: Groups, theirs: Groups) -> NDArray[np.bool_]:
        """Which pairs may say the same: one has all that counts of the other, and all that the other asks."""
        starts = np.cumsum(self.lengths) - self.lengths
        agree = np.empty(len(ours), dtype=np.bool_)
        for begin in range(0, len(ours), _PAIRS):
            a, b = ours[begin : begin + _PAIRS], theirs[begin : begin + _PAIRS]
            (counts, asks), (back_counts, back_asks) = self._lacks(starts, a, b), self._lacks(starts, b, a)
            agree[begin : begin + _PAIRS] = ~((counts | back_asks) & (back_counts | asks))
        return agree

    def _lacks(self, starts: Groups, some: Groups, others: Groups) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Whether too many words that count in one text are not heard in the other; and of those that are asked."""
        lengths = self.lengths[some]
        pair = np.repeat(np.arange(len(some)), lengths)
        at = np.arange(len(pair)) + np.repeat(starts[some] - (np.cumsum(lengths) - lengths), lengths)
        bit, asked = self.words[at], self.asked[at]
        lacking = (self.every[others[pair], bit >> 6] >> (bit & 63).astype(np.uint64)) & np.uint64(1) == 0
        return (
            _too_many(np.bincount(pair[lacking], minlength=len(some)), lengths),
            _too_many(
                np.bincount(pair[lacking & asked], minlength=len(some)), np.bincount(pair[asked], minlength=len(some))
            ),
        )


def _bits(sounds: list[int]) -> NDArray[np.uint16]:
    """One bit of each sound."""
    spread = np.array(sounds, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return (spread >> np.uint64(64 - _BITS.bit_length() + 1)).astype(np.uint16)


def _too_many(lacking: NDArray[np.int64], words: NDArray[np.int64]) -> NDArray[np.bool_]:
    spoilt = np.minimum(np.maximum(_SPOILT * words, _FEW_SPOILT), _MOST_SPOILT * words)
    found: NDArray[np.bool_] = lacking > spoilt
    return found


class _Meetings:
    """Which of the distinct texts meet: they share buckets, and their sounds do not rule it out."""

    def __init__(self) -> None:
        self._waiting: list[tuple[_Numbers, Sounds]] = []
        self._keys: list[_Hashes] = []
        self._marks: list[_Marks] = []

    def add(self, grams: _Numbers, sounds: Sounds) -> None:
        """Take up the next distinct text."""
        self._waiting.append((grams, sounds))
        if len(self._waiting) == _CHUNK:
            self._settle()

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Give pairs to compare: each text with those before it that are nearest, in order."""
        if self._waiting:
            self._settle()
        if not self._keys:
            return
        keys = np.concatenate(self._keys, axis=1)
        marks = _Marks.joined(self._marks)
        bands = [_ranked(keys[band]) for band in range(_BANDS)]
        for start in range(0, keys.shape[1], _BLOCK):
            yield from _nearest(bands, slice(start, start + _BLOCK), marks)

    def _settle(self) -> None:
        self._keys.append(_band_keys([grams for grams, _ in self._waiting]))
        self._marks.append(_Marks.of([sounds for _, sounds in self._waiting]))
        self._waiting.clear()


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A band: texts in order of their buckets, and of each text where its bucket begins and how many came before."""

    order: NDArray[np.int32]
    start: NDArray[np.int32]
    before: NDArray[np.uint8]


def _ranked(keys: _Hashes) -> _Ranked:
    order = np.argsort(keys, kind="stable").astype(np.int32)
    inside = keys[order]
    begins = np.flatnonzero(np.concatenate(([True], inside[1:] != inside[:-1])))
    sizes = np.diff(np.append(begins, len(keys)))
    starts = np.repeat(begins, sizes)
    before = np.minimum(np.arange(len(keys)) - starts, _MOST_MET)
    before[inside == 0] = 0  # texts without anything that counts meet nobody
    start, met = np.empty(len(keys), dtype=np.int32), np.empty(len(keys), dtype=np.uint8)
    start[order], met[order] = starts, before
    return _Ranked(order, start, met)


def _nearest(bands: list[_Ranked], block: slice, marks: _Marks) -> Iterator[tuple[int, int]]:
    """Of each text of a block those before it that it shares most buckets with, and may agree with."""
    count = len(bands[0].order)
    met = []
    for band in bands:
        before = band.before[block].astype(np.int64)
        number = np.repeat(np.arange(block.start, block.start + len(before)), before)
        within = np.arange(len(number)) - np.repeat(np.cumsum(before) - before, before)
        met.append(number * count + band.order[band.start[number] + within])
    pairs, shared = np.unique(np.concatenate(met), return_counts=True)
    pairs, shared = pairs[shared >= _LEAST_BANDS], shared[shared >= _LEAST_BANDS]
    number, other = np.divmod(pairs, count)
    agree = marks.can_agree(number, other)
    number, other, shared = number[agree], other[agree], shared[agree]
    best = np.lexsort((other, -shared, number))
    number, other = number[best], other[best]
    begins = np.searchsorted(number, number)
    near = np.arange(len(number)) - begins < _MOST_COMPARED
    yield from zip(number[near].tolist(), other[near].tolist(), strict=True)


def _grams(text: Gist) -> NDArray[np.uint32]:
    """The distinct triples of letters of what counts, as numbers."""
    letters = "".join(text.counted).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(letters, dtype=np.uint32)
    if len(codes) < _GRAM:
        return np.unique(codes * np.uint32(2654435761))
    triples = (
        codes[:-2] * np.uint32(2654435761) + codes[1:-1] * np.uint32(2246822519) + codes[2:] * np.uint32(3266489917)
    )
    return np.unique(triples)


def _band_keys(grams: list[_Numbers]) -> _Hashes:
    """The key of each text in each band; 0 for a text without anything that counts."""
    keys = np.zeros((_BANDS, len(grams)), dtype=np.uint64)
    lengths = np.array([len(one) for one in grams])
    filled = np.flatnonzero(lengths)
    if len(filled):
        joined = np.concatenate(grams).astype(np.uint64)
        starts = (np.cumsum(lengths) - lengths)[filled]
        for band in range(_BANDS):
            keys[band, filled] = _band(joined, starts, band)
    return keys


def _band(joined: _Hashes, starts: NDArray[np.int64], band: int) -> _Hashes:
    """The key of each text in a band: the smallest hashes under three functions, as one number."""
    key = np.full(len(starts), 1469598103934665603, dtype=np.uint64)
    for row in range(_ROWS):
        # odd multipliers, spread over the word; the high half of a product is the hash
        factor = np.uint64((0x9E3779B97F4A7C15 * (2 * (band * _ROWS + row) + 1)) & 0xFFFFFFFFFFFFFFFF)
        hashed = joined * factor
        hashed ^= hashed >> np.uint64(29)
        hashed *= np.uint64(0xBF58476D1CE4E5B9)
        smallest = np.minimum.reduceat(hashed >> np.uint64(32), starts)
        key = (key ^ smallest) * np.uint64(1099511628211)
    return key
