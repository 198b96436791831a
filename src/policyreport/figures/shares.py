"""Figures on shares against a threshold: by measure and vintage, by area, and revisions of one measure."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from policyreport.data.inputs import Inputs
from policyreport.figures.frame import Frame, Picture, Pictures, frame_for, in_each_language
from policyreport.figures.labels import Scale, padded, round_ticks
from policyreport.figures.rows import Role, Row, Rule, paint_rows
from policyreport.figures.series import TENTATIVE
from policyreport.figures.style import picture
from policyreport.figures.words import Words
from policyreport.params.spelling import sort_key
from policyreport.params.wording import capitalised
from policyreport.records.base import Refusal
from policyreport.records.formats import NBSP
from policyreport.records.notebooks import TrendRecord
from policyreport.records.periods import YEAR, kind_of
from policyreport.records.shares import NotYearly, Revisions, Threshold, VintageValue
from policyreport.statistics.shares.latest import later_shares, newest_shares


@in_each_language
def share(results: Sequence[Threshold | NotYearly | Refusal], data: Inputs) -> Pictures:
    """Draw an area's share against the benchmark, by measure and year: "share"; nothing where none is judged."""
    judged = [result for result in results if isinstance(result, Threshold)]
    frame = frame_for(data, "share")
    return Pictures([threshold(judged, data.roles.measure_labels, frame, benchmark(data, frame))] if judged else [])


@in_each_language
def share_of_provinces(data: Inputs) -> Pictures:
    """Draw the provinces' newest shares against the benchmark: "share-provinces"; nothing where there is none."""
    records = [record for _, record in sorted(data.records.items()) if isinstance(record, TrendRecord)]
    measure, frame = data.roles.share.headline_measure, frame_for(data, "share-provinces")
    results = newest_shares(records, measure)
    shown = {result.area for result in results} | {part.area for part in later_shares(records, measure)}
    names = {record.area: record.name for record in records}
    missing = sorted((name for area, name in names.items() if area not in shown), key=sort_key)
    return Pictures([threshold_by_area(results, names, frame, benchmark(data, frame), missing)] if results else [])


@in_each_language
def share_revisions(results: Sequence[Revisions | Refusal], data: Inputs) -> Pictures:
    """Draw how far first figures moved: "revisions" of the longest series, "vintages-…-picture" of each."""
    moved = [result for result in results if isinstance(result, Revisions) and result.values]
    frames = [(record, f"vintages-{record.measure}-picture") for record in moved]
    frames += [(record, "revisions") for record in moved[:1]]
    return Pictures([revisions(record, frame_for(data, name)) for record, name in frames])


def benchmark(data: Inputs, frame: Frame) -> str:
    """Name the line that shares are compared with: 16% benchmark."""
    value = frame.formats.published(data.policy.threshold.value, 2)
    return frame.words.benchmark.format(value=f"{value}%")


def threshold(records: Sequence[Threshold], measures: Mapping[str, str], frame: Frame, line: str) -> Picture:
    """Draw each measure and vintage against the threshold, grouped by measure; equal measures follow each other.

    A dot and the interval of the verdict for each vintage, the last of each measure marked, hollow where it is an
    estimate, with the verdict printed; a figure stated only as a bound is an arrow. `line` names the threshold.
    """
    rows: list[Row] = []
    for measure, group in groupby(records, key=lambda record: record.measure):
        rows.append(Row(measures[measure], heading=True))
        *older, latest = group
        rows += [_vintage_row(record, "plain", frame) for record in older]
        rows.append(_vintage_row(latest, "accent", frame))
    scale, rule = _scale(records, frame), Rule(records[0].threshold, line)
    note = _hollow_note(records, frame.words)
    return picture(frame, _alt(rows, line), lambda width: paint_rows(width, rows, scale, rule, note))


