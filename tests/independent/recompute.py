"""A second reader: recompute headline figures from the site's CSV downloads alone and hold them against its pages.

Nothing of this project is imported. By hand: ``python tests/independent/recompute.py build/2025Q4/site``.
It prints a line a figure (what the page prints, what the downloads give, whether they agree) and exits with 1
if one disagrees or is not found.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from scipy import optimize, stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

NATION, CAPITAL = "VN", "n01"
BENCHMARK = 16.0  # % of GDP, from a speech; printed on the page
TARGET, TARGET_YEAR = 30.0, 2030  # Resolution 57-NQ/TW, digital economy
PRIOR_DEGREES, PRIOR_SCALE, SETTLED_SCALE = 2, 0.5, 0.1  # printed on the methods page
PRIOR_FACTORS, MEAN_WEIGHT = (0.5, 1, 2), 1  # the same
BANDS = ((0.01, "less than 1%"), (0.05, "between 1 and 5%"))
LABELS = {"nso": "NSO", "mic-mst": "MIC/MST", "government-report": "Government report"}
CENTRAL_LIST = "central-"
MONTHS = tuple(pd.date_range("2025-01-01", periods=12, freq="MS").month_name())


@dataclass(frozen=True)
class Figure:
    """One headline: where it is printed, the pattern around its numbers, and the same numbers recomputed.

    A recomputed number is held to as many decimals as the page prints.
    """

    name: str
    page: str
    pattern: str
    recomputed: tuple[str | float, ...]


@dataclass(frozen=True)
class Line:
    """One line of the table: a figure as printed and as recomputed."""

    name: str
    printed: str
    recomputed: str

    @property
    def agrees(self) -> bool:
        """Whether every printed digit is the recomputed one."""
        return self.printed == self.recomputed


class Text(HTMLParser):
    """The words of a page: cells apart, pictures and scripts left out."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("script", "style", "svg", "nav")
        self.words.append(" | " if tag in ("td", "th", "tr") else " " if tag in ("p", "li", "div", "br") else "")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style", "svg", "nav")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)


def page_text(path: Path) -> str:
    """Read a page's words with single plain spaces."""
    reader = Text()
    reader.feed(path.read_text(encoding="utf-8"))
    return " ".join("".join(reader.words).split())


def download(site: Path, name: str) -> pd.DataFrame:
    """Read one CSV file of the downloads page."""
    return pd.read_csv(site / "downloads" / f"{name}.csv", encoding="utf-8-sig", dtype={"list": str, "period": str})


def signed(value: float, digits: int) -> str:
    """Print a difference as the report does: always signed, with a true minus."""
    return f"{value:+.{digits}f}".replace("-", "−")


def minus(value: float, digits: int) -> str:
    """Print a number with a true minus."""
    return f"{value:.{digits}f}".replace("-", "−")


def as_printed(value: str | float, printed: str) -> str:
    """Print a number with the decimals that the page gives it; words stay."""
    return value if isinstance(value, str) else f"{value:.{len(printed.partition('.')[2])}f}"


def day(moment: pd.Timestamp) -> str:
    """Print a date: 15 October 2025."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


# ---- tasks of the centre ------------------------------------------------------------------------------------


def central_counts(ledger: pd.DataFrame) -> pd.DataFrame:
    """Totals and completed tasks of the central list by date."""
    rows = ledger[
        (ledger["area"] == NATION) & ledger["newest"] & ledger["list"].fillna("").str.startswith(CENTRAL_LIST)
    ]
    rows = rows[rows["indicator"].isin(["tasks_total", "tasks_completed"])]
    counts = rows.pivot_table(index="reference_date", columns="indicator", values="value").dropna().sort_index()
    counts.index = pd.to_datetime(counts.index)
    return counts


def completion(ledger: pd.DataFrame) -> Iterator[Figure]:
    """Shares of the list completed, with Wilson's interval."""
    for moment, row in central_counts(ledger).iterrows():
        done, total = row["tasks_completed"], row["tasks_total"]
        low, high = proportion_confint(done, total, method="wilson")
        shown = f"{done:,.0f}", f"{100 * done / total:.1f}", f"{100 * low:.1f}", f"{100 * high:.1f}"
        pattern = rf"\| {day(moment)} \| {total:,.0f} \| ([\d,]+) \| ([\d.]+)% \| ([\d.]+)–([\d.]+) \|"
        yield Figure(f"Central list, {day(moment)}: completed, share, interval", "tasks", pattern, shown)


