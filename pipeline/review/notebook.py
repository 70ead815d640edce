"""What the review notebook calls: one name a cell, and tables with Japanese headings to look at."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.deliver.stored import load_results
from pipeline.export import export
from pipeline.review.agreement import Agreed
from pipeline.review.decisions import FILE as DECISIONS
from pipeline.review.decisions import DecisionStore
from pipeline.review.learning import learn_from
from pipeline.review.opening import results_folder
from pipeline.review.session import ReviewSession, reviewer_name
from pipeline.review.status import status_of
from pipeline.review.widget import ReviewCard

if TYPE_CHECKING:
    import pandas as pd
    from IPython.display import Markdown

_WORDS_SHOWN = 8


class Review:
    """A reviewer at work in a notebook.

    Parameters
    ----------
    folder : str
        Of results. When empty: where the notebook stands, else a run of the sample.
    reviewer : str
        When empty: the name this machine knows the user by.

    Attributes
    ----------
    folder : Path
    reviewer : str

    Raises
    ------
    IkenError
        When the folder holds no results.
    """

    def __init__(self, folder: str = "", reviewer: str = "") -> None:
        self.folder = results_folder(folder)
        self.reviewer = reviewer_name(reviewer) or getpass.getuser()
        self._results = load_results(self.folder)

    def __repr__(self) -> str:
        """Say what is open, as a cell shows it."""
        return f"結果のフォルダ: {self.folder}　確認者: {self.reviewer}　意見 {len(self._results.judged)} 件"

    def card(self) -> ReviewCard:
        """The review card.

        Raises
        ------
        IkenError
            When the decisions cannot be opened.
        """
        session = ReviewSession(self._results, DecisionStore(self.folder / DECISIONS), self.reviewer)
        return ReviewCard(session, dict(zip(self._results.themes, self._results.made_with.colors, strict=False)))

    def progress(self) -> pd.DataFrame:
        """How far the review is, and who did how much."""
        import pandas as pd

        status = status_of(self.folder)
        rows = [
            ("確認ずみ", status.advice.decided),
            ("残り", status.advice.left),
            ("残りのうち保留", status.advice.undecided),
        ]
        rows += [(f"確認者 {name}", count) for name, count in status.reviewers]
        rows += [("判断がくい違う意見", status.differing), ("確認のあとで文面が変わった意見", status.stale)]
        rows += [("確認したが、この回にない意見", status.elsewhere)] if status.elsewhere else []
        return pd.DataFrame(rows, columns=["項目", "件数"]).set_index("項目")

    def agreement(self) -> pd.DataFrame | Markdown:
        """How far reviewers agree: κ of two, α of all, with 95 % intervals."""
        import pandas as pd

        found = status_of(self.folder).agreement
        rows = [row for pair in found.pairs for row in _agreed("と".join(pair.reviewers), "κ", pair.kappa)]
        rows += _agreed("全員", "α", found.alpha)
        if not rows:
            return _said(found.notes)
        columns = ["確認者", "対象", "係数", "一致 [95%区間]", "二人以上が確認", "同じ判断"]
        return pd.DataFrame(rows, columns=columns).set_index(["確認者", "対象"])

    def accuracy(self) -> pd.DataFrame | Markdown:
        """Precision, recall and F1 of the suggestions against blind decisions, with 95 % intervals."""
        import pandas as pd

        measured = status_of(self.folder).measured
        if not measured.themes:
            return _said(measured.notes)
        rows = [
            (
                one.theme,
                one.positives,
                *(str(figure or "－") for figure in (one.precision, one.recall, one.f1)),
                one.note,
            )
            for one in measured.themes
        ]
        columns = ["テーマ", "盲検で該当", "適合率", "再現率", "F1", "注"]
        return pd.DataFrame(rows, columns=columns).set_index("テーマ")

    def advice(self) -> Markdown:
        """Whether to go on."""
        return _said(status_of(self.folder).advice.sentences)

    def export(self) -> pd.DataFrame:
        """Write everything again with the decisions applied; gives the summary by theme.

        Raises
        ------
        IkenError
            When the folder cannot be written to.
        """
        summary = export(self.folder).tables()["theme_summary.csv"].set_index("テーマ")
        return summary[["意見数", "同趣旨統合後", "割合", "担当課数", "施策数", "要確認"]]

    def learn(self, model: str) -> pd.DataFrame | Markdown:
        """Learn a new model from the decisions, and show which words count otherwise; nothing without a name.

        Raises
        ------
        IkenError
            When there are no decisions, or the folder is there already.
        """
        import pandas as pd
        from IPython.display import display

        if not model:
            return _said(["名前を入れて実行すると、確認したことから新しいモデルを作ります（数分かかります）"])
        learned = learn_from([self.folder], Path(model))
        display(_said([learned.sentence, f"次の回で使うには: iken run … --model {learned.folder}"]))  # type: ignore[no-untyped-call]
        rows = [
            (one.theme, _weights(one.gained), _weights(one.lost), "使う" if one.kept else "使わない（効かなかった）")
            for one in learned.words
        ]
        return pd.DataFrame(rows, columns=["テーマ", "重くなった語", "軽くなった語", "補正"]).set_index("テーマ")


def _agreed(who: str, name: str, found: Iterable[Agreed]) -> list[tuple[str, str, str, str, int, int]]:
    return [(who, one.name, name, str(one.figure or one.note), one.opinions, one.same) for one in found]


def _weights(words: Iterable[tuple[str, float]]) -> str:
    return "、".join(f"{word} {weight:+.2f}" for word, weight in list(words)[:_WORDS_SHOWN])


def _said(sentences: Iterable[str]) -> Markdown:
    from IPython.display import Markdown

    return Markdown("\n".join(f"- {sentence}" for sentence in sentences))  # type: ignore[no-untyped-call]
