"""What an edition adds to the one before: a sentence for the overview, and the page of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from policyreport.assess.selection import first_possible_day
from policyreport.exhibits import Exhibit, join
from policyreport.inputs import Inputs
from policyreport.present.voice import Voice, escape, short_publisher
from policyreport.records.notebooks import EvaluationRecord
from policyreport.tables import table

FIRST = "This is the first edition: there is none before it."
# Revised figures that are told one by one; where more were revised, the table counts them.
TOLD = 12
_KEY = ["area", "indicator", "measure", "list", "period", "reference_date"]


def changed(record: EvaluationRecord, inputs: Inputs) -> Exhibit:
    """Say in a sentence how much was added and revised since the edition before.

    Parameters
    ----------
    record : EvaluationRecord
        The national record.
    inputs : Inputs
        The national slice.

    Returns
    -------
    Exhibit
        "changed".
    """
    voice = Voice(inputs)
    if record.changed_since is None:
        return Exhibit("changed", FIRST)
    new, revised, confirmed = _totals(record)
    files = _files(inputs, record)
    again = [row for change in record.changes for row in change.revised_inputs] or files
    return Exhibit(
        "changed",
        f"Since {voice.date(record.changed_since)}, {voice.value(voice.formats.count(new), files)} figures were "
        f"added{_perhaps_older(voice, record)} and "
        f"{voice.value(voice.formats.count(revised), again)} revised{_confirmed(voice, confirmed, files)}. "
        f"{_publishers(voice, record)} "
        "[What changed](what-changed.html)",
    )


def changes(record: EvaluationRecord, inputs: Inputs) -> Exhibit:
    """List what was added by indicator and measure, and every revised figure with its value before.

    Parameters
    ----------
    record : EvaluationRecord
        The national record.
    inputs : Inputs
        The national slice: every vintage known.

    Returns
    -------
    Exhibit
        "changes".
    """
    voice = Voice(inputs)
    if record.changed_since is None:
        return Exhibit("changes", FIRST)
    new_rows = _since(inputs, record)
    body = [
        [
            escape(voice.indicator(change.indicator)),
            escape(voice.measure(change.measure)),
            voice.formats.count(change.areas),
            voice.formats.count(change.new),
            voice.formats.count(change.revised),
            voice.formats.count(change.confirmed),
            voice.newest_on(_of(new_rows, change.indicator, change.measure), change.published),
        ]
        for change in record.changes
    ]
    new, revised, confirmed = _totals(record)
    lead = (
        f"{voice.formats.count(new)} figures are new{_perhaps_older(voice, record)} and {voice.formats.count(revised)} revised"
        f"{_confirmed(voice, confirmed, _files(inputs, record))}. {_publishers(voice, record)}"
    )
    listing = table(
        "changes",
        ["Indicator", "Measure", "Areas", "New", "Revised", "Confirmed", "Newest published"],
        body,
        f"Published between {voice.date(record.changed_since)} and {voice.date(record.as_known_on)}, a month or year alone taken as its last day. *Figures by "
        "indicator and measure; a revised figure replaces an older vintage, which is kept; a confirmed one was published "
        "again with the same value.*",
        align="llrrrrr",
        wide=True,
        sortable=True,
    )
    return join("changes", lead, *_revised(voice, record), listing)


def _files(inputs: Inputs, record: EvaluationRecord) -> list[str]:
    """The files behind thousands of rows, which say where they come from."""
    rows = _since(inputs, record)
    return [f"{source}.csv" for source in rows["source"].unique()]


def _since(inputs: Inputs, record: EvaluationRecord) -> pd.DataFrame:
    """Newest vintages that came out after the edition before."""
    known = inputs.newest
    out: pd.Series[bool] = known["published"].dt.date > record.changed_since
    return known.loc[out]


def _perhaps_older(voice: Voice, record: EvaluationRecord) -> str:
    """How many of the new figures are dated by a month or year that began before, and so may not be new."""
    rows = _new(voice.inputs, record)
    doubtful = rows[first_possible_day(rows) <= pd.Timestamp(str(record.changed_since))]
    if doubtful.empty:
        return ""
    count = voice.value(voice.formats.count(len(doubtful)), [f"{each}.csv" for each in doubtful["source"].unique()])
    return f" ({count} perhaps older: dated by month or year)"


def _new(inputs: Inputs, record: EvaluationRecord) -> pd.DataFrame:
    """Newest vintages of what the edition before had no figure of."""
    ledger = inputs.observations
    earlier = ledger[ledger["published"].dt.date <= record.changed_since]
    before = set(earlier[_KEY].itertuples(index=False, name=None))
    rows = _since(inputs, record)
    return rows[[key not in before for key in rows[_KEY].itertuples(index=False, name=None)]]


def _of(rows: pd.DataFrame, indicator: str, measure: str) -> list[str]:
    """Ids of the rows of one indicator and measure."""
    return list(rows.index[(rows["indicator"] == indicator) & (rows["measure"] == measure)])


def _totals(record: EvaluationRecord) -> tuple[int, int, int]:
    """How many figures are new, revised and confirmed."""
    every = record.changes
    return sum(c.new for c in every), sum(c.revised for c in every), sum(c.confirmed for c in every)


def _confirmed(voice: Voice, count: int, files: Sequence[str]) -> str:
    """How many figures came out again unchanged, in a bracket."""
    return f" ({voice.value(voice.formats.count(count), files)} published again with the same value)" if count else ""


def _publishers(voice: Voice, record: EvaluationRecord) -> str:
    """Who published most of it."""
    publisher = {source.id: short_publisher(source.publisher) for source in voice.inputs.sources}
    sources = _since(voice.inputs, record)["source"]
    most = Counter(publisher.get(source, source) for source in sources).most_common(1)
    files = {
        name: [f"{each}.csv" for each in sources.unique() if publisher.get(each, each) == name] for name, _ in most
    }
    return "".join(
        f"{voice.value(voice.formats.share_of(n, len(sources)), files[name])} came from {escape(name)}."
        for name, n in most
    )


def _revised(voice: Voice, record: EvaluationRecord) -> list[Exhibit | str]:
    """Each revised figure with the value it replaces."""
    ids = [row for change in record.changes for row in change.revised_inputs]
    if not ids or record.changed_since is None:
        return ["No figure of the edition before has another value now."]
    ledger = voice.inputs.observations
    earlier = ledger[ledger["published"].dt.date <= record.changed_since].sort_values("published", kind="stable")
    before = {key: (id_, value) for *key_, id_, value in earlier.reset_index()[[*_KEY, "id", "value"]].itertuples(
        index=False, name=None) for key in [tuple(map(str, key_))]}  # fmt: skip
    body = []
    for id_, row in ledger.loc[ids[:TOLD]].iterrows():
        old_id, old = before[tuple(str(row[name]) for name in _KEY)]
        measure = f", {voice.measure(row['measure'])}" if row["measure"] else ""
        body.append(
            [
                escape(f"{voice.indicator(row['indicator'])}{measure}"),
                escape(voice.inputs.areas.name(row["area"])),
                voice.formats.period(str(row["period"])),
                voice.value(_number(voice, old), [old_id]),
                voice.value(_number(voice, row["value"]), [str(id_)]),
                voice.published_on([str(id_)], row["published"].date()),
            ]
        )
    shown = "" if len(ids) <= TOLD else f" The first {TOLD} are shown."
    return [
        table(
            "changes-revised",
            ["Indicator", "Area", "Period", "Before", "Now", "Published"],
            body,
            f"{voice.formats.count(len(ids))} of the figures known before {'has' if len(ids) == 1 else 'have'} another value now.{shown} *The value known on "
            f"{voice.date(record.changed_since)} and the one that replaced it.*",
            align="lllrrr",
            wide=True,
        )
    ]


def _number(voice: Voice, value: float) -> str:
    """A value with the decimals it has, three at most where it is short."""
    return voice.formats.published(value, 3)
