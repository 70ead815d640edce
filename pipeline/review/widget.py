"""The review card in a notebook: an anywidget that passes questions to a session and answers back.

It holds no decision: what it shows comes from the session, and what is decided is on disk before
the front end is told so. It needs JupyterLab, VS Code or another place that shows widgets.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anywidget

from pipeline.review.messages import answer
from pipeline.review.session import ReviewSession

_HERE = Path(__file__).parent


class ReviewCard(anywidget.AnyWidget):
    """The card, for one session.

    Parameters
    ----------
    session : ReviewSession
    colours : mapping of str to str
        The codebook's colour of each theme (``#rrggbb``).
    """

    _esm = (_HERE / "review_card.js").read_text(encoding="utf-8")
    _css = (_HERE / "review_card.css").read_text(encoding="utf-8")

    def __init__(self, session: ReviewSession, colours: Mapping[str, str]) -> None:
        super().__init__()
        self.session = session
        self.colours = dict(colours)
        self.on_msg(self._answer)

    def _answer(self, _: object, question: dict[str, Any], __: object) -> None:
        self.send(answer(self.session, question, self.colours))
