"""From probabilities to 付与, 該当なし, 保留."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.records import Evidence
from pipeline.themes.decision import Threshold, decide
from pipeline.themes.thresholds import best_threshold, choose_doubt

THRESHOLDS = {"担い手": Threshold(0.5, 0.4, 0.6), "資金": Threshold(0.5, 0.4, 0.6)}
WORDS = (Evidence("会費", 1.0, "会費"),)


@pytest.mark.parametrize(
    ("probabilities", "verdict", "themes"),
    [
        ((0.9, 0.1), "付与", ("担い手",)),
        ((0.9, 0.7), "付与", ("担い手", "資金")),
        ((0.1, 0.1), "該当なし", ()),
        ((0.9, 0.45), "保留", ("担い手",)),
        ((0.9, 0.55), "保留", ("担い手", "資金")),
        ((0.1, 0.4), "保留", ()),
        ((0.1, 0.6), "付与", ("資金",)),
    ],
)
def test_verdicts(probabilities: tuple[float, float], verdict: str, themes: tuple[str, ...]) -> None:
    decision = decide(probabilities, (WORDS, WORDS), THRESHOLDS)
    assert (decision.verdict, decision.themes) == (verdict, themes)


def test_a_theme_without_words_is_never_given() -> None:
    assert decide((0.9, 0.9), ((), WORDS), THRESHOLDS).themes == ("資金",)


@pytest.mark.parametrize("wrong", [(0.5, 0.6, 0.7), (0.5, 0.4, 0.45), (1.5, 0.4, 0.6)])
def test_thresholds_out_of_order_are_refused(wrong: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="out of order"):
        Threshold(*wrong)


def test_the_best_threshold_parts_what_can_be_parted() -> None:
    p = np.array([0.9, 0.8, 0.3, 0.2])
    assert best_threshold(p, np.array([True, True, False, False])) == pytest.approx(0.55)


def test_equal_probabilities_are_not_parted() -> None:
    p = np.array([0.9, 0.5, 0.5, 0.1])
    t = best_threshold(p, np.array([True, True, False, False]))
    assert t in (pytest.approx(0.7), pytest.approx(0.3))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.25])
def test_no_more_than_the_allowed_share_is_in_doubt(share: float) -> None:
    rng = np.random.default_rng(0)
    p = rng.random((400, 2))
    bands = choose_doubt(p, {"甲": 0.5, "乙": 0.3}, share)
    in_doubt = np.zeros(400, dtype=bool)
    for k, band in enumerate(bands.values()):
        in_doubt |= (p[:, k] >= band.doubt_from) & (p[:, k] < band.doubt_to)
    assert in_doubt.mean() <= share
    assert in_doubt.mean() >= share - 0.01


def test_of_thresholds_about_as_good_the_one_at_the_border_is_taken() -> None:
    probabilities = np.array([0.9, 0.8, 0.7, 0.4, 0.3, 0.2, 0.1])
    labels = np.array([1, 1, 1, 0, 0, 0, 0], dtype=bool)
    # anything between 0.4 and 0.7 is perfect
    assert best_threshold(probabilities, labels, border=0.45) == pytest.approx(0.45)
    assert best_threshold(probabilities, labels, border=0.05) == pytest.approx(0.4, abs=1e-3)
    assert best_threshold(probabilities, labels, border=0.95) == pytest.approx(0.7, abs=1e-3)
    assert best_threshold(probabilities, labels) == pytest.approx(0.55)


def test_noise_in_the_last_digits_is_no_gap() -> None:
    # two texts with the same terms: their scores differ by how they were added up
    probabilities = np.array([0.9, 0.5 + 1e-12, 0.5, 0.1])
    labels = np.array([1, 1, 0, 0], dtype=bool)
    assert best_threshold(probabilities, labels) not in (0.5, pytest.approx(0.5, abs=1e-6))
