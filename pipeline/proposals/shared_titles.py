"""The title that several needs share most: 「空き家の情報提供」 of four that speak of it.

Every ask's title stands to choice, also without what stands before its last comma, and so does
every noun phrase that several say, with the deed that is asked for it (開館時間 の 延長). What a word
tells counts as far as the others say it too, and against a title as far as they do not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from pipeline.language.tokenize import Word, tokenize
from pipeline.proposals.needs import Need
from pipeline.proposals.titles import GroupTitle, telling
from pipeline.proposals.wording import LONGEST, read_forms
from pipeline.topics.meaning import rarity_at_large
from pipeline.topics.phrases import WORD, noun_phrases, read_vague

_UNSHARED = 0.25  # share of the others from which a word speaks for a title
_DEED = 0.5  # how much a deed counts that says little
_PHRASE_SHARE = 0.4  # of the opinions say a phrase
_PHRASE_DEED, _HEADING = 0.9, 0.8  # how much each reads like a measure; 1 is a deed that was asked for
_READ = 60  # needs, the first, that titles are sought in
_SHORTEST = 4


def shared_titles(needs: Sequence[Need]) -> list[tuple[int, GroupTitle]]:
    """Give titles for some needs, the most shared first, each with the place of the need it comes from."""
    words = {need.one.opinion.id: tokenize(need.one.opinion.text) for need in needs}
    keys = {name: frozenset(word.key for word in text) for name, text in words.items()}
    holders = Counter(key for some in keys.values() for key in some)
    rarity = rarity_at_large()

    def shared(text: str) -> float:
        title = tokenize(text)
        weights = {word.key: 1.0 for word in telling(title)}
        if title[-1].pos3 == "サ変可能":
            weights.setdefault(title[-1].key, _DEED)  # 提供: what is asked, though it says little
        return sum(weights[key] * rarity(key) * (holders[key] / len(keys) - _UNSHARED) for key in sorted(weights))

    found: dict[str, tuple[float, int, GroupTitle]] = {}

    def add(text: str, fitness: float, place: int) -> None:
        if _SHORTEST <= len(text) <= LONGEST and text not in found:
            found[text] = (round(shared(text) * fitness, 6), place, GroupTitle(text, fitness, text))

    for place, need in enumerate(needs[:_READ]):
        if need.title:
            add(need.title.text, need.title.fitness, place)
            _, comma, tail = need.title.text.rpartition("、")
            if comma:
                add(tail, need.title.fitness, place)
    least = max(2.0, _PHRASE_SHARE * len(keys))
    for place, need in enumerate(needs[:_READ]):
        clause = tokenize(need.clause)
        deed = _deed(need)
        for phrase in noun_phrases(clause):
            if sum(set(phrase.keys) <= some for some in keys.values()) < least:
                continue
            is_deed = clause[phrase.end - 1].pos3 == "サ変可能"
            if deed and deed.key not in phrase.keys and not is_deed:
                add(f"{phrase.text}の{deed.surface}", _PHRASE_DEED, place)
            elif is_deed and phrase.form != WORD and need.title and need.title.text.endswith(phrase.text):
                add(phrase.text, _PHRASE_DEED, place)
    ranked = sorted(found.values(), key=lambda one: (-one[0], len(one[2].text), one[2].text))
    return [(place, title) for score, place, title in ranked if score > 0]


def _deed(need: Need) -> Word | None:
    """What is asked to be done, where that is a noun: 延長."""
    if need.title is None:
        return None
    last = tokenize(need.title.text)[-1]
    return last if last.pos3 == "サ変可能" and last.key not in read_vague().never else None


def title_of_heading(heading: str, known: Collection[str]) -> GroupTitle | None:
    """「部活動の送迎への対応」: a heading with what a plan does about things; None where no word for that is known.

    Parameters
    ----------
    heading : str
    known : collection of str
        Keys of the words that may be used.
    """
    if not heading:
        return None
    shown = "と".join(heading.split("・"))
    for key, ending in read_forms().about.items():
        if key in known and len(shown) + len(ending) <= LONGEST:
            text = shown if tokenize(shown)[-1].key == key else f"{shown}{ending}"
            return GroupTitle(text, _HEADING, text)
    return None
