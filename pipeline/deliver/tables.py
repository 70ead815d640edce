"""The tables people get. English names meet the Japanese headings here and nowhere else.

Every function gives a DataFrame of text, ready to be written: what a heading means is in
the contract of the outputs, README.ja.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.deliver.cross_tables import by_attribute, by_department, is_given
from pipeline.ledger import LedgerLine, review_of
from pipeline.plan.mapping import CANDIDATES
from pipeline.plan.places import NO_PLACE, is_outside, place_of
from pipeline.proposals.coverage import Covered, coverage
from pipeline.records import (
    NONE_APPLIES,
    OUTSIDE,
    UNDECIDED,
    Evidence,
    Item,
    Judged,
    Place,
    Plan,
    Recorded,
    Suggestion,
    ThemeScore,
    Topic,
)
from pipeline.themes.kinds import KINDS
from pipeline.themes.labels import NO_THEME

if TYPE_CHECKING:
    import pandas as pd

BLIND = "盲検"
TOTAL_UNIQUE = "合計(実数)"
TOTAL_COUNTED = "合計(延べ)"
_MAIN_WORDS = 8
_PARTS_SHOWN = 6


def opinion_header(themes: Sequence[str], attributes: Sequence[str] = ()) -> list[str]:
    """The headings of opinions.csv; the source's own columns stand last."""
    candidates = [name for n in range(1, CANDIDATES + 1) for name in (f"施策候補{n}", f"スコア{n}")]
    fixed = [
        *("意見ID", "回", "出典", "位置", "意見", "担当課", "種別", "判定", "テーマ"),
        *themes,
        *("根拠語", "計画上の位置"),
        *candidates,
        *(
            "同趣旨ID",
            "確認",
            "番号",
            "備考",
            "種別の根拠",
            "施策の根拠語",
            "求めていること",
            "同趣旨の件数",
            "同上の件数",
            "確認した施策",
            "確認のメモ",
        ),
    ]
    # a column of the source that is called like one of ours stays apart from it
    return [*fixed, *(f"{name}（元の列）" if name in fixed else name for name in attributes)]


def opinion_row(one: Judged, attributes: Sequence[str] = (), copies: int = 1, repeated: int = 0) -> list[str]:
    """One row of opinions.csv.

    Parameters
    ----------
    one : Judged
    attributes : sequence of str
        The source's own columns.
    copies : int
        How many opinions say the same, this one counted.
    repeated : int
        How many 同上 point at it.
    """
    item, labelling = one.opinion.item, one.labelling
    candidates: list[str] = []
    for n in range(CANDIDATES):
        found = one.match.candidates[n : n + 1]
        candidates += [found[0].label, f"{found[0].score:.3f}"] if found else ["", ""]
    best = one.match.candidates[0] if one.match.candidates else None
    own = dict(item.attributes)
    return [
        *(one.opinion.id, one.opinion.round, item.place.file, item.place.within, item.text),
        *("、".join(item.departments), labelling.kind, labelling.verdict, "|".join(labelling.themes)),
        *(f"{score.probability:.3f}" for score in labelling.scores),
        *(evidence_text(one), item.filed_under),
        *candidates,
        *(one.opinion.same_id, review_state(one), item.number, item.remark, labelling.kind_evidence),
        "・".join(dict.fromkeys(part.words for part in best.evidence)) if best else "",
        "／".join(labelling.asking),
        *(str(copies), str(repeated) if repeated else ""),
        *((one.decision.measure, one.decision.note) if one.decision else ("", "")),
        *(own.get(name, "") for name in attributes),
    ]


def review_state(one: Judged) -> str:
    """確認: empty before review, 確認済 where the suggestion was right, 修正済 where a person changed it."""
    return "" if one.decision is None else review_of(one)


def evidence_text(one: Judged) -> str:
    """The words that decided: ``担い手:世代交代・継承|資金:会費``.

    Under 保留 the words of the themes in doubt are given as well, with a question mark: a person
    who decided has no doubt.
    """
    shown = []
    for score in one.labelling.scores:
        words = [part.words for part in telling_parts(score)]
        is_given = score.theme in one.labelling.themes
        if words and (is_given or (score.applies is None and one.decision is None)):
            shown.append(f"{score.theme}{'' if is_given else '?'}:{'・'.join(words)}")
    return "|".join(shown)


