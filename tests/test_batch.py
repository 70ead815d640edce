"""Many texts at once are judged as each alone."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline import resources
from pipeline.language.batch import SIZE, Batch, WordColumn, in_batches
from pipeline.language.tokenize import tokenize
from pipeline.model_folder import Model, load_model
from pipeline.themes.codebook import read_codebook
from pipeline.themes.features import EndingRows, WordRows, ending_features, word_features
from pipeline.themes.labels import read_labels

TEXTS = ["", "。", "橋", "会長のなり手がいない。", "（補助金）を増やしてほしい！", "ない", "SNSで、SNSを", "あ" * 50]


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(None, read_codebook())


def opinions() -> list[str]:
    return [one.text for one in read_labels(resources.corpus("training/people.csv"), read_codebook().names)][:300]


def test_rows_are_the_features_known_by_name() -> None:
    texts = [tokenize(text) for text in [*TEXTS, *opinions()]]
    for names_of, rows_of in ((word_features, WordRows), (ending_features, EndingRows)):
        # every other feature is known
        names = sorted({name for words in texts for name in names_of(words)})[::2]
        vocabulary = {name: row for row, name in enumerate(names, 1)}
        owners, rows = rows_of(vocabulary)(Batch(texts))
        for number, words in enumerate(texts):
            known = sorted(vocabulary[name] for name in names_of(words) if name in vocabulary)
            assert rows[owners == number].tolist() == known


def test_a_batch_is_judged_as_its_texts_alone(model: Model) -> None:
    texts = [tokenize(text) for text in [*TEXTS, *opinions()]]
    together = Batch(texts)
    decisions = model.themes.judge_all(together)
    kinds = model.kinds.judge_all(together)
    found = read_codebook().search(together)
    for number, words in enumerate(texts):
        assert found.evidence(number) == read_codebook().evidence(words)
        alone = model.themes.judge(words)
        assert (decisions[number].verdict, decisions[number].themes) == (alone.verdict, alone.themes)
        assert [one.evidence for one in decisions[number].scores] == [one.evidence for one in alone.scores]
        assert kinds[number] == model.kinds.judge(words)


def test_a_column_grows_with_the_words() -> None:
    lengths = WordColumn(lambda word: len(word.surface))
    for text in [*TEXTS, *opinions()]:
        words = tokenize(text)
        assert lengths(Batch([words])).tolist() == [len(word.surface) for word in words]


def test_batches_keep_the_order_and_lose_nothing() -> None:
    for count in (0, 1, SIZE, SIZE + 1, 3 * SIZE):
        batches = list(in_batches(range(count)))
        assert [item for batch in batches for item in batch] == list(range(count))
        assert all(0 < len(batch) <= SIZE for batch in batches)


def test_an_empty_batch_has_no_words(model: Model) -> None:
    assert model.themes.judge_all(Batch([])) == []
    assert model.themes.predict([]).shape == (0, 4)
    assert model.kinds.predict([]).shape == (0,)
    assert np.asarray(Batch([()]).owner).shape == (0,)
