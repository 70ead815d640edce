"""Opinions with labels that people gave, as CSV: the corpus, a reviewer's list, a gold standard.

Columns by name: ``text`` or 意見, ``themes`` or テーマ (joined by ``|``; なし where none
applies), and where there are any ``kind`` or 種別, ``facets``, ``id`` or 意見ID. A list
without texts may name opinions by their ID alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import IkenError
from pipeline.reading.decode import read_text
from pipeline.themes.kinds import KINDS

NO_THEME = "なし"
_COLUMNS = {
    "text": ("text", "意見"),
    "themes": ("themes", "テーマ"),
    "kind": ("kind", "種別"),
    "facets": ("facets",),
    "id": ("id", "意見ID"),
}


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
    facets : tuple of str or None
        What a measure that answers it would do; None where nobody said.
    """

    text: str
    themes: tuple[str, ...]
    kind: str = ""
    facets: tuple[str, ...] | None = None


def read_labels(path: Path, themes: Sequence[str], texts: Mapping[str, str] | None = None) -> list[Labelled]:
    """Read labelled opinions, refusing what is no theme and no kind.

    Parameters
    ----------
    path : Path
    themes : sequence of str
        The themes of the codebook.
    texts : mapping of str to str, optional
        Texts by opinion ID, for a list without texts.

    Raises
    ------
    IkenError
        With file, row and remedy: no such column, an unknown theme or kind, the same ID
        twice, an empty text, or IDs none of which is among ``texts``.
    """
    reader = csv.DictReader(io.StringIO(read_text(path)))
    columns = _find_columns(reader.fieldnames or (), path)
    found: list[Labelled] = []
    seen: dict[str, str] = {}
    rows = 0
    for row in reader:
        rows += 1
        place = f"{reader.line_num}行"
        number = (row.get(columns.get("id", "")) or "").strip()
        if number:
            if number in seen:
                raise IkenError(
                    f"ID「{number}」が{seen[number]}にもあります",
                    file=str(path),
                    place=place,
                    remedy="片方の行を消してください",
                )
            seen[number] = place
        if "text" in columns:
            text = (row[columns["text"]] or "").strip()
            if not text:
                raise IkenError("意見が空です", file=str(path), place=place, remedy="行を消すか、意見を書いてください")
        elif (text := (texts or {}).get(number, "")) == "":
            continue
        found.append(_labelled(row, columns, text, themes, path, place))
    if rows and not found:
        raise IkenError(
            "ラベルのIDが、どの意見のIDとも合いません",
            file=str(path),
            remedy="同じ結果から作ったラベルか確かめてください",
        )
    if not rows:
        raise IkenError(
            "ラベルが一件もありません", file=str(path), remedy="見出しの下にラベルの行があるか確かめてください"
        )
    return found


def _find_columns(header: Sequence[str], path: Path) -> dict[str, str]:
    names = {name.strip().lstrip("\ufeff"): name for name in header}
    columns = {role: names[name] for role, choices in _COLUMNS.items() for name in choices if name in names}
    if "themes" not in columns:
        raise IkenError(
            "テーマの列がありません",
            file=str(path),
            place="1行",
            remedy="見出しを text,themes,kind（または 意見,テーマ,種別）にしてください",
        )
    if "text" not in columns and "id" not in columns:
        raise IkenError(
            "意見の列もIDの列もありません",
            file=str(path),
            place="1行",
            remedy="text（意見）か id（意見ID）の列を加えてください",
        )
    return columns


def _labelled(
    row: Mapping[str, str], columns: Mapping[str, str], text: str, themes: Sequence[str], path: Path, place: str
) -> Labelled:
    given = _split(row[columns["themes"]])
    for theme in given:
        if theme not in themes:
            raise IkenError(
                f"「{theme}」というテーマはコードブックにありません",
                file=str(path),
                place=place,
                remedy=f"{'・'.join(themes)}・{NO_THEME} から選んでください",
            )
    kind = (row.get(columns.get("kind", "")) or "").strip()
    if kind and kind not in KINDS:
        raise IkenError(
            f"「{kind}」という種別はありません",
            file=str(path),
            place=place,
            remedy=f"{'・'.join(KINDS)} から選んでください",
        )
    facets = row.get(columns.get("facets", ""))
    return Labelled(text, given, kind, _split(facets) if facets else None)


def _split(cell: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in (cell or "").strip().split("|") if part and part != NO_THEME))
