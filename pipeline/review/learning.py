"""Learning from what people decided, in one call: a new model, what it is better at, which words count otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.themes.corrections import WORD
from pipeline.themes.held_out import Gain
from pipeline.training import Trained, train


@dataclass(frozen=True, slots=True)
class Words:
    """Words that count more, and less, for a theme than before.

    Attributes
    ----------
    theme : str
    gained, lost : tuple of (str, float)
        Word or expression of the codebook, and what it adds to the theme's log-odds; the largest first.
    kept : bool
        False where the decisions did not help on opinions that they had not seen: the theme is judged as before.
    """

    theme: str
    gained: tuple[tuple[str, float], ...]
    lost: tuple[tuple[str, float], ...]
    kept: bool


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of learning.

    Attributes
    ----------
    folder : Path
        The new model: name it by ``--model`` in the next round.
    decisions : int
        Opinions that it learned from, copies once.
    gains : tuple of Gain
        F1 before and after on decisions not learned from, each theme and then macro-F1; empty with too few.
    words : tuple of Words
        One for each theme.
    sentence : str
        All of it in one Japanese sentence.
    """

    folder: Path
    decisions: int
    gains: tuple[Gain, ...]
    words: tuple[Words, ...]
    sentence: str


def learn_from(folders: Sequence[Path], out: Path, codebook: Path | None = None) -> Learned:
    """Learn a new model from the corpus and the decisions in folders of results.

    Parameters
    ----------
    folders : sequence of Path
        Of ``iken run``, reviewed; files of labels are taken as well.
    out : Path
        The new model's folder.
    codebook : Path, optional

    Raises
    ------
    IkenError
        When a folder holds no decisions, or the new folder is there already.
    """
    trained = train(out, folders, codebook)
    words = tuple(
        Words(
            one.theme,
            tuple((_plain(name), weight) for name, weight in one.terms if weight > 0),
            tuple((_plain(name), weight) for name, weight in one.terms if weight < 0),
            one.kept,
        )
        for one in trained.corrections
    )
    return Learned(out, trained.reviewed, trained.gains, words, sentence_of(trained))


def sentence_of(trained: Trained) -> str:
    """What learning brought, in one Japanese sentence."""
    if not trained.gains:
        return f"人の判断 {trained.reviewed} 件では、よくなったかどうかを測るには足りません"
    gain = trained.gains[-1]
    if gain.difference.low > 0:
        told = "よくなりました"
    elif gain.difference.high < 0:
        told = "悪くなりました。このモデルは使わないでください"
    else:
        told = "よくなったとまでは言えません"
    return (
        f"学習に使わなかった判断で測ると、{gain.name} は {gain.before.value:.2f} から {gain.after.value:.2f} "
        f"（差 {gain.difference.value:+.2f} [{gain.difference.low:+.2f}, {gain.difference.high:+.2f}]）で、{told}"
    )


def _plain(name: str) -> str:
    return name.removeprefix(WORD)