def conditional_hazards(ledger: pd.DataFrame) -> Iterator[Figure]:
    """What a month would finish if the list only grew: additions on the first day, evenly, on the last day."""
    counts = central_counts(ledger)
    for (start, before), (end, after) in zip(counts[:-1].iterrows(), counts[1:].iterrows(), strict=True):
        days = (end - start).days
        still_open = before["tasks_total"] - before["tasks_completed"]
        added = after["tasks_total"] - before["tasks_total"]
        finished = after["tasks_completed"] - before["tasks_completed"]
        share = finished / (still_open + added)

        def missing(rate: float, o: float = still_open, a: float = added, t: int = days, q: float = share) -> float:
            evenly = 1 - (1 - np.exp(-rate * t)) / (rate * t)
            return float((o * (1 - np.exp(-rate * t)) + a * evenly) / (o + a) - q)

        monthly = [
            1 - (1 - share) ** (30 / days),
            1 - np.exp(-30 * optimize.brentq(missing, 1e-9, 5)),
            1 - (1 - finished / still_open) ** (30 / days),
        ]
        pattern = (
            rf"{day(start)} to {day(end)}\. .*?If the list only grew .*?: ([\d.]+)% a month with the added tasks "
            r"there from the first day, ([\d.]+)% if they came evenly, ([\d.]+)% if on the last day"
        )
        shown = tuple(f"{100 * each:.1f}" for each in monthly)
        yield Figure(f"Central list, {day(start)} to {day(end)}: a month, if it only grew", "tasks", pattern, shown)


# ---- the digital economy ------------------------------------------------------------------------------------


def share_rows(ledger: pd.DataFrame) -> pd.DataFrame:
    """Published shares of the nation, projections left out, with the maturity of each vintage."""
    rows = ledger[(ledger["area"] == NATION) & (ledger["indicator"] == "digital_economy_share")]
    rows = rows[rows["status"].isin(["observed", "preliminary", "estimate"]) & (rows["bound"] == "exact")].copy()
    rows["year"] = rows["period"].astype(int)
    rows["maturity"] = pd.to_datetime(rows["published"]).dt.year - rows["year"]
    return rows.sort_values("published")


def revisions(rows: pd.DataFrame, measure: str) -> list[float]:
    """Latest vintage two years on and later, minus the first within a year."""
    found = []
    for _, vintages in rows[rows["measure"] == measure].groupby("year"):
        first, final = vintages[vintages["maturity"] <= 1], vintages[vintages["maturity"] >= 2]
        if len(first) and len(final):
            found.append(float(final["value"].iloc[-1] - first["value"].iloc[0]))
    return found


def revision_scale(history: list[float], maturity: int) -> tuple[int, float]:
    """Degrees and scale of the revision error under the report's prior."""
    if maturity >= 3:
        return PRIOR_DEGREES, SETTLED_SCALE
    degrees = PRIOR_DEGREES + len(history)
    return degrees, float(np.sqrt((PRIOR_DEGREES * PRIOR_SCALE**2 + np.square(history).sum()) / degrees))


def chance_in_words(history: list[float], value: float) -> str:
    """The chance that the final figure reaches the benchmark: in words where every prior gives them, else its range."""
    chances, moved, n = [], np.array(history), len(history)
    for size in PRIOR_FACTORS:
        for weight in PRIOR_FACTORS:
            degrees, before = weight * PRIOR_DEGREES + n, weight * PRIOR_DEGREES * (size * PRIOR_SCALE) ** 2
            spread = np.sqrt((before + (moved**2).sum()) / degrees)
            chances.append(stats.t.sf((BENCHMARK - value) / spread, degrees))
            # A mean of revisions with a normal prior about 0, worth one of them.
            mean = moved.sum() / (n + MEAN_WEIGHT)
            about = ((moved - moved.mean()) ** 2).sum() + MEAN_WEIGHT * n / (n + MEAN_WEIGHT) * moved.mean() ** 2
            spread = np.sqrt((before + about) / degrees * (1 + 1 / (n + MEAN_WEIGHT)))
            chances.append(stats.t.sf((BENCHMARK - value - mean) / spread, degrees))
    said = {next((text for limit, text in BANDS if chance < limit), "more") for chance in chances}
    return said.pop() if len(said) == 1 else f"{rounded(min(chances), np.floor)} to {rounded(max(chances), np.ceil)}"


