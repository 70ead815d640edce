"""What the front end asks and what it is answered: plain dictionaries, so that it is tested without a browser.

A question is ``{"do": …, "seq": n, "view": id, "want": [positions of cards it lacks]}``. The answer carries
``seq`` and ``view`` back, ``is`` (``state``, ``saved``, ``undone``, ``cards`` or ``failed``), the cards that
were wanted and the progress. ``saved`` is said only when the decision is on disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from itertools import islice
from typing import Any

from pipeline.errors import IkenError
from pipeline.records import GIVEN, NONE_APPLIES, UNDECIDED
from pipeline.review.card import Json
from pipeline.review.colours import DARK, LIGHT, readable
from pipeline.review.queue import BLIND, DIFFERING, MODES, STATES, Filters
from pipeline.review.session import Choice, ReviewSession
from pipeline.themes.kinds import KINDS

AHEAD = 12
"""Cards sent before they are asked for."""

_MOST_WANTED = 60
_NO_COLOUR = "#555555"


def answer(session: ReviewSession, question: Mapping[str, Any], colours: Mapping[str, str]) -> Json:
    """Answer one question of the front end; never raises for what a user can mend.

    Parameters
    ----------
    session : ReviewSession
    question : mapping
    colours : mapping of str to str
        The codebook's colour of each theme.
    """
    echo = {"seq": question.get("seq"), "view": question.get("view")}
    try:
        told = _do(session, question, colours)
    except IkenError as error:
        told = {"is": "failed", "why": str(error)}
    except (KeyError, TypeError, ValueError) as error:  # not of our own front end
        told = {"is": "failed", "why": f"分からない問い合わせです（{error}）"}
    return {"cards": _cards(session, question.get("want", ())), "progress": asdict(session.progress())} | echo | told


def _do(session: ReviewSession, question: Mapping[str, Any], colours: Mapping[str, str]) -> Json:
    match question.get("do"):
        case "open":
            return _state(session, colours)
        case "choose":
            session.choose(question.get("mode", ""), Filters(**question["filters"]), int(question.get("size", 0)))
            return _state(session, colours)
        case "decide":
            key = str(question["key"])
            session.decide(key, _choice(question))
            session.move(int(question["position"]))
            return {"is": "saved", "key": key}
        case "undo":
            undone = session.undo()
            return _state(session, colours) | {"is": "undone", "key": undone}
        case "apart":
            session.take_apart(str(question["key"]))
            return _state(session, colours)
        case "move":
            session.move(int(question["position"]))
            return {"is": "cards"}
        case other:
            raise ValueError(other)


def _choice(question: Mapping[str, Any]) -> Choice:
    themes = tuple(str(theme) for theme in question["themes"])
    return Choice(themes, str(question["kind"]), str(question["measure"]), str(question["note"]))


def _state(session: ReviewSession, colours: Mapping[str, str]) -> Json:
    first = max(session.position - 1, 0)
    return {
        "is": "state",
        "reviewer": session.reviewer,
        "mode": session.mode,
        "modes": list(MODES),
        "blind": session.mode == BLIND,
        "settling": session.mode == DIFFERING,
        "size": session.size,
        "left_out": session.queue.left_out,
        "filters": asdict(session.filters),
        "options": _options(session),
        "themes": [_theme(name, colours.get(name, _NO_COLOUR)) for name in session.results.themes],
        "kinds": list(KINDS),
        "measures": list(session.measures()),
        "position": session.position,
        "cards": _cards(session, range(first, session.position + AHEAD)),
        "notes": list(session.store.notes),
    }


def _theme(name: str, colour: str) -> Json:
    return {"name": name, "light": readable(colour, LIGHT), "dark": readable(colour, DARK)}


def _options(session: ReviewSession) -> Json:
    judged = session.results.judged
    departments = dict.fromkeys(name for one in judged for name in one.opinion.item.departments)
    return {
        "theme": [*session.results.themes, NONE_APPLIES],
        "department": list(departments),
        "measure": list(session.measures()),
        "verdict": [UNDECIDED, GIVEN, NONE_APPLIES],
        "state": list(STATES),
    }


def _cards(session: ReviewSession, wanted: Iterable[object]) -> Json:
    places = [place for place in islice(wanted, _MOST_WANTED) if isinstance(place, int)]
    return {str(place): session.card(place) for place in places if 0 <= place < len(session.queue.cards)}
