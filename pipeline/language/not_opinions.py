"""Answers that hold no opinion: 特になし, 同上, greetings, the form's own text.

To take an opinion for none is the worst mistake, since nobody looks at it again. So a text is told apart
only when all of it is said in one of the ways that ``corpus/not_opinions.toml`` lists; whatever is left
over makes it an opinion. 反対, 現状で十分 and 異議なし are opinions however short.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline import resources
from pipeline.errors import IkenError
from pipeline.kinds import FORM_TEXT, GREETING, NOTHING, SAME_AS_ABOVE
from pipeline.language.normalize import normalize
from pipeline.language.numbers import number_of
from pipeline.toml_file import read_toml

_LONGEST = 160  # characters; nobody needs more to say nothing, only forms do
_FILE = "not_opinions.toml"

# What may stand around words without saying anything: marks, faces, signs.
_DECORATION = re.compile(
    "|".join(
        (
            r"m\(_ ?_\)m",
            r"[(（][^ぁ-んァ-ヶ一-龥]{0,3}[\^;´_・▽∀ω•].{0,6}[)）]",
            r"[\s。、，,．・…!！?？「」『』（）()\[\]【】<>＜＞〈〉\"'’”“*＊~〜^;；★☆♪♡❤✨💦🙇🙏😊😅▼▽▲△→]+",
        )
    )
)
# Left in a form's text, where brackets and colons are what is left to fill in.
_BLANKS = re.compile(r"[\s（）()\[\]【】「」。、・]+")
_SENTENCE = re.compile(r"[^。！!？?\n]*[。！!？?\n]?")
_SIGNS_ONLY = re.compile(r"^[\W_0〇ー〃々仝]*$")
_DITTO = re.compile(r"^[〃々仝\s]+$")
_KANA = str.maketrans({chr(code): chr(code - 0x60) for code in range(ord("ァ"), ord("ヶ") + 1)})
_NAMED = re.compile(
    r"(?:(問|質問|設問|q)\s*)?(?:no\.?|№|意見番号|番号|#)?\s*([0-9]+|[一二三四五六七八九十]+)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways of saying nothing, compiled."""

    nothing: re.Pattern[str]
    same: re.Pattern[str]
    greeting: re.Pattern[str]
    address: re.Pattern[str]
    form: re.Pattern[str]


@functools.cache
def read_ways() -> Ways:
    """Read ``corpus/not_opinions.toml``.

    Raises
    ------
    IkenError
        When a form names a part that is not there, or is no regular expression.
    """
    data = read_toml(resources.corpus(_FILE))
    parts: dict[str, str] = data["parts"]

    def compiled(section: str, key: str) -> re.Pattern[str]:
        return _compiled(data[section][key], parts, section)

    return Ways(
        compiled("nothing", "forms"),
        compiled("same", "forms"),
        compiled("greeting", "sentences"),
        re.compile(f"^(?:{data['greeting']['address']})"),
        compiled("form", "forms"),
    )


def _compiled(forms: Sequence[str], parts: dict[str, str], section: str) -> re.Pattern[str]:
    def part(found: re.Match[str]) -> str:
        if found.group(1) not in parts:
            raise IkenError(
                f"「{found.group()}」という部品はありません",
                file=_FILE,
                place=f"[{section}]",
                remedy="[parts] に書いてください",
            )
        return parts[found.group(1)]

    try:
        return re.compile("|".join(f"(?:{re.sub('〈([^〉]+)〉', part, form)})" for form in forms), re.IGNORECASE)
    except re.error as error:
        raise IkenError(
            f"正規表現が正しくありません（{error}）",
            file=_FILE,
            place=f"[{section}]",
            remedy="括弧などを直してください",
        ) from error


def recognise(text: str) -> str:
    """Say what an answer is when it is no opinion.

    Returns
    -------
    str
        特になし, 同上, 挨拶 or 様式; empty for an opinion.

    >>> recognise("特に無し。"), recognise("上記と同じ"), recognise("同上の理由で反対")
    ('特になし', '同上', '')
    """
    plain = normalize(text)
    if len(plain) > 4 * _LONGEST:
        return ""
    if _DITTO.match(plain) and plain:
        return SAME_AS_ABOVE
    if _SIGNS_ONLY.match(plain):
        return NOTHING
    ways = read_ways()
    bare = _DECORATION.sub("", plain).casefold()
    if len(bare) <= _LONGEST:
        for spelling in dict.fromkeys((bare, bare.translate(_KANA))):
            if ways.nothing.fullmatch(spelling):
                return NOTHING
            if ways.same.fullmatch(spelling):
                return SAME_AS_ABOVE
    if all(_greets(sentence) for sentence in _sentences(text)):
        return GREETING
    return FORM_TEXT if ways.form.fullmatch(_BLANKS.sub("", plain)) else ""


def referred_to(text: str) -> str:
    """Say what a 同上 names: a number (``5``), a question (``問3``); empty for what stands above.

    >>> referred_to("No.５と同意見"), referred_to("問三と同じ"), referred_to("同上")
    ('5', '問3', '')
    """
    found = _NAMED.search(normalize(text).replace("一つ前", "").replace("ひとつ前", ""))
    if not found:
        return ""
    return ("問" if found.group(1) else "") + number_of(found.group(2))


def without_greetings(text: str) -> str:
    """Leave out the sentences that only greet, thank or close; the rest as normalized.

    >>> without_greetings("お世話になっております。公園が暗いです。よろしくお願いします。")
    '公園が暗いです。'
    """
    told = "".join(sentence for sentence in _sentences(text) if not _greets(sentence)).strip()
    return read_ways().address.sub("", told, count=1) or told


def _sentences(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        yield from _SENTENCE.findall(normalize(line))


def _greets(sentence: str) -> bool:
    """Whether a sentence only greets; one of marks alone says nothing else either."""
    bare = _DECORATION.sub("", sentence)
    return not bare or (len(bare) <= _LONGEST and bool(read_ways().greeting.fullmatch(bare)))
