"""The provinces side by side: a dense table with interval bars, and growth against the country's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from policyreport.data.inputs import Inputs
from policyreport.data.points import read_series
from policyreport.data.selection import boundary_flags
from policyreport.figures.exhibits import Exhibit, Exhibits, join
from policyreport.figures.league import league as league_figure
from policyreport.figures.present.behind import rows_behind
from policyreport.figures.present.tasks import provinces_tasks
from policyreport.figures.present.tiles import share_map
from policyreport.figures.present.voice import Voice, listed
from policyreport.figures.rows import Row, Rule
from policyreport.figures.tables import interval_cell, table
from policyreport.params.spelling import sort_key
from policyreport.records.markdown import escape
from policyreport.records.notebooks import CompareRecord, LeagueRow, TrendRecord
from policyreport.records.series import Difference
from policyreport.records.tasks import newest_of_lists
from policyreport.statistics.ranks.comparators import weighted_mean

MOST_NAMED = 6
"""Provinces named in a sentence; more are counted."""


def league(rows: Sequence[LeagueRow], inputs: Inputs) -> Exhibits:
    """Show the league table, growth against the country's, the map, and the lists of the provinces.

    From `collect_league`: "league-lead", "league", "league-growth", "map", "tasks-provinces".
    """
    voice = Voice(inputs)
    trends = [record for _, record in sorted(inputs.records.items()) if isinstance(record, TrendRecord)]
    lists = [(record.name, newest) for record in trends for newest in newest_of_lists(record.completion)]
    return Exhibits(
        [
            Exhibit("league-lead", _lead(voice, rows)),
            _table(voice, rows),
            _growth(voice, rows),
            share_map(rows, inputs),
            provinces_tasks(rows, lists, inputs),
        ]
    )


def _lead(voice: Voice, rows: Sequence[LeagueRow]) -> str:
    """What the table holds, and what it cannot show."""
    grown = [row for row in rows if row.growth is not None]
    if not grown:
        return (
            f"The statistics office's tables on present boundaries were not out by "
            f"{voice.date(voice.inputs.edition.as_known_on)}, so the {len(rows)} provinces cannot be set side by side in "
            "growth or output per head. What was published stands in the table."
        )
    year = grown[0].growth_year
    return (
        f"{always_faster(voice, grown)}{_sure(voice, grown)} The order is that of growth in {year} as published. "
        f"{_certain(voice, grown)} A place in this table is not a judgement on a province."
    )


def _certain(voice: Voice, rows: Sequence[LeagueRow]) -> str:
    """The page's one statement on how certain places are."""
    if any(row.growth_mean_rank_set for row in rows) or not any(row.growth_years for row in rows):
        return voice.sentence("no-sampling-error")
    return (
        f"The data cannot rank the {_compared(voice)} provinces: by the mean difference no two can be told apart, and the "
        "figures of one year were published without a margin of error."
    )


def _compared(voice: Voice) -> int:
    """How many provinces are judged together, whichever of them were run."""
    return len(voice.inputs.provinces)


def always_faster(voice: Voice, rows: Sequence[LeagueRow]) -> str:
    """Who grew faster than the country in every year, and who in none."""
    compared = [row for row in rows if row.growth_years]
    if not compared:
        return ""
    every = [escape(row.name) for row in compared if row.growth_years_above == row.growth_years]
    never = [escape(row.name) for row in compared if row.growth_years_above == 0]
    years = max(row.growth_years or 0 for row in compared)
    shown = len(compared)
    nobody = "no province" if shown == _compared(voice) else f"none of {voice.areas_computed(shown)}"
    never_faster = f", {_named(never)} in none" if never else ""
    text = f"{_named(every) if every else nobody} grew faster than the country in each of the {years} years"
    return f"{text[0].upper()}{text[1:]}{_since(voice.inputs)}{never_faster}. "


def _named(names: Sequence[str]) -> str:
    """Names, or how many where they are many."""
    return f"{len(names)} provinces" if len(names) > MOST_NAMED else listed(names)