def rounded(chance: float, outwards: Callable[[float], float]) -> str:
    """One end of a range of chances below 10%, to one digit, rounded away from the other end."""
    if chance < 1e-4:
        return "under 0.01%"
    unit = 10.0 ** np.floor(np.log10(100 * chance))
    return f"{outwards(100 * chance / unit) * unit:.2f}".rstrip("0").rstrip(".") + "%"


def against_benchmark(ledger: pd.DataFrame) -> Iterator[Figure]:
    """The newest year of each measure: revision interval, verdict and the chance in words."""
    rows = share_rows(ledger)
    for measure, label in LABELS.items():
        mine = rows[(rows["measure"] == measure) & rows["newest"]]
        if mine.empty:
            continue
        newest = mine.sort_values("year").iloc[-1]
        history = revisions(rows, measure)
        degrees, scale = revision_scale(history, int(newest["maturity"]))
        # The verdict asks for 95 % on one side, so its interval is that of 90 %.
        value, half = float(newest["value"]), float(stats.t.ppf(0.95, degrees)) * scale
        chance = float(stats.t.sf((BENCHMARK - value) / scale, degrees))
        verdict = "above" if chance >= 0.95 else "below" if chance <= 0.05 else "cannot tell apart"
        shown = (
            f"{value:.2f}".rstrip("0").rstrip("."), minus(value - half, 1), minus(value + half, 1),
            verdict if history else f"{verdict}, as published",
            chance_in_words(history, value) if history else "withheld",
        )  # fmt: skip
        pattern = (
            rf"\| {label} \| {newest['year']} \| ([\d.]+)% \| \w+ \| [^|]+ \| ([\d.]+)–([\d.]+) "
            r"\| ([^|]+?) \| ([^|]+?) \|"
        )
        name = f"{label} {newest['year']} against {BENCHMARK:.0f}%: share, interval, verdict, chance"
        yield Figure(name, "digital-economy", pattern, shown)


def revised(ledger: pd.DataFrame) -> Iterator[Figure]:
    """How far first figures moved."""
    moved = tuple(signed(each, 2) for each in revisions(share_rows(ledger), "nso"))
    if len(moved) == 2:
        pattern = r"they differ by (\S+) pp and (\S+) pp"
        yield Figure("NSO share: revisions of first figures", "digital-economy", pattern, moved)


def pace(ledger: pd.DataFrame) -> Iterator[Figure]:
    """Observed and required growth to the target, and their ratio over the revision interval."""
    rows = share_rows(ledger)
    for measure in ("nso", "mic-mst"):
        mine = rows[(rows["measure"] == measure) & rows["newest"]].sort_values("year")
        base, last = mine.iloc[0], mine.iloc[-1]
        if last["year"] - base["year"] < 3:
            continue
        y0, y1 = float(base["value"]), float(last["value"])
        years, left = int(last["year"] - base["year"]), int(TARGET_YEAR - base["year"])
        degrees, scale = revision_scale(revisions(rows, measure), int(last["maturity"]))
        half = float(stats.t.ppf(0.975, degrees)) * scale

        def ratio(end: float, start: float = y0, over: int = years, until: int = left) -> float:
            return float(((end / start) ** (1 / over) - 1) / ((TARGET / start) ** (1 / until) - 1))

        shown = (
            signed((y1 - y0) / years, 2), signed((TARGET - y0) / left, 2),
            signed((TARGET - y1) / (TARGET_YEAR - last["year"]), 2),
            minus((y1 - y0) / years / ((TARGET - y0) / left), 2), minus(ratio(y1), 2),
        )  # fmt: skip
        row = rf"\| {LABELS[measure]} \| {TARGET:.0f}% in {TARGET_YEAR} \| {base['year']}–{last['year']} "
        pattern = row + r"\| (\S+) pp \| (\S+) pp \| (\S+) pp \| (\S+) \| (\S+) \|"
        name = f"{LABELS[measure]}, pace to {TARGET:.0f}%: observed, required, from now, ratios"
        yield Figure(name, "digital-economy", pattern, shown)
        shown = minus(ratio(y1), 2), minus(ratio(y1 - half), 2), minus(ratio(y1 + half), 2)
        pattern = (
            rf"By {LABELS[measure]}’s measure, from [\d.]+% in {base['year']} to [\d.]+% in {last['year']}: "
            r"[^()]*\(ratio of observed to required growth (\S+); (\S+?)–(\S+?)\)"
        )
        yield Figure(f"{LABELS[measure]}, pace: ratio over the revision interval", "digital-economy", pattern, shown)


