"""MeCab with unidic-lite and our own words: a text becomes a tuple of words.

Reading a node's ``.feature`` costs several times the tagging itself, so MeCab
is asked for a line that holds only what is needed, and each distinct line is
turned into a :class:`Word` once.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.language.dictionary import user_dictionary
from pipeline.language.normalize import normalize

# Context id, reading of the lemma, sound, lemma, surface. The id stands for the part of speech in a few
# digits, which makes the output short and its reading fast. -O '' keeps the dictionary's own dicrc from
# overriding the format; -U is for unknown words, which have only six fields, no lemma among them. The
# fields that are never empty stand first and last, since fugashi strips the ends of the output.
_FORMAT = r"-O '' -F '%phl\t%f[6]\t%f[9]\t%f[7]\t%m\n' -U '%phl\t\t\t\t%m\n' -E ''"

_CONTENT_CLASSES = frozenset({"名詞", "動詞", "形容詞", "形状詞", "副詞", "接頭辞"})

# MeCab lays out all ways to cut a text at once: memory and time grow faster than a text without an end,
# and a million letters without a mark make it crash. No opinion is this long; a pasted document is.
_MOST_LETTERS = 4_000

# Auxiliaries and light words that UniDic calls nouns or verbs but that say nothing alone.
_LIGHT = frozenset(
    {
        *("為る", "居る", "有る", "成る", "出来る", "言う", "行く", "来る", "見る", "置く", "仕舞う"),
        *("事", "物", "所", "為", "様", "訳", "筈", "方", "時", "等", "此れ", "其れ", "そう", "どう"),
        *("下さる", "頂く", "貰う", "呉れる", "欲しい", "思う", "良い", "無い", "ない"),
    }
)

# One key for the ways of saying no: 集まらない, 集まらず, 集まりません, 集まらん; 人が無い.
_NEGATIONS = {"ず": "ない", "無い": "ない", "ぬ": "ない"}


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """One word of a text. Words with the same line of MeCab's output are one object.

    Attributes
    ----------
    surface : str
        As it stands in the normalized text; what people are shown.
    key : str
        The lemma cut at the hyphen (子ども, 子供 and こども are one; コミュニティー-community
        becomes コミュニティー), the surface where the dictionary knows no lemma. Latin letters
        in lower case. Ways of saying no share the key ``ない``.
    reading : str
        How the lemma is read, in katakana: 開放 and 解放 are カイホウ. The surface where the
        dictionary knows none.
    sound : str
        How the word is said as it stands, in katakana (公園 is コーエン); likewise.
    pos, pos2, pos3 : str
        Part of speech in UniDic's terms, first to third level (名詞, 固有名詞, 人名); empty where
        UniDic has none.
    is_content : bool
        Whether the word carries meaning by itself.
    is_known : bool
        Whether the dictionary has it.
    number : int
        Counts the distinct words met so far, so that many words fit into one array; it means
        nothing beyond the process.
    """

    surface: str
    key: str
    reading: str
    sound: str
    pos: str
    pos2: str
    pos3: str
    is_content: bool
    is_known: bool
    number: int


@functools.cache
def _parts_of_speech() -> dict[str, tuple[str, str, str]]:
    """Part of speech 1 to 3 by context id, as the dictionary lists them."""
    import unidic_lite

    table = {}
    for line in Path(unidic_lite.DICDIR, "left-id.def").read_text(encoding="utf-8").splitlines():
        number, _, features = line.partition(" ")
        pos, pos2, pos3 = (level.replace("*", "") for level in features.split(",")[:3])
        table[number] = (pos, pos2, pos3)
    return table


def _word(line: str, count: int) -> Word:
    number, reading, sound, lemma, surface = line.split("\t")
    pos, pos2, pos3 = _parts_of_speech()[number]
    if not lemma and not any(letter.isalnum() for letter in surface):
        # unknown signs like -( share their id with unknown nouns
        pos, pos2, pos3 = "記号", "一般", ""
    key = lemma.partition("-")[0] or surface
    if key.isascii():
        key = key.casefold()
    if pos in ("助動詞", "形容詞"):
        key = _NEGATIONS.get(key, key)
    is_content = pos in _CONTENT_CLASSES and pos2 != "数詞" and key not in _LIGHT
    return Word(surface, key, reading or surface, sound or surface, pos, pos2, pos3, is_content, bool(lemma), count)


class _WordTable(dict[str, Word]):
    """Line of MeCab's output to word; a line is read once."""

    def __missing__(self, line: str) -> Word:
        word = self[line] = _word(line, len(self))
        return word


@functools.cache
def _parser() -> tuple[Callable[[str], str], _WordTable]:
    """Build the tagger, once a process and only when the first text comes."""
    import fugashi
    import unidic_lite

    with user_dictionary() as path:
        tagger = fugashi.GenericTagger(f'-r /dev/null -d "{unidic_lite.DICDIR}" -u "{path}" {_FORMAT}')
    return tagger.parse, _WordTable()


def tokenize(text: str) -> tuple[Word, ...]:
    """Cut a text into words.

    Parameters
    ----------
    text : str
        One opinion, as written: it is normalized here. One opinion a call: joined
        opinions would be cut differently at the seams.

    Returns
    -------
    tuple of Word
        In the order of the text; empty for an empty text.
    """
    return tokenize_normalized(normalize(text))


def tokenize_normalized(text: str) -> tuple[Word, ...]:
    """Cut a text that went through ``normalize`` already."""
    parse, table = _parser()
    if len(text) > _MOST_LETTERS:
        return tuple(table[line] for piece in _pieces(text) if (output := parse(piece)) for line in output.split("\n"))
    output = parse(text)
    return tuple(map(table.__getitem__, output.split("\n"))) if output else ()


def _pieces(text: str) -> Iterator[str]:
    """Cut a text that is a document by its length, where a sentence ends, else at a comma or space."""
    start = 0
    while len(text) - start > _MOST_LETTERS:
        window = text[start : start + _MOST_LETTERS]
        cuts = (max(window.rfind(mark) for mark in marks) + 1 for marks in ("。!?", "、,", " "))
        end = start + (next(filter(None, cuts), 0) or _MOST_LETTERS)
        yield text[start:end]
        start = end
    yield text[start:]


def content_words(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Those words that carry meaning by themselves, in order."""
    return tuple(word for word in words if word.is_content)
