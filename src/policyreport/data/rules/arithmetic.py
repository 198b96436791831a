"""Rules of arithmetic: sums, shares, rates, means, products."""

from collections.abc import Iterator
from itertools import combinations
from itertools import product as pairs

import pandas as pd

from policyreport.data.rules.evidence import Breach, Evidence, Row, figures, half_unit, ids
from policyreport.records.digits import as_computed, as_published


def sum_of_parts(evidence: Evidence) -> Iterator[Breach]:
    """Printed parts of a list that do not add up to its total, by any choice of the printed open parts."""
    for rule, (rows, value, row) in pairs(evidence.settings.list_sums, evidence.snapshots):
        total, done = value.get(rule.total), value.get(rule.done)
        parts = [name for name in rule.parts if name in value]
        if total is None or done is None or not {*rule.laid_out} & {*parts}:
            continue
        choices = [part for size in range(1, len(parts) + 1) for part in combinations(parts, size)]
        sums = [done + sum(value[name] for name in part) for part in choices]
        if total not in sums:
            nearest = min(sums, key=lambda added: abs(added - total))
            side = f"{as_computed(abs(total - nearest))} {'short of' if nearest < total else 'above'}"
            used = tuple(row[name] for name in (rule.total, rule.done, *parts))
            text = f"the parts add up to {as_computed(nearest)}, {side} {as_published(total)}"
            yield Breach(used, f"{evidence.what(rows)}: {text}.")


def on_time_and_late(evidence: Evidence) -> Iterator[Breach]:
    """Parts of a count, all of them printed, that do not add up to the whole."""
    for rule, (rows, value, row) in pairs(evidence.settings.splits, evidence.snapshots):
        used = (rule.whole, *rule.parts)
        if set(used) <= set(value) and value[rule.whole] != sum(value[part] for part in rule.parts):
            parts = " and ".join(f"{_lower(evidence, part)} {as_published(value[part])}" for part in rule.parts)
            text = f"{parts} are not {_lower(evidence, rule.whole)} {as_published(value[rule.whole])}"
            yield Breach(tuple(row[name] for name in used), f"{evidence.what(rows)}: {text}.")


def part_above_whole(evidence: Evidence) -> Iterator[Breach]:
    """A part of a list, of a count or of a printed sum that is more than its whole."""
    settings = evidence.settings
    wholes = [(part, rule.whole) for rule in settings.splits for part in rule.parts]
    wholes += [(name, rule.total) for rule in settings.list_sums for name in (rule.done, *rule.parts)]
    for rows, value, row in evidence.snapshots:
        for part, whole in wholes:
            if part in value and whole in value and value[part] > value[whole]:
                of = f"{_lower(evidence, whole)} {as_published(value[whole])}"
                text = f"{_lower(evidence, part)} {as_published(value[part])}, of {of}"
                yield Breach((row[part], row[whole]), f"{evidence.what(rows)}: {text}.")
    for total, names, group in _printed_sums(evidence):
        for larger in figures(group[group["indicator"].isin(names) & (group["value"] > total.value)]):
            of = f"{evidence.named(total.indicator)} {as_published(total.value)}"
            text = f"{evidence.named(larger.indicator)} {as_published(larger.value)}, of {of}"
            yield Breach((larger.id, total.id), f"{evidence.who(total.area)}, {total.period}: {text}.")


def components_agree(evidence: Evidence) -> Iterator[Breach]:
    """Components printed with their whole that do not add up to it, allowing for rounding."""
    for whole, parts, rows in _printed_sums(evidence):
        used = rows[rows["indicator"].isin(parts)]
        if set(used["indicator"]) != set(parts):
            continue
        added = float(used["value"].sum())
        # A trailing zero is lost when a figure becomes a number: the finest of the parts shows how all were rounded.
        slack = half_unit(whole.value) + len(used) * min(half_unit(value) for value in used["value"])
        if abs(added - whole.value) > slack:
            text = f"the parts add up to {as_computed(added)}, printed {as_published(whole.value)}"
            yield Breach((whole.id, *ids(used)), f"{evidence.about(whole)}: {text}.")


