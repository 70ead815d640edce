"""``iken evaluate``: how well the judgements agree with labels that people gave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline.batch import Options
from pipeline.language.tokenize import tokenize
from pipeline.model_folder import load_model
from pipeline.records import UNDECIDED
from pipeline.rounds import read_opinions
from pipeline.themes.codebook import read_codebook
from pipeline.themes.decision import Decision
from pipeline.themes.evaluation import (
    Confusion,
    Evaluation,
    calibration_error,
    macro_f1,
    micro_f1,
    theme_figures,
    with_interval,
)
from pipeline.themes.labels import Labelled, read_labels


def evaluate(labels: Path, options: Options | None = None, results: Path | None = None) -> Evaluation:
    """Judge the labelled opinions and compare.

    Parameters
    ----------
    labels : Path
        As :func:`pipeline.themes.labels.read_labels` takes them.
    options : Options, optional
        Codebook and model.
    results : Path, optional
        A folder of ``iken run``, for labels that name opinions by ID alone.

    Raises
    ------
    IkenError
        When the labels are faulty, or none fits the opinions.
    """
    options = options or Options()
    codebook = read_codebook(options.codebook)
    model = load_model(options.model, codebook)
    texts = {row["意見ID"]: row["意見"] for row in read_opinions(results)} if results else None
    labelled = read_labels(labels, codebook.names, texts)
    words = [tokenize(one.text) for one in labelled]
    decisions = [model.themes.judge(text) for text in words]
    truth = np.array([[name in one.themes for name in codebook.names] for one in labelled])
    given = np.array([[name in decision.themes for name in codebook.names] for decision in decisions])
    probabilities = np.array([[score.probability for score in decision.scores] for decision in decisions])
    decided = np.array([decision.verdict != UNDECIDED for decision in decisions])
    kinds = np.array(
        [model.kinds.judge(text).name == one.kind for text, one in zip(words, labelled, strict=True) if one.kind]
    )
    return Evaluation(
        opinions=len(labelled),
        themes=tuple(theme_figures(codebook.names, given, truth)),
        macro=with_interval(macro_f1, given, truth),
        micro=with_interval(micro_f1, given, truth),
        undecided=float(1 - decided.mean()),
        macro_decided=with_interval(macro_f1, given[decided], truth[decided]) if decided.any() else None,
        calibration=calibration_error(probabilities, truth),
        kinds=with_interval(lambda column: float(column.mean()), kinds) if len(kinds) else None,
        confusions=_confusions(labelled, decisions),
    )


_PAIRS_SHOWN = 6
_TEXTS_SHOWN = 2


def _confusions(labelled: Sequence[Labelled], decisions: Sequence[Decision]) -> tuple[Confusion, ...]:
    wrong = Counter[tuple[str, str]]()
    texts: dict[tuple[str, str], list[str]] = {}
    for one, decision in zip(labelled, decisions, strict=True):
        if set(one.themes) != set(decision.themes):
            order = [score.theme for score in decision.scores]
            truth = "|".join(theme for theme in order if theme in one.themes) or "なし"
            pair = ("|".join(decision.themes) or "なし", truth)
            wrong[pair] += 1
            texts.setdefault(pair, []).append(one.text)
    return tuple(
        Confusion(*pair, count, tuple(texts[pair][:_TEXTS_SHOWN])) for pair, count in wrong.most_common(_PAIRS_SHOWN)
    )
