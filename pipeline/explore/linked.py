"""A picture and the opinions behind it: a click on a part lists what it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import ipywidgets

from pipeline.explore.listing import opinion_list
from pipeline.records import Judged

PICKED = "picked"
_HINT = "<p lang='ja'>図の一部を押すと、そこで数えた意見がここに並びます。もう一度押すと消えます。</p>"
# no font is named that a machine may lack: the browser takes its own for Japanese
_FONT = "system-ui, sans-serif"

Key = tuple[str, ...]


def picking(*fields: str) -> alt.Parameter:
    """A selection of parts by what their fields say."""
    return alt.selection_point(name=PICKED, fields=list(fields), empty=True)


class Linked(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets is not typed
    """A chart above the list of what was picked in it.

    Parameters
    ----------
    chart : altair chart
        With the selection of :func:`picking`.
    groups : mapping of tuple of str to sequence of Judged
        The opinions by the values of the picked fields, in their order.
    fields : sequence of str
        The picked fields.

    Attributes
    ----------
    picture : altair.JupyterChart
    list : ipywidgets.HTML
    """

    def __init__(self, chart: Any, groups: Mapping[Key, Sequence[Judged]], fields: Sequence[str]) -> None:  # noqa: ANN401
        alt.JupyterChart.enable_offline()
        self._groups, self._fields = groups, tuple(fields)
        self.picture = alt.JupyterChart(
            chart.configure(font=_FONT).configure_view(stroke=None), embed_options={"actions": False}
        )
        self.list = ipywidgets.HTML(_HINT)
        self.picture.selections.observe(self._show, [PICKED])
        super().__init__([self.picture, self.list])

    def _show(self, change: Mapping[str, Any]) -> None:
        self.show([tuple(str(part.get(field, "")) for field in self._fields) for part in change["new"].value])

    def show(self, keys: Sequence[Key]) -> None:
        """List the opinions of the parts that were picked; the hint where none is."""
        known = [key for key in keys if key in self._groups]
        self.list.value = (
            "".join(opinion_list(" × ".join(part for part in key if part), self._groups[key]) for key in known) or _HINT
        )
