"""案: what is asked for, worded as the title of a measure (名詞止め), in the opinion's own words.

Nothing is added but grammar: the asking ending is cut (「学べる機会の提供が求められる」 →
「学べる機会の提供」), a deed becomes a noun where the opinion has the noun (「経験を継承していくこと」
→ 「経験の継承」), and what stands before a comma is bound to what follows (「確保に向け、連携」 →
「確保に向けた連携」). A verb without a noun stays a verb (「席を設けてほしい」 → 「席を設けること」).
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import resources
from pipeline.errors import IkenError
from pipeline.language.normalize import normalize
from pipeline.language.tokenize import Word, tokenize
from pipeline.themes.asking import read_asking_words
from pipeline.toml_file import read_toml, word_list

LONGEST = 40
"""Characters of a title."""

_BRACKETS = re.compile(r"[(〔\[【][^()〔〕\[\]【】]*[)〕\]】]|<[^<>]*>")  # <要望> before what is asked, <br> of a form
_EDGES = " 　、。・！？!?\n"
# 「できないか」: the pattern of the asking takes the last letter of the verb with it
_VERB_LETTER = re.compile(r"^([ぁ-ん])(?:ない|ませ)")
_BELONGINGS = frozenset({"必要", "必要性"})
_HELPERS = frozenset(
    {"貰う", "頂く", "呉れる", "下さる", "行く", "来る", "置く", "居る", "見る", "仕舞う", "欲しい", "行ける"}
)
_DEEDS = frozenset({"サ変可能", "サ変形状詞可能"})
_SOUNDS = ("あいうえお", "かきくけこ", "がぎぐげご", "さしすせそ", "たちつてと", "なにぬねの")
_MORE_SOUNDS = ("ばびぶべぼ", "まみむめも", "らりるれろ")
_I_ROW = {row[2]: row[1] for row in (*_SOUNDS, *_MORE_SOUNDS)}  # う → い, く → き …
_POINTING = frozenset({"此の", "其の", "彼の", "此れ", "其れ", "そう", "こう", "そういう", "こういう", "ああいう"})
_DEED, _THING, _PERSON, _VERB, _VERB_TORN = 1.0, 0.9, 0.6, 0.7, 0.4  # how much each reads like a measure
_TELLING_THING = 4  # words that say what kind of thing it is
_NO_END = frozenset(
    {"例", "声", "ケース", "状況", "現状", "話", "労力", "相当", "為", "問題", "課題", "気", "訳", "理由"}
)
_LAST_WORDS = frozenset({"等", "など", "達"})
_ATTRIBUTIVE = "うくぐすつぬぶむるただい"
_STEM_ENDS = "いきぎしちにびみりえけげせてねへべめれ"
_STATES = frozenset({"課題", "問題"})
_NO_LIST = ("など", "等", "ため", "今後", "現在", "場合", "際", "時", "中", "後", "ごと", "上")
_PICTURES = frozenset({"So", "Sk", "Cf"})
_NUMBERED = re.compile(r"^(?:\(?\d{1,2}[.)]|[・●○◯◎■□◆◇•※*＊→\-‐–—])\s*")
_POLITE = re.compile(r"です|ます|でしょ|ました|ません")


@dataclass(frozen=True, slots=True)
class Forms:
    """How clauses become titles; see ``corpus/titles.toml``."""

    support: frozenset[str]
    making: frozenset[str]
    made: frozenset[str]
    silent: frozenset[str]
    general: frozenset[str]
    nouns: dict[str, str]
    links: dict[str, str]
    inner: dict[str, str]
    particles: dict[str, str]
    about: dict[str, str]


@functools.cache
def read_forms(path: Path | None = None) -> Forms:
    """Read the forms; those that travel with the program when no file is named.

    Raises
    ------
    IkenError
        With file, key and remedy.
    """
    path = path or resources.corpus("titles.toml")
    data = read_toml(path)

    def pairs(key: str) -> dict[str, str]:
        value = data.get(key)
        if not isinstance(value, dict) or not value or not all(isinstance(one, str) and one for one in value.values()):
            raise IkenError(
                "言い方の表がありません", file=str(path), place=key, remedy=f'[{key}] の下に "…" = "…" と書いてください'
            )
        return value

    return Forms(
        word_list(data, "support", path),
        word_list(data, "making", path),
        word_list(data, "made", path),
        word_list(data, "silent", path),
        word_list(data, "general", path),
        pairs("nouns"),
        pairs("links"),
        pairs("inner"),
        pairs("particles"),
        pairs("about"),
    )


@dataclass(frozen=True, slots=True)
class Title:
    """A title.

    Attributes
    ----------
    text : str
    fitness : float
        How much it reads like the title of a measure, between 0 and 1: a deed (〜の提供) 1, a thing
        (〜の仕組み) 0.9, a verb with こと 0.7.
    """

    text: str
    fitness: float

    @property
    def is_nouns(self) -> bool:
        """Whether it ends in a deed or a thing (〜の提供, 〜の仕組み)."""
        return self.fitness >= _THING


def title_of(clause: str) -> Title | None:
    """Word a clause as a title; None where that needs more than grammar.

    Parameters
    ----------
    clause : str
        What is asked for (求めていること), or a sentence that ends in a noun.

    >>> title_of("状況をヒアリング等により捕捉していくことが求められる").text
    '状況のヒアリング等による捕捉'
    """
    text = _without_asking(_unquoted(_BRACKETS.sub("", _without_pictures(normalize(clause))).strip(_EDGES)))
    *before, last = text.split("、")
    words = _trimmed(tokenize(last)) if last else []
    if not words:
        return None
    if _is_noun(words[-1]):
        title, fitness = _as_noun(words), _noun_fitness(words)
    elif _has_object(before) and (made := _what_is_made(before, words)):
        return made
    elif deed := _as_deed(_with_object(before, words)):
        title, fitness = deed, _DEED
        before = before[:-1] if _has_object(before) else before
    else:
        return _verb_title(before, words)
    if not title:
        return None
    title = _shortened(title)
    return _checked("".join(_bound(before, title)) + title, fitness)


def _without_pictures(text: str) -> str:
    """Without ♪, ★ and emoji: no measure has them."""
    return "".join(char for char in text if unicodedata.category(char) not in _PICTURES)


def _has_object(before: Sequence[str]) -> bool:
    return bool(before) and before[-1].endswith("を")


def _with_object(before: Sequence[str], words: Sequence[Word]) -> Sequence[Word]:
    """写真を、会報に掲載する: what is done something to belongs to the deed, comma or not."""
    return [*tokenize(before[-1]), *words] if _has_object(before) else words


def _verb_title(before: Sequence[str], words: Sequence[Word]) -> Title | None:
    """席を、校長の裁量に任せず設ける: the verb with こと, or what is to be there where that is too long."""
    if made := _what_is_made(before, words):
        return made
    if done := _what_is_done(before, words):
        return done
    plain = _as_verb(words)
    if not plain:
        return None
    title = _shortened(f"{plain}こと")
    kept = _whole(before, LONGEST - len(title))
    dropped = before[: len(before) - len(kept)]
    if dropped and dropped[-1].endswith("を"):
        if words[-1].key in read_forms().making:
            thing = _trimmed(tokenize(dropped[-1]))
            return (
                _checked(_shortened(_as_noun(thing)), _noun_fitness(thing)) if thing and _is_noun(thing[-1]) else None
            )
        return None
    is_torn = bool(dropped) and _is_noun(tokenize(dropped[-1])[-1]) if dropped and dropped[-1] else False
    return _checked("".join(kept) + title, _VERB_TORN if is_torn else _VERB)


def _what_is_done(before: Sequence[str], words: Sequence[Word]) -> Title | None:
    """見学を会員が交代で行う: the deed, with how it is done before it (会員が交代で行う見学)."""
    at = next((place for place, word in enumerate(words) if word.surface == "を" and word.pos == "助詞"), 0)
    start = 1 if words[0].key in _POINTING else 0  # その見学を
    deed, how = words[start:at], words[at + 1 : -1]
    if before or words[-1].key not in ("行う", "行なう") or not deed or not how:
        return None
    if deed[-1].pos3 != "サ変可能" or not all(_is_noun(word) for word in deed):
        return None
    if any(word.surface in ("を", "は", "も") for word in how):
        return None
    return _checked(f"{_surface(how)}{_as_verb(words[-1:])}{_surface(deed)}", _THING)


def _what_is_made(before: Sequence[str], words: Sequence[Word]) -> Title | None:
    """領収書で済む道を設ける: the thing that is to be there (領収書で済む道)."""
    making = read_forms().making
    at = len(words) - 1
    if words[at].key == "為る" and at and words[at - 1].key in making:
        at -= 1  # 枠を用意する
    if words[at].key not in making:
        return None
    if at > 1 and words[at - 1].surface in ("を", "も") and words[at - 2].surface not in ("に", "で"):  # 駅にも置く
        thing = _trimmed(words[: at - 1])
    elif _has_object(before):
        *before, last = before  # 手伝いの枠を、各団体に一つずつ用意する
        thing = _trimmed(tokenize(last))
    else:
        return None
    if not thing or not _is_noun(thing[-1]) or _noun_fitness(thing) < _THING:
        return None
    title = _as_noun(thing)
    if not title or len(tokenize(title)) < _TELLING_THING:
        return None  # 席を設ける: what for stood before
    return _checked(_shortened("".join(_bound(before, title)) + title), _noun_fitness(thing))


def _checked(title: str, fitness: float) -> Title | None:
    title = _unquoted(_tidied(title))
    return Title(title, fitness) if _reads_well(title) else None


def _shortened(title: str) -> str:
    """Leave out the first of what is listed while the whole is too long: 方法やノウハウを学ぶ → ノウハウを学ぶ."""
    while len(title) > LONGEST:
        cut = re.search(r"[、や](?=[^、や])", title)
        if cut is None:
            break
        title = title[cut.end() :]
    return title


def ends_as_title(text: str) -> bool:
    """Whether a sentence that asks for nothing in words ends in a noun and so names something (体言止め)."""
    words = tokenize(_BRACKETS.sub("", normalize(text)).strip(_EDGES))
    return bool(words) and (_is_noun(words[-1]) or words[-1].key == "事")


def _unquoted(text: str) -> str:
    """Take away quotation marks whose other half was cut off."""
    return text if text.count("「") == text.count("」") else text.replace("「", "").replace("」", "")


def _without_asking(text: str) -> str:
    """Cut how it is asked off the end: 〜が求められる, 〜してほしい, 〜が必要である."""
    asks = read_asking_words().asks
    for _ in range(3):
        last = next(iter(list(asks.finditer(text))[-1:]), None)
        if last is None or last.end() < len(text.rstrip(_EDGES)):
            break
        letter = _VERB_LETTER.match(last.group())
        text = (text[: last.start()] + (letter.group(1) if letter else "")).rstrip(_EDGES)
    return text


def _is_noun(word: Word) -> bool:
    light = word.key in ("事", "様", "所", "方", "為", "訳", "筈")
    return (word.pos == "名詞" and not light and word.pos2 != "数詞") or (
        word.pos == "接尾辞" and word.pos2 == "名詞的"
    )


def _trimmed(words: Sequence[Word]) -> list[Word]:
    """Cut particles, helpers and what says only that it should be from the end."""
    rest = list(words)
    while rest:
        last, before = rest[-1], rest[-2] if len(rest) > 1 else None
        is_tail = (
            last.pos in ("助詞", "補助記号", "記号", "空白")
            or (last.pos == "助動詞" and last.key in ("だ", "です", "ます", "べし", "たい", "う"))
            or last.key in _LAST_WORDS
        )
        is_being = (last.key == "有る" and before is not None and before.surface == "で") or (
            last.key in ("有る", "居る", "出来る") and before is not None and before.surface in ("が", "も", "は")
        )
        is_helper = last.key in _HELPERS and before is not None and before.surface in ("て", "で")
        is_need = last.key in _BELONGINGS and before is not None and before.pos in ("動詞", "助動詞")
        is_that = last.key in ("事", "様", "の") and before is not None and before.pos in ("動詞", "助動詞")
        if last.key in ("課題", "問題") and before is not None and before.surface in ("が", "は"):
            rest.pop()
        elif not (is_tail or is_being or is_helper or is_need or is_that):
            break
        rest.pop()
    return rest


def _noun_fitness(words: Sequence[Word]) -> float:
    last = words[-1]
    is_deed = last.pos3 in _DEEDS or last.pos3 == "サ変可能" or last.surface in ("化", "づくり", "作り")
    if last.key in ("人", "物", "者", "子", "日", "金", "方々"):
        return _PERSON
    return _DEED if is_deed else _THING


def _as_noun(words: Sequence[Word]) -> str:
    """Bind what stands before a noun to it: 広場に日よけ → 広場への日よけ; empty where it cannot be bound."""
    start = len(words) - 1
    while start and _is_noun(words[start - 1]):
        start -= 1
    if not start:
        return _surface(words)
    if words[start - 1].surface == "と" and start > 1:  # 日よけと腰掛け: two things
        first = _as_noun(words[: start - 1])
        return f"{first}と{_surface(words[start:])}" if first else ""
    return _of(words[:start], _surface(words[start:]))


def _as_deed(words: Sequence[Word]) -> str:
    """Word a clause that ends in a verb as a noun: 経験を継承する → 経験の継承; empty where it has none."""
    forms = read_forms()
    verb = words[-1]
    does = verb.key in ("為る", "出来る")
    if does and len(words) > 1 and words[-2].pos3 == "サ変可能":
        is_support = words[-2].key in forms.support and len(words) > 3 and words[-3].surface == "を"
        if is_support and words[-4].pos3 == "サ変可能":
            return _as_noun(words[:-3])  # 公開を検討する → 公開
        start = len(words) - 2
        while start and _is_noun(words[start - 1]):
            start -= 1
        return _of(words[:start], _surface(words[start:-1]))
    is_support = verb.key in forms.support or verb.key == "為る"
    if is_support and len(words) > 2 and words[-2].surface == "を":
        thing = _trimmed(words[:-2])
        if thing and (thing[-1].pos3 == "サ変可能" or thing[-1].surface in ("化", "作り", "づくり")):
            return _as_noun(thing)
        return ""
    if verb.key in forms.nouns:
        return _of(words[:-1], forms.nouns[verb.key])
    if verb.key == "作る" and len(words) > 2 and words[-2].surface == "を" and words[-3].key in forms.made:
        return _as_noun(words[:-2]) + "づくり" if _as_noun(words[:-2]) else ""
    return ""


def _of(words: Sequence[Word], deed: str) -> str:  # noqa: PLR0912 - one case after another of what may stand before
    """Bind what belongs to a deed to it, by の and its like; empty where something cannot be bound."""
    forms = read_forms()
    shown: list[str] = []
    used: set[str] = set()
    bindings = {*forms.inner.values(), *forms.particles.values()}
    at = len(words)
    while at:
        word = words[at - 1]
        after = words[at] if at < len(words) else None
        if link := _link_before(words, at, forms):
            shown.append(link[1])
            at -= link[0]
            continue
        # 聞き取りによる: a stem before a particle is a noun
        is_stem = word.pos == "動詞" and word.surface[-1] in _STEM_ENDS and bool(shown) and shown[-1] in bindings
        if not is_stem and (word.pos in ("動詞", "形容詞") or (word.pos == "助動詞" and word.surface != "な")):
            # what stands before belongs to that verb: 自分が撮った写真の展示
            is_adverbial = word.pos == "形容詞" and word.surface.endswith("く")
            if after is None and (word.surface[-1] not in _ATTRIBUTIVE or is_adverbial):
                return ""
            break
        if word.surface == "と" and at > 1 and words[at - 2].pos in ("動詞", "助動詞") and after is not None:
            return "".join(reversed(shown)) + deed  # 世代交代すると課題の継承: the case is left out
        if word.surface == "も" and word.pos == "助詞" and at > 1 and words[at - 2].pos == "助詞":
            at -= 1  # 観点からも → 観点からの
            continue
        if word.pos == "助詞" and word.pos2 == "格助詞" and word.surface != "の":
            is_bound_already = after is not None and after.surface == "の"
            is_and = word.surface == "と" and after is not None
            if is_bound_already or is_and:
                shown.append(word.surface)
            else:
                bound = "の" if word.surface == "が" else forms.particles.get(word.surface, "")
                used.add(word.surface)
                if not bound or len(used & {"が", "を"}) > 1 or (word.surface == "が" and deed in _STATES):
                    return ""
                shown.append(bound)
        elif word.pos == "副詞" and at == 1:
            pass  # 特に会計の知識習得
        elif word.pos == "副詞" and after is not None and after.surface == "の":
            shown.append(word.surface)
        elif (
            word.pos in ("副詞", "接続詞", "感動詞")
            or word.pos2 in ("係助詞", "接続助詞")
            or word.surface == "ずつ"
            or (word.pos2 == "助動詞語幹" and (after is None or after.surface != "な"))
        ):
            return ""
        else:
            shown.append(word.surface)
        at -= 1
    return _surface(words[:at]) + "".join(reversed(shown)) + deed


def _link_before(words: Sequence[Word], at: int, forms: Forms) -> tuple[int, str] | None:
    for said, bound in forms.inner.items():
        length = 0
        text = ""
        while length < 3 and at - length > 0 and len(text) < len(said):
            length += 1
            text = words[at - length].surface + text
        if text == said:
            return length, bound
    return None


def _as_verb(words: Sequence[Word]) -> str:
    """Give a clause that ends in a verb its plain form: 席を設け → 席を設ける; empty where it is unclear."""
    last = words[-1]
    stem = _surface(words[:-1])
    if last.pos == "助動詞":
        plain = {"れ": "れる", "られ": "られる", "せ": "せる", "させ": "させる"}
        shown = plain.get(last.surface, last.surface)
        return stem + shown if shown in {*plain.values(), "ない", "る"} else ""
    if last.pos != "動詞":
        return ""
    if last.key == "為る":
        return f"{stem}する" if stem else ""
    return stem + plain_form(last.surface, last.key)


def plain_form(surface: str, lemma: str) -> str:
    """Give a verb as it stands its plain form, in its own spelling.

    >>> [plain_form(*pair) for pair in (("設け", "設ける"), ("つくり", "作る"), ("貼っ", "張る"), ("借り", "借りる"))]
    ['設ける', 'つくる', '貼る', '借りる']
    """
    if surface[-1] in _I_ROW and (lemma[-1] == surface[-1] or surface[-1] == "る"):
        return surface
    ending = lemma[-1]
    if len(lemma) > 1 and lemma[-2] == surface[-1]:
        return surface + ending
    is_changed = surface[-1] in "っいん" and len(surface) > 1
    if surface[-1] == _I_ROW.get(ending) or is_changed:
        return surface[:-1] + ending
    return surface + "る"


def _bound(segments: Sequence[str], title: str) -> list[str]:
    """Bind what stands before commas to the noun that follows, as far as it can be and there is room."""
    links = read_forms().links
    room = LONGEST - len(title)
    follows_verb = any(word.pos == "動詞" for word in tokenize(title))
    kept: list[str] = []
    for segment in reversed(segments):
        words = tokenize(segment)
        if not words:
            break
        shown = ""
        link = next((said for said in links if segment.endswith(said)), "")
        if link:
            shown = "" if follows_verb else segment[: -len(link)] + links[link]
        elif words[-1].surface == "や":
            shown = segment
        elif words[-1].pos == "動詞" and words[-1].surface[-1] in _STEM_ENDS and follows_verb:
            shown = f"{segment}、"  # 双方の思いを理解し、つなげていく取り組み
        elif _is_noun(words[-1]) and not segment.endswith(_NO_LIST):
            shown = f"{segment}、"
        if not shown and not kept and (purpose := _purpose_in(segments)) and len(purpose) <= room:
            return [purpose]
        room -= len(shown)
        if not shown or room < 0:
            break
        follows_verb = any(word.pos == "動詞" for word in words)
        kept.insert(0, shown)
    return kept


def _purpose_in(segments: Sequence[str]) -> str:
    """砂浜の保全に向けた集いを毎年開けるよう: what it is all for (砂浜の保全に向けた、)."""
    for segment in segments:
        purpose, link, _ = segment.partition("に向けた")
        words = tokenize(purpose)
        if link and words and all(_is_noun(word) or word.surface in ("の", "・", "や", "と") for word in words):
            return f"{purpose}{link}、"
    return ""


def _whole(segments: Sequence[str], room: int) -> list[str]:
    """Keep what stands before the last comma, as far as there is room."""
    kept: list[str] = []
    for segment in reversed(segments):
        room -= len(segment) + 1
        if room < 0:
            break
        kept.insert(0, f"{segment}、")
    return kept


def _tidied(title: str) -> str:
    """Take pointing words and openers from the front: その対象に合った方策 → 対象に合った方策."""
    words = list(tokenize(_NUMBERED.sub("", title)))
    while words and (words[0].key in _POINTING or words[0].pos in ("接続詞", "補助記号", "助詞", "感動詞")):
        words.pop(0)
    return _surface(words).strip(_EDGES)


def _reads_well(title: str) -> bool:
    if not 4 <= len(title) <= LONGEST or _POLITE.search(title):
        return False
    words = tokenize(title)
    if words[-1].key in _NO_END or words[0].pos in ("接尾辞", "代名詞"):
        return False
    return sum(word.is_content and word.pos != "接頭辞" for word in words) > 1


def _surface(words: Sequence[Word]) -> str:
    return "".join(word.surface for word in words)
