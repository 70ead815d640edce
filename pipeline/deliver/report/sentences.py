"""The summary in sentences. They say what was counted, never why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipeline.deliver import cross_tables
from pipeline.deliver.report.figures import ALL, Figures
from pipeline.deliver.report.view import Phrase, Sentence
from pipeline.deliver.results import Results
from pipeline.deliver.small_cells import FEW, is_few
from pipeline.deliver.tables import review_state
from pipeline.plan.places import by_place
from pipeline.records import GIVEN, NONE_APPLIES, OUTSIDE, UNDECIDED, Judged

_NAMED = 8


def summary(results: Results, figures: Figures) -> tuple[Sentence, ...]:
    """What a reader takes away, a paragraph each of what came, where it belongs, what it asks and who looked at it."""
    judged = results.judged
    paragraphs = (
        [*_count_lines(judged), *_theme_lines(judged, results.themes, figures)],
        [*_plan_lines(results, figures)],
        [_kind_line(judged, figures), *_found_lines(results)],
        [_review_line(judged, figures)],
    )
    return tuple(
        tuple(Phrase(piece) if isinstance(piece, str) else piece for line in lines for piece in line)
        for lines in paragraphs
        if lines
    )


def _count_lines(judged: Sequence[Judged]) -> Iterator[Sequence[str | Phrase]]:
    voices = len({one.opinion.same_id for one in judged})
    departments = len({name for one in judged for name in one.opinion.item.departments})
    yield [
        "寄せられた意見は",
        Phrase(f"{len(judged):,}件", ALL),
        f"（同じ趣旨のものを一つと数えると{voices:,}件）" if voices < len(judged) else "（同じ趣旨の重なりはなし）",
        f"、出した課は{departments}課です。" if departments else "です。",
    ]


def _found_lines(results: Results) -> Iterator[Sequence[str]]:
    if results.topics:
        tops = [topic for topic in results.topics if not topic.parent]
        named = "、".join(f"「{topic.heading}」" for topic in tops[:3])
        most = f"大きいものから{named}などです" if len(tops) > 3 else f"{named}です"
        yield [f"よく似たことを述べた意見を集めると、{len(tops):,}個の話題になりました。{most}。"]
    if results.suggestions:
        parts = "、".join(
            f"{division}{count}件"
            for division in ("新規", "拡充", "横断")
            if (count := sum(one.division == division for one in results.suggestions))
        )
        yield [f"意見が求めていることから作った施策の案は{len(results.suggestions):,}件です（{parts}）。"]


def _theme_lines(judged: Sequence[Judged], themes: Sequence[str], figures: Figures) -> Iterator[Sequence[str | Phrase]]:
    parts = {
        name: [one for one in judged if one.labelling.verdict == name] for name in (GIVEN, NONE_APPLIES, UNDECIDED)
    }
    yield [
        "このうちテーマが付いたものは",
        figures.of("テーマが付いたもの", parts[GIVEN], "件"),
        "、どのテーマにも当たらないものは",
        figures.of(NONE_APPLIES, parts[NONE_APPLIES], "件"),
        "、機械では決めきれず保留にしたものは",
        figures.of(UNDECIDED, parts[UNDECIDED], "件"),
        "です。",
    ]
    counted = [(name, [one for one in judged if cross_tables.is_given(one, name)]) for name in themes]
    ordered = sorted(counted, key=lambda pair: -len(pair[1]))
    if ordered and ordered[0][1]:
        line: list[str | Phrase] = ["テーマは、多い順に"]
        for n, (name, group) in enumerate(ordered):
            line += [
                f"{'、' if n else ''}「{name}」",
                figures.of(name, group, "件"),
                f"（{len(group) / len(judged):.1%}）",
            ]
        yield [*line, "です。"]


def _plan_lines(results: Results, figures: Figures) -> Iterator[Sequence[str | Phrase]]:
    plan = results.plan
    if plan is None:
        return
    rows = by_place(results.judged, plan)
    known = {measure.label for measure in plan.measures}
    inside = [row for row in rows if row.label in known]
    most = max((len(row.judged) for row in inside), default=0)
    if most:
        first = [row for row in inside if len(row.judged) == most]
        line: list[str | Phrase] = [f"計画の{len(inside)}の施策のうち、意見が最も多いのは"]
        for n, row in enumerate(first[:3]):
            line += ["、" if n else "", f"「{row.label}」", figures.of(row.label, row.judged, "件")]
        yield [*line, "など" if len(first) > 3 else "", "です。"]
    if empty := [row.label for row in inside if not row.judged]:
        named = "、".join(f"「{label}」" for label in empty[:_NAMED]) + ("など" if len(empty) > _NAMED else "")
        yield [f"意見が一件もない施策は{len(empty)}施策です（{named}）。"]
    else:
        yield ["意見が一件もない施策はありません。"]
    outside = next(row for row in rows if row.label == OUTSIDE).judged
    if outside:
        yield ["計画のどの施策にも当たらないもの（計画外）は", figures.of(OUTSIDE, outside, "件"), "です。"]
    yield from _place_line(results.judged)


def _place_line(judged: Sequence[Judged]) -> Iterator[Sequence[str]]:
    decided = sum(bool(one.decision and one.decision.measure) for one in judged)
    filed = sum(bool(one.opinion.item.filed_under) and not (one.decision and one.decision.measure) for one in judged)
    guessed = len(judged) - decided - filed
    said = [
        f"元の資料によるものが{filed:,}件" if filed else "",
        f"人が決めたものが{decided:,}件" if decided else "",
        f"本文から機械が選んだ候補が{guessed:,}件" if guessed else "",
    ]
    yield [f"施策への振り分けは、{'、'.join(filter(None, said))}です。"]


def _kind_line(judged: Sequence[Judged], figures: Figures) -> Sequence[str | Phrase]:
    line: list[str | Phrase] = ["述べ方で分けると、"]
    for n, kind in enumerate(kinds_of(judged)):
        line += [
            f"{'、' if n else ''}{kind}",
            figures.of(f"種別：{kind}", [one for one in judged if one.labelling.kind == kind], "件"),
        ]
    return [*line, "です。"]


def kinds_of(judged: Sequence[Judged]) -> tuple[str, ...]:
    """The kinds, the commonest first; equals in the order in which they come."""
    names = dict.fromkeys(one.labelling.kind for one in judged)
    return tuple(sorted(names, key=lambda name: -sum(one.labelling.kind == name for one in judged)))


def _review_line(judged: Sequence[Judged], figures: Figures) -> Sequence[str | Phrase]:
    reviewed = [one for one in judged if one.decision]
    if not reviewed:
        return ["人による確認はまだ行われていません。ここにある判定は、すべて機械が出した案です。"]
    changed = [one for one in reviewed if review_state(one) == "修正済"]
    rest = [one for one in judged if not one.decision]
    return [
        "人が確かめた意見は",
        figures.of("人が確かめたもの", reviewed, "件"),
        "（うち機械の案を直したものは",
        figures.of("人が案を直したもの", changed, "件"),
        "）、まだ確かめていないものは",
        figures.of("まだ確かめていないもの", rest, "件"),
        "です。",
    ]


def cautions(results: Results, attributes: Sequence[str]) -> tuple[str, ...]:
    """What to know before it is passed on or published."""
    return tuple(_cautions(results, attributes))


def _cautions(results: Results, attributes: Sequence[str]) -> Iterator[str]:
    judged, hidden = results.judged, results.made_with.masked
    yield "件数は寄せられた意見の数です。市民や職員の全体に占める割合や、意見の重みを表すものではありません。"
    undecided = sum(one.labelling.verdict == UNDECIDED for one in judged)
    if undecided:
        yield f"保留の{undecided:,}件は、テーマの件数に入っていません。人が決めると、件数は変わります。"
    shared = [
        name
        for name, values in cross_tables.by_attribute(judged, attributes).items()
        if _has_few(values.values(), results)
    ]
    if shared and not hidden:
        yield (
            f"「{'」「'.join(shared)}」の表に{FEW}件以下の欄（※ の印）があり、だれの意見か分かるおそれがあります。"
            "意見の一覧にも一件ごとの区分が載ります。公表するものは、--mask を付けて作り直してください。"
        )
    elif shared:
        yield f"「{'」「'.join(shared)}」の表では、{FEW}件以下の欄と、引き算でそれが分かる欄を伏せました。"
    departments = cross_tables.by_department(judged, ())
    if any(name != cross_tables.NO_DEPARTMENT for name in departments) and _has_few(departments.values(), results):
        yield (
            f"担当課の表に{FEW}件以下の欄があります。意見を出した職員が推し量られることがあるので、"
            "庁外に出すときは、担当課を載せてよいか確かめてください。"
        )
    if hidden:
        yield "個人が分かる記述は〔電話番号〕などに置き換えました。見落としもありえるので、本文も読んでください。"
    else:
        yield "個人が分かる記述は伏せていません。公表するものは、--mask を付けて作り直し、本文も読んでください。"
    for finding in results.findings:
        if finding.level != "情報":
            place = " ".join(filter(None, (finding.place.file, finding.place.within)))
            yield f"{finding.level}（{place}）：{finding.what}。{finding.remedy}".rstrip("。") + "。"
    yield from (f"{note.rstrip('。')}。" for note in results.notes)


def _has_few(found: Iterable[Sequence[Judged]], results: Results) -> bool:
    return any(is_few(len(part)) for group in found for part in cross_tables.columns_of(group, results.themes).values())
