"""Data that people edit, as TOML: read, or refused with the line to mend."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import IkenError


def read_toml(path: Path) -> dict[str, Any]:
    """Read a file of ``corpus/``.

    Raises
    ------
    IkenError
        When it cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise IkenError(
            f"TOMLとして読めません（{error}）", file=str(path), remedy="記号と引用符を確かめてください"
        ) from error


def word_list(data: Mapping[str, Any], key: str, path: Path) -> frozenset[str]:
    """Give a list of words.

    Raises
    ------
    IkenError
        When there is none under the key, or something else.
    """
    value = data.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(word, str) and word for word in value):
        raise IkenError(
            "語の並びがありません", file=str(path), place=key, remedy=f'{key} = ["…", "…"] と書いてください'
        )
    return frozenset(value)
