"""From probabilities to 付与, 該当なし or 保留: thresholds are data, deciding is a pure function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.records import GIVEN, NONE_APPLIES, UNDECIDED, Evidence, ThemeScore


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which probability a theme is given, and between which it is left to a person.

    Attributes
    ----------
    given : float
        The best guess: at or above it the theme belongs.
    doubt_from, doubt_to : float
        In ``[doubt_from, doubt_to)`` nobody should rely on the guess.
    """

    given: float
    doubt_from: float
    doubt_to: float

    def __post_init__(self) -> None:
        """Keep the order."""
        if not 0 <= self.doubt_from <= self.given <= self.doubt_to <= 1:
            raise ValueError(f"thresholds out of order: {self}")


DEFAULT = Threshold(given=0.5, doubt_from=0.4, doubt_to=0.6)


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows for one opinion: 判定, テーマ and the scores behind them."""

    verdict: str
    themes: tuple[str, ...]
    scores: tuple[ThemeScore, ...]


def decide(
    probabilities: Sequence[float],
    evidence: Sequence[tuple[Evidence, ...]],
    thresholds: Mapping[str, Threshold],
) -> Decision:
    """Decide on one opinion.

    Parameters
    ----------
    probabilities, evidence : sequence
        One entry for each key of ``thresholds``, in its order.
    thresholds : mapping of str to Threshold
        By theme.

    Returns
    -------
    Decision
        保留 as soon as one theme is in doubt; the themes are the best guess then. A theme
        for which no words speak is never given.
    """
    scores = []
    guess = []
    for (theme, threshold), probability, found in zip(thresholds.items(), probabilities, evidence, strict=True):
        has_words = any(part.weight > 0 for part in found)
        is_close = threshold.doubt_from <= probability < threshold.doubt_to
        belongs = probability >= threshold.given and has_words
        scores.append(ThemeScore(theme, probability, None if is_close else belongs, found))
        if belongs:
            guess.append(theme)
    in_doubt = any(score.applies is None for score in scores)
    verdict = UNDECIDED if in_doubt else GIVEN if guess else NONE_APPLIES
    return Decision(verdict, tuple(guess), tuple(scores))