def telling_parts(score: ThemeScore) -> list[Evidence]:
    """The largest parts of a score, in the order of the text, each wording once.

    Small parts are left out (below a quarter of the largest), and what is contained in a larger one.
    """
    parts = sorted((part for part in score.evidence if part.weight > 0), key=lambda part: -part.weight)
    kept: list[Evidence] = []
    for part in parts[:_PARTS_SHOWN]:
        is_small = part.weight < parts[0].weight / 4
        if not is_small and not any(part.words in other.words for other in kept):
            kept.append(part)
    return [part for part in score.evidence if part in kept]


def theme_summary(judged: Sequence[Judged], themes: Sequence[str]) -> pd.DataFrame:
    """theme_summary.csv: a row per theme, then 該当なし, 保留 and 合計(実数).

    A theme's row counts the opinions it was given to for certain (判定 付与); 要確認 counts the
    undecided ones that may join them.
    """
    rows = [_summary_row(name, [one for one in judged if is_given(one, name)], judged, name) for name in themes]
    rows += [
        _summary_row(verdict, [one for one in judged if one.labelling.verdict == verdict], judged)
        for verdict in (NONE_APPLIES, UNDECIDED)
    ]
    rows.append(_summary_row(TOTAL_UNIQUE, judged, judged))
    return _frame(rows)


def _summary_row(name: str, group: Sequence[Judged], judged: Sequence[Judged], theme: str = "") -> dict[str, str]:
    departments = Counter(department for one in group for department in one.opinion.item.departments)
    places = Counter(place_of(one) for one in group if place_of(one) != NO_PLACE)
    undecided = undecided_of(judged, theme) if name != NONE_APPLIES else []
    best = _representative(group, theme)
    return {
        "テーマ": name,
        "意見数": str(len(group)),
        "同趣旨統合後": str(len({one.opinion.same_id for one in group})),
        "割合": f"{len(group) / len(judged):.1%}" if judged else "",
        "担当課数": str(len(departments)),
        "担当課": "、".join(f"{department} {count}" for department, count in _by_count(departments)),
        "施策数": str(len([place for place in places if not is_outside(place)])),
        "施策": "、".join(f"{place} {count}" for place, count in places.items()),
        "主な語": "・".join(_main_words(group, theme)),
        "代表意見ID": best.opinion.id if best else "",
        "代表意見": best.opinion.text if best else "",
        "要確認": str(len(undecided)),
    }


def undecided_of(judged: Sequence[Judged], theme: str = "") -> list[Judged]:
    """What is left to a person (保留): of a theme, those that it may apply to."""
    return [one for one in judged if one.labelling.verdict == UNDECIDED and (not theme or _may_be(one, theme))]


def _may_be(one: Judged, theme: str) -> bool:
    return any(score.theme == theme and (score.applies is None or score.applies) for score in one.labelling.scores)


def _by_count(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: -pair[1])


def _main_words(group: Sequence[Judged], theme: str) -> list[str]:
    """The words that carried the theme most in all, each in its commonest form; no single letters."""
    forms: dict[str, Counter[str]] = {}
    carried: Counter[str] = Counter()
    for one in group:
        for score in one.labelling.scores:
            if score.theme == theme:
                for part in telling_parts(score):
                    forms.setdefault(part.term, Counter())[part.words] += 1
                    # in thousandths, so that sums are exact and equal ones keep their order
                    carried[part.term] += round(1000 * part.weight)
    words = [forms[term].most_common(1)[0][0] for term, _ in carried.most_common()]
    return list(dict.fromkeys(word for word in words if len(word) > 1))[:_MAIN_WORDS]


def _representative(group: Sequence[Judged], theme: str) -> Judged | None:
    """The opinion that says it most clearly: the highest score, the first of equals."""
    if not group or not theme:
        return None
    return max(group, key=lambda one: next(score.probability for score in one.labelling.scores if score.theme == theme))