def _printed_sums(evidence: Evidence) -> Iterator[tuple[Row, tuple[str, ...], pd.DataFrame]]:
    """Wholes with the parts that one source printed for one area and period on one day."""
    same = ["source", "area", "measure", "list", "period", "published"]
    named = {name for rule in evidence.settings.sums for name in (rule.whole, *rule.parts)}
    rows = evidence.ledger[evidence.ledger["indicator"].isin(named)]
    for _, group in rows[rows.duplicated(same, keep=False)].groupby(same):
        for rule in evidence.settings.sums:
            for whole in figures(group[group["indicator"] == rule.whole]):
                yield whole, rule.parts, group


def sum_of_bands(evidence: Evidence) -> Iterator[Breach]:
    """Provinces counted by band whose total differs between measures."""
    bands = evidence.ledger[evidence.ledger["unit"].eq("provinces")]
    bands = bands[bands["indicator"].str.contains(r"_provinces_(?:below|above|\d)", regex=True)]
    grouped = {key: (rows["value"].sum(), rows) for key, rows in bands.groupby(["area", "period", "measure"])}
    expected = max((total for total, _ in grouped.values()), default=0.0)
    for (area, period, measure), (total, rows) in grouped.items():
        if total != expected:
            named = f"{evidence.who(area)}, {period}, {measure}"
            text = f"the bands add up to {as_computed(total)} provinces, not {as_published(expected)}"
            yield Breach(ids(rows), f"{named}: {text}.")


def rate_agrees(evidence: Evidence) -> Iterator[Breach]:
    """Printed percentages that the printed counts do not give, at the decimals printed."""
    for rule, (rows, value, row) in pairs(evidence.settings.rates, evidence.snapshots):
        if {rule.rate, rule.count, rule.total} <= set(value) and value[rule.total]:
            computed = 100 * value[rule.count] / value[rule.total]
            if abs(computed - value[rule.rate]) > half_unit(value[rule.rate]):
                printed = f"{_lower(evidence, rule.rate)} is {as_published(value[rule.rate])}"
                given = f"{as_published(value[rule.count])} of {as_published(value[rule.total])} is {computed:.2f}"
                used = (row[rule.rate], row[rule.count], row[rule.total])
                yield Breach(used, f"{evidence.what(rows)}: {printed}; {given}.")


def share_outside_100(evidence: Evidence) -> Iterator[Breach]:
    """A share, other than a rate of growth, below 0 or above 100%."""
    rows = evidence.ledger
    share = rows["unit"].str.fullmatch(r"%(?: of .+)?") & ~rows["indicator"].isin(evidence.settings.growing_rates)
    for row in figures(rows[share & ~rows["value"].between(0, 100)]):
        yield Breach((row.id,), f"{evidence.about(row)}: {as_published(row.value)} {row.unit} is no share.")


def negative_count(evidence: Evidence) -> Iterator[Breach]:
    """A negative count, amount or rank."""
    rows = evidence.ledger
    for row in figures(rows[evidence.kinds.isin(["count", "extensive", "rank"]) & (rows["value"] < 0)]):
        yield Breach((row.id,), f"{evidence.about(row)}: {as_published(row.value)} {row.unit}.")


def mean_of_years(evidence: Evidence) -> Iterator[Breach]:
    """A printed mean of several years that differs from the mean of the years' figures known on its day."""
    spans = evidence.ledger[
        evidence.ledger["period"].str.fullmatch(r"\d{4}/\d{4}") & evidence.ledger["indicator"].str.endswith("_mean")
    ]
    for row in figures(spans):
        first, last = (int(year) for year in row.period.split("/"))
        base = evidence.ledger[
            (evidence.ledger["area"] == row.area)
            & (evidence.ledger["measure"] == row.measure)
            & (evidence.ledger["indicator"] == row.indicator.removesuffix("_mean"))
            & (evidence.ledger["published"] <= row.published)
            & evidence.ledger["period"].isin([str(year) for year in range(first, last + 1)])
        ]
        base = base.sort_values("published", kind="stable").drop_duplicates("period", keep="last")
        if len(base) == last - first + 1:
            mean = float(base["value"].mean())
            slack = half_unit(row.value) + min(half_unit(value) for value in base["value"])
            if abs(mean - row.value) > slack:
                text = f"printed {as_published(row.value)}, the mean of the years is {mean:.2f}"
                yield Breach((row.id, *ids(base)), f"{evidence.about(row)}: {text}.")


