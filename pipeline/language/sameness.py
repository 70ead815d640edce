"""Whether two opinions say the same: a template with another greeting, ending or spelling, or something else.

A campaign's comments differ in their greetings, endings, spelling, the writer's own age or a slip of
the hand, and are one voice many times over. Two comments that differ in one word that counts (賛成 /
反対, 増やす / 減らす, another park, another sum) are two opinions, however alike they look. So what
counts of a text is taken out of it first (:func:`gist`) and compared exactly; texts that differ in
it are laid beside each other by their sound, and may differ only in whole sentences that ask for
nothing, in spelling, and in slips of the hand (:func:`say_the_same`).
"""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from pipeline import resources
from pipeline.language.numbers import number_of
from pipeline.language.tokenize import Word
from pipeline.toml_file import read_toml, word_list

_SENTENCE_ENDS = frozenset("。！？!?")
_CLAUSE_ENDS = _SENTENCE_ENDS | {"、", ","}
_NO = "ない"


@dataclass(frozen=True, slots=True)
class _Lists:
    """The words of ``corpus/sameness.toml``, by key.

    Attributes
    ----------
    asking : frozenset of str
        Ways of asking, and of saying that one thinks so: a template's ending, changed from copy to copy.
    own : frozenset of str
        Who speaks: numbers beside these are the writer's own (age, years here, family).
    own_counters : frozenset of str
        What such a number counts.
    dull : frozenset of str
        Words that change nothing.
    """

    asking: frozenset[str]
    own: frozenset[str]
    own_counters: frozenset[str]
    dull: frozenset[str]


@functools.cache
def _lists() -> _Lists:
    path = resources.corpus("sameness.toml")
    data = read_toml(path)
    return _Lists(*(word_list(data, key, path) for key in ("asking", "self", "own_counters", "dull")))


