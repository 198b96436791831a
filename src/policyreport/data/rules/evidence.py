"""What the rules examine: the ledger, the project's tables and decisions, and how a finding describes them."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, NamedTuple

import pandas as pd

from policyreport.data.areas import Areas, read_areas
from policyreport.data.harmonise.panel import discrepancies
from policyreport.data.observations.corrections import Correction, Withheld, read_corrections, read_withheld
from policyreport.data.observations.known import KEY
from policyreport.data.sources import Source, read_sources
from policyreport.params.indicators import Indicator, Indicators, read_indicators
from policyreport.params.methods import HarmoniseSettings, read_method_settings
from policyreport.params.policy import Policy, read_policy
from policyreport.params.reading import Root, project_folder
from policyreport.params.report import Roles, TaskRole, read_roles
from policyreport.params.rules import RuleBook, RuleSettings, read_rule_book
from policyreport.records.periods import period_bounds

SERIES = ["area", "indicator", "measure"]
Row = Any
"""A row of the ledger, or of a table joined from it, with its columns by name."""


class Breach(NamedTuple):
    """One place where a rule is broken: ledger rows and a message; areas and sources where rows do not tell.

    For a table with missing areas, `subject` names it and `gaps` are the areas with their years.
    """

    rows: tuple[str, ...]
    message: str
    areas: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    subject: str = ""
    gaps: tuple[tuple[str, tuple[int, ...]], ...] = ()


@dataclass(frozen=True)
class Context:
    """What the rules use besides the ledger: tables, parameters, sidecars by source key, and corrections."""

    areas: Areas
    indicators: Indicators
    policy: Policy
    roles: Roles
    book: RuleBook
    harmonise: HarmoniseSettings
    sources: dict[str, Source]
    corrections: tuple[Correction, ...]
    withheld: tuple[Withheld, ...]


def read_context(root: Root) -> Context:
    """Read what the rules use besides the ledger."""
    folder = project_folder(root)
    return Context(
        areas=read_areas(folder),
        indicators=read_indicators(root),
        policy=read_policy(root),
        roles=read_roles(root),
        book=read_rule_book(folder),
        harmonise=read_method_settings(root).harmonise,
        sources=read_sources(root),
        corrections=read_corrections(root),
        withheld=read_withheld(root),
    )


@dataclass(frozen=True)
class Evidence:
    """A ledger, or the part of it known on a day, with its context."""

    ledger: pd.DataFrame
    context: Context

    @property
    def areas(self) -> Areas:
        """Keys, lifetimes and mapping."""
        return self.context.areas

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """Definitions by id."""
        return self.context.indicators.by_id()

    @property
    def tasks(self) -> TaskRole:
        """Which indicators count tasks."""
        return self.context.roles.tasks

    @property
    def settings(self) -> RuleSettings:
        """The limits of the rules."""
        return self.context.book.settings

    @cached_property
    def sources(self) -> dict[str, Source]:
        """Sidecars of the files with rows in the ledger: a later file must not change an earlier finding."""
        present = set(self.ledger["source"])
        return {key: source for key, source in self.context.sources.items() if key in present}

    @cached_property
    def kinds(self) -> pd.Series[str]:
        """Kind of each row's indicator."""
        kinds = {id: definition.kind for id, definition in self.indicators.items()}
        return self.ledger["indicator"].map(kinds).fillna("").astype("str")

    @cached_property
    def bounds(self) -> pd.DataFrame:
        """First and last day of each row's period."""
        periods = self.ledger["period"]
        days = pd.DataFrame({text: period_bounds(text) for text in periods.unique()}, index=["first", "last"]).T
        return days.astype("datetime64[s]").loc[periods].set_axis(periods.index)

    @cached_property
    def day(self) -> pd.Timestamp:
        """The newest day of publication."""
        return pd.Timestamp(self.ledger["published"].max())

    @cached_property
    def newest(self) -> pd.DataFrame:
        """The newest vintage of each key."""
        return self.ledger.sort_values("published", kind="stable").drop_duplicates(list(KEY), keep="last")

    @cached_property
    def annual(self) -> pd.DataFrame:
        """Exact annual figures in force, without projections, with `year` (int), `kind` and the area's `scheme`."""
        rows = self.newest
        kept = rows[
            rows["period"].str.fullmatch(r"\d{4}")
            & (rows["bound"] == "=")
            & (rows["status"] != "projection")
            & (rows["list"] == "")
        ]
        years = kept["period"].astype(int)
        scheme = kept["area"].map(self.areas.table["scheme"].where(self.is_province.reindex(self.areas.table.index)))
        return kept.assign(year=years, kind=self.kinds[kept.index], scheme=scheme.fillna("").astype("str"))

    @cached_property
    def is_province(self) -> pd.Series[bool]:
        """Whether each area is a province, former or present."""
        return ~self.areas.table["type"].isin(["nation", "region"])

    @cached_property
    def nation(self) -> str:
        """Key of the country."""
        table = self.areas.table
        return str(table.index[table["type"] == "nation"][0])

    @cached_property
    def provinces(self) -> dict[str, list[str]]:
        """Provinces by scheme."""
        table = self.areas.table[self.is_province]
        return {str(scheme): sorted(rows.index) for scheme, rows in table.groupby("scheme")}

    def number_of_provinces(self, area: str) -> int:
        """Number of provinces in an area's scheme."""
        table = self.areas.table
        scheme = str(table["scheme"].get(area, ""))
        return len(self.provinces.get(scheme, []))

    def who(self, area: object) -> str:
        """Name an area with its key: former and present provinces share names."""
        key = str(area)
        if key not in self.areas.table.index:
            return key
        return self.areas.name(key) if key == self.nation else f"{self.areas.name(key)} ({key})"

    def named(self, indicator: object, measure: object = "") -> str:
        """Name an indicator and its measure."""
        definition = self.indicators.get(str(indicator))
        name = definition.name if definition else str(indicator)
        return f"{name} ({measure})" if measure else name

    def what(self, rows: pd.DataFrame) -> str:
        """Name what rows are about: area, list or indicator, period."""
        return self.about(next(figures(rows[:1])))

    @cached_property
    def tables(self) -> list[tuple[tuple[str, str, int, str], pd.DataFrame]]:
        """Annual tables of provinces by indicator, measure, year and scheme, one row per province."""
        annual = self.annual[self.annual["scheme"] != ""]
        return [
            ((str(indicator), str(measure), int(str(year)), str(scheme)), rows.drop_duplicates("area"))
            for (indicator, measure, year, scheme), rows in annual.groupby(["indicator", "measure", "year", "scheme"])
        ]

    @cached_property
    def complete_tables(self) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
        """Tables with every province, each with the national figure under its own indicator's name."""
        national = {id: definition.national or id for id, definition in self.indicators.items()}
        rows = self.annual[self.annual["area"] == self.nation]
        keys = rows[["indicator", "measure", "year"]].itertuples(index=False, name=None)
        nation = {key: rows.iloc[[i]] for i, key in enumerate(keys)}
        pairs = []
        for (indicator, measure, year, scheme), table in self.tables:
            own = nation.get((national.get(indicator, indicator), measure, year))
            if own is not None and len(table) == len(self.provinces[scheme]):
                pairs.append((table, own))
        return pairs

    @cached_property
    def recalculated(self) -> pd.DataFrame:
        """The publisher's values on present provinces compared with ours, with the row behind each."""
        table = discrepancies(self.newest, self.areas, self.context.indicators, self.context.harmonise)
        return table.assign(id=[rows[0] for rows in table["inputs"]])

    def about(self, row: Row) -> str:
        """Name what one row is about: area, list or indicator, period."""
        return f"{self.who(row.area)}, {row.list or self.named(row.indicator, row.measure)}, {row.period}"

    @cached_property
    def vintages(self) -> tuple[pd.DataFrame, ...]:
        """The rows of each key with more than one publication, oldest first."""
        rows = self.ledger[self.ledger.duplicated(list(KEY), keep=False)].sort_values("published", kind="stable")
        return tuple(group for _, group in rows.groupby(list(KEY), dropna=False))

    @cached_property
    def snapshots(self) -> tuple[tuple[pd.DataFrame, dict[str, float], dict[str, str]], ...]:
        """The newest rows of each list and day, with values and ids by indicator."""
        counts, snapshots = self.ledger[self.ledger["list"] != ""], []
        for _, rows in counts.groupby(["area", "list", "period", "reference_date"], dropna=False):
            newest = rows.sort_values("published", kind="stable").drop_duplicates("indicator", keep="last")
            values = dict(zip(newest["indicator"], newest["value"].astype(float), strict=True))
            ids = dict(zip(newest["indicator"], newest.index.astype(str), strict=True))
            snapshots.append((newest, values, ids))
        return tuple(snapshots)


