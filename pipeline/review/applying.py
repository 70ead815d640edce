"""What people decided takes the place of what the program judged; what cannot is kept and told."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from pipeline.identity import text_hash
from pipeline.plan.places import is_outside
from pipeline.records import GIVEN, NONE_APPLIES, Decision, Finding, Judged, Labelling, Place, Plan, Recorded
from pipeline.review.decisions import FILE
from pipeline.review.history import ELSEWHERE, OTHER_TEXT, REPLACED, SETTLE, STANDS, UNDONE, History
from pipeline.themes.asking import asking_clauses
from pipeline.themes.kinds import ASKING

NO_SUCH_THEME = "テーマがコードブックにない"
NO_SUCH_MEASURE = "有効（施策は計画にない）"
_AGAIN = "iken review で、もう一度確かめてください"


@dataclass(frozen=True, slots=True)
class Applied:
    """Opinions as people decided them.

    Attributes
    ----------
    judged : tuple of Judged
        In source order.
    recorded : tuple of Recorded
        Everything that anybody decided, in the order of time.
    findings : tuple of Finding
        Which decisions could not be applied, and why.
    """

    judged: tuple[Judged, ...]
    recorded: tuple[Recorded, ...]
    findings: tuple[Finding, ...]


def apply_history(
    history: History,
    judged: Sequence[Judged],
    themes: Sequence[str],
    plan: Plan | None,
    reworded: Mapping[str, str] | None = None,
) -> Applied:
    """Apply the decisions that stand.

    A decision holds for the text it was made on: on another one it is not applied, and neither is
    one whose theme the codebook no longer has. Of one whose measure the plan no longer has,
    themes and kind are. None is lost: ``recorded`` holds every one with what became of it.

    Parameters
    ----------
    history : History
    judged : sequence of Judged
        As the program judged.
    themes : sequence of str
        Of the codebook, in its order.
    plan : Plan or None
    reworded : mapping of str to str, optional
        ID that an opinion had before its text was corrected → its ID now.
    """
    hashes = {one.opinion.id: text_hash(one.opinion.text) for one in judged}
    standing = history.about(hashes).standing_entries()
    measures = {measure.label for measure in plan.measures} if plan else set()
    ends: dict[str, str] = {}
    found: list[Judged] = []
    findings: list[Finding] = []
    for one in judged:
        entry = standing.get(one.opinion.id)
        if entry is None or entry.decision is None:
            found.append(one)
            continue
        decision = entry.decision
        unknown = [name for name in decision.themes if name not in themes]
        if unknown:
            ends[entry.uuid] = NO_SUCH_THEME
            found.append(one)
            why = f"テーマ「{'・'.join(unknown)}」がコードブックにないので、反映していません"
            findings.append(_finding(one, decision, why))
            continue
        ends[entry.uuid] = STANDS
        known = {*measures, one.opinion.item.filed_under}
        if decision.measure and decision.measure not in known and not is_outside(decision.measure):
            ends[entry.uuid] = NO_SUCH_MEASURE
            why = f"施策「{decision.measure}」が計画にないので、施策だけ反映していません"
            findings.append(_finding(one, decision, why))
            decision = replace(decision, measure="")
        found.append(replace(one, labelling=_decided(one, decision, themes), decision=decision))
    recorded, stale = _recorded(history, hashes, ends, reworded or {})
    findings += _kept(judged, recorded, stale, set(standing))
    return Applied(tuple(found), recorded, tuple(findings))


def review_record(applied: Applied) -> dict[str, Any]:
    """What run.json says of the review: who decided how much, and a hash of what was applied."""
    decisions = [one.decision for one in applied.judged if one.decision]
    body = json.dumps([asdict(one) for one in decisions], ensure_ascii=False, sort_keys=True)
    kept = [one for one in applied.recorded if one.state not in (UNDONE, REPLACED, ELSEWHERE, OTHER_TEXT)]
    # what settles a disagreement is nobody's own, and an opinion counts once for each who decided on it
    made = Counter(name for name, _ in {(one.decision.reviewer, one.opinion_id) for one in kept if not one.settles})
    return {
        "applied": len(decisions),
        "changed": sum(one.is_change for one in decisions),
        "blind": sum(one.blind for one in decisions),
        "reviewers": dict(sorted(made.items())),
        "settled": sum(one.settles and one.state == STANDS for one in kept),
        "states": dict(sorted(Counter(one.state for one in applied.recorded).items())),
        "sha256": hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest(),
    }


def _decided(one: Judged, decision: Decision, themes: Sequence[str]) -> Labelling:
    labelling = one.labelling
    changed = replace(
        labelling,
        verdict=GIVEN if decision.themes else NONE_APPLIES,
        themes=tuple(name for name in themes if name in decision.themes),
    )
    if decision.kind in ("", labelling.kind):
        return changed
    asking = asking_clauses(one.opinion.text) if decision.kind == ASKING else ()
    return replace(changed, kind=decision.kind, kind_evidence="", asking=asking)


def _recorded(
    history: History, hashes: dict[str, str], ends: dict[str, str], reworded: Mapping[str, str]
) -> tuple[tuple[Recorded, ...], dict[str, Decision]]:
    """Every decision with its end; and of each opinion the latest one on another text that nobody took back."""
    of_now = {entry.uuid: state for entry, state in history.about(hashes).states()}
    found = []
    stale: dict[str, Decision] = {}
    for entry, state in history.states():
        decision = entry.decision
        if decision is None:
            continue
        name = reworded.get(entry.opinion_id, entry.opinion_id)
        end = ends.get(entry.uuid) or of_now.get(entry.uuid, "")
        if not end and state in (UNDONE, REPLACED):
            end = state
        elif not end and name not in hashes:
            end = ELSEWHERE
        elif not end:
            end = OTHER_TEXT
            stale[name] = decision
        found.append(Recorded(decision, entry.what == SETTLE, end, name if name in hashes else ""))
    return tuple(found), stale


def _kept(
    judged: Sequence[Judged], recorded: Sequence[Recorded], stale: dict[str, Decision], standing: set[str]
) -> Iterator[Finding]:
    """What was not applied: each decision on a text that changed, and how many are of other opinions."""
    for one in judged:
        if one.opinion.id in stale and one.opinion.id not in standing:
            yield _finding(one, stale[one.opinion.id], "文面がそのあと変わったので、反映していません")
    elsewhere = {one.decision.opinion_id for one in recorded if one.state == ELSEWHERE}
    if elsewhere:
        what = f"この回にない意見 {len(elsewhere)} 件への確認があります（記録に残し、反映していません）"
        remedy = "回の名前（--round）や計画を変えたときは、元に戻して実行してください。一覧は decisions.csv にあります"
        yield Finding("注意", Place(FILE, ""), what, remedy)


def _finding(one: Judged, decision: Decision, why: str) -> Finding:
    made = f"{decision.reviewer}（{decision.time[:16].replace('T', ' ')}）の確認"
    return Finding("注意", one.opinion.item.place, f"意見 {one.opinion.id} の{made}は、{why}", _AGAIN)
