"""What an edition adds to the one before: sentences for the overview, and a page of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from policyreport.data.inputs import Inputs
from policyreport.figures.exhibits import Exhibit, Exhibits, join
from policyreport.figures.present.behind import rows_behind
from policyreport.figures.present.voice import Voice, listed, published, short_publisher
from policyreport.figures.tables import table
from policyreport.records.base import Observation
from policyreport.records.formats import EN_DASH
from policyreport.records.markdown import escape
from policyreport.records.notebooks import Change, Changes, FigureCount, RevisedFigure
from policyreport.statistics.assess.selection import observations

FIRST = "This is the first edition: there is none before it."
SHOWN = 12
"""Revised figures listed one by one; where more were revised, the table counts them."""


def changes(changed: Changes | None, inputs: Inputs) -> Exhibits:
    """Show what was added, revised and confirmed since the edition before, in short and by indicator and measure.

    From `list_changes`; `inputs` must hold every vintage. Gives "changed" for the overview, "changes" for the page.
    """
    if changed is None:
        return Exhibits(Exhibit(name, FIRST) for name in ("changed", "changes"))
    voice = Voice(inputs)
    lead = " ".join([*_sentences(voice, changed, short=True), "[What changed](what-changed.html)"])
    return Exhibits([Exhibit("changed", lead), _page(voice, changed)])


def _page(voice: Voice, changes: Changes) -> Exhibit:
    """The same sentences, the years of the new figures, every revised figure, and a table of all."""
    lead = " ".join([*_sentences(voice, changes), _years(voice, changes.by_measure)])
    if not changes.by_measure:
        return Exhibit("changes", lead)
    return join("changes", lead, _revised(voice, changes), _table(voice, changes))


def _sentences(voice: Voice, changes: Changes, *, short: bool = False) -> list[str]:
    """What is new, what was published again, and who published most of it; in short without the publisher."""
    sentences = [_added(voice, changes)]
    if not changes.by_measure:
        until = voice.date(voice.inputs.edition.as_known_on)
        sentences.append(f"Nothing was published between {voice.date(changes.since)} and {until}.")
    sentences += [_published_again(voice, changes.by_measure), "" if short else _publisher(voice, changes.by_measure)]
    return [text for text in sentences if text]


def _added(voice: Voice, changes: Changes) -> str:
    """How many figures are new, how many of them perhaps are not, and how many are about earlier years."""
    counts = [change.new for change in changes.by_measure]
    new = sum(count.count for count in counts)
    if not new:
        return "No figure is new."
    files = [file for count in counts for file in count.inputs]
    figures = "1 figure" if new == 1 else f"{voice.formats.count(new)} figures"
    text = f"Since {voice.date(changes.since)} we added {voice.value(figures, files)}"
    earlier = {year: counts for year, counts in _by_year(changes.by_measure).items() if int(year) < changes.year}
    if earlier:
        total = _total(voice, (count for counts in earlier.values() for count in counts))
        text += f", {total} of them about years before {changes.year} ({_span(earlier)})"
    if any(change.perhaps_older.count for change in changes.by_measure):
        doubtful = _total(voice, (change.perhaps_older for change in changes.by_measure))
        text += f". {doubtful} may be older: their day is not known"
    return f"{text}."


def _total(voice: Voice, counts: Iterable[FigureCount]) -> str:
    """A sum of figures with the files they are from."""
    every = list(counts)
    return voice.value(
        voice.formats.count(sum(item.count for item in every)), [f for item in every for f in item.inputs]
    )


def _published_again(voice: Voice, changes: Sequence[Change]) -> str:
    """How many earlier figures were revised or confirmed; nothing where none was published a second time."""
    revised = [figure for change in changes for figure in change.revised]
    again = sum(change.confirmed.count for change in changes)
    parts = []
    if revised:
        rows = [row for figure in revised for row in (figure.before, figure.now)]
        parts.append(f"{voice.value(voice.formats.count(len(revised)), rows)} {_were(len(revised))} revised")
    if again:
        confirmed = _total(voice, (change.confirmed for change in changes))
        parts.append(f"{confirmed} {_were(again)} published again with the same value")
    return f"Of the figures known before, {listed(parts)}." if parts else ""


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _publisher(voice: Voice, changes: Iterable[Change]) -> str:
    """Who published most of it."""
    names = {source.id: short_publisher(source.publisher) for source in voice.inputs.sources}
    counts: dict[str, int] = {}
    files: dict[str, list[str]] = {}
    for change in changes:
        for source, count in change.sources.items():
            name = names.get(source, source)
            counts[name] = counts.get(name, 0) + count
            files.setdefault(name, []).append(f"{source}.csv")
    if not counts:
        return ""
    most = max(sorted(counts), key=lambda name: counts[name])
    share = "All" if len(counts) == 1 else voice.formats.share_of(counts[most], sum(counts.values()))
    return f"{voice.value(share, files[most])} came from {escape(most)}."


def _years(voice: Voice, changes: Iterable[Change]) -> str:
    """How many of the new figures are about which year, the latest first."""
    years = sorted(_by_year(changes).items(), reverse=True)
    if not years:
        return ""
    if len(years) == 1:
        return f"All of the new figures are about {years[0][0]}."
    named = listed([f"{year} ({_total(voice, counts)})" for year, counts in years])
    return f"The new figures are about {named}; a period of several years counts for its last."


def _by_year(changes: Iterable[Change]) -> dict[str, list[FigureCount]]:
    """New figures by the year in which their period ends."""
    years: dict[str, list[FigureCount]] = {}
    for change in changes:
        for year, count in change.new_by_year.items():
            years.setdefault(year, []).append(count)
    return years


def _span(years: Iterable[str]) -> str:
    """``2018–2024``, or the one year."""
    return EN_DASH.join(dict.fromkeys([min(years), max(years)]))


def _table(voice: Voice, changes: Changes) -> Exhibit:
    body = [_row(voice, change) for change in changes.by_measure]
    return table(
        "changes",
        ["Indicator", "Measure", "Areas", "New", "About", "Revised", "Confirmed", "Newest published"],
        body,
        f"Published between {voice.date(changes.since)} and {voice.date(voice.inputs.edition.as_known_on)}, a month or "
        "year alone taken as its last day. *Figures by indicator and measure. New: the edition before knew none of that area, period "
        "and measure; revised: another value, bound or unit than the one known then, which is kept; confirmed: published again with "
        "the same.*",
        voice.source(rows_behind(body)),
        align="llrrlrrr",
        wide=True,
        sortable=True,
        empty="no figure of it has two vintages, or none is new",
    )


def _row(voice: Voice, change: Change) -> list[str | None]:
    count = voice.formats.count
    again = bool(change.revised or change.confirmed.count)
    revised = [row for figure in change.revised for row in (figure.before, figure.now)]
    return [
        voice.indicator(change.indicator),
        voice.measure(change.measure),
        voice.value(count(change.areas), [f"{source}.csv" for source in change.sources]),
        voice.value(count(change.new.count), change.new.inputs),
        _span(change.new_by_year) if change.new_by_year else None,
        voice.value(count(len(change.revised)), revised) if again else None,
        voice.value(count(change.confirmed.count), change.confirmed.inputs) if again else None,
        published(change.published, voice.formats),
    ]


def _revised(voice: Voice, changes: Changes) -> Exhibit | str:
    """Each revised figure with the value it replaces."""
    figures = [figure for change in changes.by_measure for figure in change.revised]
    if not figures:
        return ""
    body = [_replaced(voice, figure) for figure in figures[:SHOWN]]
    more = "" if len(figures) <= SHOWN else f" The first {SHOWN} are shown."
    verb = "has" if len(figures) == 1 else "have"
    return table(
        "changes-revised",
        ["Indicator", "Area", "Period", "Before", "Now", "Published"],
        body,
        f"{voice.formats.count(len(figures))} of the figures known before {verb} another value now.{more} *The value known on "
        f"{voice.date(changes.since)} and the one that replaced it.*",
        voice.source(rows_behind(body)),
        align="lllrrr",
        wide=True,
    )


def _replaced(voice: Voice, figure: RevisedFigure) -> list[str]:
    """One revised figure, before and after."""
    before, now = observations(voice.inputs.observations.loc[[figure.before, figure.now]])
    measure = f", {voice.measure(now.measure)}" if now.measure else ""
    return [
        f"{voice.indicator(now.indicator)}{measure}",
        voice.area(now.area),
        voice.formats.period(now.period),
        voice.value(_figure(voice, before), [figure.before]),
        voice.value(_figure(voice, now), [figure.now]),
        voice.published_on([figure.now], now.published),
    ]


def _figure(voice: Voice, seen: Observation) -> str:
    """A value with all its decimals, and its bound where it is no exact one."""
    text = voice.formats.published(seen.value)
    return text if seen.bound == "=" else f"{escape(seen.bound)} {text}"