Check = Callable[[Evidence], Iterator[Breach]]


def figures(rows: pd.DataFrame) -> Iterator[Row]:
    """Iterate over rows of the ledger, or of a table joined from it."""
    if "id" in rows:
        return rows.itertuples(index=False, name="Row")
    return map(_row_type(tuple(rows.columns))._make, rows.itertuples(name=None))


@cache
def _row_type(columns: tuple[str, ...]) -> Any:
    # Resetting the index of thousands of small groups takes most of the time of all rules.
    return namedtuple("Row", ("id", *columns))


def ids(rows: pd.DataFrame | pd.Index) -> tuple[str, ...]:
    """Return the ledger ids of rows, or of their index."""
    index = rows.index if isinstance(rows, pd.DataFrame) else rows
    return tuple(str(id) for id in index)


def by_source(rows: pd.DataFrame, text: str) -> Iterator[Breach]:
    """Yield one breach per file for rows with the same fault; `text` follows the number of figures."""
    for source, group in rows.groupby("source"):
        figures = "1 figure" if len(group) == 1 else f"{len(group)} figures"
        yield Breach(ids(group), f"{source}: {figures} {text}.")


def listing(items: Sequence[str], most: int = 6) -> str:
    """Join items, counting those beyond `most`: ``a, b and 3 more``."""
    rest = len(items) - most
    return f"{', '.join(items[:most])} and {rest} more" if rest > 0 else ", ".join(items)


def half_unit(value: float) -> float:
    """Return half the last printed place, 0.05 for 13.9; slightly more, to allow for binary fractions."""
    digits = len(f"{value:.10f}".rstrip("0").partition(".")[2])
    return 0.5 * 10.0**-digits + 1e-9
