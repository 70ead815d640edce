"""The working-team table made of results: the plan's structure beside the opinions (体系 × 意見).

A measure a row, with its opinions, department marks at the end of each and the legend above; topics
that the plan does not have stand below. Read again as a source it gives the same plan, opinions and
departments. Here is what stands in it; ``table_book`` and ``table_document`` put it on paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.deliver.groups import is_proposed
from pipeline.deliver.results import Results
from pipeline.kinds import EXAMPLE
from pipeline.plan.places import is_outside, place_of
from pipeline.reading.blocks import has_bullet
from pipeline.reading.departments import Legend
from pipeline.records import OUTSIDE, Department, Judged, Measure

TITLE, TEAM_TITLE = "意見まとめ", "庁内ワーキングチーム意見まとめ"
STRUCTURE, POLICY, MEASURE, OVERVIEW = "現行計画の体系", "基本施策", "施策", "施策の概要"
OPINIONS, TEAM_OPINIONS = "意見", "庁内ワーキングチーム意見"
BEYOND = "現行計画にない新たなトピック"
_UNSORTED = "その他の意見"
_EXAMPLES = "【取組例】"
_PLACED, _PROPOSED = "○", "◇"
_OTHERS = {_PLACED: "◯", _PROPOSED: "◆"}  # where the text itself holds the mark: the reader cuts there
_LAST_MARK = "・"  # the one mark at which no text is cut
_BRACKETS = re.compile(r"[（(]([^（）()]*)[）)]")
_JOINTS = re.compile(r"[、,，・／/\s]+")
_LETTER = re.compile(r"[一-龥々ァ-ヶーA-Za-zぁ-ん]")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")  # no XML holds them
_UNREGISTERED = re.compile(r"未登録\((.+)\)")
# A name as the legend can hold it: 福祉課（高齢） ends at the bracket.
_IN_LEGEND = str.maketrans("（(）)、,，：:", "〔〔〕〕・・・・・")


@dataclass(frozen=True, slots=True)
class Line:
    """One bullet of the table.

    Attributes
    ----------
    mark : str
        ○, or ◇ where only the text itself says that it belongs here (案).
    text : str
        With the department marks at its end.
    points : tuple of str
        Points within the opinion, below it.
    """

    mark: str
    text: str
    points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the table: a measure, or a topic outside the plan.

    Attributes
    ----------
    policy : str
        基本施策, the same on all its rows.
    heading : str
        ``(4)学びの機会の提供``, or the topic.
    is_priority : bool
    overview : tuple of str
        概要; beside a topic what is done already, a title first.
    lines : tuple of Line
    """

    policy: str
    heading: str
    is_priority: bool
    overview: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class TableBack:
    """The whole table.

    Attributes
    ----------
    title : str
    notes : tuple of str
        The lines above the table, the legend last.
    opinions : str
        What stands above the opinions.
    entries : tuple of Entry
    """

    title: str
    notes: tuple[str, ...]
    opinions: str
    entries: tuple[Entry, ...]


