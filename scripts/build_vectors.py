"""Reduce the word vectors of a ja-ginza wheel to what the tokenizer's words need.

Usage: python scripts/build_vectors.py WHEEL

The wheel (ja-ginza 5.3, downloaded beforehand; it is not a dependency) holds chiVe vectors:
20,000 rows of 300 numbers for some 480,000 words. Kept are the words that the tokenizer
gives as one word, under its key; the rows are centred, reduced to DIMENSIONS by principal
components and stored as bytes. Writes ``models/vectors/vectors.npz``.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path

import msgpack
import numpy as np

from pipeline import resources
from pipeline.language.normalize import normalize
from pipeline.language.tokenize import tokenize, tokenize_normalized
from pipeline.themes.codebook import read_codebook
from pipeline.training import read_corpus

DIMENSIONS = 150
_MASK = (1 << 64) - 1


def hash64(word: str, seed: int = 1) -> int:
    """MurmurHash64A of a word's UTF-8, the key under which spaCy files a word (Appleby 2008)."""
    data = word.encode("utf-8")
    m = 0xC6A4A7935BD1E995
    h = (seed ^ (len(data) * m)) & _MASK
    whole = len(data) // 8 * 8
    for start in range(0, whole, 8):
        k = int.from_bytes(data[start : start + 8], "little") * m & _MASK
        k = (k ^ (k >> 47)) * m & _MASK
        h = (h ^ k) * m & _MASK
    if whole < len(data):
        h = (h ^ int.from_bytes(data[whole:], "little")) * m & _MASK
    h = (h ^ (h >> 47)) * m & _MASK
    return h ^ (h >> 47)


def corpus_keys() -> set[str]:
    """The words of the written opinions."""
    opinions = read_corpus(read_codebook()).opinions
    return {word.key for one in opinions for word in tokenize(one.text)}


def main(wheel: Path) -> None:
    """Read, reduce, write."""
    with zipfile.ZipFile(wheel) as archive:
        folder = next(name for name in archive.namelist() if name.endswith("vocab/vectors")).rsplit("/", 1)[0]
        vectors = np.load(io.BytesIO(archive.read(f"{folder}/vectors")), allow_pickle=False)
        rows_by_hash = msgpack.unpackb(archive.read(f"{folder}/key2row"), strict_map_key=False)
        words = json.loads(archive.read(f"{folder}/strings.json"))
    known = corpus_keys()
    found: dict[str, int] = {}
    for word in words:
        row = rows_by_hash.get(hash64(word))
        if row is None or len(word) > 12:
            continue
        tokens = tokenize_normalized(normalize(word))
        # proper names say nothing of a measure
        if len(tokens) == 1 and tokens[0].is_content and tokens[0].pos2 != "固有名詞":
            key = tokens[0].key
            # of the many Latin words, those that opinions use (NPO, Wi-Fi)
            if key.isascii() and key not in known:
                continue
            # the word that is its own key tells better what the key means than another spelling
            if key == word or key not in found:
                found[key] = row
    keys = sorted(found)
    used = sorted(set(found.values()))
    place = {row: number for number, row in enumerate(used)}
    chosen = vectors[used].astype(np.float64)
    chosen /= np.linalg.norm(chosen, axis=1, keepdims=True) + 1e-9
    chosen -= chosen.mean(axis=0)
    _, _, axes = np.linalg.svd(chosen, full_matrices=False)
    reduced = chosen @ axes[:DIMENSIONS].T
    bytes_ = np.round(reduced / np.abs(reduced).max(axis=1, keepdims=True) * 127).astype(np.int8)
    target = resources.vectors()
    target.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        target,
        keys=np.frombuffer("\n".join(keys).encode("utf-8"), dtype=np.uint8),
        rows=np.array([place[found[key]] for key in keys], dtype=np.uint16),
        vectors=bytes_,
    )
    print(f"{target.name}: {len(keys)} 語、{len(used)} 行、{target.stat().st_size / 2**20:.1f} MiB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
