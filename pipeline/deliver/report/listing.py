"""The list of all opinions, with what the filters look at, and what was read besides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.deliver.cross_tables import NO_ANSWER, NO_DEPARTMENT, is_given
from pipeline.deliver.report.figures import Figures
from pipeline.deliver.report.marking import marked
from pipeline.deliver.report.view import Choice, OpinionView, Phrase, Quote, RestRow, Tag
from pipeline.deliver.results import Results
from pipeline.deliver.tables import review_state
from pipeline.language.normalize import normalize
from pipeline.plan.places import NO_PLACE, is_outside, place_of
from pipeline.records import GIVEN, NONE_APPLIES, OUTSIDE, UNDECIDED, Judged, Place

UNREVIEWED = "未確認"


def place_text(one: Judged) -> str:
    """Where it counts, as the filters name it: every topic outside the plan is 計画外."""
    place = place_of(one)
    if place == NO_PLACE:
        return ""
    return OUTSIDE if is_outside(place) else place


class Listing:
    """Makes the list.

    Parameters
    ----------
    results : Results
    attributes : sequence of str
        The source's own columns that may be shown.
    figures : Figures
    """

    def __init__(self, results: Results, attributes: Sequence[str], figures: Figures) -> None:
        self._results = results
        self._attributes = attributes
        self._figures = figures
        judged = results.judged
        self._by_id = {one.opinion.id: one for one in judged}
        self._same: dict[str, list[str]] = {}
        for one in judged:
            self._same.setdefault(one.opinion.same_id, []).append(one.opinion.id)
        self._repeated = Counter(item.same_as for item in results.rest if item.same_as)
        departments = dict.fromkeys(name for one in judged for name in one.opinion.item.departments)
        places = dict.fromkeys(one.label for one in (results.plan.measures if results.plan else ()))
        places |= dict.fromkeys(filter(None, map(place_text, judged)))
        states = dict.fromkeys(review_state(one) or UNREVIEWED for one in judged)
        offered = (
            Choice("t", "テーマ", results.themes),
            Choice("v", "判定", (GIVEN, NONE_APPLIES, UNDECIDED)),
            Choice("p", "施策", tuple(places)),
            Choice("d", "担当課", (*departments, NO_DEPARTMENT) if departments else ()),
            Choice("k", "種別", tuple(dict.fromkeys(one.labelling.kind for one in judged))),
            Choice("r", "確認", tuple(states)),
        )
        self.choices = tuple(choice for choice in offered if len(choice.values) > 1)
        self._numbers = {
            choice.key: {value: str(n) for n, value in enumerate(choice.values)} for choice in self.choices
        }

    def opinions(self) -> tuple[OpinionView, ...]:
        """All opinions, in source order."""
        return tuple(map(self._view, self._results.judged))

    def quotes(self, ids: Iterable[str]) -> tuple[Quote, ...]:
        """Quote opinions."""
        found = (self._by_id[name] for name in ids)
        return tuple(
            Quote(
                self._figures.link(one.opinion.id),
                one.opinion.text,
                "／".join(filter(None, ("、".join(one.opinion.item.departments), place_text(one)))),
            )
            for one in found
        )

    def rest(self) -> tuple[RestRow, ...]:
        """What was read and is no opinion."""
        at: dict[Place, list[str]] = {}
        for one in self._results.judged:
            at.setdefault(one.opinion.item.place, []).append(one.opinion.id)
        return tuple(
            RestRow(
                item.kind,
                item.text,
                f"{item.place.file} {item.place.within}".strip(),
                tuple(map(self._figures.link, at.get(item.same_as, ()))) if item.same_as else (),
            )
            for item in self._results.rest
        )

    def _view(self, one: Judged) -> OpinionView:
        item, labelling = one.opinion.item, one.labelling
        tags = tuple(
            Tag(theme, number, is_doubtful=labelling.verdict == UNDECIDED)
            for number, theme in enumerate(self._results.themes, 1)
            if theme in labelling.themes
        )
        state = review_state(one)
        return OpinionView(
            self._figures.number(one.opinion.id),
            one.opinion.id,
            marked(one.opinion.text, labelling),
            tags,
            "" if labelling.verdict == GIVEN else labelling.verdict,
            labelling.kind,
            place_text(one),
            "、".join(item.departments),
            state,
            self._same_phrase(one),
            tuple((name, text) for name, text in self._details(one) if text),
            self._keys(one, state or UNREVIEWED),
        )

    def _same_phrase(self, one: Judged) -> Phrase:
        same = self._same[one.opinion.same_id]
        if len(same) == 1:
            return Phrase("")
        return self._figures.of(f"意見{self._figures.number(same[0])}と同じ趣旨のもの", same, "件")

    def _details(self, one: Judged) -> Iterable[tuple[str, str]]:
        item = one.opinion.item
        own = dict(item.attributes)
        yield from ((name, own.get(name, "") or NO_ANSWER) for name in self._attributes)
        if item.filed_under.startswith(f"{OUTSIDE} "):
            yield "元の資料の見出し", item.filed_under.removeprefix(f"{OUTSIDE} ")
        whole = normalize(item.text).rstrip("。")
        yield "求めていること", "／".join(text for text in one.labelling.asking if text.rstrip("。") != whole)
        yield "備考", item.remark
        if repeated := self._repeated[item.place] if item.part <= 1 else 0:
            yield "この意見を指す「同上」", f"{repeated:,}件"
        if one.decision:
            if one.decision.is_change:
                yield "確認前の案", _suggestion(one)
            yield "確認のメモ", one.decision.note
        yield "番号", item.number
        yield "出典", f"{item.place.file} {item.place.within}".strip()
        yield "意見ID", one.opinion.id

    def _keys(self, one: Judged, state: str) -> tuple[tuple[str, str], ...]:
        values = {
            "t": [theme for theme in self._results.themes if is_given(one, theme)],
            "v": [one.labelling.verdict],
            "p": [place_text(one)],
            "d": one.opinion.item.departments or (NO_DEPARTMENT,),
            "k": [one.labelling.kind],
            "r": [state],
        }
        found = ((key, [of[value] for value in values[key] if value in of]) for key, of in self._numbers.items())
        return tuple((key, " ".join(numbers)) for key, numbers in found if numbers)


def _suggestion(one: Judged) -> str:
    if one.decision is None:
        return ""
    suggested = one.decision.suggested
    themes = "・".join(suggested.themes) or NONE_APPLIES
    doubt = "（保留）" if suggested.verdict == UNDECIDED else ""
    return "／".join(filter(None, (themes + doubt, suggested.kind, suggested.measure)))
