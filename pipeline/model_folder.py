"""A model on disk: ``models/<name>/`` with ``meta.json``, ``weights.npz``, ``model.skops``, ``card.md``.

``weights.npz`` holds what was learned as plain arrays, and is what a run reads: quickly, with
NumPy alone, and never with pickle, so a model from elsewhere cannot run code. ``model.skops``
holds the same for those who work with scikit-learn. ``meta.json`` says what the model is and
where it decides: format, themes, thresholds, hashes of what it was made from. ``card.md``
says so to people.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline import resources
from pipeline.arrays import load_arrays, save_arrays
from pipeline.errors import IkenError
from pipeline.measured import FILE as MEASURED
from pipeline.measured import UNMEASURED, Measured, measured_text, read_measured
from pipeline.plan.comparing import PARTS
from pipeline.plan.facets import FACETS
from pipeline.plan.filed import FILED_PARTS
from pipeline.plan.mapping import MappingModel
from pipeline.plan.vectors import read_vectors
from pipeline.themes.codebook import Codebook
from pipeline.themes.decision import Threshold
from pipeline.themes.judge import ThemeJudge
from pipeline.themes.kinds import KindJudge

_WEIGHTS = "weights.npz"

FORMAT = 2
"""Version of the folder's layout.

Format 1 mapped to the plan without pieces, bridge and filing, and knew no corrections.

To change the layout: raise this number, keep :func:`load_model` able to read every older
one, and keep a folder of the older format in ``tests/data/models/`` with a test that loads it.
"""


@dataclass(frozen=True)
class Model:
    """A model ready to judge.

    Attributes
    ----------
    name : str
    themes : ThemeJudge
    kinds : KindJudge
    mapping : MappingModel
    meta : dict
        The content of ``meta.json``.
    digest : str
        SHA-256 of what was learned, in hexadecimal.
    notes : tuple of str
        What a user ought to know: themes that rest on the codebook alone …
    measured : Measured
        What is known of how right it is; empty for a folder that does not say.
    """

    name: str
    themes: ThemeJudge
    kinds: KindJudge
    mapping: MappingModel
    meta: dict[str, Any]
    digest: str
    notes: tuple[str, ...] = ()
    measured: Measured = UNMEASURED


def save_model(
    folder: Path,
    themes: ThemeJudge,
    kinds: KindJudge,
    mapping: MappingModel,
    meta: dict[str, Any],
    card: str,
    measured: Measured,
) -> None:
    """Write a model folder."""
    import skops.io

    folder.mkdir(parents=True, exist_ok=True)
    state = {"themes": themes.state(), "kinds": kinds.state(), "mapping": mapping.state()}
    skops.io.dump(state, folder / "model.skops")
    save_arrays(folder / _WEIGHTS, state)
    thresholds = {
        name: {"given": round(t.given, 6), "doubt_from": round(t.doubt_from, 6), "doubt_to": round(t.doubt_to, 6)}
        for name, t in themes.thresholds_.items()
    }
    body = {"format": FORMAT, **meta, "thresholds": thresholds}
    (folder / "meta.json").write_text(json.dumps(body, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    (folder / "card.md").write_text(card, encoding="utf-8")
    (folder / MEASURED).write_text(measured_text(measured), encoding="utf-8")


def load_model(folder: Path | None, codebook: Codebook) -> Model:
    """Read a model folder; the default model when none is named.

    A theme that the codebook has and the model does not (a city's fifth theme) rests on its
    codebook terms; the model's notes say so. So does a note when the codebook's terms are
    others than those the model was learned with (a city's own terms).

    Raises
    ------
    IkenError
        When the folder is no model, is of a newer format, or was learned with another codebook:
        one that has less than half of the themes.
    """
    folder = folder or resources.default_model()
    meta = _read_meta(folder)
    state = _read_state(folder, int(meta["format"]))
    learned = state["themes"]
    unknown = [name for name in codebook.names if name not in learned["themes"]]
    if 2 * len(unknown) > len(codebook.names):
        raise IkenError(
            f"モデルは別のコードブックのものです（知らないテーマ: {'、'.join(unknown)}）",
            file=str(folder),
            remedy="そのコードブックで学習したモデルを --model に指定してください（iken train --codebook）",
        )
    thresholds = {name: _threshold(meta, name, folder) for name in learned["themes"]}
    themes = ThemeJudge.from_state(learned, thresholds, codebook)
    notes = [f"テーマ「{name}」は学習していないので、コードブックの語だけで判定します" for name in unknown]
    if codebook.digest != meta.get("codebook"):
        notes.append("コードブックの語が、モデルを学習したときのものと違います（今の語で判定します）")
    notes += [
        f"テーマ「{name}」は学習に使えた意見が少ないので、コードブックの語だけで判定します"
        for name in learned["codebook_only"]
        if name in codebook.names
    ]
    return Model(
        name=str(meta.get("name", folder.name)),
        themes=themes,
        kinds=KindJudge.from_state(state["kinds"]),
        mapping=MappingModel.from_state(state["mapping"]),
        meta=meta,
        digest=hashlib.sha256((folder / _WEIGHTS).read_bytes()).hexdigest(),
        notes=tuple(notes),
        measured=read_measured(folder / MEASURED) if (folder / MEASURED).exists() else UNMEASURED,
    )


def _read_meta(folder: Path) -> dict[str, Any]:
    path = folder / "meta.json"
    try:
        meta = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise IkenError(
            "モデルのフォルダとして読めません（meta.json）", file=str(folder), remedy="--model の場所を確かめてください"
        ) from error
    found = meta.get("format") if isinstance(meta, dict) else None
    if not isinstance(meta, dict) or not isinstance(found, int) or not 1 <= found <= FORMAT:
        raise IkenError(
            f"モデルの形式が違います（{found}、この版は {FORMAT}）",
            file=str(path),
            remedy="この版の iken で学習し直したモデルを使ってください",
        )
    return meta


def _read_state(folder: Path, version: int) -> dict[str, Any]:
    try:
        state = load_arrays(folder / _WEIGHTS)
    except ValueError as error:
        raise IkenError(
            "モデルの中身が読めません（weights.npz）", file=str(folder), remedy="モデルのフォルダを写し直してください"
        ) from error
    if not {"themes", "kinds", "mapping"} <= set(state):
        raise IkenError(
            "モデルの中身が足りません（weights.npz）", file=str(folder), remedy="モデルのフォルダを写し直してください"
        )
    if version == 1:
        state["mapping"] = _mapping_of_format_1(state["mapping"])
        state["themes"]["corrections"] = {}
    return state


def _mapping_of_format_1(state: dict[str, Any]) -> dict[str, Any]:
    """Give what format 1 did not learn the weight 0; the filing of others counts for nothing."""
    size = read_vectors().dimensions + len(FACETS)
    return {
        **state,
        "themes": [],
        "weights": np.insert(np.asarray(state["weights"], dtype=float), PARTS.index("pieces"), 0.0),
        "bridge": np.zeros((size, size)),
        "filed": np.array([1.0, *[0.0] * len(FILED_PARTS)]),
    }


def _threshold(meta: dict[str, Any], name: str, folder: Path) -> Threshold:
    try:
        return Threshold(**{key: float(value) for key, value in meta["thresholds"][name].items()})
    except (KeyError, TypeError, ValueError) as error:
        raise IkenError(
            f"テーマ「{name}」の閾値が正しくありません（{error}）",
            file=str(folder / "meta.json"),
            place="thresholds",
            remedy="0〜1 で doubt_from ≤ given ≤ doubt_to になるように直してください",
        ) from error
