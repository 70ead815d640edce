"""Names that stay: the ID of an opinion and of what says the same.

An ID is made from the round, the place and the text, never from a running number or
the file's name, so that a row added elsewhere, or a file renamed, changes no ID.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator

from pipeline.errors import LedgerError
from pipeline.language.normalize import normalize, same_text_key
from pipeline.records import Item, Opinion

# 10 characters of base 32 are 50 bits: among a million opinions the chance of any two
# sharing an ID is about 1 in 2,000, and a shared one stops the run.
_LENGTH = 10


def _short_hash(*parts: str) -> str:
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(digest).decode("ascii")[:_LENGTH]


def same_id(text: str) -> str:
    """Give the 同趣旨ID: one for all texts that are the same but for width, spaces and punctuation."""
    return "S" + _short_hash(same_text_key(text))


def text_hash(text: str) -> str:
    """Give what a decision remembers of the text it was made on: 20 characters, the text as it is read."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def name_opinions(items: Iterable[Item], round_name: str) -> Iterator[Opinion]:
    """Give each item its ID; the parts of one comment share their parent's, with ``-1``, ``-2`` behind it.

    The place that counts is the one that does not move when something else changes: the
    measure it is filed under and the source's own number. Of equal texts at one place the
    first, second … keep their order. Memory grows by one short key a distinct opinion.
    """
    seen: Counter[bytes] = Counter()
    parent = ""
    for item in items:
        # a PDF knows no space where a line was broken, and one clerk types numbers in full width
        where = normalize(item.filed_under).replace(" ", "")
        place = (round_name, where, normalize(item.number), normalize(item.whole or item.text))
        if item.part <= 1:
            key = hashlib.blake2b("\x1f".join(place).encode("utf-8", "surrogatepass"), digest_size=12).digest()
            seen[key] += 1
            repeated = str(seen[key]) if seen[key] > 1 else ""
            parent = "O" + _short_hash(*place, repeated)
        yield Opinion(parent + (f"-{item.part}" if item.part else ""), round_name, item, same_id(item.text))


def check_ids(opinions: Iterable[Opinion]) -> None:
    """Stop when two opinions would share an ID, since one would hide the other."""
    owners: dict[str, Opinion] = {}
    for opinion in opinions:
        other = owners.setdefault(opinion.id, opinion)
        if other is not opinion:
            raise LedgerError(
                f"意見ID {opinion.id} が二つの意見に付きました（{other.item.place.spot} と {opinion.item.place.spot}）",
                file=opinion.item.place.file,
                remedy="--round の名前を少し変えて、もう一度実行してください",
            )