# Polite, but asking for nothing by themselves: いつもありがとうございます, 使わせていただいております
_POLITE = frozenset({"御座る", "致す", "申す", "存ずる"})
_FAVOURS = frozenset({"頂く", "貰う", "下さる", "呉れる"})
_WELCOME = frozenset({"助かる", "有り難い", "嬉しい", "幸い"})
_IF = frozenset({"と", "ば", "たら", "た"})
_SPANS = frozenset({"年", "年間", "か月", "箇月", "期"})
_WHOSE = frozenset({"人", "者", "方", "世帯", "家庭", "家", "場合"})
_TIMES = frozenset({"分", "時間", "日", "日間", "週間", "か月", "箇月", "年", "年間"})
_GOES_ON = "~"  # the key of a word within a number: 八 of 十八
_NUMBERS = "#", _GOES_ON
_AGE = frozenset({"歳", "才"})
# 十八歳まで: a bound that somebody asks for, nobody's age.
_LIMITS = frozenset({"迄", "まで", "以上", "以下", "未満", "から", "より", "以内"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it is compared.

    Attributes
    ----------
    words : tuple of Word
        Without punctuation.
    keys : tuple of str
        What counts of each word: how its lemma is read (開放 and 解放 are one), ``#`` and the value
        of a number, ``#`` alone for a number of the writer's own, a ``!`` behind what is denied;
        empty for a word that does not count.
    denials : tuple of bool
        Which words deny.
    asks : bool
        Whether it asks for something.
    """

    words: tuple[Word, ...]
    keys: tuple[str, ...]
    denials: tuple[bool, ...]
    asks: bool

    @property
    def counted(self) -> list[str]:
        """The keys of the words that count."""
        return [key for key in self.keys if key and key != _GOES_ON]


@dataclass(frozen=True, slots=True)
class Gist:
    """What counts of a text."""

    sentences: tuple[Sentence, ...]

    @property
    def counted(self) -> list[str]:
        """The keys of all words that count, in order."""
        return [key for sentence in self.sentences for key in sentence.counted]

    @property
    def key(self) -> str:
        """Equal for texts that say the same in another order or spelling."""
        return " ".join(sorted(self.counted))


def gist(words: Sequence[Word]) -> Gist:
    """Take out of a text what counts.

    Parameters
    ----------
    words : sequence of Word
        The text without greetings, tokenized.
    """
    pieces = [piece for piece in _cut(words, _SENTENCE_ENDS) if any(word.pos not in _MARKS for word in piece)]
    asking = [_asks(piece) for piece in pieces]
    sentences = []
    for piece, asks in zip(pieces, asking, strict=True):
        # a number in a story told beside what is asked is the writer's own: 四枚書かされた。…改めてほしい
        is_story = not asks and any(asking) and any(word.key == "た" for word in piece)
        kept: list[Word] = []
        keys: list[str] = []
        denials: list[bool] = []
        for clause in _cut(piece, _CLAUSE_ENDS):
            told = [word for word in clause if word.pos not in _MARKS]
            denying = set(_denials(told))
            kept += told
            keys += _keys(told, denying, is_story=is_story, asks=asks)
            denials += [number in denying for number in range(len(told))]
        sentences.append(Sentence(tuple(kept), tuple(keys), tuple(denials), asks))
    return Gist(tuple(sentences))


_MARKS = frozenset({"補助記号", "記号", "空白"})


def _cut(words: Sequence[Word], ends: frozenset[str]) -> Iterator[list[Word]]:
    piece: list[Word] = []
    for word in words:
        if word.surface in ends:
            if piece:
                yield piece
            piece = []
        else:
            piece.append(word)
    if piece:
        yield piece


def _asks(sentence: Sequence[Word]) -> bool:
    """Whether a sentence asks for something; 使わせていただいております, 来てくださりありがとうございます do not."""
    if any(word.key == "有り難う" for word in sentence[-4:]):
        return False
    return any(
        word.key in _lists().asking and word.key not in _POLITE and not _is_allowed(sentence, number)
        for number, word in enumerate(sentence)
    )


def _is_allowed(sentence: Sequence[Word], number: int) -> bool:
    """使わせていただく: what one may do, thanking for it."""
    before = {word.key for word in sentence[max(0, number - 2) : number]}
    return sentence[number].key == "頂く" and bool(before & {"せる", "させる"})


def _is_wish(clause: Sequence[Word], number: int) -> bool:
    """していただけると助かります, もらえるとありがたい: an ending like any other."""
    before = [word.key for word in clause[max(0, number - 4) : number]]
    return clause[number].key in _WELCOME and bool(_IF & set(before)) and bool(_FAVOURS & set(before))


def _is_experience(clause: Sequence[Word], position: int, counter: str) -> bool:
    """嫁いで四十年, 引き受けて三期目: how long the writer has done something."""
    return (
        position > 0
        and counter in _SPANS
        and clause[position - 1].key in ("て", "で")
        and (clause[position - 1].pos == "助詞")
    )


def _keys(clause: Sequence[Word], denying: set[int], *, is_story: bool, asks: bool) -> list[str]:
    keys = [_said(word) if _counts(word) and not _is_wish(clause, number) else "" for number, word in enumerate(clause)]
    is_own = is_story or any(word.key in _lists().own for word in clause)
    position = 0
    while position < len(clause):
        end = position
        while end < len(clause) and clause[end].pos2 == "数詞":
            end += 1
        if end > position:
            counter = clause[end].key if end < len(clause) else ""
            figures = "".join(one.surface for one in clause[position:end])
            limits = end + 1 < len(clause) and clause[end + 1].key in _LIMITS
            is_age = counter in _AGE and not any(word.key in _lists().asking for word in clause)
            # 三十年以上ここに住んでいる is the writer's own, 十年以上住む人 is a bound
            whose = {word.key for word in clause[end:]} & _WHOSE
            limits = limits and (asks or not is_own or counter not in _SPANS or bool(whose))
            bare = end < len(clause) and clause[end].pos == "助詞" and clause[end].key in ("を", "に")  # 七十を過ぎた私
            own = not limits and (
                is_age
                or (is_own and (is_story or counter in _lists().own_counters or (bare and not asks)))
                or (not asks and _is_experience(clause, position, counter))
            )
            keys[position] = "#" if own else f"#{number_of(figures)}"
            if own and counter in _TIMES:
                keys[end] = ""  # 四十分かけて行った / 一時間かけて行った
            keys[position + 1 : end] = [_GOES_ON] * (end - position - 1)
        position = max(end, position + 1)
    for than in (number for number, word in enumerate(clause) if word.key == "より" and word.pos == "助詞"):
        # 橋より道を: what is put behind must not be taken for what is put before
        keys[:than] = [key and key + "<" for key in keys[:than]]
    for position in sorted(denying):
        denied = next((n for n in range(position - 1, -1, -1) if keys[n]), None)
        if denied is None:
            keys[position] = "!"
        else:
            keys[denied] += "!"
            keys[position] = ""
    return keys


def _said(word: Word) -> str:
    """How a word's lemma is read; our own words have a lemma, but no reading (子ども会, 子供会)."""
    return word.key if word.reading == word.surface else word.reading


def _counts(word: Word) -> bool:
    if word.key in _lists().asking or word.key == _NO or word.key in _lists().dull:
        return False
    return word.is_content or (word.pos in ("名詞", "代名詞", "形容詞") and word.pos2 != "助動詞語幹")


def _denials(clause: Sequence[Word]) -> Iterator[int]:
    """Where a clause says no. 〜ないでしょうか and 〜なければならない say no no."""
    keys = [word.key for word in clause]
    position = 0
    while position < len(keys):
        if keys[position] == _NO:
            rest = keys[position + 1 : position + 6]
            if _NO in rest and {"成る", "行ける", "駄目"} & set(rest[: rest.index(_NO)]):
                position += rest.index(_NO) + 2  # なければならない: both fall
                continue
            asks = "か" in rest[:4] and all(key in _SOFT for key in rest[: rest.index("か")])
            maybe = position > 0 and keys[position - 1] in ("知れる", "違い")
            if not asks and not maybe:
                yield position
        position += 1


_SOFT = frozenset({"です", "だ", "た", "の", "ます", "う", "思う", "と", "物"})


def say_the_same(one: Gist, other: Gist) -> bool:
    """Whether two texts say the same.

    Equal in what counts, whatever the order; or one of them has whole sentences more that ask for
    nothing; or words differ as spelling and slips of the hand make them differ.
    """
    mine, theirs = Counter(one.counted), Counter(other.counted)
    if mine == theirs:
        return True
    if not mine or not theirs or 3 * (mine & theirs).total() < max(mine.total(), theirs.total()):
        return False
    # an order of their own, so that it does not matter which of the two is asked about
    shorter, longer = sorted((one, other), key=lambda text: (len(text.counted), text.counted))
    without = _without_added(longer, Counter(shorter.counted))
    if without is longer:
        shorter = _without_added(shorter, Counter(longer.counted))
    longer = without
    return Counter(shorter.counted) == Counter(longer.counted) or _differ_in_letters(shorter, longer)


def _without_added(text: Gist, theirs: Counter[str]) -> Gist:
    """Leave out sentences that ask for nothing and that most of is more than the other text has.

    What remains must be most of the text: a remark was added, not another opinion.
    """
    more = Counter(text.counted) - theirs
    kept = tuple(sentence for sentence in text.sentences if sentence.asks or not _is_added(sentence, more))
    left = sum(len(sentence.counted) for sentence in kept)
    return Gist(kept) if left >= 4 and left >= 0.5 * len(text.counted) else text


def _is_added(sentence: Sentence, more: Counter[str]) -> bool:
    counted = Counter(sentence.counted)
    return 2 * (counted & more).total() > counted.total()


def _differ_in_letters(one: Gist, other: Gist) -> bool:
    """Whether two texts, laid beside each other by their sound, differ in spelling and slips alone."""
    mine, theirs = _Line(one), _Line(other)
    if sum(mine.denials) != sum(theirs.denials):
        return False  # つけるべきではないか / つけるべきではない sound the same up to か
    slips = 0
    for a, b in _differences(mine, theirs):
        found = _judge_difference(mine, theirs, a, b)
        if found is None:
            return False
        slips += found
    common = len([key for key in mine.keys if key])
    return slips <= max(1, common // 6) and common >= 3 * slips


@dataclass(frozen=True, slots=True)
class Sounds:
    """Runs of two or three sounds, as numbers: all of a text's, and how each word that counts, or is asked, begins.

    Texts that say the same have them nearly all in common, whichever way the words are written and cut:
    the words that count in one are heard in the other, and those of what the other asks in the one
    (:func:`say_the_same`).
    """

    every: list[int]
    counted: list[int]
    asked: frozenset[int]


def sounds_of(text: Gist) -> Sounds:
    """Give the runs of sounds of a text; numbers, which may be the writer's own, only among all of them."""
    line = "".join(_sound(word.sound) for sentence in text.sentences for word in sentence.words)
    counted: set[int] = set()
    asked: set[int] = set()
    for sentence in text.sentences:
        for word, key in zip(sentence.words, sentence.keys, strict=True):
            if key and key[0] not in _NUMBERS:
                begins = _begins(word.sound)
                counted.add(begins)
                if sentence.asks:
                    asked.add(begins)
    codes = list(map(ord, line))
    twos = [one << 16 | other for one, other in itertools.pairwise(codes)]
    threes = [two << 16 | last for two, last in zip(twos, codes[2:], strict=False)]
    return Sounds(list({*codes, *twos, *threes}), list(counted), frozenset(asked))


@functools.lru_cache(maxsize=1 << 16)
def _begins(said: str) -> int:
    number = 0
    for mark in _sound(said)[:3]:
        number = number << 16 | ord(mark)
    return number


class _Line:
    """All words of a text in a row, their sound, and where in it words begin (none within a number)."""

    def __init__(self, text: Gist) -> None:
        self.words = [word for sentence in text.sentences for word in sentence.words]
        self.keys = [key.rstrip("!<") for sentence in text.sentences for key in sentence.keys]
        self.denials = [denies for sentence in text.sentences for denies in sentence.denials]
        sounds = [_sound(word.sound) for word in self.words]
        self.sound = "".join(sounds)
        self.starts = [0, *itertools.accumulate(map(len, sounds))]
        inside = {number for number, key in enumerate(self.keys) if key == _GOES_ON}
        self.seams = [(number, start) for number, start in enumerate(self.starts) if number not in inside]


@functools.lru_cache(maxsize=1 << 16)
def _sound(said: str) -> str:
    """One spelling for one sound: コーエン and コウエン, ヅ and ズ, hiragana and katakana."""
    kana = "".join(chr(ord(mark) + 0x60) if "ぁ" <= mark <= "ゖ" else mark for mark in said)
    kana = kana.translate(_SAME_SOUND)
    letters = ""
    for mark in kana:
        before = _VOWELS.get(letters[-1:], "")
        if (mark == "ー" and before) or (mark == "ウ" and before == "オ") or (mark == "イ" and before == "エ"):
            letters += before
        else:
            letters += mark
    return letters


_SAME_SOUND = str.maketrans({"ヅ": "ズ", "ヂ": "ジ", "ヲ": "オ", "ヴ": "ブ"})
_VOWELS = {
    kana: vowel
    for vowel, row in {
        "ア": "アカサタナハマヤラワガザダバパァャ",
        "イ": "イキシチニヒミリギジビピィ",
        "ウ": "ウクスツヌフムユルグズブプゥュ",
        "エ": "エケセテネヘメレゲゼデベペェ",
        "オ": "オコソトノホモヨロゴゾドボポォョ",
    }.items()
    for kana in row
}

Span = tuple[int, int]


def _differences(mine: _Line, theirs: _Line) -> Iterator[tuple[Span, Span]]:
    """The words in which two lines differ, whole words on both sides."""
    blocks = [
        (block.a, block.b, block.size)
        for block in Levenshtein.opcodes(mine.sound, theirs.sound).as_matching_blocks()
        if block.size
    ]
    # seams: places where a word begins in both lines at once
    seams = [(0, 0)]
    for a, b, size in blocks:
        ours = {start - a: n for n, start in mine.seams if a <= start <= a + size}
        seams += [(ours[start - b], n) for n, start in theirs.seams if b <= start <= b + size and start - b in ours]
    seams.append((len(mine.words), len(theirs.words)))
    seams = sorted(set(seams))
    for (a, c), (b, d) in itertools.pairwise(seams):
        if mine.sound[mine.starts[a] : mine.starts[b]] != theirs.sound[theirs.starts[c] : theirs.starts[d]]:
            yield (a, b), (c, d)


def _judge_difference(mine: _Line, theirs: _Line, a: Span, b: Span) -> int | None:
    """0 for a difference that means nothing, 1 for a slip of the hand, None for another meaning."""
    ours, others = mine.keys[a[0] : a[1]], theirs.keys[b[0] : b[1]]
    keys = [[key for key in some if key not in ("", _GOES_ON)] for some in (ours, others)]
    if sum(mine.denials[slice(*a)]) != sum(theirs.denials[slice(*b)]):
        return None
    if Counter(keys[0]) == Counter(keys[1]) or "".join(keys[0]) == "".join(keys[1]):
        return 0  # 子供会 is one word, 子ども会 two
    if len(ours) == len(others) == 1 and mine.words[a[0]].key == theirs.words[b[0]].key:
        return 0  # 止める is read やめる or とめる
    if any(key.startswith("#") for some in keys for key in some):
        return None
    words = mine.words[a[0] : a[1]], theirs.words[b[0] : b[1]]
    return 1 if _is_slip(*words) else None


def _is_slip(mine: Sequence[Word], theirs: Sequence[Word]) -> bool:
    """実際 / 実祭, リーダー / リダー: nearly the same letters, and one side is no word.

    The ends of a word in kana may differ (曲がった / 曲がっ), and so may little words (もっと / もと).
    入口 / 出口 and 増やす / 減らす are words on both sides, so they differ.
    """
    a, b = ("".join(word.surface for word in some) for some in (mine, theirs))
    longest = max(len(a), len(b))
    if not a or not b:
        return longest == 1 and _is_kana(a + b)
    distance = Levenshtein.distance(a, b)
    if distance <= 2 and _kanji_of(a) and _kanji_of(a) == _kanji_of(b):
        return True
    if distance > (1 if longest < 5 else 2) or not set(a) & set(b):
        return False
    if _is_kana(a + b) or (min(len(a), len(b)) >= 4 and len(a) != len(b) and _is_katakana(a + b)):
        return True  # もっと / もと, グラウンド / グランド
    whole = [len(some) == 1 and some[0].is_known for some in (mine, theirs)]
    return not all(whole) and (whole[0] or whole[1] or len(mine) != len(theirs))


def _is_kana(text: str) -> bool:
    return all("ぁ" <= mark <= "ゖ" or mark == "ー" for mark in text)


def _is_katakana(text: str) -> bool:
    return all("ァ" <= mark <= "ヺ" or mark == "ー" for mark in text)


def _kanji_of(text: str) -> str:
    return "".join(mark for mark in text if not _is_kana(mark))