def table_back(results: Results) -> TableBack:
    """Make the table.

    Raises
    ------
    ValueError
        Without a plan there is no table.
    """
    if results.plan is None:
        raise ValueError("a table needs a plan")
    judged = results.judged
    legend = _marker_of(results)
    by_place: dict[str, list[Judged]] = {measure.label: [] for measure in results.plan.measures}
    beyond: dict[str, list[Judged]] = {}
    for one in judged:
        place = place_of(one)
        known = by_place.get(place)
        if known is not None:
            known.append(one)
        else:
            topic = place.removeprefix(OUTSIDE).strip() if is_outside(place) else place
            beyond.setdefault(topic, []).append(one)
    examples: dict[str, list[str]] = {}
    for item in results.rest:
        if item.kind == EXAMPLE and is_outside(item.filed_under):
            topic = item.filed_under.removeprefix(OUTSIDE).strip()
            examples.setdefault(topic, []).append(f"○{item.text}")
            beyond.setdefault(topic, [])
    entries = [
        Entry(
            measure.policy,
            f"{_number(measure)}{measure.name}",
            measure.is_priority,
            (measure.overview,) if measure.overview else (),
            tuple(legend.lines(by_place[measure.label])),
        )
        for measure in results.plan.measures
    ]
    # what no topic was named for stands last
    for topic in sorted(beyond, key=lambda one: not one):
        shown = (_EXAMPLES, *examples[topic]) if topic in examples else ()
        entries.append(Entry(BEYOND, topic or _UNSORTED, False, shown, tuple(legend.lines(beyond[topic]))))
    is_team = any(source.plan for source in results.sources)
    title = TEAM_TITLE if is_team else TITLE
    return TableBack(
        f"{title}（{results.round}）" if results.round else title,
        tuple(_notes(entries, legend)),
        TEAM_OPINIONS if is_team else OPINIONS,
        tuple(entries),
    )


def _number(measure: Measure) -> str:
    """The number of a measure within its 基本施策: ``(4)`` of ``2(4)``."""
    return measure.code[measure.code.index("(") :] if "(" in measure.code else ""


def _notes(entries: Iterable[Entry], legend: _Marker) -> Iterator[str]:
    marks = {line.mark for entry in entries for line in entry.lines}
    yield "※現行計画の体系に沿った分類で示しています。"
    if marks & {_PROPOSED, _OTHERS[_PROPOSED]}:
        yield "※◇の意見の位置は、意見の文から推定した案です。"
    entries_shown = [f"{mark}：{name.translate(_IN_LEGEND)}" for name, mark in legend.shown.items()]
    if len(entries_shown) == 1:  # the reader takes one entry for a legend only where it stands by itself
        yield "※各意見の末尾の記号は、担当課を表します。"
        yield entries_shown[0]
    elif entries_shown:
        yield f"※各意見の末尾の記号は、担当課を表します（{'、'.join(entries_shown)}）"


class _Marker:
    """Puts department marks to opinions, so that they are read again as the same departments.

    Parameters
    ----------
    departments : sequence of Department
        Those of the sources; a mark of theirs is kept.
    judged : sequence of Judged
    """

    def __init__(self, departments: Sequence[Department], judged: Sequence[Judged]) -> None:
        named = {department.name: department.marks for department in departments}
        for one in judged:
            for name in one.opinion.item.departments:
                named.setdefault(name, ())
        named = {name: marks for name, marks in named.items() if not _UNREGISTERED.fullmatch(name)}
        marks = marks_of(named, (one.opinion.text for one in judged))
        self.shown = marks
        # every mark that stood for a department, so that what was written is understood
        self._known = {mark: name for name, found in named.items() for mark in found}
        self._legend = Legend([(mark, name) for name, mark in marks.items()])

    def lines(self, judged: Sequence[Judged]) -> Iterator[Line]:
        """The bullets of one row; opinions that say the same are one, with how many they are."""
        groups: dict[str, list[Judged]] = {}
        for one in judged:
            groups.setdefault(one.opinion.same_id, []).append(one)
        for group in groups.values():
            yield self._line(group)

    def _line(self, group: Sequence[Judged]) -> Line:
        first = group[0].opinion.item
        departments = tuple(dict.fromkeys(name for one in group for name in one.opinion.item.departments))
        text, *points = _in_lines(first.text)
        if len(group) > 1:
            text += f"（同趣旨 {len(group)}件）"
        elif not points and (written := self._as_written(first.raw, text, departments, first.remark)):
            return Line(_bullet(written, is_proposed(group[0])), written)
        ends = self._ends(departments, first.remark if len(group) == 1 else "")
        whole = next((f"{text}{end}" for end in ends if self._reads(f"{text}{end}", text, departments)), "")
        whole = whole or f"{text}{ends[-1]}"
        return Line(_bullet(whole, all(map(is_proposed, group))), whole, tuple(points))

    def _as_written(self, raw: str, text: str, departments: tuple[str, ...], remark: str) -> str:
        """The opinion as the source had it, marks in the midst and all, if that still reads the same."""

        def current(bracket: re.Match[str]) -> str:
            parts = [part for part in _JOINTS.split(bracket.group(1).strip()) if part]
            if not parts or not all(part in self._known for part in parts):
                return bracket.group()
            return f"（{'、'.join(self.shown[self._known[part]] for part in parts)}）"

        written = _BRACKETS.sub(current, " ".join(_UNSEEN.sub("", raw).split()))
        found = self._legend.read_marks(written)
        return written if (found.text, found.departments, found.remark) == (text, departments, remark) else ""

    def _ends(self, departments: tuple[str, ...], remark: str) -> list[str]:
        """Ways to write departments and a remark at the end, the shortest first."""
        marks = [self._mark(name) for name in departments]
        end = f"（{'、'.join(marks)}）" if marks else ""
        return [f"（{remark}）", f"{end}（{remark}）", end] if remark else [end]

    def _mark(self, name: str) -> str:
        found = _UNREGISTERED.fullmatch(name)
        return found.group(1) if found else self.shown[name]

    def _reads(self, written: str, text: str, departments: tuple[str, ...]) -> bool:
        found = self._legend.read_marks(written)
        return (found.text, found.departments) == (text, departments)


