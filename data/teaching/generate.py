"""Draw the simulated panel: raw tables with their sidecars, and the truth they were drawn from.

    python data/teaching/generate.py [FOLDER]

writes the same bytes every time. No figure here was observed: every row, source, list and measure says so.
The distributions and what each quantity of truth.csv means are described in README.md.
"""

from __future__ import annotations

import csv
import hashlib
import io
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

HERE = Path(__file__).parent
AREAS = HERE.parent / "boundaries" / "areas.csv"
SEED = "policyreport teaching 1"
NATION = "VN"
ACCOUNTS, MINISTRY, SURVEY = "simulated-accounts", "simulated-ministry", "simulated-survey"
PROVINCE_LIST, CENTRAL_LIST = "simulated-province", "simulated-central"
MARK = "simulated"
# All figures are out by then.
KNOWN_ON = date(2028, 8, 31)

QUARTERS = [f"{year}-Q{number}" for year in (2025, 2026, 2027, 2028) for number in (1, 2, 3, 4)][2:14]
MERGED_ON = date(2025, 7, 1)
# Of both lists, as in params/policy.yaml.
DEADLINE = date(2028, 12, 31)
ACCOUNT_YEARS = range(2014, 2028)
# Years of the country's growth alone, from before the provinces' accounts.
HISTORY_YEARS = range(2008, 2014)
SHARE_YEARS = range(2016, 2028)
SURVEY_YEARS = range(2016, 2028)
POST_YEARS = (2025, 2026, 2027)
SCORES = ("survey_services", "survey_transparency", "survey_participation")

HEAD = ["area", "indicator", "measure", "list", "period", "reference_date", "published", "value", "status", "quality"]


class Row(NamedTuple):
    """One figure as a raw table holds it."""

    area: str
    indicator: str
    measure: str
    list: str
    period: str
    reference_date: str
    published: str
    value: str
    status: str = "observed"
    quality: str = MARK


class Fact(NamedTuple):
    """One true value: whose, of what, when."""

    area: str
    quantity: str
    period: str
    value: float


@dataclass(frozen=True)
class Area:
    """An area: key, whether it began with the mergers of 1 July 2025, and the region it belongs to."""

    key: str
    merged: bool = False
    region: str = ""

    def quality(self, year: int) -> str:
        """Quality codes of an annual figure: a merged province's earlier years are its publisher's own."""
        return f"back-cast {MARK}" if self.merged and year < MERGED_ON.year else MARK


