"""Filters of templates on what was reported about carrying the policy out: figures, milestones, obstacles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from policyreport.data.sources import short_publisher
from policyreport.params.policy import Milestone
from policyreport.params.wording import capitalised
from policyreport.publishing.provenance import Provenance
from policyreport.records.base import Observation, Refusal
from policyreport.records.formats import EN_DASH, NBSP
from policyreport.records.markdown import POLICY, Markdown, escape, link, mark
from policyreport.records.notebooks import Statement
from policyreport.records.periods import YEAR, kind_of, last_day, period_bounds
from policyreport.records.tasks import Completion

SIGNS = {"~": "≈", ">": ">", "<": "<"}
# What an indicator's name says already: rank of 34, points of 18, score 0-100.
UNIT_WORD = re.compile(r"^(?:rank|points|score|index)\b")


class ImplementationValues:
    """Chooses among reported figures, and writes them with their date."""

    def __init__(self, provenance: Provenance) -> None:
        self._areas, self._formats, self._policy = provenance.areas, provenance.formats, provenance.policy
        self._labels = provenance.roles.measure_labels
        self._unit = provenance.translation.name
        self._known_on, self._sources = provenance.edition.as_known_on, provenance.sources
        self._role, self._indicators = provenance.roles.implementation, provenance.indicators
        topics = [*self._role.topics]
        ordered = sorted(
            provenance.indicators.indicators,
            key=lambda item: topics.index(item.topic) if item.topic in topics else len(topics),
        )
        self._order = {item.id: place for place, item in enumerate(ordered)}
        self._regions = {region: place for place, region in enumerate(provenance.roles.regions)}

    @property
    def filters(self) -> dict[str, Callable[..., object]]:
        """The filters by name."""
        return {
            "stated": self.stated,
            "as_of": self.as_of,
            "counts_by_list": self.counts_by_list,
            "counted_as": self.counted_as,
            "implementing": self.implementing,
            "milestone_day": self.milestone_day,
            "milestone_title": self.milestone_title,
            "milestones": self.milestones,
            "of_last_month": self.of_last_month,
            "on": self.on,
            "on_lists": self.on_lists,
            "on_topics": self.on_topics,
            "within_years": within_years,
            "reported_by": self.reported_by,
            "reported_name": self.reported_name,
            "said_by": self.said_by,
            "scores": self.scores,
            "said_on": self.said_on,
            "north_to_south": self.north_to_south,
            "with_unit": self.with_unit,
            "theme": lambda key: self._role.themes.get(key, key),
        }

    def implementing(self, figures: Iterable[Observation]) -> list[Observation]:
        """Choose the figures on carrying the policy out but scores and counts of tasks, by topic and indicator."""
        meant = self._role.among(self._indicators) - {id for pair in self._role.indices for id in pair}
        return sorted((each for each in figures if each.indicator in meant and not each.list), key=self._place)

    def counts_by_list(self, figures: Iterable[Observation]) -> list[dict[str, object]]:
        """Group counts of tasks by their list and day: its `title`, and the `counts` in the order of the indicators."""
        groups: dict[tuple[date, str], list[Observation]] = {}
        for each in sorted(figures, key=self._place):
            if each.list:
                groups.setdefault((self._day(each), each.list), []).append(each)
        return [
            {"title": self._policy.list_named(id).title, "counts": counts} for (_, id), counts in sorted(groups.items())
        ]

    def counted_as(self, figure: Observation) -> str:
        """Name what a count of tasks is of, after the number: on the list, completed late."""
        name = self._indicators.get(figure.indicator).name.removeprefix("Tasks ")
        return name[:1].lower() + name[1:]

    def on(self, figures: Iterable[Observation], indicator: str, area: str = "") -> list[Observation]:
        """Choose the figures of one indicator, of one area if it is named, the newest first."""
        chosen = [each for each in figures if each.indicator == indicator and each.area == (area or each.area)]
        return sorted(chosen, key=self._day, reverse=True)

    def on_topics(self, figures: Iterable[Observation], *topics: str) -> list[Observation]:
        """Choose the figures on some topics of params/indicators.yaml, in its order."""
        known = self._indicators.by_id()
        return sorted((each for each in figures if known[each.indicator].topic in topics), key=self._place)

    def of_last_month(self, figures: Sequence[Observation]) -> list[Observation]:
        """Choose the figures of the newest month among those of one quantity: several publishers may have one."""
        newest = max((self._day(each) for each in figures), default=date.min)
        return [each for each in figures if self._month(each) == (newest.year, newest.month)]

    def on_lists(self, results: Iterable[Completion | Refusal], kind: str) -> list[Completion]:
        """Choose the counts on lists of one kind of params/policy.yaml."""
        counts = [each for each in results if isinstance(each, Completion)]
        return [each for each in counts if self._policy.list_named(each.list).kind == kind]

    def reported_by(self, figure: Observation) -> Markdown:
        """Link the article that a figure is from, by its publisher."""
        source = self._sources[figure.source]
        return Markdown(link(short_publisher(source.publisher), source.address))

    def reported_name(self, figure: Observation) -> str:
        """Write an indicator's name, with the measure where it has several."""
        indicator = self._indicators.get(figure.indicator)
        label = self._labels.get(figure.measure, figure.measure)
        return f"{indicator.name} ({label})" if figure.measure and len(indicator.measures) > 1 else indicator.name

    def scores(self, figures: Iterable[Observation]) -> list[dict[str, object]]:
        """Lay scores out by province and year: `area`, `period`, and in `cells` each score with its rank, or None."""
        pairs = self._role.indices
        ids = {id for pair in pairs for id in pair}
        found = {(each.area, each.period, each.indicator): each for each in figures if each.indicator in ids}
        places = sorted(
            {(area, period) for area, period, _ in found},
            key=lambda place: (self._region(place[0]), place[0], place[1]),
        )
        return [
            {
                "area": area,
                "period": period,
                "cells": [[found.get((area, period, id)) for id in pair] for pair in pairs],
            }
            for area, period in places
        ]

    def with_unit(self, figure: Observation) -> Markdown:
        """Write a value for a table's cell: 74%, 837 services, 29 of 34."""
        unit = "" if figure.unit.startswith("%") else self._unit(UNIT_WORD.sub("", figure.unit).strip())
        if unit[:1].isdigit():
            unit = f"({unit.replace('-', EN_DASH)})"
        return Markdown(f"{self.stated(figure, short=True)} {escape(unit)}".strip())

    def north_to_south(self, figures: Iterable[Observation]) -> list[Observation]:
        """Sort figures of provinces by indicator, then by region from north to south: never by value."""
        return sorted(figures, key=lambda each: (*self._place(each)[:1], self._region(each.area), each.area))

    def stated(self, figure: Observation, *, short: bool = False) -> Markdown:
        """Write a value with its bound and, where it is a share, its sign: about 16,000; over 90%; > 90%."""
        unit = "%" if figure.unit.startswith("%") else ""
        text = self._formats.amount(figure.value, unit, "=" if short else figure.bound)
        sign = SIGNS.get(figure.bound) if short else None
        return mark(f"{sign}{NBSP}{text}" if sign else text, [figure.id])

    def as_of(self, figure: Observation) -> str:
        """Write the day a figure holds, or its period where no day is known."""
        whole = "/" in figure.period and figure.reference_date == period_bounds(figure.period)[1]
        if figure.reference_date is None or whole:
            return self._formats.period(figure.period)
        return self._formats.date(figure.reference_date)

    def milestones(self, kinds: Sequence[str], area: str | None = None) -> list[Milestone]:
        """List milestones of some kinds by date; those of an area and its former parts if it is named."""
        own = {area, *self._areas.parts(area)} if area else set()
        chosen = [each for each in self._policy.milestones if each.kind in kinds and (not own or each.area in own)]
        return sorted((each for each in chosen if self._is_known(each)), key=lambda each: each.date)

    def milestone_day(self, milestone: Milestone) -> Markdown:
        """Write a milestone's date only as exact as the source gives it."""
        day = milestone.date
        exact = {"month": f"{day:%Y-%m}", "year": f"{day:%Y}"}.get(milestone.precision)
        text = self._formats.period(exact) if exact else self._formats.date(day)
        return mark(text, [f"{POLICY}#{milestone.id}"])

    def milestone_title(self, milestone: Milestone) -> str:
        """Write on a province's own page what one of its days is about, without its name."""
        name = self._areas.name(milestone.area)
        return capitalised(milestone.title.removeprefix(f"{name}:").removeprefix(name).strip())

    def said_by(self, statements: Iterable[Statement], area: str) -> list[Statement]:
        """Choose what a province and its former parts said."""
        own = {area, *self._areas.parts(area)}
        return [each for each in statements if each.area in own]

    def said_on(self, statement: Statement) -> str:
        """Write when something was said, as exactly as known."""
        day, precision = last_day(statement.said)
        return self._formats.date(day) if precision == "day" else self._formats.period(statement.said)

    def _is_known(self, milestone: Milestone) -> bool:
        """Whether a milestone had happened, or a deadline had been set, by the edition's day."""
        if milestone.kind != "deadline":
            return milestone.date <= self._known_on
        source = self._sources.get(milestone.source)
        return source is None or last_day(source.published)[0] <= self._known_on

    def _place(self, figure: Observation) -> tuple[int, str, date]:
        return self._order[figure.indicator], figure.area, self._day(figure)

    def _region(self, area: str) -> int:
        return self._regions.get(self._areas.region(self._areas.successor(area)), len(self._regions))

    def _month(self, figure: Observation) -> tuple[int, int]:
        day = self._day(figure)
        return day.year, day.month

    @staticmethod
    def _day(figure: Observation) -> date:
        return figure.reference_date or period_bounds(figure.period)[1]


def within_years(figures: Iterable[Observation], since: int) -> list[Observation]:
    """Choose the figures on part of a year, from a year on."""
    return [each for each in figures if kind_of(each.period) != YEAR and period_bounds(each.period)[1].year >= since]


def implementation_filters(provenance: Provenance) -> dict[str, Callable[..., object]]:
    """Return the filters by name."""
    return ImplementationValues(provenance).filters
