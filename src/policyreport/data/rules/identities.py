"""Identities that link figures of several indicators: which ones apply is set in params/rules.yaml.

What is compared are intervals: all values that would be printed as the printed one. An identity is broken where no
printed vintage of its figures makes the intervals meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from itertools import product
from operator import add, mul

import pandas as pd

from policyreport.data.rules.evidence import Breach, Evidence, Row, figures, half_unit
from policyreport.records.digits import as_published
from policyreport.records.periods import year_of_period

EXACT = ["observed", "preliminary", "estimate"]


@dataclass(frozen=True)
class Span:
    """The interval of a quantity, its nearest value, and the figures it was made from."""

    low: float
    high: float
    value: float
    rows: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    text: str = ""

    def __mul__(self, other: Span) -> Span:
        """The product of two positive quantities."""
        return self._combined(other, mul)

    def __truediv__(self, other: Span) -> Span:
        """The ratio of two positive quantities."""
        return self * Span(1 / other.high, 1 / other.low, 1 / other.value, other.rows, other.sources)

    def __add__(self, other: Span) -> Span:
        return self._combined(other, add)

    def _combined(self, other: Span, by: Callable[[float, float], float]) -> Span:
        low, high, value = by(self.low, other.low), by(self.high, other.high), by(self.value, other.value)
        return Span(low, high, value, (*self.rows, *other.rows), (*self.sources, *other.sources))

    def scaled(self, factor: float, shift: float = 0.0) -> Span:
        """The quantity in another unit, `factor` positive."""
        low, high, value = (factor * end + shift for end in (self.low, self.high, self.value))
        return replace(self, low=low, high=high, value=value)

    def powered(self, exponent: float) -> Span:
        """The quantity raised to a positive power."""
        return replace(self, low=self.low**exponent, high=self.high**exponent, value=self.value**exponent)

    def distance(self, other: Span) -> float:
        """Distance between two intervals; 0 where they meet."""
        return max(self.low - other.high, other.low - self.high, 0.0)


def _printed(row: Row) -> Span:
    """Every value that would be printed in the same way as a figure."""
    half = half_unit(row.value)
    return Span(row.value - half, row.value + half, row.value, (row.id,), (row.source,), as_published(row.value))


def share_of_output(evidence: Evidence) -> Iterator[Breach]:
    """A level that its share of output and the output do not give."""
    for rule in evidence.settings.shares_of_output:
        for row in figures(_yearly(evidence, rule.level)):
            year = year_of_period(row.period) or 0
            pairs = product(_shares(evidence, rule.share, row, year), _outputs(evidence, rule.outputs, row.area, year))
            implied = [(share, output, (share * output).scaled(0.01 / rule.output_units)) for share, output in pairs]
            if not implied or any(span.distance(_printed(row)) == 0 for *_, span in implied):
                continue
            share, output, nearest = min(implied, key=lambda case: case[2].distance(_printed(row)))
            text = f"{share.text}% of {output.text} is {nearest.value:,.1f}, printed {as_published(row.value)}"
            yield _breach(evidence, row, nearest, f"{text} {row.unit}")


def growth_of_share(evidence: Evidence) -> Iterator[Breach]:
    """A growth that the growth of the share and that of output, compounded, do not give."""
    for rule in evidence.settings.share_growths:
        for row in figures(_yearly(evidence, rule.growth)):
            year = year_of_period(row.period) or 0
            cases = list(_grown(evidence, rule.share, rule.outputs, row, year - 1, year))
            if cases and all(case.implied.distance(_printed(row)) > 0 for case in cases):
                nearest = min(cases, key=lambda case: case.implied.distance(_printed(row)))
                yield _breach(evidence, row, nearest.implied, _growth_text(row, nearest, year - 1))
        for row in figures(_means(evidence, rule.mean_growth)):
            first, last = (int(end) for end in row.period.split("/"))
            cases = list(_grown(evidence, rule.share, rule.outputs, row, first - 1, last))
            # A mean of yearly rates is not below the rate that compounds to the same.
            if cases and all(case.implied.low > _printed(row).high for case in cases):
                nearest = min(cases, key=lambda case: case.implied.low)
                yield _breach(evidence, row, nearest.implied, _growth_text(row, nearest, first - 1))


@dataclass(frozen=True)
class _Case:
    """Growth by one choice of vintages: both shares, the growth of output, and what they imply; % a year."""

    before: Span
    after: Span
    output: Span
    implied: Span


def _grown(evidence: Evidence, share: str, outputs: Iterable[str], row: Row, first: int, last: int) -> Iterator[_Case]:
    """Growth between two years by every vintage of the shares and every output available for both years."""
    exponent = 1 / (last - first)
    ends = {name: _outputs(evidence, [name], row.area, first) for name in outputs}
    for name, earlier in ends.items():
        later = {span.text: span for span in _outputs(evidence, [name], row.area, last)}
        for start in earlier:
            if start.text not in later:
                continue
            output = (later[start.text] / start).powered(exponent)
            for before, after in product(_shares(evidence, share, row, first), _shares(evidence, share, row, last)):
                implied = ((after / before).powered(exponent) * output).scaled(100, -100)
                yield _Case(before, after, output.scaled(100, -100), implied)


def _growth_text(row: Row, case: _Case, year: int) -> str:
    """What is printed, what is implied, and which share of the earlier year would agree."""
    yearly = year_of_period(row.period) is not None
    agreeing = case.after.value * (100 + case.output.value) / (100 + row.value)
    instead = f" (to about {agreeing:.2f}%)" if yearly else ""
    shares = f"shares of {case.before.text} and {case.after.text}%"
    output = f"output growing by {case.output.value:.1f}%{'' if yearly else ' a year'}"
    return (
        f"printed {as_published(row.value)}%; {shares} with {output} imply {case.implied.value:.1f}%. Either the "
        f"share in {year} was revised without being printed{instead}, or the growth is of another quantity, such as "
        "one in another currency"
    )


def _breach(evidence: Evidence, row: Row, implied: Span, text: str) -> Breach:
    """A breach about the figure's area; rows of other areas, such as provinces' populations, only name their source."""
    own = evidence.ledger["area"]
    rows = tuple(dict.fromkeys(id for id in (row.id, *implied.rows) if own[id] == row.area))
    sources = tuple(dict.fromkeys((row.source, *implied.sources)))
    return Breach(rows, f"{evidence.about(row)}: {text}. Sources: {', '.join(sources)}.", (row.area,), sources)


def _yearly(evidence: Evidence, indicator: str) -> pd.DataFrame:
    own = _exact(evidence.newest, indicator)
    whole = pd.Series([year_of_period(period) is not None for period in own["period"]], own.index, dtype=bool)
    return own[whole]


def _means(evidence: Evidence, indicator: str) -> pd.DataFrame:
    own = _exact(evidence.newest, indicator)
    return own[own["period"].str.fullmatch(r"\d{4}/\d{4}")]


def _exact(rows: pd.DataFrame, indicator: str) -> pd.DataFrame:
    return rows[(rows["indicator"] == indicator) & (rows["bound"] == "=") & rows["status"].isin(EXACT)]


def _shares(evidence: Evidence, share: str, row: Row, year: int) -> list[Span]:
    """Every vintage of a share that was printed for a year, by the measure of the figure it is compared with."""
    rows = _exact(evidence.ledger, share)
    own = rows[(rows["area"] == row.area) & (rows["measure"] == row.measure) & (rows["period"] == str(year))]
    return [span for figure in figures(own) if (span := _printed(figure)).low > 0]


def _outputs(evidence: Evidence, names: Iterable[str], area: str, year: int) -> list[Span]:
    """Output of an area in a year: as printed, by measure, and as value per head times population."""
    spans = []
    for rule in evidence.settings.products:
        if rule.level not in names:
            continue
        levels = figures(_of(evidence, rule.level, area, year))
        spans += [replace(_printed(row), text=evidence.named(rule.level, row.measure)) for row in levels]
        if heads := _heads(evidence, rule.heads, area, year):
            for row in figures(_of(evidence, rule.per_head, area, year)):
                text = f"{evidence.named(row.indicator, row.measure)} × people"
                spans.append(replace(_printed(row) * heads, text=text))
    return [span for span in spans if span.low > 0]


def _heads(evidence: Evidence, heads: str, area: str, year: int) -> Span | None:
    """Population of an area: its own figure or, for the country, the sum of all present provinces."""
    own = [_printed(row) for row in figures(_of(evidence, heads, area, year))]
    if own:
        return own[-1]
    if area != evidence.nation:
        return None
    for (indicator, _, its_year, scheme), rows in evidence.tables:
        if (indicator, its_year) == (heads, year) and len(rows) == len(evidence.provinces[scheme]):
            return reduce(Span.__add__, [_printed(row) for row in figures(rows)])
    return None


def _of(evidence: Evidence, indicator: str, area: str, year: int) -> pd.DataFrame:
    rows = evidence.annual
    return rows[(rows["indicator"] == indicator) & (rows["area"] == area) & (rows["year"] == year)]
