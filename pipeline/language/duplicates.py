"""Copies: which opinions of a round say the same (同趣旨), however many there are.

Texts that are equal in what counts share a key. Among the distinct ones MinHash with locality-
sensitive hashing (Broder 1997; Indyk and Motwani 1998) finds those that sound alike, without
comparing every pair; each of these is compared with the first of its kind, word by word. So the
time grows about linearly, and the same list gives the same groups.
"""

from __future__ import annotations

import functools
import hashlib
import tempfile
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.language.normalize import normalize, same_text_key
from pipeline.language.not_opinions import without_greetings
from pipeline.language.numbers import in_kanji
from pipeline.language.sameness import Gist, gist, say_the_same
from pipeline.language.tokenize import tokenize_normalized

# 30 bands of 3: two texts that share half of their letter triples meet in two bands or more with
# probability 0.90 (binomial, 0.5 ** 3 a band), a third of them with 0.31. What meets is compared exactly.
_BANDS, _ROWS, _LEAST_BANDS = 30, 3, 2
_GRAM = 3
# What sounds like a thousand others is held against the nearest of them: first by the letters it shares,
# then word by word. A copy with a remark added shares nearly all letters of the shorter text.
_MOST_MET, _MOST_COMPARED = 24, 8
_SHARED_OF_SHORTER, _SHARED_OF_ALL = 0.6, 0.35
_CHUNK = 20_000

Groups = NDArray[np.int64]
_Hashes = NDArray[np.uint64]


class Copies:
    """Collects the texts of a round and groups them; a context, since texts wait in a temporary file.

    A million of them need some hundred bytes each.
    """

    def __init__(self) -> None:
        self._exact: dict[bytes, int] = {}
        self._distinct: dict[bytes, int] = {}
        self._number = array("q")  # of each text: which of the distinct ones it is
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 closed by __exit__
        self._starts = array("q", [0])
        self._grams: list[NDArray[np.uint32]] = []

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
                self._grams.append(_grams(found))
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
        buckets: dict[tuple[int, int], list[int]] = defaultdict(list)
        gist_of = functools.lru_cache(maxsize=1 << 14)(self._gist)
        for number, shared in _shared_buckets(self._grams):
            alike: dict[int, int] = {}
            for bucket in shared:
                for other in buckets[bucket]:
                    alike[other] = alike.get(other, 0) + 1
            nearest = sorted((one for one in alike if alike[one] >= _LEAST_BANDS), key=lambda one: (-alike[one], one))
            for other in [one for one in nearest[:_MOST_MET] if self._share_enough(one, number)][:_MOST_COMPARED]:
                if _root(roots, other) != _root(roots, number) and say_the_same(gist_of(other), gist_of(number)):
                    mine, theirs = sorted((_root(roots, other), _root(roots, number)))
                    roots[theirs] = mine
            for bucket in shared:
                if len(buckets[bucket]) < _MOST_MET:
                    buckets[bucket].append(number)
        return np.array([_root(roots, number) for number in range(count)], dtype=np.int64)

    def _share_enough(self, one: int, other: int) -> bool:
        mine, theirs = self._grams[one], self._grams[other]
        shared = len(np.intersect1d(mine, theirs, assume_unique=True))
        shorter = min(len(mine), len(theirs))
        return shared >= _SHARED_OF_SHORTER * shorter and shared >= _SHARED_OF_ALL * (len(mine) + len(theirs) - shared)

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


def _shared_buckets(grams: list[NDArray[np.uint32]]) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Of each text that meets another in some band, its number and the buckets it shares."""
    count = len(grams)
    keys = np.zeros((_BANDS, count), dtype=np.uint64)
    for start in range(0, count, _CHUNK):
        some = grams[start : start + _CHUNK]
        lengths = np.array([len(one) for one in some])
        filled = np.flatnonzero(lengths)
        if not len(filled):
            continue
        joined = np.concatenate(some).astype(np.uint64)
        starts = (np.cumsum(lengths) - lengths)[filled]
        for band in range(_BANDS):
            keys[band, start + filled] = _band(joined, starts, band)
    shared: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for band in range(_BANDS):
        _, bucket, counts = np.unique(keys[band], return_inverse=True, return_counts=True)
        for number in np.flatnonzero((counts[bucket] > 1) & (keys[band] != 0)).tolist():
            shared[number].append((band, int(bucket[number])))
    for number in sorted(shared):
        yield number, shared[number]


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