def _sure(voice: Voice, rows: Sequence[LeagueRow]) -> str:
    """Whether any mean difference is statistically clear once all are tested."""
    compared = [row for row in rows if row.growth_verdict]
    named = [escape(row.name) for row in compared if row.growth_verdict in ("above", "below")]
    if not compared:
        return ""
    lead = f"Once all {_compared(voice)} provinces are looked at,"
    if not named:
        return f"{lead} no mean difference is statistically clear."
    return f"{lead} the mean difference of {_named(named)} is statistically clear."


def _table(voice: Voice, rows: Sequence[LeagueRow]) -> Exhibit:
    """All provinces, by growth as published, then by name."""
    ends = [end for row in rows if row.growth_mean_interval
            for end in (row.growth_mean_interval.low, row.growth_mean_interval.high)]  # fmt: skip
    scale = (min([*ends, -1.0]), max([*ends, 1.0]))
    order = sorted(
        rows, key=lambda row: (-(row.growth if row.growth is not None else float("-inf")), sort_key(row.name))
    )
    shown = _Columns(
        ranks=any(row.growth_mean_rank_set for row in rows),
        verdicts=len({row.growth_verdict for row in rows if row.growth_verdict}) > 1,
    )
    body = [_row(voice, row, scale, shown) for row in order]
    years = {row.growth_year for row in rows if row.growth_year}
    year = f" {max(years)}" if years else ""
    line = voice.percent_as_published(voice.inputs.policy.threshold.value)
    incomes = {row.income_year for row in rows if row.income_year}
    heads = [
        ("Province", "l"),
        (f"Growth{year}, %", "r"),
        ("Place", "r"),
        (f"Years above the country{_since(voice.inputs)}", "r"),
        ("Mean difference to the country, percentage points", "r"),
        *([("Place by it (range)", "r")] if shown.ranks else []),
        *([("Verdict", "l")] if shown.verdicts else []),
        (f"Output per head{' ' + max(incomes) if incomes else ''}, m VND (nation = 100)", "r"),
        (f"Digital economy, % of GRDP, against {line}", "l"),
        ("Tasks completed", "r"),
    ]
    ranges = "; range: the places its true rank may take, 95 % for all provinces together" if shown.ranks else ""
    return table(
        "league",
        [head for head, _ in heads],
        body,
        f"{_finding(voice, rows)}. *Growth{voice.at_prices(voice.inputs.roles.growth)} and its place as published. Mean yearly "
        f"difference{_since(voice.inputs)} with its 95 % interval, for each province alone{ranges}. "
        f"{'Verdict adjusted for all provinces. ' if shown.verdicts else ''}Tasks of each province's newest list, given to it or its own. "
        "† Judged without past revisions, as published.*",
        voice.source(rows_behind(body)),
        align="".join(side for _, side in heads),
        sortable=True,
        wide=True,
        empty="not published",
    )


@dataclass(frozen=True)
class _Columns:
    """Which columns are informative: a range where any two differ clearly, a verdict where not all are alike."""

    ranks: bool
    verdicts: bool


def _finding(voice: Voice, rows: Sequence[LeagueRow]) -> str:
    """How many grew faster than the country in every year, and whether any mean stands apart."""
    compared = [row for row in rows if row.growth_verdict]
    if not compared:
        return f"{len(rows)} provinces side by side, as far as figures were published"
    every = sum(row.growth_years_above == row.growth_years for row in compared)
    return f"{every} of {len(compared)} provinces grew faster than the country in every year. {_sure(voice, compared).rstrip('.')}"