# ---- growth of the provinces --------------------------------------------------------------------------------


def growth_panel(panel: pd.DataFrame) -> pd.DataFrame:
    """Growth of the provinces, areas in rows and years in columns, complete areas only."""
    rows = panel[(panel["indicator"] == "grdp_growth") & panel["area"].str.startswith("n")]
    return rows.pivot(index="area", columns="year", values="value").dropna()


def nation_growth(panel: pd.DataFrame) -> pd.Series[float]:
    """Growth of the nation by year."""
    rows = panel[(panel["indicator"] == "gdp_growth") & (panel["area"] == NATION)]
    return rows.set_index("year")["value"]


def equal_slopes(panel: pd.DataFrame) -> Iterator[Figure]:
    """The test of equal slopes, by comparing two regressions with year effects; variances from its residuals."""
    values = growth_panel(panel)
    if len(values) < 8:
        return
    long = values.stack().rename("y").reset_index()
    long["t"] = long["year"] - long["year"].mean()
    with warnings.catch_warnings():
        # The slopes' common part is among the years' effects; the rank, and so the degrees of freedom, account for it.
        warnings.simplefilter("ignore")
        own = smf.ols("y ~ C(year) + C(area) + C(area):t", long).fit()
    level = smf.ols("y ~ C(year) + C(area)", long).fit()
    f, p, _ = own.compare_f_test(level)
    shown = f"{f:.2f}", "< 0.001" if p < 0.001 else f"{p:.3f}"
    pattern = r"\| Equal slopes \| F ([\d.]+) \| p ([\d.]+|< 0\.001) \|"
    yield Figure("Growth, equal slopes of the provinces: F, p", "series", pattern, shown)
    yield Figure("Growth, residual variance", "series", r"\| Residual variance \| ([\d.]+) \|", (float(own.mse_resid),))
    spread = values.sub(values.mean()).mean(axis=1).var(ddof=1) - own.mse_resid / values.shape[1]
    pattern = r"\| Variance of means \| ([\d.]+) \|"
    yield Figure("Growth, variance of the provinces’ means", "series", pattern, (max(float(spread), 0.0),))


def exposures(panel: pd.DataFrame) -> Iterator[Figure]:
    """Change of growth in the last year by exposure, and the smallest difference that would be found."""
    values = growth_panel(panel)
    if len(values) < 20:
        return
    found = []
    for indicator, year, log in (("grdp_per_capita_current", 2023, True), ("urban_share", 2024, False)):
        rows = panel[(panel["indicator"] == indicator) & (panel["year"] == year)].set_index("area")["value"]
        x = rows.reindex(values.index)
        found.append(_contrast(values, np.log(x) if log else x))
    named = (("GRDP per head", found[0]), ("Urban share", found[1]))
    for name, (estimate, _) in named:
        pattern = rf"\| {name}[^|]*\| (\S+) \("
        yield Figure(f"Growth by exposure, {name}: estimate", "series", pattern, (signed(estimate, 2),))
    needed = tuple(f"{2.887 * error:.2f}" for _, error in found)
    pattern = r"80%[^.]*? only from ([\d.]+), ([\d.]+) and"
    yield Figure("Growth by exposure: smallest difference found 80% of the time", "series", pattern, needed)