def _marker_of(results: Results) -> _Marker:
    """The marks of results."""
    return _Marker([department for source in results.sources for department in source.departments], results.judged)


def marks_of(named: dict[str, tuple[str, ...]], texts: Iterable[str]) -> dict[str, str]:
    """Give each department a mark: its own, or the first character of its name that no other has.

    Parameters
    ----------
    named : dict of str to tuple of str
        Departments in order, with the marks the source has for them.
    texts : iterable of str
        The opinions: what stands there in brackets can be no mark.

    Examples
    --------
    >>> marks_of({"市民課": (), "市民協働課": (), "防災課": ("防",)}, ["暗い（市）"])
    {'市民課': '民', '市民協働課': '協', '防災課': '防'}
    """
    taken = {part for text in texts for inside in _BRACKETS.findall(text) for part in _JOINTS.split(inside)}
    marks: dict[str, str] = {}
    used: set[str] = set()
    for name, own in named.items():
        mark = next((mark for mark in own if mark not in used), "")
        if mark:
            marks[name] = mark
            used.add(mark)
    for name in named:
        if name not in marks:
            marks[name] = next(mark for mark in _possible(name) if mark not in used and mark not in taken)
            used.add(marks[name])
    return {name: marks[name] for name in named}


def _possible(name: str) -> Iterator[str]:
    """Marks for a department, the best first: 市 of 市民課, 民, …, 市民, …, A, B, …."""
    letters = [char for char in name.removesuffix("課") if _LETTER.match(char)]
    yield from letters
    for length in (2, 3):
        yield from ("".join(letters[start : start + length]) for start in range(len(letters) - length + 1))
    number = 0
    while True:
        number += 1
        yield f"課{number}" if number < 100 else f"{number}"


def _in_lines(text: str) -> list[str]:
    """An opinion in one line, and the points within it that stood below it."""
    first, *rest = [" ".join(line.split()) for line in _UNSEEN.sub("", text).split("\n") if line.strip()] or [""]
    if rest and not has_bullet(first) and all(line.startswith("・") for line in rest):
        return [first, *(line.lstrip("・ ") for line in rest)]
    return [" ".join([first, *rest])]


def _bullet(text: str, proposed: bool) -> str:
    mark = _PROPOSED if proposed else _PLACED
    for one in (mark, _OTHERS[mark]):
        if one not in text:
            return one
    return _LAST_MARK
