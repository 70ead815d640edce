"""What a model learned from, how right it was where it was measured, and where its limits lie.

The model's card says it to people at length; this says it as data, for the statement in the
report. ``corpus/measured.toml`` holds it for the default model, ``measured.json`` in every
model folder.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import IkenError

FILE = "measured.json"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value.

    Attributes
    ----------
    what : str
        What was measured, in Japanese.
    on : str
        On which opinions.
    opinions : int
        How many.
    value : float
    low, high : float or None
        The 95 % interval, where there is one.
    """

    what: str
    on: str
    opinions: int
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of a model.

    Attributes
    ----------
    learned_from : tuple of str
    figures : tuple of Figure
        Empty for a model that nobody measured.
    limits : tuple of str
        Sentences.
    """

    learned_from: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    limits: tuple[str, ...] = ()


UNMEASURED = Measured()
"""Of a model whose folder says nothing."""


def read_measured(path: Path) -> Measured:
    """Read ``measured.toml`` or ``measured.json``.

    Raises
    ------
    IkenError
        When it cannot be read or a value is none.
    """
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
        return Measured(
            tuple(map(str, data.get("learned_from", ()))),
            tuple(_figure(one) for one in data.get("figure", ())),
            tuple(map(str, data.get("limits", ()))),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IkenError(
            f"測った値の記録が読めません（{error}）", file=str(path), remedy="モデルのフォルダを写し直してください"
        ) from error


def _figure(one: dict[str, Any]) -> Figure:
    figure = Figure(
        str(one["what"]),
        str(one["on"]),
        int(one["opinions"]),
        float(one["value"]),
        *(None if one.get(end) is None else float(one[end]) for end in ("low", "high")),
    )
    if not (figure.low or 0.0) <= figure.value <= (1.0 if figure.high is None else figure.high):
        raise ValueError(f"{figure.what}: {figure.value} が区間の外にあります")
    return figure


def measured_text(measured: Measured) -> str:
    """Give the content of ``measured.json``."""
    body = {
        "learned_from": measured.learned_from,
        "figure": [asdict(one) for one in measured.figures],
        "limits": measured.limits,
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"
