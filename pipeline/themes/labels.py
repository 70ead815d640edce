"""Opinions with labels that people gave: ``text, themes, kind`` as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import IkenError
from pipeline.reading.decode import read_text

NO_THEME = "なし"
KINDS = ("要望", "課題", "事例", "懸念")


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled opinion.

    Attributes
    ----------
    text : str
    themes : tuple of str
        Empty where none applies.
    kind : str
        Empty where nobody gave one.
    facets : tuple of str
    """

    text: str
    themes: tuple[str, ...]
    kind: str = ""
    facets: tuple[str, ...] = ()


def read_labels(path: Path, themes: Sequence[str]) -> Iterator[Labelled]:
    """Read labelled opinions, refusing what is no theme and no kind.

    Raises
    ------
    IkenError
        With file, row and remedy.
    """
    reader = csv.DictReader(io.StringIO(read_text(path)))
    for name in ("text", "themes"):
        if name not in (reader.fieldnames or ()):
            raise IkenError(
                f"「{name}」の列がありません",
                file=str(path),
                place="1行",
                remedy="見出しを text,themes,kind にしてください",
            )
    for row in reader:
        place = f"{reader.line_num}行"
        text = (row["text"] or "").strip()
        given = _split(row["themes"])
        kind = (row.get("kind") or "").strip()
        if not text:
            raise IkenError("意見が空です", file=str(path), place=place, remedy="行を消すか、意見を書いてください")
        for theme in given:
            if theme not in themes:
                raise IkenError(
                    f"「{theme}」というテーマはコードブックにありません",
                    file=str(path),
                    place=place,
                    remedy=f"{'・'.join(themes)}・{NO_THEME} から選んでください",
                )
        if kind and kind not in KINDS:
            raise IkenError(
                f"「{kind}」という種別はありません",
                file=str(path),
                place=place,
                remedy=f"{'・'.join(KINDS)} から選んでください",
            )
        yield Labelled(text, given, kind, _split(row.get("facets")))


def _split(cell: str | None) -> tuple[str, ...]:
    return tuple(part for part in (cell or "").strip().split("|") if part and part != NO_THEME)
