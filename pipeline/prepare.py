"""Between reading and judging: what is no opinion, what is several, what came before, who is named.

Every step goes over items one after another, so that a list of any length needs little memory;
nothing is left out on the way: an item that is no opinion comes through under another kind.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace

from pipeline.identity import name_opinions
from pipeline.kinds import NOTHING, OPINION, SAME_AS_ABOVE
from pipeline.language.normalize import normalize
from pipeline.language.not_opinions import recognise, referred_to
from pipeline.language.tokenize import tokenize
from pipeline.privacy.finding import Personal, find_personal, mask
from pipeline.reading.columns import personal_kind
from pipeline.reading.splitting import split
from pipeline.records import Finding, Item, Opinion, Place, Source

_NUMBERS_KEPT = 100_000  # a 同上 that names a number finds it among so many


class Teller:
    """Tells what is no opinion: 特になし, 同上, greetings, form text.

    A 同上 points at the item it repeats: the one above, or the one whose number it names.

    Attributes
    ----------
    findings : list of Finding
        同上 that point at nothing.
    """

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._above: Place | None = None
        self._numbers: dict[str, Place] = {}

    def __call__(self, items: Iterable[Item]) -> Iterator[Item]:
        """Yield every item, under the kind it is."""
        for item in items:
            if item.kind != OPINION:
                yield item
                continue
            kind = recognise(item.text)
            told = replace(item, kind=kind) if kind else item
            if kind == SAME_AS_ABOVE:
                told = replace(told, same_as=self._find(item))
            if kind in ("", NOTHING):
                self._above = item.place
            if item.number and kind != SAME_AS_ABOVE and len(self._numbers) < _NUMBERS_KEPT:
                self._numbers.setdefault(normalize(item.number), item.place)
            yield told

    def _find(self, item: Item) -> Place | None:
        named = normalize(referred_to(item.text))
        found = self._numbers.get(named) if named else self._above
        if found is None:
            self.findings.append(
                Finding(
                    "注意",
                    item.place,
                    f"「{item.text[:20]}」が何を指すか分かりません" + (f"（{named}）" if named else ""),
                    "指している意見をそのまま書いてください",
                )
            )
        return found


def parts_of(item: Item) -> Iterator[Item]:
    """Cut an opinion that holds several; joined again, the parts are the text as it was."""
    parts = split(item.text) if item.kind == OPINION else (item.text,)
    if len(parts) == 1:
        yield item
        return
    for number, part in enumerate(parts, 1):
        yield replace(item, text=part, part=number, whole=item.text)


@dataclass
class Names:
    """What was found in a round that names a person.

    Attributes
    ----------
    counts : Counter of str
        How often each kind was found.
    places : list of (Place, str)
        Where, and of which kind.
    """

    counts: Counter[str] = field(default_factory=Counter)
    places: list[tuple[Place, str]] = field(default_factory=list)

    def look(self, item: Item) -> tuple[Personal, ...]:
        """Find and count what names a person in an item's text and in its columns."""
        found = find_personal(item.text, tokenize(item.text)) if item.text else ()
        if item.part <= 1:
            for heading, value in item.attributes:
                self._note(item.place, [personal_kind(heading)] if value else [])
        self._note(item.place, [one.kind for one in found])
        return found

    def _note(self, place: Place, kinds: list[str]) -> None:
        for kind in kinds:
            if kind:
                self.counts[kind] += 1
                self.places.append((place, kind))


def masked(item: Item, found: Iterable[Personal], measures: Collection[str] = ()) -> Item:
    """Take out what names a person: in the text, in every column, in the names of sheet and file.

    Whole cells of columns that name a person go. A place in the plan stays, whatever it is called
    (``measures``): it is the plan's, and must be found again there.
    """
    attributes = tuple(
        (heading, f"〔{personal_kind(heading)}〕" if value and personal_kind(heading) else _mask_text(value))
        for heading, value in item.attributes
    )
    return replace(
        item,
        text=mask(item.text, tuple(found)),
        raw=_mask_text(item.raw),
        whole=_mask_text(item.whole),
        remark=_mask_text(item.remark),
        attributes=attributes,
        number=mask_name(item.number),
        departments=tuple(dict.fromkeys(map(mask_name, item.departments))),
        filed_under=item.filed_under if item.filed_under in measures else mask_name(item.filed_under),
        place=masked_place(item.place),
        same_as=masked_place(item.same_as) if item.same_as else None,
    )


def masked_place(place: Place) -> Place:
    """The same place, its file and sheet without the name of a person: 名簿_〔氏名〕.csv."""
    return replace(place, file=mask_name(place.file), sheet=mask_name(place.sheet))


def masked_source(source: Source, measures: Collection[str] = ()) -> Source:
    """The same source without what names a person: its items, its departments, its name."""
    items = (masked(item, find_personal(item.text, tokenize(item.text)), measures) for item in source.items)
    departments = (replace(one, name=mask_name(one.name)) for one in source.departments)
    return replace(
        source,
        file=mask_name(source.file),
        items=tuple(items),
        departments=tuple(dict.fromkeys(departments)),
        findings=tuple(map(masked_finding, source.findings)),
    )


def masked_finding(finding: Finding) -> Finding:
    """The same finding without what names a person."""
    return replace(
        finding, place=masked_place(finding.place), what=mask_name(finding.what), remedy=mask_name(finding.remedy)
    )


@functools.lru_cache(maxsize=10_000)
def mask_name(name: str) -> str:
    """Mask what names a person in a short text that recurs: a department, a sheet, a file.

    >>> mask_name("市民課・佐藤")
    '市民課・〔氏名〕'
    """
    return _mask_text(name)


def _mask_text(text: str) -> str:
    return mask(text, find_personal(text)) if text else text


@dataclass(frozen=True, slots=True)
class Prepared:
    """An opinion ready to be judged.

    Attributes
    ----------
    opinion : Opinion
        Masked where that was asked for; its ID is that of the text as it was read.
    compared : str
        Its text without what names a person: what copies are found by.
    """

    opinion: Opinion
    compared: str


def prepare(
    items: Iterable[Item], round_name: str, *, cut: bool, hide: bool, names: Names, measures: Collection[str] = ()
) -> Iterator[Prepared]:
    """Make opinions of items that are opinions.

    Parameters
    ----------
    items : iterable of Item
        Those of the kind 意見.
    round_name : str
    cut : bool
        Whether to cut comments that hold several opinions (``--split``).
    hide : bool
        Whether to mask what names a person (``--mask``).
    names : Names
        Counts it, masked or not.
    measures : collection of str
        Places of the plan as they are written; see :func:`masked`.
    """
    parts = (part for item in items for part in (parts_of(item) if cut else (item,)))
    for opinion in name_opinions(parts, round_name):
        found = names.look(opinion.item)
        compared = mask(opinion.text, found) if found else opinion.text
        yield Prepared(replace(opinion, item=masked(opinion.item, found, measures)) if hide else opinion, compared)
