"""What counts as alike: a linear map learned from opinions that were filed under measures.

In the plain space of word vectors, texts of one manner stand together (spoken ones, formal ones,
ones with children in them) as much as texts of one matter. Fisher's discriminants, learned over
many plans written for this project, tell the directions in which opinions under the same measure
differ from those in which the measures of a plan differ; the map shrinks the former and keeps the
latter. No plan's own measures are in it, so it holds for any collection.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline import resources
from pipeline.plan.vectors import unit_rows

Floats = NDArray[np.float64]

_RIDGE = 0.2  # of the mean variance within a measure, added to every direction
_FLOOR = 0.15  # between variance over within variance: at or below, a direction tells nothing


@dataclass(frozen=True)
class Metric:
    """A centre and a map.

    Attributes
    ----------
    centre : ndarray of shape (n_word_dimensions,)
        What opinions have in common.
    map : ndarray of shape (n_word_dimensions, n_dimensions)
    """

    centre: Floats
    map: Floats

    def __call__(self, rows: Floats, centre: Floats | None = None) -> Floats:
        """Map rows to rows of length 1; rows of zeros stay."""
        known = np.any(rows != 0.0, axis=1, keepdims=True)
        return unit_rows(np.where(known, rows - (self.centre if centre is None else centre), 0.0) @ self.map)


def learn_metric(collections: Sequence[tuple[Floats, Sequence[str]]]) -> Metric:
    """Learn from collections whose rows (of length 1) are filed under labels of their own.

    Fisher's discriminants within collections (R. A. Fisher 1936), each direction weighed by the
    root of how much more the labels differ in it than opinions of one label do.
    """
    dimensions = collections[0][0].shape[1]
    within, between = np.zeros((dimensions, dimensions)), np.zeros((dimensions, dimensions))
    freedom = 0
    for rows, labels in collections:
        middle = rows.mean(axis=0)
        filed = np.array(labels)
        for label in sorted(set(labels)):
            group = rows[filed == label]
            if len(group) > 1:
                centre = group.mean(axis=0)
                within += (group - centre).T @ (group - centre)
                between += len(group) * np.outer(centre - middle, centre - middle)
                freedom += len(group) - 1
    within, between = within / freedom, between / freedom
    variances, axes = np.linalg.eigh(within + _RIDGE * np.trace(within) / dimensions * np.eye(dimensions))
    whitening = axes / np.sqrt(variances)
    ratios, turned = np.linalg.eigh(whitening.T @ between @ whitening)
    kept = ratios > _FLOOR
    scaled = whitening @ turned[:, kept] * np.sqrt(ratios[kept] - _FLOOR)
    # an axis may as well point the other way: its largest part is made positive
    scaled *= np.sign(scaled[np.abs(scaled).argmax(axis=0), np.arange(scaled.shape[1])])
    centre = np.vstack([rows for rows, _ in collections]).mean(axis=0)
    return Metric(centre, scaled[:, ::-1])


def save_metric(metric: Metric, path: Path) -> None:
    """Write as plain arrays, in half precision: they weigh likenesses that are rounded anyway."""
    halves = {"centre": metric.centre.astype(np.float16), "map": metric.map.astype(np.float16)}
    np.savez_compressed(path, allow_pickle=False, **halves)


@functools.cache
def read_metric(path: Path | None = None) -> Metric:
    """Read the metric that travels with the program."""
    with np.load(path or resources.vectors().with_name("metric.npz"), allow_pickle=False) as data:
        return Metric(data["centre"].astype(np.float64), data["map"].astype(np.float64))