def product_agrees(evidence: Evidence) -> Iterator[Breach]:
    """A level that is not its value per head times the population."""
    for rule in evidence.settings.products:
        factors = _paired(evidence, rule.per_head, rule.heads)
        levels = evidence.annual[evidence.annual["indicator"] == rule.level]
        both = levels.reset_index().merge(factors, on=["area", "year"])
        both["product"] = both["a"] * both["b"]
        off = both[(both["value"] / both["product"] - 1).abs() > evidence.settings.product_tolerance]
        for row in figures(off):
            given = f"per head times population gives {row.product:,.0f} {row.unit}"
            text = f"{as_published(row.value, ',')}, but {given}".rstrip()
            yield Breach((row.id, row.id_a, row.id_b), f"{evidence.about(row)}: {text}.")


def implied_deflator(evidence: Evidence) -> Iterator[Breach]:
    """Growth in volume that value per head and population contradict, given all areas' prices."""
    for rule in evidence.settings.volumes:
        levels = _paired(evidence, rule.per_head, rule.heads).sort_values(["area", "year"], ignore_index=True)
        before = levels.groupby("area")[["a", "b", "year"]].shift()
        product = levels["a"] * levels["b"]
        nominal = product / (before["a"] * before["b"]) - 1
        levels["nominal"] = nominal.where(levels["year"] - before["year"] == 1)
        growth = evidence.annual[evidence.annual["indicator"] == rule.growth].reset_index()
        both = growth.merge(levels.dropna(subset="nominal"), on=["area", "year"])
        both["prices"] = 100 * ((1 + both["nominal"]) / (1 + both["value"] / 100) - 1)
        both["usual"] = both.groupby("year")["prices"].transform("median")
        off = both[(both["prices"] - both["usual"]).abs() > evidence.settings.deflator_points]
        for row in figures(off):
            text = f"with {as_published(row.value)}% in volume, prices would have moved by {row.prices:.1f}%"
            text = f"{evidence.about(row)}: {text}; median {row.usual:.1f}%."
            yield Breach((row.id, row.id_a, row.id_b), text)


def _paired(evidence: Evidence, first: str, second: str) -> pd.DataFrame:
    """Two indicators of the same area and year: columns area, year, a, b and their ids."""
    rows = evidence.annual.reset_index()[["id", "area", "year", "indicator", "value"]]
    one = rows[rows["indicator"] == first].drop_duplicates(["area", "year"])
    other = rows[rows["indicator"] == second].drop_duplicates(["area", "year"])
    both = one.merge(other, on=["area", "year"], suffixes=("_a", "_b"))
    return both.rename(columns={"value_a": "a", "value_b": "b"})[["area", "year", "a", "b", "id_a", "id_b"]]


def rank_against_score(evidence: Evidence) -> Iterator[Breach]:
    """An area ranked above another although its score in the same file is lower."""
    rows = evidence.newest.reset_index()
    ranks = rows[rows["indicator"].str.endswith("_rank")]
    keys = ["source", "measure", "period", "score"]
    for ending in ("_score", ""):
        placed = ranks.assign(score=ranks["indicator"].str.removesuffix("_rank") + ending)
        scored = rows.rename(columns={"indicator": "score"})
        both = placed.merge(scored, on=[*keys, "area"], suffixes=("", "_score"))
        both = both.sort_values([*keys, "value"], kind="stable")
        # Larger is better, whichever way the index is oriented.
        lower = both["score"].isin(
            [id for id, definition in evidence.indicators.items() if definition.direction == "lower"]
        )
        both["good"] = both["value_score"].where(~lower, -both["value_score"])
        before = both.groupby(keys)[["id", "area", "value", "value_score", "good"]].shift()
        off = both.join(before.add_suffix("_before"))[
            (both["value"] > before["value"]) & (both["good"] > before["good"])
        ]
        for row in figures(off):
            first, second = as_published(row.value_before), as_published(row.value)
            one = f"{evidence.who(row.area_before)} is {first} with {as_published(row.value_score_before)}"
            two = f"{evidence.who(row.area)} {second} with {as_published(row.value_score)}"
            named = f"{evidence.named(row.score, row.measure)}, {row.period}"
            yield Breach((row.id_before, row.id, row.id_score), f"{named}: {one}, {two}.")


def _lower(evidence: Evidence, indicator: str) -> str:
    name = evidence.named(indicator)
    return name[:1].lower() + name[1:]
