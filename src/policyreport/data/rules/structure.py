"""Rules on cells, keys and sidecars; most of these stop `load_ledger` at the first breach."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import get_args

import numpy as np
import pandas as pd

from policyreport.data.observations.periods import last_day
from policyreport.data.observations.schema import KEY, QUALITY
from policyreport.data.rules.evidence import Breach, Check, Evidence, by_source, figures, ids
from policyreport.records.base import Bound, Status
from policyreport.records.digits import as_published


def _unit_known(evidence: Evidence) -> Iterator[Breach]:
    units = {id: definition.units for id, definition in evidence.indicators.items()}
    yield from _cells(evidence, "unit", lambda indicator, unit: unit in units.get(indicator, (unit,)), "is no unit of")


def _indicator_known(evidence: Evidence) -> Iterator[Breach]:
    yield from _cells(evidence, "indicator", lambda _, indicator: indicator in evidence.indicators, "is not defined:")


def _measure_known(evidence: Evidence) -> Iterator[Breach]:
    measures = {id: {"", *definition.measures} for id, definition in evidence.indicators.items()}
    yield from _cells(
        evidence, "measure", lambda indicator, text: text in measures.get(indicator, {text}), "is no measure of"
    )


def _list_known(evidence: Evidence) -> Iterator[Breach]:
    """An undefined list: a misspelt slug would pass for a changed list."""
    lists = {"", *(policy_list.id for policy_list in evidence.context.policy.lists)}
    yield from _cells(evidence, "list", lambda _, text: text in lists, "is no list of params/policy.yaml:")


def _codes_known(evidence: Evidence) -> Iterator[Breach]:
    for column, allowed in (("status", get_args(Status)), ("bound", get_args(Bound))):
        yield from _cells(evidence, column, lambda _, text, known=allowed: text in known, f"is no {column}:")
    yield from _cells(evidence, "quality", lambda _, text: set(text.split()) <= set(QUALITY), "is no quality code:")


def _cells(evidence: Evidence, column: str, good: Callable[..., bool], what: str) -> Iterator[Breach]:
    """One breach for each indicator and wrong text of a column."""
    pairs = evidence.ledger.groupby(["indicator", column], sort=False)
    for (indicator, text), rows in pairs:
        if not good(indicator, text):
            yield Breach(ids(rows), f'"{text}" {what} {evidence.named(indicator)}.')


def _value_finite(evidence: Evidence) -> Iterator[Breach]:
    yield from by_source(evidence.ledger[~np.isfinite(evidence.ledger["value"])], "without a finite value")


def _value_in_range(evidence: Evidence) -> Iterator[Breach]:
    limits = {id: (definition.low, definition.high) for id, definition in evidence.indicators.items()}
    for indicator, rows in evidence.ledger.groupby("indicator", sort=False):
        low, high = limits.get(str(indicator), (None, None))
        low, high = -np.inf if low is None else low, np.inf if high is None else high
        for id, value in rows.loc[~rows["value"].between(low, high) & rows["value"].notna(), "value"].items():
            limits_ = f"between {as_published(low)} and {as_published(high)}"
            yield Breach((str(id),), f"{evidence.what(rows.loc[[id]])}: {as_published(value)} is not {limits_}.")


def _duplicate(evidence: Evidence) -> Iterator[Breach]:
    """Two figures of one key and publication day."""
    ledger = evidence.ledger
    twice = ledger[ledger.duplicated([*KEY, "published"], keep=False)]
    for _, rows in twice.groupby([*KEY, "published"], dropna=False):
        values = ", ".join(as_published(value) for value in rows["value"])
        yield Breach(ids(rows), f"{evidence.what(rows)} has {len(rows)} figures of one day: {values}.")


def _measure_missing_on_share(evidence: Evidence) -> Iterator[Breach]:
    rows = evidence.ledger
    for row in figures(rows[rows["unit"].isin(["% of GDP", "% of GRDP"]) & (rows["measure"] == "")]):
        yield Breach((row.id,), f"{evidence.about(row)}: a share without its measure.")


def _count_not_whole(evidence: Evidence) -> Iterator[Breach]:
    counted = evidence.ledger[evidence.kinds.isin(["count", "rank"])]
    counted = counted[~counted["unit"].str.contains("%")]
    whole = np.isclose(counted["value"], counted["value"].round())
    for row in figures(counted[~whole]):
        yield Breach((row.id,), f"{evidence.about(row)}: {as_published(row.value)} {row.unit} is no whole number.")


def _unit_mixed(evidence: Evidence) -> Iterator[Breach]:
    """One area's indicator and measure in several units."""
    pairs = evidence.ledger[["area", "indicator", "measure", "unit"]].drop_duplicates()
    several = pairs[pairs.duplicated(["area", "indicator", "measure"], keep=False)]
    for (area, indicator, measure), units in several.groupby(["area", "indicator", "measure"]):
        ledger = evidence.ledger
        rows = ledger[(ledger["area"] == area) & (ledger["indicator"] == indicator) & (ledger["measure"] == measure)]
        named = f"{evidence.who(area)}, {evidence.named(indicator, measure)}"
        yield Breach(ids(rows), f"{named} is printed in {' and in '.join(sorted(units['unit']))}.")


