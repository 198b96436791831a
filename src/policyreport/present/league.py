"""The provinces side by side: a dense table with interval bars, and growth against the nation."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.assess.comparison import weighted_growth
from policyreport.assess.selection import boundary_flags, role_series
from policyreport.exhibits import Exhibit, Exhibits, join
from policyreport.figures.league import league as league_figure
from policyreport.figures.rows import Row, Rule
from policyreport.inputs import Inputs
from policyreport.methods.latest import later_parts, newest_of_each_measure
from policyreport.present.shares import provinces_share
from policyreport.present.tasks import newest_of_each_list, provinces_tasks
from policyreport.present.tiles import share_map
from policyreport.present.voice import Voice, listed
from policyreport.records.notebooks import CompareRecord, LeagueRow, TrendRecord
from policyreport.records.series import Difference
from policyreport.spelling import sort_key
from policyreport.tables import interval_cell, table


def league(rows: Sequence[LeagueRow], inputs: Inputs) -> Exhibits:
    """Show the league table, growth against the nation, the map, and the lists of the provinces.

    Parameters
    ----------
    rows : sequence of LeagueRow
        From `assess.league`.
    inputs : Inputs
        The national slice with the province records.

    Returns
    -------
    Exhibits
        "league-lead", "league", "league-growth", "map", "tasks-provinces", "share-provinces".
    """
    voice = Voice(inputs)
    lists = [
        (record.name, each)
        for (_, notebook), record in sorted(inputs.records.items())
        if notebook == "trend" and isinstance(record, TrendRecord)
        for each in newest_of_each_list(record.completion)
    ]
    measure = inputs.roles.share.headline_measure
    results = [
        record.share
        for (_, notebook), record in sorted(inputs.records.items())
        if notebook == "trend" and isinstance(record, TrendRecord)
    ]
    shares = [newest for each in results if (newest := newest_of_each_measure(each).get(measure))]
    parts = [part for each in results for part in later_parts(each) if part.measure == measure]
    return Exhibits(
        [
            Exhibit("league-lead", _lead(voice, rows)),
            _table(voice, rows),
            _growth(voice, rows),
            share_map(rows, inputs),
            provinces_tasks(rows, lists, inputs),
            provinces_share(shares, inputs, parts),
        ]
    )


def _lead(voice: Voice, rows: Sequence[LeagueRow]) -> str:
    """What the table holds, and what it does not say."""
    grown = [row for row in rows if row.growth is not None]
    if not grown:
        return (
            f"The statistics office's tables on present boundaries were not out by "
            f"{voice.date(voice.inputs.edition.as_known_on)}, so the {len(rows)} provinces cannot be set side by side in "
            "growth or output per head. What was published stands in the table."
        )
    singled = [row for row in grown if row.growth_verdict in ("above", "below")]
    year = grown[0].growth_year
    places = (
        f"After adjusting for {len(grown)} comparisons, the mean growth of {len(singled)} provinces can be told apart from "
        "the nation's"
        if singled
        else f"After adjusting for {len(grown)} comparisons, no province's mean growth can be told apart from the nation's"
    )
    return (
        f"{places}. The order is that of growth in {year} as published. {voice.sentence('no-sampling-error')} "
        "A place in this table is not a judgement on a province."
    )


def _table(voice: Voice, rows: Sequence[LeagueRow]) -> Exhibit:
    """All provinces, by growth as published, then by name."""
    ends = [end for row in rows if row.growth_mean_interval
            for end in (row.growth_mean_interval.low, row.growth_mean_interval.high)]  # fmt: skip
    scale = (min([*ends, -1.0]), max([*ends, 1.0]))
    order = sorted(
        rows, key=lambda row: (-(row.growth if row.growth is not None else float("-inf")), sort_key(row.name))
    )
    body = [_row(voice, row, scale) for row in order]
    years = {row.growth_year for row in rows if row.growth_year}
    year = f" {max(years)}" if years else ""
    line = voice.percent_as_published(voice.inputs.policy.threshold.value)
    incomes = {row.income_year for row in rows if row.income_year}
    return table(
        "league",
        ["Province", f"Growth{year}, %", "Place", "Mean difference to the nation, percentage points", "Place by it (range)", "Verdict",
         f"Output per head{' ' + max(incomes) if incomes else ''}, m VND (nation = 100)",
         f"Digital economy, % of GRDP, against {line}", "Tasks completed"],
        body,
        f"{_finding(rows)}. *Growth{voice.inputs.roles.growth.at_prices} and its place as published. Mean yearly "
        f"difference{_since(voice.inputs)} with its 95 % interval, for each province alone; range: the places its true rank may take, 95 % for all provinces "
        "together, years treated as draws. Verdict adjusted for all provinces. Tasks of each province's newest list, given to it or its own. "
        "† Judged without past revisions, as published.*",
        voice.source(_inputs(voice)),
        align="lrrrrlrlr",
        sortable=True,
        wide=True,
        empty="not published",
    )  # fmt: skip


def _finding(rows: Sequence[LeagueRow]) -> str:
    """Whether any province's growth stands apart once all are compared."""
    compared = [row for row in rows if row.growth_verdict]
    if not compared:
        return f"{len(rows)} provinces side by side, as far as figures were published"
    singled = [row for row in compared if row.growth_verdict in ("above", "below")]
    many = f"once all {len(compared)} are compared"
    if not singled:
        return f"No province's mean growth can be told apart from the nation's {many}"
    names = listed([f"{row.name} ({row.growth_verdict})" for row in singled[:6]])
    more = f" and {len(singled) - 6} more" if len(singled) > 6 else ""
    return f"Told apart from the nation's mean growth {many}: {names}{more}"


