"""Our own words for MeCab, kept as data in ``corpus/words.csv``.

unidic-lite is a dictionary of 2013 and cuts オンライン into オン + ライン. The words
are compiled when the tagger is built (some milliseconds), so there is no compiled
file that could be out of date.
"""

from __future__ import annotations

import contextlib
import csv
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline import resources
from pipeline.errors import IkenError

_COLUMNS = ("表記", "見出し", "語種")
_ORIGINS = ("和", "漢", "外", "混")


@dataclass(frozen=True, slots=True)
class UserWord:
    """A word that must come out of the tokenizer in one piece.

    Attributes
    ----------
    surface : str
        As it is written (normalized spelling).
    lemma : str
        The key it is counted under: HP and ウェブサイト may share one.
    origin : str
        和, 漢, 外 or 混, as UniDic classes words; it chooses the connection costs.
    """

    surface: str
    lemma: str
    origin: str


def read_user_words(path: Path | None = None) -> list[UserWord]:
    """Read the word list; a faulty row is an error that names file and row."""
    path = path or resources.corpus("words.csv")
    words: dict[str, UserWord] = {}
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        if tuple(reader.fieldnames or ()) != _COLUMNS:
            raise IkenError(
                "列の見出しが違います", file=path.name, remedy=f"1行目を {','.join(_COLUMNS)} にしてください"
            )
        for row in reader:
            surface, lemma, origin = ((row[name] or "").strip() for name in _COLUMNS)
            place = f"{reader.line_num}行"
            if not surface:
                continue
            if any(mark in surface + lemma for mark in ',"\t\n'):
                raise IkenError(
                    f"「{surface}」に使えない文字があります",
                    file=path.name,
                    place=place,
                    remedy="読点・引用符・タブを除いてください",
                )
            if origin not in _ORIGINS:
                raise IkenError(
                    f"語種「{origin}」はありません",
                    file=path.name,
                    place=place,
                    remedy=f"{'・'.join(_ORIGINS)} のどれかにしてください",
                )
            if surface in words:
                raise IkenError(
                    f"「{surface}」が二度あります", file=path.name, place=place, remedy="片方を消してください"
                )
            words[surface] = UserWord(surface, lemma or surface, origin)
    return list(words.values())


def _mecab_row(word: UserWord) -> str:
    # Context ids -1: MeCab finds them from the part of speech. Cost 0: the word is preferred to
    # its pieces, and nothing else is (a test watches the neighbours).
    features = ["名詞", "普通名詞", "一般", "*", "*", "*"]
    features += [word.surface, word.lemma, word.surface, word.surface, word.surface, word.surface]
    features += [word.origin, "*", "*", "*", "*"]
    return ",".join([word.surface, "-1", "-1", "0", *features]) + "\n"


@contextlib.contextmanager
def user_dictionary() -> Iterator[Path]:
    """Compile the word list into a temporary file that lives as long as the block.

    MeCab maps the file into memory, so the tagger built inside the block goes on
    working after the file is gone.
    """
    import fugashi
    import unidic_lite

    words = read_user_words()
    with tempfile.TemporaryDirectory(prefix="iken-", ignore_cleanup_errors=True) as folder:
        source, compiled = Path(folder, "words.csv"), Path(folder, "words.dic")
        source.write_text("".join(map(_mecab_row, words)), encoding="utf-8")
        with _silence():
            fugashi.build_dictionary(f'iken -d "{unidic_lite.DICDIR}" -u "{compiled}" -f utf-8 -t utf-8 "{source}"')
        yield compiled


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Keep the compiler's progress bar, which C writes past Python, off the terminal."""
    kept = {number: os.dup(number) for number in (1, 2)}
    try:
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            for number in kept:
                os.dup2(nowhere.fileno(), number)
            yield
    finally:
        for number, copy in kept.items():
            os.dup2(copy, number)
            os.close(copy)
