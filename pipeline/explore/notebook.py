"""What the notebooks on a round call: one name a cell."""

from __future__ import annotations

from ipywidgets import HTML

from pipeline.explore import charts, listing
from pipeline.explore.linked import Linked
from pipeline.explore.network import draw_network
from pipeline.export import delivered
from pipeline.review.opening import results_folder
from pipeline.topics.positions import positions


class Explore:
    """The results of a folder, to look into.

    Parameters
    ----------
    folder : str
        Of results. When empty: where the notebook stands, else a run of the sample.

    Attributes
    ----------
    folder : Path
    results : Results
        With what people decided.

    Raises
    ------
    IkenError
        When the folder holds no results.
    """

    def __init__(self, folder: str = "") -> None:
        self.folder = results_folder(folder)
        self.results = delivered(self.folder)

    def __repr__(self) -> str:
        """Say what is open, as a cell shows it."""
        voices = len({one.opinion.same_id for one in self.results.judged})
        lines = [
            f"結果のフォルダ: {self.folder}　{self.results.round}",
            f"意見 {len(self.results.judged)}件（同趣旨を一つに数えると {voices}件）",
            *(f"{line.stage} {line.count} = {line.breakdown}" for line in self.results.ledger[:3]),
        ]
        return "\n".join(lines)

    def themes(self) -> Linked:
        """Opinions by theme."""
        return charts.theme_counts(self.results)

    def themes_by_measure(self) -> Linked:
        """Where themes meet the plan."""
        return charts.theme_by_measure(self.results)

    def themes_by_department(self) -> Linked:
        """Which departments hold opinions on which themes."""
        return charts.theme_by_department(self.results)

    def kinds(self) -> Linked:
        """Opinions by 種別."""
        return charts.kind_counts(self.results)

    def words(self) -> Linked:
        """Which words are said together."""
        return draw_network(self.results)

    def topic_map(self) -> Linked:
        """Opinions on a map, near where they say the like."""
        return charts.topic_map(self.results, positions(self.results.judged))

    def measures(self) -> Linked:
        """How many opinions each measure drew."""
        return charts.measure_counts(self.results)

    def empty_measures(self) -> HTML:
        """The measures that no opinion counts under."""
        return HTML(listing.empty_measures(self.results))

    def beyond(self) -> HTML:
        """What measures are asked for beyond their 概要."""
        return HTML(listing.beyond_list(self.results))

    def outside(self) -> HTML:
        """The opinions that lie outside the plan."""
        return HTML(listing.outside_list(self.results))

    def proposals(self) -> HTML:
        """The proposals, each with its evidence."""
        return HTML(listing.proposal_list(self.results))
