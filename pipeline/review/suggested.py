"""What a reviewer is asked to confirm: the program's judgement as a decision would repeat it."""

from __future__ import annotations

from pipeline.plan.places import NO_PLACE, place_of
from pipeline.records import Judged, Suggested


def suggested_of(one: Judged) -> Suggested:
    """The judgement of the program, with the place where the opinion counts before anybody decided."""
    place = place_of(one)
    return Suggested(
        one.labelling.verdict, one.labelling.themes, one.labelling.kind, "" if place == NO_PLACE else place
    )
