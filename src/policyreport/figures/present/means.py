"""What holds in every year for which provinces, and whose mean differs clearly from the country's."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.figures.exhibits import Exhibit, join
from policyreport.figures.present.behind import rows_behind
from policyreport.figures.present.voice import Voice, listed
from policyreport.figures.tables import table
from policyreport.params.phrases import capitalised
from policyreport.records.base import Refusal
from policyreport.records.markdown import escape
from policyreport.records.series import MeanFamily

POINTS = "percentage points"
"""Unit of differences in growth; the other family is of a level's yearly changes."""
MOST_NAMED = 6
"""Provinces named in a sentence; more are counted."""


def show_means(voice: Voice, means: Sequence[MeanFamily | Refusal]) -> Exhibit:
    """Show each family's facts, and how certain they make any province's mean; from `mean_above_country`: "means"."""
    done = [family for family in means if isinstance(family, MeanFamily)]
    reasons = [
        voice.refusal(family, f"Means of {voice.indicator(family.subject)}")
        for family in means
        if isinstance(family, Refusal) and family.subject in voice.inputs.indicators.by_id()
    ]
    sentences = [f"{fact_sentence(voice, family)} {sure_sentence(voice, family)}" for family in done]
    return join("means", *sentences, *([_table(voice, done)] if done else []), *reasons)


def fact_sentence(voice: Voice, family: MeanFamily) -> str:
    """Who lay above the country in every year, and who in none: facts, whatever the test."""
    subject = capitalised(voice.indicator(family.indicator))
    years = f"each of the {family.n} years {family.first_year}–{family.last_year}"
    above = "lay above the country's" if family.unit == POINTS else "rose faster than the country's"
    return (
        f"{subject} {above} in {years} in {_who(voice, family.always_above, family)}, in none of them in "
        f"{_who(voice, family.never_above, family)}."
    )


def sure_sentence(voice: Voice, family: MeanFamily) -> str:
    """How many means stand apart once all provinces are tested, and what independent years would have given."""
    named, free = family.singled_out, family.if_independent
    count = f"{family.tested} provinces"
    if named:
        text = f"Statistically clear once all {count} are looked at: {_who(voice, named, family)}."
    else:
        text = f"With {family.n} years no single mean is statistically certain once all {count} are looked at."
    if set(free) - set(named):
        text += (
            f" Were years independent of each other, {_who(voice, free, family)} would stand out; the provinces' series point "
            f"to a carry-over of {voice.formats.number(family.carry_over, 2)} from one year to the next, and so few years do not "
            "rule out more."
        )
    return text


def _who(voice: Voice, areas: Sequence[str], family: MeanFamily) -> str:
    if not areas:
        return "no province"
    if len(areas) > MOST_NAMED:
        return voice.value(voice.formats.count_of(len(areas), family.tested), family.inputs)
    return voice.value(listed([voice.area(area) for area in areas]), family.inputs)


def _table(voice: Voice, done: Sequence[MeanFamily]) -> Exhibit:
    """A row per family: facts, who stands apart, and what was learnt from all provinces together."""
    formats = voice.formats
    body = [
        [
            f"{capitalised(voice.indicator(family.indicator))}, {_WHAT.get(family.unit) or escape(family.unit)}",
            f"{family.first_year}–{family.last_year}",
            formats.count_of(family.tested, family.areas),
            voice.value(formats.count(len(family.always_above)), family.inputs),
            voice.value(formats.count(len(family.never_above)), family.inputs),
            voice.value(formats.count_of(len(family.singled_out), family.tested), family.inputs),
            formats.count(len(family.if_independent)),
            formats.number(family.carry_over, 2),
            formats.number(family.series, 0),
        ]
        for family in done
    ]
    apart = sum(len(family.singled_out) for family in done)
    return table(
        "means",
        ["Mean of", "Years", "Tested", "Above in every year", "In none", "Told apart", "If years were independent",
         "Carry-over", "As so many provinces"],
        body,
        f"{formats.count(apart)} means of {formats.count(sum(family.tested for family in done))} are told apart from the country's. "
        "*Told apart: p of the mean adjusted over all provinces by Benjamini and Hochberg's rule, with each province's spread "
        "drawn towards that of all, and with what carries over from one year to the next, learnt from all provinces' series "
        "(its expected correlation); provinces that move together count as fewer (last column).*",
        voice.source(rows_behind(body)),
        align="llrrrrrrr",
        wide=True,
    )  # fmt: skip


_WHAT = {POINTS: "minus the country's", "% a year": "yearly changes minus the country's"}