def plan_matrix(judged: Sequence[Judged], plan: Plan, themes: Sequence[str]) -> pd.DataFrame:
    """plan_matrix.csv: every measure, the empty ones too, then 計画外.

    Opinions count where a person put them, where the source filed them, or else at their first
    candidate. The last columns say what is asked beyond a measure's name and 概要.
    """
    own = {one.opinion.id: one for one in judged}
    found = coverage(judged, plan)

    def row(policy: str, one: Covered) -> dict[str, str]:
        group = [own[key] for key in one.opinions]
        kinds = dict(one.kinds)
        return {
            "基本施策": policy,
            "施策": one.place,
            "重点": "重点" if one.measure and one.measure.is_priority else "",
            **_counts(group, themes),
            "担当課数": str(len(one.departments)),
            UNDECIDED: str(_with_verdict(group, UNDECIDED)),
            "同趣旨統合後": str(one.voices),
            **{kind: str(kinds.get(kind, 0)) for kind in KINDS},
            "概要を超える求め": str(len({beyond.opinion_id for beyond in one.beyond})),
            "概要にない語": "・".join(dict.fromkeys(word for beyond in one.beyond for word in beyond.words)),
            "概要を超える求めの内容": "／".join(f"{beyond.clause}（{beyond.opinion_id}）" for beyond in one.beyond),
        }

    rows = [row(one.measure.policy if one.measure else "", one) for one in found.measures]
    rows += [row("", one) for one in found.elsewhere]
    return _frame([*rows, row(OUTSIDE, found.outside)])


def department_matrix(judged: Sequence[Judged], departments: Sequence[str], themes: Sequence[str]) -> pd.DataFrame:
    """department_matrix.csv: every department, then the totals.

    An opinion of three departments counts in three rows and in 合計(延べ) three times, in
    合計(実数) once.
    """
    groups = by_department(judged, departments)
    counted = [one for group in groups.values() for one in group]
    named = [*groups.items(), (TOTAL_COUNTED, counted), (TOTAL_UNIQUE, list(judged))]
    return _frame(
        [
            {"担当課": name, **_counts(group, themes), UNDECIDED: str(_with_verdict(group, UNDECIDED))}
            for name, group in named
        ]
    )


def _counts(group: Sequence[Judged], themes: Sequence[str]) -> dict[str, str]:
    return {
        "意見数": str(len(group)),
        **{theme: str(sum(is_given(one, theme) for one in group)) for theme in themes},
        NONE_APPLIES: str(_with_verdict(group, NONE_APPLIES)),
    }


def _with_verdict(group: Sequence[Judged], verdict: str) -> int:
    return sum(one.labelling.verdict == verdict for one in group)


def ledger_table(lines: Iterable[LedgerLine]) -> pd.DataFrame:
    """ledger.csv."""
    return _frame([{"段階": line.stage, "件数": str(line.count), "内訳": line.breakdown} for line in lines])


def topics_table(topics: Iterable[Topic], judged: Sequence[Judged]) -> pd.DataFrame:
    """topics.csv: discovered groups, each with its opinions."""
    texts = {one.opinion.id: one.opinion for one in judged}
    rows = [
        {
            "話題ID": topic.id,
            "見出し": topic.heading,
            "主な語": "・".join(topic.words),
            "意見数": str(len(topic.opinion_ids)),
            "代表意見": texts[topic.representatives[0]].text if topic.representatives else "",
            "意見ID": "、".join(topic.opinion_ids),
            "同趣旨統合後": str(len({texts[name].same_id for name in topic.opinion_ids})),
            "上位の話題": topic.parent,
            "安定度": f"{topic.stability:.2f}",
        }
        for topic in topics
    ]
    header = ["話題ID", "見出し", "主な語", "意見数", "代表意見", "意見ID", "同趣旨統合後", "上位の話題", "安定度"]
    return _frame(rows, header)


def suggestions_table(suggestions: Iterable[Suggestion]) -> pd.DataFrame:
    """suggestions.csv: proposals for measures, best first."""
    rows = [
        {
            "番号": str(one.number),
            "区分": one.division,
            "案": one.title,
            "趣旨": one.purpose,
            "テーマ": "|".join(one.themes),
            "意見数": str(len(one.evidence)),
            "担当課数": str(len(one.departments)),
            "担当課": "、".join(one.departments),
            "根拠意見ID": "、".join(one.evidence),
            "代表意見": one.representative,
            "最も近い施策": one.nearest,
            "類似度": f"{one.similarity:.2f}",
            "同趣旨統合後": str(one.voices),
            "強さ": f"{one.strength:.2f}",
        }
        for one in suggestions
    ]
    header = ["番号", "区分", "案", "趣旨", "テーマ", "意見数", "担当課数", "担当課", "根拠意見ID"]
    return _frame(rows, [*header, "代表意見", "最も近い施策", "類似度", "同趣旨統合後", "強さ"])


