"""Rules on cells and sidecars."""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from policyreport.data.rules.evidence import Breach, Evidence, by_source, figures, ids, listing
from policyreport.records.digits import as_published
from policyreport.records.periods import last_day


def measure_missing_on_share(evidence: Evidence) -> Iterator[Breach]:
    """A share of output without its measure."""
    rows = evidence.ledger
    for row in figures(rows[rows["unit"].isin(["% of GDP", "% of GRDP"]) & (rows["measure"] == "")]):
        yield Breach((row.id,), f"{evidence.about(row)}: a share without its measure.")


def count_not_whole(evidence: Evidence) -> Iterator[Breach]:
    """A count or rank with decimals."""
    counted = evidence.ledger[evidence.kinds.isin(["count", "rank"])]
    counted = counted[~counted["unit"].str.contains("%")]
    whole = np.isclose(counted["value"], counted["value"].round())
    for row in figures(counted[~whole]):
        yield Breach((row.id,), f"{evidence.about(row)}: {as_published(row.value)} {row.unit} is no whole number.")


def unit_mixed(evidence: Evidence) -> Iterator[Breach]:
    """One area's indicator and measure in several units."""
    pairs = evidence.ledger[["area", "indicator", "measure", "unit"]].drop_duplicates()
    several = pairs[pairs.duplicated(["area", "indicator", "measure"], keep=False)]
    for (area, indicator, measure), units in several.groupby(["area", "indicator", "measure"]):
        ledger = evidence.ledger
        rows = ledger[(ledger["area"] == area) & (ledger["indicator"] == indicator) & (ledger["measure"] == measure)]
        named = f"{evidence.who(area)}, {evidence.named(indicator, measure)}"
        yield Breach(ids(rows), f"{named} is printed in {' and in '.join(sorted(units['unit']))}.")


def address_missing(evidence: Evidence) -> Iterator[Breach]:
    """A source without an address."""
    for key, source in evidence.sources.items():
        # Simulated figures were never published; their address names the program.
        if not source.simulated and not re.match(r"https?://\S+\.\S+", source.address):
            yield Breach((), f'{key}: "{source.address}" is no address of a source.', sources=(key,))


def licence_missing(evidence: Evidence) -> Iterator[Breach]:
    """Publishers that state no terms of use."""
    missing = {"", *evidence.settings.no_licence_words}
    files = [key for key, source in sorted(evidence.sources.items()) if source.licence.strip().casefold() in missing]
    if files:
        publishers = sorted({evidence.sources[key].publisher for key in files})
        many = f"{len(files)} files" if len(files) > 1 else "1 file"
        yield Breach((), f"No terms of use are stated for {many}, by {listing(publishers, 5)}.", sources=tuple(files))


def published_after_access(evidence: Evidence) -> Iterator[Breach]:
    """Figures dated later than the day the file was read."""
    accessed = {key: pd.Timestamp(source.accessed) for key, source in evidence.sources.items()}
    # A date known only to the month counts as the month's last day, which may lie after the day of reading.
    exact = evidence.ledger[evidence.ledger["published_precision"] == "day"]
    late = exact[exact["published"] > exact["source"].map(accessed).astype("datetime64[s]")]
    yield from by_source(late, "dated after the day the file was read")


def published_after_sidecar(evidence: Evidence) -> Iterator[Breach]:
    """Figures dated later than the publication date in the sidecar."""
    stated = {key: pd.Timestamp(last_day(str(source.published))[0]) for key, source in evidence.sources.items()}
    rows = evidence.ledger
    newer = rows["published"] > rows["source"].map(stated).astype("datetime64[s]")
    yield from by_source(rows[newer], "newer than the file is said to be")


def approximate_but_exact(evidence: Evidence) -> Iterator[Breach]:
    """A note that calls the day approximate although a day is given."""
    rows = evidence.ledger[evidence.ledger["reference_date"].notna()]
    approximate = pd.Series(True, index=rows.index)
    for words in (evidence.settings.approximate_words, evidence.settings.day_words):
        any_of = "|".join(re.escape(word) for word in words)
        approximate &= rows["note"].str.contains(rf"\b(?:{any_of})\b", case=False, regex=True)
    for row in figures(rows[approximate]):
        day = row.reference_date.date()
        yield Breach((row.id,), f'{evidence.about(row)}: day {day}, but "{row.note}".')


def second_hand(evidence: Evidence) -> Iterator[Breach]:
    """Figures quoted by someone other than their producer, or never compared with the original."""
    doubtful = evidence.ledger["quality"].str.contains("secondary-source|unchecked", regex=True)
    yield from by_source(evidence.ledger[doubtful], "second-hand or not compared with the original")
