"""Filters of templates that choose among results on shares, and write the chance of a revision."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from policyreport.figures.behind import rows_behind
from policyreport.figures.shares import cells_drawn
from policyreport.params.wording import Wording
from policyreport.publishing.provenance import Provenance
from policyreport.records.base import Refusal
from policyreport.records.markdown import POLICY, Markdown
from policyreport.records.periods import YEAR, kind_of, year_of_period
from policyreport.records.shares import NotYearly, Pace, PriorCell, Remainder, Threshold
from policyreport.statistics.common.certainty import band
from policyreport.statistics.shares.frame import maturity
from policyreport.statistics.shares.latest import (
    later_parts,
    later_shares,
    leading,
    newest_of_each_measure,
    newest_shares,
    yearly_points,
)
from policyreport.statistics.shares.prior_cells import certainty_in_grid, in_grid

Shares = Iterable[Threshold | NotYearly | Refusal]


class Chances:
    """Writes probabilities as phrases, by the settings' bands."""

    def __init__(self, provenance: Provenance, wording: Wording) -> None:
        self._formats, self._wording = provenance.formats, wording
        self._bands: Sequence[float] = provenance.registry.settings["conventions"]["probability_bands"].value

    @property
    def filters(self) -> dict[str, Callable[..., object]]:
        """The filters by name."""
        return {
            "band": self.band,
            "certainty": self.certainty,
            "chance": self.chance,
            "chance_range": self.chance_range,
        }

    def certainty(self, probability: float) -> str:
        """Write a probability as a phrase: between 5 and 20%."""
        ends = band(probability, probability_bands=self._bands)
        low, high = ("" if end in (0, 1) else self._formats.published(round(100 * end, 10)) for end in ends)
        return self._wording.certainty(low, high, self._formats.language)

    def band(self, probability: float) -> Markdown:
        """Write the band of a probability for a table's cell: 5–20%."""
        return Markdown(self._formats.band(*band(probability, probability_bands=self._bands)))

    def chance(self, probability: float, cells: Sequence[PriorCell]) -> str:
        """Write a probability of a revision: as a phrase if it holds under every prior in `cells`, else as the range.

        ``less than 1%``, or ``0.03% to 3%, depending on the prior``, followed by a wider range where the mean
        revision is not taken as zero. The cell without a prior is left to the table.
        """
        if self._is_agreed(cells):
            return self.certainty(probability)
        wording, grid, language = self._wording, in_grid(cells), self._formats.language
        zero = self._range(cell.probability for cell in grid if cell.mean == "zero")
        every = self._range(cell.probability for cell in grid)
        text = wording.between_priors[language].format(low=zero[0], high=zero[1])
        if every == zero:
            return text
        return f"{text}; {wording.between_priors_leaning[language].format(low=every[0], high=every[1])}"

    def chance_range(self, probability: float, cells: Sequence[PriorCell]) -> str:
        """Write the same in a table's cell: the phrase, or the range over all priors, explained in the caption."""
        if self._is_agreed(cells):
            return self.certainty(probability)
        return f" {self._formats.to} ".join(self._range(cell.probability for cell in in_grid(cells)))

    def _is_agreed(self, cells: Sequence[PriorCell]) -> bool:
        """Return whether one phrase holds under every prior, or there is only one."""
        return not in_grid(cells) or bool(certainty_in_grid(cells, self._bands))

    def _range(self, probabilities: Iterable[float]) -> tuple[str, str]:
        every = list(probabilities)
        return self._formats.probability_range(min(every), max(every))


@dataclass(frozen=True)
class PriorRow:
    """The chances under priors that expect revisions alike, by the prior's weight; None where there is none."""

    share: Threshold
    mean: str
    scale: float | None
    cells: tuple[PriorCell | None, ...]


def share_filters(provenance: Provenance, wording: Wording) -> dict[str, Callable[..., object]]:
    """Return the filters in the edition's language."""
    policy = provenance.policy

    def legal_rows(pace: Pace) -> list[str]:
        """The ids of a pace's target in the policy."""
        targets = policy.targets_for(pace.indicator)
        return [f"{POLICY}#{target.id}" for target in targets if str(target.horizon) == pace.target_period]

    return Chances(provenance, wording).filters | FILTERS | {"legal_rows": legal_rows}