def attribute_names(judged: Iterable[Judged]) -> tuple[str, ...]:
    """The source's own columns, in the order in which they come."""
    return tuple(dict.fromkeys(name for one in judged for name, _ in one.opinion.item.attributes))


def opinions_table(
    judged: Sequence[Judged], themes: Sequence[str], attributes: Sequence[str] = (), rest: Sequence[Item] = ()
) -> pd.DataFrame:
    """opinions.csv, in source order."""
    import pandas as pd

    copies = Counter(one.opinion.same_id for one in judged)
    repeated = Counter(item.same_as for item in rest if item.same_as)
    rows = []
    for one in judged:
        again = repeated[one.opinion.item.place] if one.opinion.item.part <= 1 else 0
        rows.append(opinion_row(one, attributes, copies[one.opinion.same_id], again))
    return pd.DataFrame(rows, columns=opinion_header(themes, attributes), dtype="str")


def attribute_matrix(judged: Sequence[Judged], themes: Sequence[str], attributes: Sequence[str]) -> pd.DataFrame:
    """attribute_matrix.csv: every value of the source's own columns × theme (年代, 地区, 回収方法 …).

    The values of each column add up to all opinions.
    """
    rows = [
        {
            "属性": name,
            "値": value,
            **_counts(group, themes),
            UNDECIDED: str(_with_verdict(group, UNDECIDED)),
            "同趣旨統合後": str(len({one.opinion.same_id for one in group})),
        }
        for name, groups in by_attribute(judged, attributes).items()
        for value, group in groups.items()
    ]
    header = ["属性", "値", "意見数", *themes, NONE_APPLIES, UNDECIDED, "同趣旨統合後"]
    return _frame(rows, header)


def rest_table(rest: Sequence[Item], judged: Sequence[Judged], round_name: str) -> pd.DataFrame:
    """not_opinions.csv: everything that was read and is no opinion, with what a 同上 points at."""
    ids: dict[Place, list[str]] = {}
    for one in judged:
        ids.setdefault(one.opinion.item.place, []).append(one.opinion.id)
    rows = [
        {
            "区分": item.kind,
            "回": round_name,
            "出典": item.place.file,
            "位置": item.place.within,
            "番号": item.number,
            "本文": item.text,
            "担当課": "、".join(item.departments),
            "計画上の位置": item.filed_under,
            "指すもの": item.same_as.within if item.same_as else "",
            "指す意見ID": "、".join(ids.get(item.same_as, [])) if item.same_as else "",
        }
        for item in rest
    ]
    header = ["区分", "回", "出典", "位置", "番号", "本文", "担当課", "計画上の位置", "指すもの", "指す意見ID"]
    return _frame(rows, header)


def decisions_table(decisions: Iterable[Recorded], judged: Iterable[Judged]) -> pd.DataFrame:
    """decisions.csv: everything that anybody decided, what it answered and what became of it."""
    texts = {one.opinion.id: one.opinion.text for one in judged}
    rows = [
        {
            "意見ID": decision.opinion_id,
            "確認者": decision.reviewer,
            "日時": decision.time,
            "区分": "協議" if one.settles else "判断",
            "テーマ": "|".join(decision.themes) or NO_THEME,
            "種別": decision.kind,
            "施策": decision.measure,
            "提案されていた判定": decision.suggested.verdict,
            "提案されていたテーマ": "|".join(decision.suggested.themes) or NO_THEME,
            "提案されていた種別": decision.suggested.kind,
            "提案されていた施策": decision.suggested.measure,
            BLIND: BLIND if decision.blind else "",
            "メモ": decision.note,
            "状態": one.state,
            "意見": texts.get(one.opinion_id, ""),
            "モデル": decision.model,
        }
        for one in decisions
        for decision in [one.decision]
    ]
    return _frame(rows)


def _frame(rows: Sequence[dict[str, str]], header: Sequence[str] | None = None) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=list(header) if header else None, dtype="str")


def rows_of(frame: pd.DataFrame) -> Iterator[list[str]]:
    """The cells of a table, row by row."""
    return iter(frame.to_numpy().tolist())