def threshold_by_area(
    records: Sequence[Threshold],
    names: Mapping[str, str],
    frame: Frame,
    line: str,
    missing: Sequence[str] = (),
) -> Picture:
    """Draw areas' published values of one measure against the threshold, highest first, with the verdict's intervals.

    `missing` are names of areas without a published value, printed beneath; `line` names the threshold.
    """
    words = frame.words
    rows = [
        _threshold_row(record, names[record.area], "plain", frame)
        for record in sorted(records, key=lambda record: (-record.observation.value, sort_key(names[record.area])))
    ]
    note = f"{capitalised(frame.verdict('not published'))}: {', '.join(missing)}." if missing else ""
    note = " ".join(part for part in (_hollow_note(records, words), note) if part)
    scale, rule = _scale(records, frame), Rule(records[0].threshold, line)
    alt = f"{_alt(rows, line)} {note}".strip()
    return picture(frame, alt, lambda width: paint_rows(width, rows, scale, rule, note))


def _vintage_row(record: Threshold, role: Role, frame: Frame) -> Row:
    """One vintage, labelled with its period and publication month."""
    label = f"{record.period} · {frame.formats.month(record.observation.published)}"
    return _threshold_row(record, label, role, frame)


def _threshold_row(record: Threshold, label: str, role: Role, frame: Frame) -> Row:
    seen = record.observation
    bound = {">": 1, "<": -1}.get(seen.bound, 0)
    sign = "" if seen.bound == "=" else seen.bound + NBSP
    value = f"{sign}{frame.formats.published(seen.value, 2)}%"
    interval = record.verdict_interval if not bound else None
    return Row(
        label,
        seen.value,
        interval.low if interval else None,
        interval.high if interval else None,
        value,
        frame.verdict(record.verdict),
        role=role,
        hollow=seen.status in TENTATIVE,
        bound=bound,
    )


def _hollow_note(records: Sequence[Threshold], words: Words) -> str:
    hollow = any(record.observation.status in TENTATIVE for record in records)
    return f"{capitalised(words.hollow)}." if hollow else ""


def _scale(records: Sequence[Threshold], frame: Frame) -> Scale:
    values = [record.observation.value for record in records] + [records[0].threshold]
    values += [end for r in records if (bar := r.verdict_interval) for end in (bar.low, bar.high)]
    low, high = padded(values, 0.08)
    ticks = tuple(round_ticks(low, high, 6))
    texts = tuple(f"{frame.formats.published(tick, 2)}%" for tick in ticks)
    return Scale(low, high, ticks, texts)


def _alt(rows: Sequence[Row], line: str) -> str:
    """Headings with their rows, then the threshold."""
    parts = [f"{row.label}:" if row.heading else f"{row.label} {row.text} {row.word};" for row in rows]
    return f"{' '.join(parts)[:-1]}. {line}."


def revisions(record: Revisions, frame: Frame) -> Picture:
    """Draw how each year's value (each period's, where there is no year) moved from its first vintage to its latest.

    Arrow from first to latest vintage, dots between; hollow while an estimate.
    """
    cells = cells_drawn(record)
    groups = [list(group) for _, group in groupby(cells, key=lambda cell: cell.period)]
    rows = [_revision_row(group, frame) for group in groups]
    low, high = padded([cell.value for cell in cells], 0.1)
    ticks = tuple(round_ticks(low, high, 5))
    texts = tuple(f"{frame.formats.number(tick, 1)}%" for tick in ticks)
    note = f"{capitalised(frame.words.arrow)}. {capitalised(frame.words.hollow)}."
    scale = Scale(low, high, ticks, texts)
    alt = "; ".join(f"{row.label}: {row.text} {row.word}" for row in rows)
    return picture(frame, f"{alt}.", lambda width: paint_rows(width, rows, scale, note=note))


def cells_drawn(record: Revisions) -> list[VintageValue]:
    """Select the values that `revisions` draws: those of years, or all where there is no year."""
    years = [cell for cell in record.cells if kind_of(cell.period) == YEAR]
    return sorted(years or record.cells, key=lambda cell: (cell.period, cell.published))


def _revision_row(group: Sequence[VintageValue], frame: Frame) -> Row:
    first, latest = group[0], group[-1]
    moved = latest.value - first.value
    word = frame.formats.points(moved) if len(group) > 1 else frame.words.one_vintage
    return Row(
        latest.period,
        latest.value,
        text=f"{frame.formats.number(latest.value, 2)}%",
        word=word,
        role="accent" if round(moved, 4) else "plain",
        hollow=latest.status in TENTATIVE,
        start=first.value if round(moved, 4) else None,
        others=tuple(cell.value for cell in group[1:-1]),
    )