@dataclass
class Drawn:
    """Raw tables by name, and the truth."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    truth: list[Fact] = field(default_factory=list)


def rng(*names: str) -> np.random.Generator:
    """A stream of its own for every table, so that one may change and the others stay."""
    digest = hashlib.sha256("|".join((SEED, *names)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def read_areas() -> list[Area]:
    """The present provinces, in the order of keys."""
    with AREAS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["parts"]]
    return sorted(
        (Area(row["key"], len(row["parts"].split()) > 1, row["region"]) for row in rows), key=lambda area: area.key
    )


def quarter_end(quarter: str) -> date:
    """Last day of a quarter."""
    year, number = int(quarter[:4]), int(quarter[-1])
    return date(year, 3 * number, 31 if number in (1, 4) else 30)


# ---- tasks


class Lists(NamedTuple):
    """Tasks of several lists: rows are areas, columns quarters; hazards are those of the intervals before."""

    total: Counts
    completed: Counts
    late: Counts
    overdue: Counts
    share: Floats


def draw_lists(stream: np.random.Generator, size: Floats, hazard: Floats, *, inflow: float, late: Floats) -> Lists:
    """Run lists forward: tasks are added, each open task is finished with the interval's hazard, none is removed.

    `hazard` (lists × intervals) is per 30 days; `share` is the share of the list expected to be completed, given
    the tasks that were added.
    """
    days = np.diff([quarter_end(quarter).toordinal() for quarter in QUARTERS])
    chance = 1 - (1 - hazard) ** (days / 30)
    start = 0.15
    total = [size.astype(np.int64)]
    completed = [stream.binomial(total[0], start)]
    tardy = [stream.binomial(completed[0], late)]
    waiting = total[0] * (1 - start)
    expected = [np.full(len(size), start)]
    for step in range(len(days)):
        added = stream.poisson(inflow * size)
        finished = stream.binomial(total[-1] - completed[-1] + added, chance[:, step])
        total.append(total[-1] + added)
        completed.append(completed[-1] + finished)
        tardy.append(tardy[-1] + stream.binomial(finished, late))
        waiting = (waiting + added) * (1 - chance[:, step])
        expected.append(1 - waiting / total[-1])
    totals, done = np.column_stack(total), np.column_stack(completed)
    overdue = stream.binomial(totals - done, np.clip(1.5 * late, 0, 0.6)[:, None])
    return Lists(totals, done, np.column_stack(tardy), overdue, np.column_stack(expected))


def province_hazards(count: int) -> tuple[Floats, Floats, Floats]:
    """Hazard (areas × intervals), its log slope a quarter, and the factor of the last interval.

    Of every six areas two rush in the last interval, one stalls, and three go on: one ever faster, one ever
    slower, one evenly.
    """
    stream = rng("hazards")
    kind = np.arange(count) % 6
    factor = np.choose(kind, [1.0, 3.0, 1.0, 1 / 4, 1.0, 3.0])
    slope = np.choose(kind, [0.08, 0.0, 0.0, 0.0, -0.08, 0.0])
    level = stream.uniform(0.04, 0.07, count)
    intervals = len(QUARTERS) - 1
    log_hazard = np.log(level)[:, None] + slope[:, None] * (np.arange(intervals) - (intervals - 1) / 2)
    log_hazard[:, -1] += np.log(factor)
    return np.exp(log_hazard), slope, factor


def draw_tasks(drawn: Drawn, areas: list[Area]) -> None:
    """A list for each area, counted alike and on the same days, and one for the country."""
    stream = rng("tasks")
    hazard, slope, factor = province_hazards(len(areas))
    late = stream.beta(4, 36, len(areas))
    size = np.round(stream.uniform(120, 420, len(areas)))
    lists = draw_lists(stream, size, hazard, inflow=0.08, late=late)
    keys = [area.key for area in areas]
    drawn.tables["tasks-provinces"] = list(task_rows(keys, PROVINCE_LIST, lists))
    drawn.truth += task_facts(keys, lists, hazard, factor, late)
    # The factor of the last interval is no part of the slope, so the slope is told of the others alone.
    drawn.truth += [
        Fact(key, "hazard_log_slope", "quarter", value)
        for key, value, last in zip(keys, slope, factor, strict=True)
        if last == 1
    ]
    central = np.where(np.arange(len(QUARTERS) - 1) < 6, 0.05, 0.09)[None, :]
    lists = draw_lists(rng("central"), np.array([900.0]), central, inflow=0.08, late=np.array([0.1]))
    drawn.tables["tasks-central"] = list(task_rows([NATION], CENTRAL_LIST, lists))
    drawn.truth += task_facts([NATION], lists, central, np.array([1.0]), np.array([0.1]))


def task_rows(keys: list[str], name: str, lists: Lists) -> Iterator[Row]:
    """Four counts an area and quarter, published two weeks after it."""
    counts = {
        "tasks_total": lists.total,
        "tasks_completed": lists.completed,
        "tasks_completed_late": lists.late,
        "tasks_overdue": lists.overdue,
    }
    for row, key in enumerate(keys):
        for column, quarter in enumerate(QUARTERS):
            day = quarter_end(quarter)
            out = date.fromordinal(day.toordinal() + 14)
            for indicator, table in counts.items():
                value = str(table[row, column])
                yield Row(key, indicator, "", name, quarter, day.isoformat(), out.isoformat(), value)


def task_facts(keys: list[str], lists: Lists, hazard: Floats, factor: Floats, late: Floats) -> Iterator[Fact]:
    """Hazards of the intervals by their last day, shares by day, and what holds always."""
    ends = [quarter_end(quarter).isoformat() for quarter in QUARTERS]
    for row, key in enumerate(keys):
        yield from (Fact(key, "hazard_30", day, hazard[row, at]) for at, day in enumerate(ends[1:]))
        yield from (Fact(key, "completion_share", day, lists.share[row, at]) for at, day in enumerate(ends))
        yield Fact(key, "late_share", "", late[row])
        yield Fact(key, "last_interval_factor", ends[-1], factor[row])
        left = (DEADLINE - quarter_end(QUARTERS[-1])).days / 30
        waiting = lists.total[row, -1] - lists.completed[row, -1]
        yield Fact(key, "finished_by_deadline", DEADLINE.isoformat(), waiting * (1 - (1 - hazard[row, -1]) ** left))


# ---- accounts


class Accounts(NamedTuple):
    """Growth, income per head, population and urban share: areas × years of the accounts, as printed."""

    growth: Floats
    income: Floats
    population: Floats
    urban: Floats

    @property
    def product(self) -> Floats:
        """Output at current prices."""
        return np.asarray(self.income * self.population)


EXPOSURE = 0.7
"""Percentage points of growth a standard deviation of income, from the first full year of the policy on."""


def standardised(values: Floats) -> Floats:
    """z-scores with n − 1."""
    return np.asarray((values - values.mean()) / values.std(ddof=1))


def draw_accounts(drawn: Drawn, areas: list[Area]) -> Accounts:
    """Annual accounts: a common path, a level and a slope an area, an association with income, noise."""
    stream, count, years = rng("accounts"), len(areas), list(ACCOUNT_YEARS)
    level, slope = stream.normal(0, 0.8, count), stream.normal(0, 0.1, count)
    common = stream.normal(0, 1.2, len(years))
    # Slump and recovery as the world had them, so that the shock years mean something.
    common[years.index(2020)] -= 4.0
    common[years.index(2021)] -= 3.0
    noise = stream.normal(0, 1.0, (count, len(years)))
    births = stream.uniform(0.002, 0.02, count)
    growth, income, population = (np.empty((count, len(years))) for _ in range(3))
    urban_2024 = stream.uniform(18, 85, count)
    income_before, population_before = np.exp(stream.normal(3.8, 0.4, count)), np.exp(stream.normal(7.3, 0.5, count))
    wealth = np.zeros(count)
    for at, year in enumerate(years):
        if year == 2024:
            wealth = standardised(np.log(income[:, years.index(2023)]))
        shift = EXPOSURE * wealth if year in POST_YEARS else 0.0
        centred = at - (len(years) - 1) / 2
        growth[:, at] = np.round(6.5 + common[at] + level + slope * centred + shift + noise[:, at], 2)
        population[:, at] = np.round(population_before * (1 + births), 1)
        heads = population[:, at] / population_before
        income[:, at] = np.round(income_before * (1 + growth[:, at] / 100) * 1.03 / heads, 2)
        income_before, population_before = income[:, at], population[:, at]
    speed = stream.uniform(0.2, 0.8, count)
    urban = np.round(urban_2024[:, None] + speed[:, None] * (np.array(years) - 2024), 2)
    accounts = Accounts(growth, income, population, urban)
    drawn.tables["accounts"] = list(account_rows(areas, accounts))
    exposures = {
        "ln_income": wealth,
        "urban_share": standardised(urban[:, years.index(2024)]),
        "merged": np.array([float(area.merged) for area in areas]),
    }
    # What a regression on one exposure alone is after, where only income is associated.
    drawn.truth += [
        Fact(NATION, f"exposure_{name}", "2025", EXPOSURE * float(np.cov(wealth, x)[0, 1] / x.var(ddof=1)))
        for name, x in exposures.items()
    ]
    centred = np.array(years) - np.mean(years)
    post = np.isin(years, POST_YEARS)
    expected = level[:, None] + slope[:, None] * centred + EXPOSURE * wealth[:, None] * post
    apart = expected - expected.mean(axis=0)
    for number, area in enumerate(areas):
        trend = float(apart[number] @ centred / (centred @ centred))
        drawn.truth += [
            Fact(area.key, "growth_trend", "year", trend),
            Fact(area.key, "growth_mean", "", float(apart[number].mean())),
        ]
    return accounts


def account_rows(areas: list[Area], accounts: Accounts) -> Iterator[Row]:
    """Four series an area; those of the country and of regions by population and output."""
    names = ("grdp_growth", "grdp_per_capita_current", "population_average", "urban_share")
    for number, area in enumerate(areas):
        for indicator, values in zip(names, accounts, strict=True):
            yield from yearly(area, indicator, values[number])
    for region in sorted({area.region for area in areas}):
        members = np.array([area.region == region for area in areas])
        for indicator, values in zip(names[:2], whole(accounts, members), strict=False):
            yield from yearly(Area(region, merged=True), indicator, values)
    national = ("gdp_growth", "gdp_per_capita_current", *names[2:])
    for indicator, values in zip(national, whole(accounts, np.full(len(areas), True)), strict=True):
        yield from yearly(Area(NATION), indicator, values)
    history = 6.5 + rng("history").normal(0, 1.2, len(HISTORY_YEARS))
    yield from yearly(Area(NATION), "gdp_growth", history, HISTORY_YEARS)


def whole(accounts: Accounts, members: npt.NDArray[np.bool_]) -> tuple[Floats, Floats, Floats, Floats]:
    """Growth, income, population and urban share of some areas taken together, by year."""
    part = Accounts(*(table[members] for table in accounts))
    before = np.column_stack([part.product[:, :1] / (1 + part.growth[:, :1] / 100), part.product[:, :-1]])
    heads = part.population.sum(axis=0)
    return (
        (part.growth * before).sum(axis=0) / before.sum(axis=0),
        part.product.sum(axis=0) / heads,
        heads,
        (part.urban * part.population).sum(axis=0) / heads,
    )


def yearly(area: Area, indicator: str, values: Floats, years: range = ACCOUNT_YEARS) -> Iterator[Row]:
    """An annual series, published in August of the next year; the last year is preliminary."""
    decimals = 1 if indicator == "population_average" else 2
    for year, value in zip(years, values, strict=True):
        status = "preliminary" if year == ACCOUNT_YEARS[-1] else "observed"
        text, out = f"{value:.{decimals}f}", f"{year + 1}-08-15"
        yield Row(area.key, indicator, ACCOUNTS, "", str(year), "", out, text, status, area.quality(year))


# ---- the digital economy's share, with vintages

FIRST_ERROR, SECOND_ERROR, NATION_ERROR = 0.5, 0.15, 0.35
WIDER = 3.5
"""Points by which the ministry's measure lies above the accounts'."""


def draw_shares(drawn: Drawn, areas: list[Area], accounts: Accounts) -> None:
    """Shares by two measures that are published three times: with an error, with a smaller one, and as they are."""
    stream, years = rng("shares"), list(SHARE_YEARS)
    level = np.exp(stream.normal(np.log(11), 0.4, len(areas)))
    gain = stream.uniform(0.1, 0.9, len(areas))
    shares = level[:, None] + gain[:, None] * np.arange(len(years))
    weight = accounts.product[:, [ACCOUNT_YEARS.index(year) for year in years]]
    final = np.round(np.vstack([shares, (shares * weight).sum(axis=0) / weight.sum(axis=0)]), 2)
    everyone = [*areas, Area(NATION)]
    rows: list[Row] = []
    for measure, above in ((ACCOUNTS, 0.0), (MINISTRY, WIDER)):
        for area, values in zip(everyone, final + above, strict=True):
            first = NATION_ERROR if area.key == NATION else FIRST_ERROR
            for year, value in zip(years, values, strict=True):
                rows += vintages(area, measure, year, value, stream.normal(0, [first, SECOND_ERROR, 0]))
            name = "share" if measure == ACCOUNTS else f"share_{measure}"
            drawn.truth += [Fact(area.key, name, str(year), value) for year, value in zip(years, values, strict=True)]
    drawn.tables["digital-economy"] = rows
    drawn.tables["contribution"] = [
        Row(NATION, "sti_dx_contribution", ACCOUNTS, "", str(year), "", f"{year + 1}-03-31", f"{value + 2:.2f}")
        for year, value in list(zip(years, final[-1], strict=True))[-1:]
    ]
    drawn.truth += [Fact(area.key, "share_gain", "year", gain[number]) for number, area in enumerate(areas)]


def vintages(area: Area, measure: str, year: int, final: float, errors: Floats) -> Iterator[Row]:
    """First release in March of the next year, then a revision a year; those out by the day of knowledge."""
    for lag, (status, error) in enumerate(zip(("estimate", "preliminary", "observed"), errors, strict=True), start=1):
        out = date(year + lag, 3, 31)
        if out <= KNOWN_ON:
            yield Row(area.key, "digital_economy_share", measure, "", str(year), "", out.isoformat(),
                      f"{final + error:.2f}", status, area.quality(year))  # fmt: skip


# ---- a survey


def draw_survey(drawn: Drawn, areas: list[Area]) -> None:
    """Scores from 1 to 10 with their standard errors, and the places of the true scores."""
    years = list(SURVEY_YEARS)
    rows: list[Row] = []
    for indicator in SCORES:
        stream = rng(indicator)
        respondents = stream.integers(250, 1200, (len(areas), len(years)))
        level, gain = stream.normal(5.5, 0.35, len(areas)), stream.normal(0.02, 0.03, len(areas))
        true = level[:, None] + gain[:, None] * (np.arange(len(years)) - (len(years) - 1) / 2)
        error = np.round(1.6 / np.sqrt(respondents), 3)
        printed = true + stream.normal(0, 1, true.shape) * error
        for number, area in enumerate(areas):
            for at, year in enumerate(years):
                about = ("", str(year), "", f"{year + 1}-05-15")
                quality = area.quality(year)
                rows += [
                    Row(area.key, indicator, SURVEY, *about, f"{printed[number, at]:.3f}", quality=quality),
                    Row(area.key, f"{indicator}_se", SURVEY, *about, f"{error[number, at]:.3f}", quality=quality),
                ]
            drawn.truth += [Fact(area.key, indicator, str(year), true[number, at]) for at, year in enumerate(years)]
            place = 1 + int((true[:, -1] > true[number, -1]).sum())
            drawn.truth += [Fact(area.key, f"{indicator}_rank", str(years[-1]), place)]
            drawn.truth += [Fact(area.key, f"{indicator}_slope", "year", gain[number])]
    drawn.tables["survey"] = rows


# ---- files

TITLES = {
    "tasks-provinces": "Simulated lists of tasks, one a province, twelve quarters",
    "tasks-central": "Simulated central list of tasks, twelve quarters",
    "accounts": "Simulated annual accounts, population and urban share",
    "digital-economy": "Simulated digital-economy shares",
    "contribution": "Simulated contribution of science, technology, innovation and digital transformation",
    "survey": "Simulated survey scores with their standard errors",
}
UNITS: Mapping[str, str] = {
    "grdp_growth": "% real, year on year",
    "gdp_growth": "% real, year on year",
    "grdp_per_capita_current": "million VND per person",
    "gdp_per_capita_current": "million VND per person",
    "population_average": "thousand persons",
    "urban_share": "% of population",
    "digital_economy_share": "% of GDP",
    "sti_dx_contribution": "% of GDP",
}


def unit_of(row: Row) -> str:
    """The unit of a figure."""
    if row.indicator == "digital_economy_share":
        return "% of GDP" if row.area == NATION else "% of GRDP"
    return UNITS.get(row.indicator, "tasks" if row.indicator.startswith("tasks_") else "points from 1 to 10")


def write_tables(folder: Path, tables: Mapping[str, list[Row]]) -> None:
    """Write every raw table and its sidecar."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([[*HEAD, "unit"], *([*row, unit_of(row)] for row in rows)])
        body = text.getvalue().encode()
        (folder / f"{name}.csv").write_bytes(body)
        sidecar = {
            "publisher": "Nobody (simulated)",
            "title": TITLES[name],
            "address": "data/teaching/generate.py",
            "published": f'"{KNOWN_ON.isoformat()}"',
            "accessed": f'"{KNOWN_ON.isoformat()}"',
            "licence": "MIT, as the program that drew it",
            "sha256": hashlib.sha256(body).hexdigest(),
            "simulated": "true",
            "note": "Drawn at random from a known truth (data/teaching/truth.csv). Not an observation of any province.",
        }
        lines = "".join(f"{key}: {quoted(value)}\n" for key, value in sidecar.items())
        (folder / f"{name}.source.yaml").write_bytes(lines.encode())


def quoted(text: str) -> str:
    """A YAML scalar: quoted where a colon would end it."""
    return f"'{text}'" if ": " in text else text


def write_truth(path: Path, truth: Iterable[Fact]) -> None:
    """Write the truth, sorted by quantity, area and period."""
    facts = sorted(truth, key=lambda fact: (fact.quantity, fact.area, fact.period))
    lines = [",".join(Fact._fields), *(f"{f.area},{f.quantity},{f.period},{round(float(f.value), 6):g}" for f in facts)]
    path.write_bytes(("\n".join(lines) + "\n").encode())


def draw() -> Drawn:
    """Draw everything."""
    drawn, areas = Drawn(), read_areas()
    draw_tasks(drawn, areas)
    draw_shares(drawn, areas, draw_accounts(drawn, areas))
    draw_survey(drawn, areas)
    return drawn


def main(folder: Path = HERE) -> None:
    """Write raw tables and truth into a folder."""
    drawn = draw()
    write_tables(folder / "raw" / MARK, drawn.tables)
    write_truth(folder / "truth.csv", drawn.truth)


if __name__ == "__main__":
    main(*(Path(name) for name in sys.argv[1:2]))
