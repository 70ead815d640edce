"""What a run found, and the tables people get of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.deliver import tables
from pipeline.ledger import LedgerLine
from pipeline.measured import UNMEASURED, Figure, Measured
from pipeline.records import Finding, Item, Judged, Plan, Recorded, Source, Suggestion, Topic

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class MadeWith:
    """What judged a round.

    Attributes
    ----------
    version : str
        Of iken.
    model : str
        Its name.
    model_digest, codebook_digest : str
        SHA-256 in hexadecimal.
    masked : bool
        Whether what names a person is masked.
    colors : tuple of str
        Of the themes, in their order (``#1f6f8b``).
    measured : Measured
        What is known of the model.
    """

    version: str = ""
    model: str = ""
    model_digest: str = ""
    codebook_digest: str = ""
    masked: bool = False
    colors: tuple[str, ...] = ()
    measured: Measured = UNMEASURED


@dataclass(frozen=True)
class Results:
    """All that a run found, and the tables people get of it.

    Attributes
    ----------
    sources : tuple of Source
    plan : Plan or None
    judged : tuple of Judged
        In source order.
    ledger : tuple of LedgerLine
        Checked: it adds up.
    themes : tuple of str
    findings : tuple of Finding
    notes : tuple of str
        What the model says of itself: themes that rest on the codebook alone …
    rest : tuple of Item
        What was read and is no opinion.
    round : str
        The name of the round.
    topics : tuple of Topic
        話題, the largest first.
    suggestions : tuple of Suggestion
        Proposals for measures, the strongest first; empty without a plan.
    made_with : MadeWith
        The model and the codebook that judged.
    measured : tuple of Figure
        How right the suggestions were on this round: against decisions made without seeing them.
    decisions : tuple of Recorded
        Everything that people decided, in the order of time, once their decisions are applied.
    """

    sources: tuple[Source, ...]
    plan: Plan | None
    judged: tuple[Judged, ...]
    ledger: tuple[LedgerLine, ...]
    themes: tuple[str, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    rest: tuple[Item, ...] = ()
    round: str = ""
    topics: tuple[Topic, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    made_with: MadeWith = MadeWith()
    measured: tuple[Figure, ...] = ()
    decisions: tuple[Recorded, ...] = ()

    def tables(self) -> dict[str, pd.DataFrame]:
        """The deliverables by file name; what people decided only where they decided something."""
        return {name: make() for name, make in self._makers().items()}

    def table_names(self) -> list[str]:
        """The names of :meth:`tables`, without the work."""
        return list(self._makers())

    def _makers(self) -> dict[str, Callable[[], pd.DataFrame]]:
        departments = dict.fromkeys(department.name for source in self.sources for department in source.departments)
        attributes = tables.attribute_names(self.judged)
        decided = {"decisions.csv": lambda: tables.decisions_table(self.decisions, self.judged)}
        return {
            "opinions.csv": lambda: tables.opinions_table(self.judged, self.themes, attributes, self.rest),
            "theme_summary.csv": lambda: tables.theme_summary(self.judged, self.themes),
            "plan_matrix.csv": lambda: tables.plan_matrix(self.judged, self.plan or Plan(), self.themes),
            "department_matrix.csv": lambda: tables.department_matrix(self.judged, list(departments), self.themes),
            "suggestions.csv": lambda: tables.suggestions_table(self.suggestions),
            "topics.csv": lambda: tables.topics_table(self.topics, self.judged),
            "attribute_matrix.csv": lambda: tables.attribute_matrix(self.judged, self.themes, attributes),
            "not_opinions.csv": lambda: tables.rest_table(self.rest, self.judged, self.round),
            **(decided if self.decisions else {}),
            "ledger.csv": lambda: tables.ledger_table(self.ledger),
        }