def _contrast(values: pd.DataFrame, x: pd.Series[float]) -> tuple[float, float]:
    """Coefficient of exposure × last year with area and year effects; error clustered by area, G/(G − 1)."""
    long = values.stack().rename("y").reset_index()
    z = (x - x.mean()) / x.std(ddof=1)
    long["d"] = long["area"].map(z) * (long["year"] == long["year"].max())
    groups = pd.Categorical(long["area"]).codes
    options = {"groups": groups, "use_correction": False}
    fit = smf.ols("y ~ d + C(area) + C(year)", long).fit(cov_type="cluster", cov_kwds=options)
    number = len(values)
    return float(fit.params["d"]), float(fit.bse["d"] * np.sqrt(number / (number - 1)))


def capital(panel: pd.DataFrame) -> Iterator[Figure]:
    """The capital against the nation: years above and mean difference; its trend with all provinces' p."""
    rows = panel[(panel["indicator"] == "grdp_growth") & panel["area"].str.startswith("n")]
    values = rows.pivot(index="area", columns="year", values="value").dropna()
    differences = values.sub(nation_growth(panel).reindex(values.columns), axis=1)
    own = differences.loc[CAPITAL].to_numpy(float)
    page = "provinces/ha-noi"
    pattern = r"grew faster than the country in (\d+) of (\d+) years\s?, on average (\S+) pp"
    shown = str((own > 0).sum()), str(len(own)), signed(own.mean(), 2)
    yield Figure("Hà Nội, growth to the nation: years above, mean difference", page, pattern, shown)
    years = values.columns.to_numpy(float)
    slope = stats.theilslopes(own, years).slope
    raw = [stats.kendalltau(years, row, method="exact").pvalue for row in differences.to_numpy(float)]
    at = list(differences.index).index(CAPITAL)
    adjusted = multipletests(raw, 0.05, "fdr_bh")[1][at]
    shown = minus(slope, 2), f"{raw[at]:.3f}", f"{adjusted:.3f}"
    pattern = (
        r"The difference to the country, [^:]+: no clear trend\. Median slope (\S+) percentage points a year .*?"
        r"exact p ([\d.]+), ([\d.]+) after adjusting for all provinces"
    )
    # Of an edition of some provinces only, the downloads need not hold the family that the p was adjusted for.
    if len(values) == 34:
        yield Figure("Hà Nội, trend of that difference: slope, exact p, adjusted p", page, pattern, shown)


# ---- the table ----------------------------------------------------------------------------------------------


def figures(site: Path) -> list[Figure]:
    """Recompute every figure that the downloads of a site allow."""
    ledger, panel = download(site, "ledger"), download(site, "panel")
    return [
        *completion(ledger), *conditional_hazards(ledger), *against_benchmark(ledger), *revised(ledger),
        *pace(ledger), *equal_slopes(panel), *exposures(panel), *capital(panel),
    ]  # fmt: skip


def compare(site: Path) -> list[Line]:
    """Hold every recomputed figure against the page that prints it."""
    texts: dict[str, str] = {}
    lines = []
    for figure in figures(site):
        if figure.page not in texts:
            texts[figure.page] = page_text(site / f"{figure.page}.html")
        found = re.search(figure.pattern, texts[figure.page])
        groups = found.groups() if found else ("",) * len(figure.recomputed)
        again = (as_printed(each, group) for each, group in zip(figure.recomputed, groups, strict=True))
        printed = " · ".join(groups) if found else "not found on the page"
        lines.append(Line(figure.name, printed, " · ".join(again)))
    return lines


def main(words: list[str]) -> int:
    """Print the table of a site."""
    if len(words) != 1 or not (Path(words[0]) / "downloads" / "ledger.csv").is_file():
        print("usage: recompute.py SITE, a rendered site with its downloads, such as build/2025Q4/site")
        return 2
    lines = compare(Path(words[0]))
    heads: tuple[Any, ...] = ("figure", "printed", "recomputed", "agrees")
    table = [heads, *((line.name, line.printed, line.recomputed, "yes" if line.agrees else "NO") for line in lines)]
    widths = [max(len(str(row[column])) for row in table) for column in range(4)]
    for row in table:
        print("  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    agreeing = sum(line.agrees for line in lines)
    print(f"{agreeing} of {len(lines)} figures agree to every printed digit")
    return 0 if agreeing == len(lines) and lines else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
