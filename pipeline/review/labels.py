"""What people decided, as labelled opinions to learn from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.deliver.stored import load_results
from pipeline.errors import IkenError
from pipeline.review.decisions import FILE, read_history
from pipeline.review.voices import distinct, of_now
from pipeline.themes.labels import Labelled


def read_decided(folder: Path, themes: Sequence[str]) -> list[Labelled]:
    """Read the opinions of a folder of results that people decided on, in source order.

    Of copies that were decided alike there is one, so that copies are no weight; decisions on a text
    that changed are left out.

    Raises
    ------
    IkenError
        When the folder holds no results or no decisions, or a decision names a theme that the
        codebook does not have.
    """
    results = load_results(folder)
    standing = of_now(read_history(folder / FILE), results.judged).standing()
    if not standing:
        raise IkenError(
            "確認の記録がありません", file=str(folder), remedy="iken review で意見を確認してから学習してください"
        )
    unknown = sorted({name for one in standing.values() for name in one.themes} - set(themes))
    if unknown:
        raise IkenError(
            f"「{'・'.join(unknown)}」というテーマはコードブックにありません",
            file=str(folder),
            remedy="確認に使ったコードブックを --codebook で指定してください",
        )
    decided = {name: (frozenset(one.themes), one.kind) for name, one in standing.items()}
    kept = distinct(results.judged, decided, lambda one: decided[one.opinion.id])
    return [
        Labelled(
            one.opinion.text,
            tuple(name for name in themes if name in standing[one.opinion.id].themes),
            standing[one.opinion.id].kind,
        )
        for one in kept
    ]
