"""A plan given as a file of its own (``--plan``): CSV or TOML with 基本施策, 施策, 概要, 重点."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterable
from pathlib import Path

from pipeline.errors import IkenError
from pipeline.language.normalize import normalize, tidy_spaces
from pipeline.reading.decode import read_text
from pipeline.reading.measures import read_measure, read_policy
from pipeline.records import Measure, Plan

_REQUIRED = ("基本施策", "施策")
_PRIORITY_WORDS = {"重点", "重点施策", "○", "◯", "〇", "1", "true", "TRUE", "はい"}


def read_plan(path: Path) -> Plan:
    """Read a plan.

    CSV: one measure a row, the columns found by name; an empty 基本施策 repeats the one above.
    TOML: ``[[measure]]`` tables with the same four keys.

    Raises
    ------
    IkenError
        With file, row and remedy.
    """
    text = read_text(path)
    ending = path.suffix.lower()
    if ending == ".csv":
        rows = _csv_rows(text, path)
    elif ending == ".toml":
        rows = _toml_rows(text, path)
    else:
        raise IkenError(
            f"計画のファイルとして「{ending}」は読めません", file=str(path), remedy="CSV か TOML にしてください"
        )
    measures = list(_measures(rows, path))
    if not measures:
        raise IkenError("施策が一つもありません", file=str(path), remedy="見出しの下に施策を書いてください")
    return Plan(tuple(measures))


def _csv_rows(text: str, path: Path) -> Iterable[tuple[str, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(text))
    reader.fieldnames = [normalize(name or "") for name in reader.fieldnames or ()]
    missing = [name for name in _REQUIRED if name not in reader.fieldnames]
    if missing:
        raise IkenError(
            f"「{'」「'.join(missing)}」の列がありません",
            file=str(path),
            place="1行",
            remedy="見出しを 基本施策,施策,概要,重点 にしてください",
        )
    for row in reader:
        yield (
            f"{reader.line_num}行",
            {key: (value or "").strip() for key, value in row.items() if isinstance(value, str) or value is None},
        )


def _toml_rows(text: str, path: Path) -> Iterable[tuple[str, dict[str, str]]]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise IkenError(
            f"TOMLとして読めません（{error}）", file=str(path), remedy="示された行を直してください"
        ) from error
    tables = data.get("measure", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise IkenError(
            "measure が表の並びになっていません",
            file=str(path),
            place="measure",
            remedy="[[measure]] で始まる項目を書いてください",
        )
    for number, table in enumerate(tables, 1):
        yield f"{number}番目の[[measure]]", {key: _plain(value) for key, value in table.items()}


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "重点" if value else ""
    return str(value).strip()


def _measures(rows: Iterable[tuple[str, dict[str, str]]], path: Path) -> Iterable[Measure]:
    policies: list[str] = []
    counts: dict[str, int] = {}
    seen: dict[str, str] = {}
    policy = None
    for place, row in rows:
        if not any(row.values()):
            continue
        if row.get("基本施策"):
            policy = read_policy(row["基本施策"])
        if policy is None:
            raise IkenError(
                "基本施策がありません", file=str(path), place=place, remedy="最初の行に基本施策を書いてください"
            )
        heading = read_measure(row.get("施策", ""))
        if not heading.name:
            raise IkenError(
                "施策の名前がありません", file=str(path), place=place, remedy="施策の列に名前を書いてください"
            )
        label = policy.name if policy.number is None else f"{policy.number} {policy.name}"
        if label not in policies:
            policies.append(label)
        counts[label] = counts.get(label, 0) + 1
        first = policy.number if policy.number is not None else policies.index(label) + 1
        code = f"{first}({heading.number if heading.number is not None else counts[label]})"
        if code in seen:
            raise IkenError(
                f"施策 {code} が「{seen[code]}」と「{heading.name}」の二つあります",
                file=str(path),
                place=place,
                remedy="番号を直してください",
            )
        seen[code] = heading.name
        is_priority = heading.is_priority or normalize(row.get("重点", "")) in {
            normalize(word) for word in _PRIORITY_WORDS
        }
        yield Measure(
            code, label, heading.name, tidy_spaces(row.get("概要", "") or row.get("施策の概要", "")), is_priority
        )
