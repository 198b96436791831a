"""Rules of geography: codes, the country and its parts, boundaries."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from policyreport.data.rules.evidence import Breach, Evidence, figures, half_unit, ids, listing
from policyreport.records.digits import as_computed, as_published


def code_reuse(evidence: Evidence) -> Iterator[Breach]:
    """A code that belongs to another province than before."""
    for old, new in _reused(evidence):
        rows = evidence.ledger[evidence.ledger["area"].isin([old, new])]
        if len(set(rows["area"])) == 2:
            code = evidence.areas.table["gso_code"][new]
            text = f"code {code} was {evidence.who(old)} and is {evidence.who(new)}"
            counts = f"{int((rows['area'] == old).sum())} figures before, {int((rows['area'] == new).sum())} since"
            yield Breach((), f"{text[:1].upper()}{text[1:]}: {counts}, never joined.", (old, new))


def code_joined(evidence: Evidence) -> Iterator[Breach]:
    """A present province that repeats, year for year, the figures of the one that had its code before."""
    annual = evidence.annual[evidence.annual["kind"].isin(["intensive", "extensive"])]
    after = dict(_reused(evidence))
    columns = ["id", "area", "indicator", "measure", "year", "value"]
    old_rows = annual[annual["area"].isin(list(after))].reset_index()[columns]
    new_rows = annual[annual["area"].isin(list(after.values()))].reset_index()[columns]
    both = old_rows.assign(next=old_rows["area"].map(after)).merge(
        new_rows,
        left_on=["next", "indicator", "measure", "year"],
        right_on=["area", "indicator", "measure", "year"],
        suffixes=("_old", "_new"),
    )
    if len(both):
        for (old, new, indicator, measure), rows in both.groupby(["area_old", "area_new", "indicator", "measure"]):
            if len(rows) > 1 and (rows["value_old"] == rows["value_new"]).all():
                text = f"repeats the figures of {evidence.who(old)}, which had its code"
                named = f"{evidence.who(new)}, {evidence.named(indicator, measure)}"
                yield Breach(tuple(rows["id_new"]) + tuple(rows["id_old"]), f"{named} {text}.")


def _reused(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Former and present provinces with one code but different names."""
    table = evidence.areas.table[evidence.is_province]
    coded = table[table["gso_code"] != ""].reset_index()
    ended = coded["valid_to"] != ""
    old, new = (rows.drop_duplicates("gso_code", keep=False) for rows in (coded[ended], coded[~ended]))
    both = old.merge(new, on="gso_code", suffixes=("_old", "_new")).sort_values("gso_code", kind="stable")
    other = both[both["name_old"] != both["name_new"]]
    yield from zip(other["key_old"].astype(str), other["key_new"].astype(str), strict=True)


def former_unit_after_end(evidence: Evidence) -> Iterator[Breach]:
    """Figures of former provinces for periods that outlast them."""
    ended = evidence.areas.table["valid_to"]
    rows = evidence.ledger[evidence.ledger["area"].isin(ended.index[ended != ""])]
    ends = pd.to_datetime(rows["area"].map(ended)).astype("datetime64[s]")
    late = rows[evidence.bounds["last"][rows.index] > ends]
    for (source, indicator, period), group in late.groupby(["source", "indicator", "period"]):
        whom = evidence.who(group["area"].iloc[0]) if len(group) == 1 else f"{len(group)} former areas"
        yield Breach(ids(group), f"{source}, {evidence.named(indicator)}, {period}: {whom}, which ended before.")


def nation_outside_provinces(evidence: Evidence) -> Iterator[Breach]:
    """A national rate below every province's or above every province's."""
    for rows, nation in evidence.complete_tables:
        value, low, high = float(nation["value"].iloc[0]), rows["value"].min(), rows["value"].max()
        if (rows["kind"] == "intensive").all() and not low <= value <= high:
            text = f"{as_published(value)} is outside its provinces' {as_published(low)} to {as_published(high)}"
            yield Breach(ids(nation), f"{evidence.what(nation)}: {text}.")


def nation_mean(evidence: Evidence) -> Iterator[Breach]:
    """A national value per head that differs from the provinces' population-weighted mean."""
    heads_of = {rule.per_head: rule.heads for rule in evidence.settings.volumes}
    annual = evidence.annual
    for rows, nation in evidence.complete_tables:
        heads = annual[annual["indicator"] == heads_of.get(str(rows["indicator"].iloc[0]), "")]
        heads = heads[heads["year"] == rows["year"].iloc[0]].drop_duplicates("area")
        weight = rows["area"].map(heads.set_index("area")["value"])
        if weight.notna().all():
            mean, value = float(np.average(rows["value"], weights=weight)), float(nation["value"].iloc[0])
            if abs(mean / value - 1) > evidence.settings.mean_tolerance:
                text = f"printed {as_published(value)}; the provinces weighted by population give {mean:.1f}"
                yield Breach(ids(nation) + ids(rows), f"{evidence.what(nation)}: {text}.")


def nation_sum(evidence: Evidence) -> Iterator[Breach]:
    """A national total that is not the sum of the provinces, allowing for rounding."""
    for rows, nation in evidence.complete_tables:
        total, value = float(rows["value"].sum()), float(nation["value"].iloc[0])
        slack = half_unit(value) + sum(half_unit(part) for part in rows["value"])
        if (rows["kind"] == "extensive").all() and abs(total - value) > slack:
            text = f"{as_published(value, ',')}, the provinces sum to {as_computed(total, ',')}"
            yield Breach(ids(nation) + ids(rows), f"{evidence.what(nation)}: {text}.")


