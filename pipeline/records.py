"""What passes between the rooms: frozen records that carry their own evidence, and no logic.

The Japanese terms of the trade are kept in the data: 判定 is one of ``付与``, ``該当なし``,
``保留``; a measure is named as ``2(4) 市民活動に関する学びの機会の提供``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

GIVEN = "付与"
NONE_APPLIES = "該当なし"
UNDECIDED = "保留"

OUTSIDE = "計画外"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in its source, so that a person finds it again.

    Attributes
    ----------
    file : str
        The file's name.
    spot : str
        Row and item within it, in Japanese (``8行・3項目``).
    sheet : str
        Sheet, page or table, where the file has several (``シート「施策1」``, ``2頁``).
    """

    file: str
    spot: str
    sheet: str = ""

    @property
    def within(self) -> str:
        """Sheet and spot as one: ``2頁 3行・1項目``."""
        return " ".join(part for part in (self.sheet, self.spot) if part)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the reader of a source ought to know.

    Attributes
    ----------
    level : str
        ``誤り`` (would be lost), ``注意`` (was guessed) or ``情報``.
    place : Place
    what, remedy : str
        In Japanese; the remedy may be empty.
    """

    level: str
    place: Place
    what: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Department:
    """A department and the marks that stand for it (ブ and プ: one department)."""

    name: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """A 施策 of the plan.

    Attributes
    ----------
    code : str
        ``2(4)``: number of the 基本施策 and of the 施策 within it.
    policy : str
        The 基本施策 with its number, ``2 市民活動の促進``.
    name : str
        Without its number.
    overview : str
        The 概要: what the plan promises.
    is_priority : bool
        Whether it is a 重点施策.
    """

    code: str
    policy: str
    name: str
    overview: str
    is_priority: bool = False

    @property
    def label(self) -> str:
        """As it is written in every deliverable: ``2(4) 学びの機会の提供``."""
        return f"{self.code} {self.name}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan as it is: its measures in order."""

    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One thing read from a source: a bullet of a table, a row of a list.

    Attributes
    ----------
    kind : str
        The one place of the ledger where it ends: 意見, 取組例, 概要, 空欄 …
    text : str
        For an opinion without the department marks; otherwise as it stands.
    place : Place
    departments : tuple of str
        Full names, in order of appearance.
    remark : str
        What a mark says besides departments (多くの課から。プロボノは社).
    filed_under : str
        Where the source filed it: a measure's label, ``計画外 <heading>``, or empty.
    number : str
        The source's own number for it, where it has one.
    raw : str
        The text as it was read, marks and all.
    attributes : tuple of (str, str)
        The other columns of a list (年代, 地区 …), in their order.
    same_as : Place or None
        For a 同上: where the item stands that it repeats.
    part : int
        Which part of a comment with several opinions it is, from 1; 0 when it was not cut.
    whole : str
        The comment it is a part of; empty when it was not cut.
    """

    kind: str
    text: str
    place: Place
    departments: tuple[str, ...] = ()
    remark: str = ""
    filed_under: str = ""
    number: str = ""
    raw: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    same_as: Place | None = None
    part: int = 0
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """All that was read from one file."""

    file: str
    items: tuple[Item, ...]
    plan: Plan | None = None
    departments: tuple[Department, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Opinion:
    """One voice.

    Attributes
    ----------
    id : str
        Stable: the same text at the same place of the same round has the same ID in every run.
    round : str
        The round it came in (回).
    item : Item
        As it was read.
    same_id : str
        Shared by opinions that say the same (同趣旨ID).
    """

    id: str
    round: str
    item: Item
    same_id: str

    @property
    def text(self) -> str:
        """What is judged."""
        return self.item.text


@dataclass(frozen=True, slots=True)
class Evidence:
    """A part of a score: words of the text and what they added (or took away).

    Attributes
    ----------
    words : str
        As they stand in the text.
    weight : float
        The part of the score, in the score's own unit.
    term : str
        The expression, or the feature, that found them.
    """

    words: str
    weight: float
    term: str


@dataclass(frozen=True, slots=True)
class ThemeScore:
    """What was found for one theme in one opinion.

    Attributes
    ----------
    theme : str
    probability : float
        Between 0 and 1.
    applies : bool or None
        None when the probability lies in the band of doubt.
    evidence : tuple of Evidence
        In the order of the text.
    """

    theme: str
    probability: float
    applies: bool | None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Labelling:
    """The judgement on one opinion.

    Attributes
    ----------
    verdict : str
        ``付与``, ``該当なし`` or ``保留``.
    themes : tuple of str
        The themes given; the best guess under 保留.
    scores : tuple of ThemeScore
        One for every theme of the codebook, in its order.
    kind : str
        要望, 課題, 事例 or 懸念.
    kind_evidence : str
        The words that decided the kind.
    asking : tuple of str
        What a 要望 asks for (求めていること), in the order of the text; empty for other kinds.
    """

    verdict: str
    themes: tuple[str, ...]
    scores: tuple[ThemeScore, ...]
    kind: str
    kind_evidence: str = ""
    asking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A measure (or 計画外) where an opinion may belong, with the words that say so."""

    label: str
    score: float
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanMatch:
    """Where the text itself belongs: candidates, best first; empty without a plan."""

    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggested:
    """What a reviewer was shown, or would have been: the judgement as it stood when a decision was made.

    Attributes
    ----------
    verdict : str
        判定.
    themes : tuple of str
        The themes given; the best guess under 保留.
    kind : str
    measure : str
        Where the opinion counted in the plan; empty without a plan.
    """

    verdict: str
    themes: tuple[str, ...]
    kind: str
    measure: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided of one opinion.

    Attributes
    ----------
    opinion_id : str
    text_hash : str
        Of the text it was made on (:func:`pipeline.identity.text_hash`).
    themes : tuple of str
        Empty: none applies.
    kind : str
    measure : str
        A measure's label or 計画外; empty where the reviewer said nothing of it.
    reviewer : str
    time : str
        ISO 8601 with the offset.
    model : str
        Digest of the model whose suggestion it answers.
    blind : bool
        Whether it was made without seeing the suggestion.
    suggested : Suggested
    note : str
    """

    opinion_id: str
    text_hash: str
    themes: tuple[str, ...]
    kind: str
    measure: str
    reviewer: str
    time: str
    model: str
    blind: bool
    suggested: Suggested
    note: str = ""

    @property
    def is_change(self) -> bool:
        """Whether it is another than what was suggested; a 保留 that is confirmed is none."""
        return (
            set(self.themes) != set(self.suggested.themes)
            or self.kind != self.suggested.kind
            or (bool(self.measure) and self.measure != self.suggested.measure)
        )


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision as it was recorded, and what became of it.

    Attributes
    ----------
    decision : Decision
    settles : bool
        Whether it settled a disagreement.
    state : str
        状態: 有効, 取消, 文面が変わった …
    opinion_id : str
        The opinion of this round that it is about; empty where there is none.
    """

    decision: Decision
    settles: bool
    state: str
    opinion_id: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """An opinion with everything that was judged of it.

    Attributes
    ----------
    opinion : Opinion
    labelling : Labelling
        After review: what was decided, with the scores as they were.
    match : PlanMatch
    decision : Decision or None
        What a person decided, once applied.
    """

    opinion: Opinion
    labelling: Labelling
    match: PlanMatch = field(default_factory=PlanMatch)
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """Opinions that were found to be about the same, without labels (話題).

    Attributes
    ----------
    id : str
        話題ID: ``T01``, the largest first; ``T01-2`` within T01, where there is a hierarchy.
    heading : str
        見出し, made of the group's own words.
    words : tuple of str
        主な語, the most telling first.
    opinion_ids : tuple of str
        In source order; an opinion may stand in several topics.
    representatives : tuple of str
        IDs of opinions that say it best, the best first, no two that say the same.
    stability : float
        Between 0 and 1: how much of it is found again when the opinions are drawn anew.
    parent : str
        話題ID of the topic it is a part of; empty at the top.
    """

    id: str
    heading: str
    words: tuple[str, ...]
    opinion_ids: tuple[str, ...]
    representatives: tuple[str, ...]
    stability: float
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposal for a measure, with its evidence.

    Attributes
    ----------
    number : int
        From 1, the strongest first.
    division : str
        区分: 新規, 拡充 or 横断.
    title : str
        案: composed of the words of its evidence and of the plan.
    purpose : str
        趣旨: which need, how many opinions of how many departments, quoted.
    themes : tuple of str
    evidence : tuple of str
        根拠意見ID, the most telling first.
    departments : tuple of str
    voices : int
        Distinct voices among the evidence: copies count once.
    representative : str
        The text of the most telling opinion.
    nearest : str
        Label of the nearest measure.
    similarity : float
        How near, between 0 and 1.
    strength : float
        What they are ordered by.
    """

    number: int
    division: str
    title: str
    purpose: str
    themes: tuple[str, ...]
    evidence: tuple[str, ...]
    departments: tuple[str, ...]
    voices: int
    representative: str
    nearest: str
    similarity: float
    strength: float