def _address_missing(evidence: Evidence) -> Iterator[Breach]:
    for key, source in evidence.sources.items():
        # Simulated figures were never published; their address names the program.
        if not source.simulated and not re.match(r"https?://\S+\.\S+", source.address):
            yield Breach((), f'{key}: "{source.address}" is no address of a source.', sources=(key,))


def _licence_missing(evidence: Evidence) -> Iterator[Breach]:
    """Publishers that state no terms of use."""
    missing = {"", *evidence.settings.no_licence_words}
    files: dict[str, list[str]] = {}
    for key, source in sorted(evidence.sources.items()):
        if source.licence.strip().casefold() in missing:
            files.setdefault(source.publisher, []).append(key)
    for publisher, keys in files.items():
        many = f"{len(keys)} files" if len(keys) > 1 else "1 file"
        yield Breach((), f"{publisher}: no terms of use are stated for {many}.", sources=tuple(keys))


def _published_after_access(evidence: Evidence) -> Iterator[Breach]:
    """Figures dated later than the day the file was read."""
    accessed = {key: pd.Timestamp(source.accessed) for key, source in evidence.sources.items()}
    # A date known only to the month counts as the month's last day, which may lie after the day of reading.
    exact = evidence.ledger[evidence.ledger["published_precision"] == "day"]
    late = exact[exact["published"] > exact["source"].map(accessed).astype("datetime64[s]")]
    yield from by_source(late, "dated after the day the file was read")


def _published_after_sidecar(evidence: Evidence) -> Iterator[Breach]:
    """Figures dated later than the publication date in the sidecar."""
    stated = {key: pd.Timestamp(last_day(str(source.published))[0]) for key, source in evidence.sources.items()}
    rows = evidence.ledger
    newer = rows["published"] > rows["source"].map(stated).astype("datetime64[s]")
    yield from by_source(rows[newer], "newer than the file is said to be")


def _approximate_but_exact(evidence: Evidence) -> Iterator[Breach]:
    """A note that calls the day approximate although a day is given."""
    rows = evidence.ledger[evidence.ledger["reference_date"].notna()]
    approximate = pd.Series(True, index=rows.index)
    for words in (evidence.settings.approximate_words, evidence.settings.day_words):
        any_of = "|".join(re.escape(word) for word in words)
        approximate &= rows["note"].str.contains(rf"\b(?:{any_of})\b", case=False, regex=True)
    for row in figures(rows[approximate]):
        day = row.reference_date.date()
        yield Breach((row.id,), f'{evidence.about(row)}: day {day}, but "{row.note}".')


def _second_hand(evidence: Evidence) -> Iterator[Breach]:
    """Figures quoted by someone other than their producer, or never compared with the original."""
    doubtful = evidence.ledger["quality"].str.contains("secondary-source|unchecked", regex=True)
    yield from by_source(evidence.ledger[doubtful], "second-hand or not compared with the original")


CHECKS: dict[str, Check] = {
    "unit-known": _unit_known,
    "indicator-known": _indicator_known,
    "measure-known": _measure_known,
    "list-known": _list_known,
    "code-known": _codes_known,
    "value-finite": _value_finite,
    "value-in-range": _value_in_range,
    "duplicate": _duplicate,
    "measure-missing-on-share": _measure_missing_on_share,
    "count-not-whole": _count_not_whole,
    "unit-mixed": _unit_mixed,
    "address-missing": _address_missing,
    "licence-missing": _licence_missing,
    "published-after-access": _published_after_access,
    "published-after-sidecar": _published_after_sidecar,
    "approximate-but-exact": _approximate_but_exact,
    "second-hand": _second_hand,
}
