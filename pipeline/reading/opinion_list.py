"""An opinion list: one opinion a row, columns found by their names.

Rows are read one after another, so a list of any length needs little memory.
"""

from __future__ import annotations

import csv
import functools
import io
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline import resources
from pipeline.errors import IkenError
from pipeline.language.normalize import normalize
from pipeline.reading.decode import encoding_of
from pipeline.reading.plan_table import EMPTY, OPINION
from pipeline.records import Item, Place

_PROBE = 1 << 20  # bytes looked at to tell the encoding
_HEADER_ROWS = 20  # a preamble above the headings may be this long
_DEPARTMENT_JOINT = re.compile(r"[、,，;；／/\n]+")
_DELIMITERS = {".csv": ",", ".tsv": "\t", ".txt": "\t"}

csv.field_size_limit(1 << 28)


@functools.cache
def _role_names() -> dict[str, tuple[str, ...]]:
    data = tomllib.loads(resources.corpus("columns.toml").read_text(encoding="utf-8"))
    return {role: tuple(_fold(name) for name in names) for role, names in data.items()}


def _fold(name: str) -> str:
    return normalize(name).replace(" ", "").casefold()


def find_columns(header: list[str]) -> dict[str, int]:
    """Say which column has which role.

    Parameters
    ----------
    header : list of str
        The headings as written.

    Returns
    -------
    dict
        Role (``opinion``, ``number``, ``department``, ``filed_under``) to column; a role that no
        heading has is left out. A column has one role, the opinion's first.
    """
    folded = [_fold(name) for name in header]
    roles: dict[str, int] = {}
    for role, names in _role_names().items():
        for name in names:
            fits = [
                column
                for column, text in enumerate(folded)
                if column not in roles.values() and (text.startswith(name[:-1]) if name.endswith("*") else text == name)
            ]
            if fits:
                roles[role] = fits[0]
                break
    return roles


@dataclass(frozen=True, slots=True)
class ListLayout:
    """Where the headings of a list stand and what they mean.

    Attributes
    ----------
    encoding, delimiter : str
    header_row : int
        Counted from 0.
    header : tuple of str
    roles : mapping of str to int
        As found by :func:`find_columns`.
    """

    encoding: str
    delimiter: str
    header_row: int
    header: tuple[str, ...]
    roles: Mapping[str, int]


def read_layout(path: Path) -> ListLayout:
    """Find encoding and headings of a list.

    Raises
    ------
    IkenError
        When the file is missing, is no text, is empty or has no column of opinions.
    """
    encoding = _encoding(path)
    delimiter = _DELIMITERS[path.suffix.lower()]
    first: list[str] = []
    with path.open(encoding=encoding, newline="") as stream:
        for number, row in enumerate(_rows(stream, delimiter, path)):
            if number >= _HEADER_ROWS:
                break
            if not first and any(cell.strip() for cell in row):
                first = row
            roles = find_columns(row)
            if "opinion" in roles:
                return ListLayout(encoding, delimiter, number, tuple(cell.strip() for cell in row), roles)
    shown = "、".join(cell.strip() for cell in first if cell.strip())[:60]
    raise IkenError(
        f"意見の列が見つかりません（見出し: {shown or 'なし'}）",
        file=str(path),
        place="見出し",
        remedy="意見の列の見出しを「意見」にしてください",
    )


def _encoding(path: Path) -> str:
    if not path.exists():
        raise IkenError("ファイルがありません", file=str(path), remedy="名前と場所を確かめてください")
    with path.open("rb") as stream:
        head = stream.read(_PROBE)
    if not head.strip():
        raise IkenError("中身が空です", file=str(path), remedy="保存し直したファイルを指定してください")
    return encoding_of(head, path, complete=len(head) < _PROBE)


def _rows(stream: io.TextIOBase | io.TextIOWrapper, delimiter: str, path: Path) -> Iterator[list[str]]:
    # strict: a quote that is never closed would swallow the rest of the file as one opinion
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    try:
        yield from reader
    except (csv.Error, UnicodeDecodeError) as error:
        raise IkenError(
            f"表として読めません（{error}）",
            file=str(path),
            place=f"{reader.line_num + 1}行付近",
            remedy="引用符が閉じているか、文字コードが途中で変わっていないかを確かめ、保存し直してください",
        ) from error


def read_items(path: Path, layout: ListLayout | None = None) -> Iterator[Item]:
    """Yield every row below the headings, as an opinion or as 空欄.

    The place of a row is its number as a spreadsheet shows it, the headings being counted.
    """
    layout = layout or read_layout(path)
    with path.open(encoding=layout.encoding, newline="") as stream:
        for number, row in enumerate(_rows(stream, layout.delimiter, path)):
            if number > layout.header_row:
                yield _item(row, layout.roles, Place(path.name, f"{number + 1}行"))


def _item(row: list[str], roles: Mapping[str, int], place: Place) -> Item:
    def cell(role: str) -> str:
        column = roles.get(role, -1)
        return row[column].strip() if 0 <= column < len(row) else ""

    text = cell("opinion")
    departments = tuple(
        dict.fromkeys(part.strip() for part in _DEPARTMENT_JOINT.split(cell("department")) if part.strip())
    )
    return Item(
        kind=OPINION if text else EMPTY,
        text=text,
        place=place,
        departments=departments,
        filed_under=" ".join(cell("filed_under").split()),
        number=cell("number"),
        raw=text,
    )