def region_outside_provinces(evidence: Evidence) -> Iterator[Breach]:
    """A region's rate below or above every one of its provinces."""
    table = evidence.areas.table
    regions = evidence.annual[evidence.annual["area"].isin(table.index[table["type"] == "region"])]
    provinces = evidence.annual[evidence.annual["scheme"] != ""]
    provinces = provinces.assign(region=provinces["area"].map(table["region"]))
    keys = ["indicator", "measure", "year"]
    spans = provinces.groupby(["region", *keys])["value"].agg(["min", "max", "count"]).reset_index()
    both = regions[regions["kind"] == "intensive"].reset_index().merge(
        spans, left_on=["area", *keys], right_on=["region", *keys]
    )  # fmt: skip
    members = table["region"].value_counts()
    whole = both["count"] == both["area"].map(members)
    for row in figures(both[whole & ~both["value"].between(both["min"], both["max"])]):
        value, low, high = map(as_published, (row.value, row.min, row.max))
        text = f"{value} is outside its provinces' {low} to {high}"
        yield Breach((row.id,), f"{evidence.about(row)}: {text}.")


def merged_outside_parts(evidence: Evidence) -> Iterator[Breach]:
    """A merged province's rate below or above every one of its parts."""
    table = evidence.recalculated
    for row in figures(table[~table["inside_parts"].astype(bool)]):
        named = f"{evidence.who(row.area)}, {evidence.named(row.indicator, row.measure)}, {row.year}"
        yield Breach((row.id,), f"{named}: {as_published(row.published)} is outside its parts.")


def harmonised_differs(evidence: Evidence) -> Iterator[Breach]:
    """A value recalculated from the parts that is far from the publisher's own."""
    table, tolerances = evidence.recalculated, evidence.context.harmonise
    for (area, indicator, measure), rows in table[table["beyond"].astype(bool)].groupby(
        ["area", "indicator", "measure"]
    ):
        if indicator in evidence.context.indicators.in_points:
            column, limit = "difference", f"percentage points, tolerance {as_published(tolerances.tolerance_points)}"
        else:
            column, limit = "percent", f"%, tolerance {as_published(tolerances.tolerance_percent)}"
        ordered = rows.sort_values("year")
        pairs = zip(ordered["year"], ordered[column], strict=True)
        differences = [f"{year} {difference:+.2f}" for year, difference in pairs]
        named = f"{evidence.who(area)}, {evidence.named(indicator, measure)}"
        yield Breach(tuple(rows["id"]), f"{named}: recalculated minus published {listing(differences)} {limit}.")


def missing_area(evidence: Evidence) -> Iterator[Breach]:
    """Provinces missing from a table that is otherwise complete."""
    holes: dict[tuple[str, str], list[tuple[int, list[str], pd.DataFrame]]] = {}
    for (indicator, measure, year, scheme), rows in evidence.tables:
        every = evidence.provinces[scheme]
        if evidence.settings.nearly_complete * len(every) <= len(rows) < len(every):
            missing = sorted(set(every) - set(rows["area"]))
            holes.setdefault((indicator, measure), []).append((year, missing, rows.head(1)))
    for (indicator, measure), years in holes.items():
        listed = [f"{year} {listing([evidence.who(key) for key in missing], 3)}" for year, missing, _ in years]
        lacking = sorted({key for _, missing, _ in years for key in missing})
        gaps = tuple((key, tuple(year for year, missing, _ in years if key in missing)) for key in lacking)
        named = evidence.named(indicator, measure)
        # The rows stand for their table; the finding is about the provinces that are not in it.
        yield Breach(
            tuple(id for _, _, rows in years for id in ids(rows)),
            f"{named} lacks {'; '.join(listed)}.",
            tuple(lacking),
            subject=named,
            gaps=gaps,
        )


def registered_population(evidence: Evidence) -> Iterator[Breach]:
    """Registered and average population are two quantities."""
    table = _populations(evidence)
    if len(table):
        registered, average = table["registered"].sum(), table["average"].sum()
        if abs(registered / average - 1) > evidence.settings.registered_tolerance:
            text = f"registered {registered:,.0f}, average {average:,.0f} in {len(table)} provinces that state both"
            yield Breach(tuple(table["id"]), f"Population: {text}; the average is the weight.", tuple(table["area"]))


def registered_as_average(evidence: Evidence) -> Iterator[Breach]:
    """A registered figure given as the average population."""
    table = _populations(evidence)
    near = (table["value"] / table["registered"] - 1).abs() <= evidence.settings.same_population_tolerance
    apart = (table["registered"] / table["average"] - 1).abs() > evidence.settings.registered_tolerance
    for row in figures(table[near & apart]):
        named = f"{evidence.who(row.area)}, {evidence.named(row.indicator)}, {row.period}"
        yield Breach((row.id,), f"{named}: {as_computed(row.value, ',')} persons is the registered population.")


def _populations(evidence: Evidence) -> pd.DataFrame:
    """The ledger's newest average population with both figures of the table of areas, in persons."""
    table = evidence.areas.table
    columns = {"registered": table["population_registered"], "average": table["population"]}
    both = pd.DataFrame({name: pd.to_numeric(column) for name, column in columns.items()}).dropna()
    names = {rule.heads for rule in evidence.settings.volumes}
    rows = evidence.annual[evidence.annual["indicator"].isin(names) & evidence.annual["area"].isin(both.index)]
    rows = rows.sort_values("year", kind="stable").drop_duplicates("area", keep="last").reset_index()
    # The ledger counts in thousands.
    return rows.assign(value=1000 * rows["value"]).merge(both, left_on="area", right_index=True)
