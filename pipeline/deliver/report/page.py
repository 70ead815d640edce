"""The page itself: Results become the view, the view becomes HTML."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.deliver.cross_tables import by_attribute
from pipeline.deliver.report import crosses
from pipeline.deliver.report.figures import Figures
from pipeline.deliver.report.findings import proposal_view, theme_rows, topic_view
from pipeline.deliver.report.listing import Listing
from pipeline.deliver.report.sentences import cautions, kinds_of, summary
from pipeline.deliver.report.statement import statement
from pipeline.deliver.report.view import LedgerRow, Report, Tag
from pipeline.deliver.results import Results
from pipeline.deliver.tables import attribute_names

if TYPE_CHECKING:
    from jinja2 import Template

FILE = "report.html"
_HERE = Path(__file__).parent
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_PLAIN_COLOR = "#555555"


def report_bytes(results: Results) -> bytes:
    """Give report.html; the same results give the same bytes.

    Parameters
    ----------
    results : Results
        With the decisions of people applied, where there are any.
    """
    style = "\n".join([_read("report.css"), *_theme_styles(results)])
    script = _read("report.js")
    html = _template().render(
        report=view_of(results),
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
    )
    # a parser of HTML turns a bare CR into LF and drops NUL: the text has to come out as it went in
    return html.replace("\r", "&#13;").replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "xmlcharrefreplace")


def view_of(results: Results) -> Report:
    """Turn results into what the page shows."""
    judged, themes, plan = results.judged, results.themes, results.plan
    figures = Figures(judged)
    columns = attribute_names(judged)
    shown = () if results.made_with.masked else tuple(by_attribute(judged, columns))
    departments = dict.fromkeys(one.name for source in results.sources for one in source.departments)
    listing = Listing(results, shown, figures)
    return Report(
        title=f"意見の整理結果（{results.round}）" if results.round else "意見の整理結果",
        sources="、".join(source.file for source in results.sources),
        summary=summary(results, figures),
        cautions=cautions(results, columns),
        themes=tuple(theme_rows(results, figures)),
        legend=tuple(Tag(name, number) for number, name in enumerate(themes, 1)),
        plan=crosses.plan_cross(judged, plan, themes, figures) if plan else None,
        departments=crosses.department_cross(judged, tuple(departments), themes, figures),
        attributes=crosses.attribute_crosses(judged, columns, themes, figures, hide=results.made_with.masked),
        kinds=crosses.kind_cross(judged, kinds_of(judged), themes, figures),
        topics=tuple(topic_view(topic, results, listing, figures) for topic in results.topics),
        proposals=tuple(proposal_view(one, listing, figures) for one in results.suggestions),
        has_plan=plan is not None,
        choices=listing.choices,
        opinions=listing.opinions(),
        rest=listing.rest(),
        ledger=tuple(
            LedgerRow(line.stage, f"{line.count:,}", tuple(f"{name} {count:,}" for name, count in line.parts))
            for line in results.ledger
        ),
        statement=statement(results),
        entries=figures.entries(),
    )


def _theme_styles(results: Results) -> list[str]:
    """The themes' colours, as the codebook names them: one rule each."""
    colors = [color if _COLOR.fullmatch(color) else _PLAIN_COLOR for color in results.made_with.colors]
    colors += [_PLAIN_COLOR] * (len(results.themes) - len(colors))
    return [f".t{number} {{ --theme: {color}; }}" for number, color in enumerate(colors, 1)]


@functools.cache
def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


@functools.cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("report.html.j2")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