def _row(voice: Voice, row: LeagueRow, scale: tuple[float, float]) -> list[str | None]:
    formats = voice.formats

    def marked(text: str, figure: str) -> str:
        return voice.value(text, row.inputs.get(figure, ()))

    difference = None
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
        f"[{row.name}](provinces/{row.slug}.html)",
        None if row.growth is None else marked(formats.number(row.growth, 2), "growth"),
        None if row.growth_rank is None else marked(str(row.growth_rank), "growth_rank"),
        difference,
        placed,
        voice.verdict(row.growth_verdict) if row.growth_verdict else None,
        income,
        share,
        None
        if row.total is None or row.completed is None
        else marked(formats.count_of(row.completed, row.total), "completed"),
    ]


def _growth(voice: Voice, rows: Sequence[LeagueRow]) -> Exhibit:
    """Dot and interval of the mean difference, every province."""
    told = [row for row in rows if row.growth_mean_difference is not None and row.growth_mean_interval is not None]
    if not told:
        return Exhibit("league-growth", voice.sentence("not-published"))
    order = sorted(told, key=lambda row: -(row.growth_mean_difference or 0))
    places = [
        Row(
            row.name,
            row.growth_mean_difference,
            row.growth_mean_interval.low if row.growth_mean_interval else None,
            row.growth_mean_interval.high if row.growth_mean_interval else None,
            text=voice.formats.number(row.growth_mean_difference or 0, 2, signed=True),
            role="accent" if row.growth_verdict in ("above", "below") else "plain",
        )
        for row in order
    ]
    apart = sum(row.growth_mean_interval.low > 0 or row.growth_mean_interval.high < 0 for row in told
                if row.growth_mean_interval)  # fmt: skip
    singled = sum(row.growth_verdict in ("above", "below") for row in told)
    frame = voice.frame(
        "league-growth",
        f"{apart} of {len(told)} intervals exclude zero taken one by one, {singled} after adjusting for all provinces",
        f"Mean yearly difference in GRDP growth to the nation's{_since(voice.inputs)}, percentage points, with the 95 % "
        "interval that treats years as draws",
        _inputs(voice),
    )
    crossing = boundary_flags(voice.inputs, [row.area for row in rows], voice.inputs.roles.growth.indicator)
    figure = league_figure(places, frame, "percentage points", Rule(0.0, "nation"))
    return join("league-growth", figure, _weighted(voice), voice.flags(crossing))


def _since(inputs: Inputs) -> str:
    """From which year on growth is compared; empty where it is nowhere."""
    years = {
        year
        for record in inputs.records.values()
        if isinstance(record, CompareRecord)
        for each in record.growth_differences
        if isinstance(each, Difference)
        for year in each.years
    }
    return f" since {min(years)}" if years else ""


def _weighted(voice: Voice) -> str:
    """That the provinces' own figures add up to more, or less, than the nation's."""
    inputs, formats = voice.inputs, voice.formats
    nation = {point.year: point for point in role_series(inputs, inputs.roles.nation, inputs.roles.growth)}
    both = [(point, nation[point.year]) for point in weighted_growth(inputs) if point.year in nation]
    if not both:
        return ""
    above = sum(own.value >= whole.value for own, whole in both)
    own, whole = both[-1]
    return (
        f"Weighted by output, the provinces' own growth figures average {voice.value(formats.number(own.value, 2), own.inputs)} % "
        f"in {own.year}, where {voice.value(formats.number(whole.value, 2), whole.inputs)} % is published for the nation; in "
        f"{above} of {len(both)} years they are not below it. So more provinces can lie above the nation than below it."
    )


def _inputs(voice: Voice) -> list[str]:
    """Ledger rows behind the table's newest growth and income."""
    roles, panel = voice.inputs.roles, voice.inputs.panel
    asked = panel["indicator"].isin([roles.growth.indicator, roles.income.indicator])
    return sorted({row for rows in panel.loc[asked, "inputs"] for row in rows})
