"""Rules of time: days, vintages, revisions, series."""

from calendar import month_name
from collections.abc import Iterator
from itertools import pairwise

import pandas as pd

from policyreport.data.notes import told_time
from policyreport.data.observations.known import KEY
from policyreport.data.rules.evidence import SERIES, Breach, Evidence, by_source, figures, ids, listing
from policyreport.records.digits import as_published
from policyreport.records.periods import period_bounds

_CERTAINTY = {"projection": 0, "estimate": 1, "preliminary": 2, "observed": 3}


def date_impossible(evidence: Evidence) -> Iterator[Breach]:
    """A period or a day from before there were figures, or a period wholly after its publication."""
    rows, first = evidence.ledger, pd.Timestamp(year=evidence.settings.first_year, month=1, day=1)
    begun = evidence.bounds["first"]
    yield from by_source(rows[(begun < first) | (rows["published"] < first)], f"from before {first.year}")
    unborn = (begun > rows["published"]) & (rows["status"] != "projection")
    yield from by_source(rows[unborn], "of a period that had not begun when they were published")


def reference_after_publication(evidence: Evidence) -> Iterator[Breach]:
    """A reference day after publication."""
    rows = evidence.ledger
    yield from by_source(rows[rows["reference_date"] > rows["published"]], "holding on a day after their publication")


def reference_outside_period(evidence: Evidence) -> Iterator[Breach]:
    """A reference day far outside its period."""
    slack = pd.Timedelta(days=evidence.settings.reference_slack_days)
    day, bounds = evidence.ledger["reference_date"], evidence.bounds
    off = (day < bounds["first"]) | (day > bounds["last"] + slack)
    for row in figures(evidence.ledger[off]):
        yield Breach((row.id,), f"{evidence.about(row)}: holds on {row.reference_date.date()}.")


def published_before_period_end(evidence: Evidence) -> Iterator[Breach]:
    """Figures, other than projections and editions of an index, published before their period or day was over."""
    ledger = evidence.ledger
    ledger = ledger[~ledger["indicator"].isin(evidence.settings.dated_by_edition)]
    day = ledger["reference_date"].fillna(evidence.bounds["last"])
    early = ledger[(ledger["published"] < day) & (ledger["status"] != "projection")]
    for (source, indicator, period), rows in early.groupby(["source", "indicator", "period"]):
        first, last = rows["published"].min().date(), day[rows.index].max().date()
        text = f"{evidence.named(indicator)}, {period}: published {first}, before {last}"
        yield Breach(ids(rows), f"{source}, {text}.")


def monotone_cumulative(evidence: Evidence) -> Iterator[Breach]:
    """A list on which fewer tasks are completed than on an earlier day."""
    yield from _falls(evidence, evidence.tasks.completed, "completed")


def total_falls(evidence: Evidence) -> Iterator[Breach]:
    """A list that became shorter, with no removals stated."""
    yield from _falls(evidence, evidence.tasks.total, "the total")


def _falls(evidence: Evidence, indicator: str, name: str) -> Iterator[Breach]:
    """Consecutive days of one list on which a count is lower than before."""
    rows = evidence.newest
    dated = rows[(rows["indicator"] == indicator) & rows["reference_date"].notna()]
    for _, group in dated.groupby(["area", "list"]):
        for before, after in pairwise(figures(group.sort_values("reference_date", kind="stable"))):
            if after.value < before.value:
                text = f"{name} fell from {as_published(before.value)} to {as_published(after.value)}"
                yield Breach((before.id, after.id), f"{evidence.what(group)}: {text}.")


def vintage_order(evidence: Evidence) -> Iterator[Breach]:
    """A later vintage that is less certain than an earlier one."""
    for group in evidence.vintages:
        for before, after in pairwise(figures(group)):
            if _CERTAINTY.get(str(after.status), 9) < _CERTAINTY.get(str(before.status), -1):
                text = f"{after.status} published after {before.status}"
                yield Breach((before.id, after.id), f"{evidence.what(group)}: {text}.")


def _exact_vintages(evidence: Evidence) -> Iterator[pd.DataFrame]:
    """The same without projections, derived figures and bounds."""
    for group in evidence.vintages:
        exact = group[~group["status"].isin(["projection", "derived"]) & (group["bound"] == "=")]
        if len(exact):
            yield exact


def revised(evidence: Evidence) -> Iterator[Breach]:
    """A figure that a later publication of the same measure changed."""
    for group in _exact_vintages(evidence):
        if len(set(group["value"])) > 1:
            values = ", ".join(f"{as_published(row.value)} ({row.published.date()})" for row in figures(group))
            yield Breach(ids(group), f"{evidence.what(group)}: {values}.")


def large_revision(evidence: Evidence) -> Iterator[Breach]:
    """A revision that is large relative to the first figure."""
    most = evidence.settings.large_revision
    for group in _exact_vintages(evidence):
        for before, after in pairwise(figures(group)):
            if abs(after.value - before.value) > most * abs(before.value):
                text = f"revised from {as_published(before.value)} to {as_published(after.value)}"
                yield Breach((before.id, after.id), f"{evidence.what(group)}: {text}.")


def projection_mixed(evidence: Evidence) -> Iterator[Breach]:
    """Projections in a series that also holds published results."""
    rows = evidence.ledger[evidence.ledger["status"].isin(["projection", "derived"])]
    for keys, planned in rows.groupby(SERIES):
        ledger = evidence.ledger
        same = (ledger[SERIES] == list(keys)).all(axis=1) & ~ledger["status"].isin(["projection", "derived"])
        if same.any():
            periods = listing(sorted(set(planned["period"])))
            kinds = " and ".join(sorted(set(planned["status"])))
            named = f"{evidence.who(keys[0])}, {evidence.named(keys[1], keys[2])}"
            figures = f"{listing([as_published(value) for value in planned['value']])} for {periods}"
            yield Breach(ids(planned), f"{named}: {figures} is {kinds} and enters no estimate.")


