"""The training corpus: valid, large, mixed, without copies of itself or of anything outside."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from pipeline import resources
from pipeline.reading.sources import read_source
from pipeline.themes.codebook import read_codebook
from pipeline.themes.labels import Labelled, read_labels
from scripts.corpus_report import near_copies
from scripts.measure import rows_of
from tests.conftest import SHARED, needs_shared

TRAINING = sorted(resources.corpus("training").glob("*.csv"))


@pytest.fixture(scope="module")
def training() -> list[Labelled]:
    return [row for path in TRAINING for row in read_labels(path, read_codebook().names)]


@pytest.fixture(scope="module")
def sample() -> list[str]:
    """The opinions that the sample's label files are about: one holds the texts, the other only their numbers."""
    table = rows_of(resources.corpus("sample/working_team_labels.csv"))
    opinions = {row["番号"]: row["意見"] for row in rows_of(resources.corpus("sample/opinion_list.csv"))}
    listed = rows_of(resources.corpus("sample/opinion_list_labels.csv"))
    return [row["text"] for row in table] + [opinions[row["番号"]] for row in listed]


@pytest.fixture(scope="module")
def shared() -> list[str]:
    files = [*SHARED.glob("gold/*.csv"), *SHARED.glob("bulk/*.csv")]
    table = read_source(SHARED / "seed" / "working_team_opinions.txt")
    return [row["text"] for path in files for row in rows_of(path)] + [item.text for item in table.items]


@pytest.fixture(scope="module")
def ours(training: list[Labelled], sample: list[str]) -> list[str]:
    examples = [text for theme in read_codebook().themes for text in (*theme.examples, *theme.counterexamples)]
    return [row.text for row in training] + sample + examples + plans()


def plans() -> list[str]:
    """Every sentence of the written plans: the opinions filed, the measures and their 概要."""
    texts = []
    for path in sorted(resources.corpus("plans").glob("*.csv")):
        texts += [row[name] for row in rows_of(path) for name in ("text", "施策", "概要") if row.get(name)]
    return texts


def copies_between(ours: list[str], theirs: list[str], threshold: float) -> list[tuple[str, str]]:
    texts = ours + theirs
    pairs = near_copies(texts, threshold)
    return [(texts[one], texts[other]) for one, other, _ in pairs if one < len(ours) <= other]


def flat(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.mark.parametrize(
    ("texts", "threshold", "pairs"),
    [
        ([], 0.5, []),
        (["公園が暗い"], 0.5, []),
        (["公園が暗い", "道が狭い", "公園が暗い"], 1.0, [(0, 2, 1.0)]),
        (["ＰＴＡの　役員", "PTAの役員"], 1.0, [(0, 1, 1.0)]),  # width and spaces do not count
        (["あいうえお", "あいうえおか"], 0.75, [(0, 1, 0.75)]),  # exactly at the threshold
        (["あいうえお", "あいうえおか"], 0.76, []),
        (["あいうえおか", "かおえういあ"], 0.1, []),  # the same characters, other grams
        (["あいうえお", "あいうかき"], 0.2, [(0, 1, 0.2)]),  # one gram of five
        (["はい", "はい", "いや"], 0.5, [(0, 1, 1.0)]),  # shorter than a gram
        (["ああああああ", "あああ"], 1.0, [(0, 1, 1.0)]),  # a gram counts once
        (["同じ文です"] * 3, 0.9, [(0, 1, 1.0), (0, 2, 1.0), (1, 2, 1.0)]),
    ],
)
def test_near_copies(texts: list[str], threshold: float, pairs: list[tuple[int, int, float]]) -> None:
    assert near_copies(texts, threshold) == pairs


@pytest.mark.parametrize("threshold", [0.3, 0.6, 0.8])
def test_near_copies_loses_no_pair(threshold: float, sample: list[str]) -> None:
    # cut short and run together, so that there are pairs of every similarity
    texts = [text[:end] for text in sample[:30] for end in range(4, len(text) + 1, 3)]
    grams = [{flat(text)[k : k + 3] for k in range(len(flat(text)) - 2)} for text in texts]
    expected = [
        (one, other)
        for one in range(len(texts))
        for other in range(one + 1, len(texts))
        if len(grams[one] & grams[other]) >= threshold * len(grams[one] | grams[other])
    ]
    assert [pair[:2] for pair in near_copies(texts, threshold)] == expected


@pytest.mark.parametrize("path", TRAINING, ids=lambda path: path.name)
def test_every_row_is_valid(path: Path) -> None:
    assert list(read_labels(path, read_codebook().names))


def test_it_is_large(training: list[Labelled]) -> None:
    assert len(training) >= 4000


def test_about_half_of_it_has_no_theme(training: list[Labelled]) -> None:
    assert 0.4 <= sum(not row.themes for row in training) / len(training) <= 0.6


def test_no_opinion_is_there_twice(training: list[Labelled]) -> None:
    texts = [row.text for row in training]
    assert [(texts[one], texts[other]) for one, other, _ in near_copies(texts, 0.8)] == []


def test_the_sample_is_not_learned(training: list[Labelled], sample: list[str]) -> None:
    assert copies_between([row.text for row in training], sample, 0.8) == []


@needs_shared
def test_nothing_is_close_to_a_text_from_outside(ours: list[str], shared: list[str]) -> None:
    assert copies_between(ours, shared, 0.7) == []


@needs_shared
def test_no_text_from_outside_stands_in_ours(ours: list[str], shared: list[str]) -> None:
    # a line break never stands in a flat text, so a head cannot run from one opinion into the next
    body = "\n".join(map(flat, ours))
    heads = {flat(text)[:60] for text in shared}
    assert [head for head in sorted(heads) if len(head) >= 14 and head in body] == []