def _row(voice: Voice, row: LeagueRow, scale: tuple[float, float], shown: _Columns) -> list[str | None]:
    formats = voice.formats

    def marked(text: str, figure: str) -> str:
        return voice.value(text, row.inputs.get(figure, ()))

    above = difference = None
    if row.growth_years is not None and row.growth_years_above is not None:
        above = marked(formats.count_of(row.growth_years_above, row.growth_years), "growth_mean_difference")
    if row.growth_mean_difference is not None and row.growth_mean_interval is not None:
        low, high = row.growth_mean_interval.low, row.growth_mean_interval.high
        text = f"{formats.number(row.growth_mean_difference, 2, signed=True)} ({formats.interval(low, high, 2, signed=True)})"
        text = marked(text, "growth_mean_difference")
        difference = interval_cell(text, row.growth_mean_difference, low, high, scale, mark=0.0)
    income = share = None
    if row.income is not None:
        index = "" if row.income_index is None else f" ({marked(formats.number(row.income_index, 0), 'income_index')})"
        income = marked(formats.number(row.income, 1), "income") + index
    if row.share is not None:
        dagger = " †" if "no-vintage-history" in row.share_flags else ""
        value = marked(voice.percent_as_published(row.share).removesuffix("%").strip(), "share")
        share = f"{value} {voice.verdict(row.share_verdict)}{dagger}"
    elif "part-year" in row.share_flags:
        share = voice.short("part-year")
    placed = None
    if row.growth_mean_rank is not None and row.growth_mean_rank_set is not None:
        placed = f"{row.growth_mean_rank} ({formats.interval(*row.growth_mean_rank_set, 0)})"
        placed = marked(placed, "growth_mean_difference")
    return [
        f"[{escape(row.name)}](provinces/{row.slug}.html)",
        None if row.growth is None else marked(formats.number(row.growth, 2), "growth"),
        None if row.growth_rank is None else marked(str(row.growth_rank), "growth_rank"),
        above,
        difference,
        *([placed] if shown.ranks else []),
        *([voice.verdict(row.growth_verdict) if row.growth_verdict else None] if shown.verdicts else []),
        income,
        share,
        None
        if row.total is None or row.completed is None
        else marked(formats.count_of(row.completed, row.total), "completed"),
    ]


def _growth(voice: Voice, rows: Sequence[LeagueRow]) -> Exhibit:
    """Dot and interval of the mean difference, every province."""
    compared = [row for row in rows if row.growth_mean_difference is not None and row.growth_mean_interval is not None]
    if not compared:
        return Exhibit("league-growth", voice.sentence("not-published"))
    order = sorted(compared, key=lambda row: -(row.growth_mean_difference or 0))
    places = [
        Row(
            row.name,
            row.growth_mean_difference,
            row.growth_mean_interval.low if row.growth_mean_interval else None,
            row.growth_mean_interval.high if row.growth_mean_interval else None,
            text=voice.formats.number(row.growth_mean_difference or 0, 2, signed=True),
            role="accent" if row.growth_verdict in ("above", "below") else "plain",
            inputs=row.inputs.get("growth_mean_difference", ()),
        )
        for row in order
    ]
    apart = sum(row.growth_mean_interval.low > 0 or row.growth_mean_interval.high < 0 for row in compared
                if row.growth_mean_interval)  # fmt: skip
    singled = sum(row.growth_verdict in ("above", "below") for row in compared)
    frame = voice.frame(
        "league-growth",
        f"{apart} of {len(compared)} intervals exclude zero taken one by one, {singled} after adjusting for all provinces",
        f"Mean yearly difference in GRDP growth to the country's{_since(voice.inputs)}, percentage points, with the 95 % "
        "interval of each province alone",
        rows_behind(places),
    )
    crossing = boundary_flags(voice.inputs, [row.area for row in rows], voice.inputs.roles.growth.indicator)
    figure = league_figure(places, frame, "percentage points", Rule(0.0, "country"))
    return join("league-growth", figure, _weighted(voice), voice.flags(crossing))


def _since(inputs: Inputs) -> str:
    """From which year on growth is compared; empty where it is nowhere."""
    years = {
        year
        for record in inputs.records.values()
        if isinstance(record, CompareRecord)
        for difference in record.growth_differences
        if isinstance(difference, Difference)
        for year in difference.years
    }
    return f" since {min(years)}" if years else ""


def _weighted(voice: Voice) -> str:
    """That the provinces' own figures add up to more, or less, than the country's."""
    inputs, formats = voice.inputs, voice.formats
    growth = inputs.series("growth")
    nation = {point.year: point for point in read_series("growth", growth).national}
    both = [(point, nation[point.year]) for point in weighted_mean(growth, inputs.traits)]
    if not both:
        return ""
    above = sum(own.value >= whole.value for own, whole in both)
    own, whole = both[-1]
    return (
        f"Weighted by output, the provinces' own growth figures average {voice.value(formats.number(own.value, 2), own.inputs)} % "
        f"in {own.year}, where {voice.value(formats.number(whole.value, 2), whole.inputs)} % is published for the nation; in "
        f"{above} of {len(both)} years they are not below it. So more provinces can lie above the nation than below it."
    )