def vintage_mixed(evidence: Evidence) -> Iterator[Breach]:
    """A revised series in which some years in force are older than the newest publication."""
    # Where every year is published once, as in an index, its years are not vintages of one series.
    printed = evidence.ledger[evidence.ledger.duplicated(list(KEY), keep=False)]
    revised = printed[SERIES].drop_duplicates()
    for keys, rows in evidence.annual.reset_index().merge(revised, on=SERIES).groupby(SERIES):
        days = sorted({str(day.date()) for day in rows["published"]})
        if len(set(rows["year"])) > 1 and len(days) > 1:
            named = f"{evidence.who(keys[0])}, {evidence.named(keys[1], keys[2])}"
            yield Breach(tuple(rows["id"]), f"{named}: the years in force were published on {listing(days)}.")


def estimate_unconfirmed(evidence: Evidence) -> Iterator[Breach]:
    """Estimates still unconfirmed long after their period was over."""
    rows = evidence.newest
    ended = evidence.bounds["last"][rows.index]
    wait = pd.Timedelta(days=365.25 * evidence.settings.unconfirmed_years)
    old = rows[rows["status"].isin(["estimate", "preliminary"]) & (ended + wait < evidence.day)]
    for (indicator, measure, period), group in old.groupby(["indicator", "measure", "period"]):
        areas = listing([evidence.who(area) for area in sorted(set(group["area"]))], 3)
        text = f"still an estimate for {areas}"
        yield Breach(ids(group), f"{evidence.named(indicator, measure)}, {period}: {text}.")


def stale_series(evidence: Evidence) -> Iterator[Breach]:
    """An annual series that ends long before the newest publication."""
    annual = evidence.annual[evidence.annual["scheme"] != ""]
    for (indicator, measure), rows in annual.groupby(["indicator", "measure"]):
        last = int(rows["year"].max())
        years = (evidence.day - pd.Timestamp(year=last, month=12, day=31)).days / 365.25
        if len(set(rows["year"])) > 1 and years > evidence.settings.stale_years:
            newest = rows[rows["year"] == last]
            yield Breach(ids(newest), f"{evidence.named(indicator, measure)} ends in {last}.")


def gap_in_series(evidence: Evidence) -> Iterator[Breach]:
    """Years missing inside an annual series, grouping areas with the same gap."""
    annual = evidence.annual[evidence.annual["kind"].isin(["extensive", "intensive"])]
    annual = annual[~annual["quality"].str.contains("top-n-list|incomplete", regex=True)]
    # A province missing from a year's table is another rule's: here no, or hardly any, province has the year.
    tables = annual.groupby(["indicator", "measure", "scheme", "year"])["area"].nunique()
    largest = tables.groupby(["indicator", "measure", "scheme"]).transform("max")
    printed = set(tables.index[tables > evidence.settings.printed_share * largest])
    # A year stated as a bound has a figure, though not an exact one.
    bounds = evidence.newest[evidence.newest["bound"] != "="]
    stated = set(bounds[[*SERIES, "period"]].itertuples(index=False, name=None))
    gaps: dict[tuple[str, str, tuple[int, ...]], list[str]] = {}
    last: dict[tuple[str, str, tuple[int, ...]], list[str]] = {}
    for (area, indicator, measure, scheme), years in annual.groupby([*SERIES, "scheme"])["year"]:
        covered = sorted(set(years))
        missing = tuple(
            year
            for year in range(covered[0], covered[-1])
            if year not in covered
            and (indicator, measure, scheme, year) not in printed
            and (area, indicator, measure, str(year)) not in stated
        )
        if missing:
            key = (str(indicator), str(measure), missing)
            gaps.setdefault(key, []).append(str(area))
            last.setdefault(key, []).append(str(years.idxmax()))
    for (indicator, measure, missing), areas in gaps.items():
        text = f"{listing([str(year) for year in missing])} missing for {listing([evidence.who(a) for a in areas], 4)}"
        yield Breach(tuple(last[indicator, measure, missing]), f"{evidence.named(indicator, measure)}: {text}.")


def date_approximate(evidence: Evidence) -> Iterator[Breach]:
    """A count on a list whose day is not known."""
    rows = evidence.newest
    undated = rows[(rows["list"] != "") & rows["reference_date"].isna()]
    for _, group in undated.groupby(["area", "list", "period"]):
        row = next(figures(group))
        titles = {described.id: described.title for described in evidence.context.policy.lists}
        title = titles.get(row.list, row.list)
        about = told_time(group["note"])
        when = f"on which these tasks were counted ({about}) is" if about else (
            f"in {_months(row.period)} on which these tasks were counted is"
        )  # fmt: skip
        text = f"{evidence.who(row.area)}, “{title}”: the day {when} not known, so no pace can be calculated from them."
        yield Breach(ids(group), text)


def _months(period: str) -> str:
    """The months of a period, for readers: July to September 2025."""
    start, end = period_bounds(period)
    last = f"{month_name[end.month]} {end.year}"
    if (start.year, start.month) == (end.year, end.month):
        return last
    return f"{month_name[start.month]}{'' if start.year == end.year else f' {start.year}'} to {last}"