def judged(results: Shares) -> list[Threshold]:
    """Select the figures that are held against the threshold."""
    return [result for result in results if isinstance(result, Threshold)]


def with_flag(results: Sequence[Threshold], code: str) -> list[Threshold]:
    """Select the figures with a flag."""
    return [result for result in results if result.has_flag(code)]


def towards_next_target(results: Iterable[Pace | Refusal], measure: str) -> list[Pace]:
    """Select the pace by a measure towards the nearest target; empty where there is none."""
    own = [result for result in results if isinstance(result, Pace) and result.measure == measure]
    return [min(own, key=lambda pace: pace.target_period)] if own else []


def drawn_rows(shares: Iterable[Threshold]) -> tuple[str, ...]:
    """List the rows of shares drawn with their intervals; past revisions only where they give one."""
    return rows_behind([(share.observation, share if share.verdict_interval else ()) for share in shares])


def is_met(pace: Pace) -> bool:
    """Return whether the published figure meets the target, or did at the base."""
    return bool({"reached", "held"} & set(pace.headline_bands))


def is_one_year(pace: Pace) -> bool:
    """Return whether the newest growth is that of one year."""
    return (year_of_period(pace.latest_period) or 0) - (year_of_period(pace.one_year_base_period) or 0) == 1


def printed_rows(results: Shares) -> list[str]:
    """List the rows of what the table of shares prints: past revisions only where they give an interval or a chance."""
    rows: list[str] = []
    for result in results:
        if isinstance(result, (Threshold, NotYearly)):
            rows.append(result.observation.id)
        if isinstance(result, Threshold) and (result.verdict_interval or result.probability is not None):
            rows += result.inputs
    return rows


def newest_announced(results: Shares) -> Threshold | NotYearly | None:
    """Select the figure announced last; one for part of a year does not replace that of a whole year."""
    announced = [result for result in results if not isinstance(result, Refusal)]
    whole = [figure for figure in announced if kind_of(figure.period) == YEAR]
    return max(whole or announced, key=lambda one: (one.observation.published, one.period), default=None)


def prior_weights(figure: Threshold) -> list[float]:
    """List the weights of the priors under which a chance was computed."""
    return sorted({cell.degrees for cell in figure.prior_cells if cell.degrees is not None})


def prior_rows(figure: Threshold) -> list[PriorRow]:
    """Lay out the chances by mean and size of the revisions expected and by the prior's weight.

    The chance without a prior has no weight, and stands first in its row.
    """
    weights, means = prior_weights(figure), ["zero", "normal", "flat"]
    by = {(cell.mean, cell.scale, cell.degrees): cell for cell in figure.prior_cells}
    rows = sorted({key[:2] for key in by}, key=lambda row: (means.index(row[0]), row[1] or 0))
    return [
        PriorRow(
            figure,
            mean,
            scale,
            tuple(by.get((mean, scale, weight)) for weight in weights)
            if scale is not None
            else (by[mean, scale, None], *[None] * (len(weights) - 1)),
        )
        for mean, scale in rows
    ]


def tightest_bound(result: Remainder) -> object:
    """Select the province without a figure that the total limits most, where it limits one more than the unit does."""
    tighter = [bound for bound in result.bounds if bound.high is not None and bound.high != result.high]
    return min(tighter, key=lambda bound: bound.high or 0.0) if tighter and len(result.bounds) > 1 else None


FILTERS: dict[str, Callable[..., object]] = {
    "drawn_rows": drawn_rows,
    "is_met": is_met,
    "is_one_year": is_one_year,
    "judged": judged,
    "later_parts": later_parts,
    "later_shares": later_shares,
    "leading": leading,
    "maturity": lambda figure: maturity(figure.observation),
    "newest_by_measure": lambda results: list(newest_of_each_measure(results).values()),
    "newest_announced": newest_announced,
    "newest_shares": newest_shares,
    "period_kind": kind_of,
    "printed_rows": printed_rows,
    "prior_rows": prior_rows,
    "prior_weights": prior_weights,
    "tightest_bound": tightest_bound,
    "towards_next_target": towards_next_target,
    "with_flag": with_flag,
    "years_drawn": cells_drawn,
    "yearly_points": yearly_points,
}
