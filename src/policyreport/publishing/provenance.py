"""From a row id to what a reader asks of a figure: value, definition, dates, publisher, address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pandas as pd

from policyreport.data.areas import Areas, read_areas
from policyreport.data.observations.known import known_on
from policyreport.data.observations.ledger import load_ledger
from policyreport.data.sources import Source, read_source, read_sources
from policyreport.data.translation import Translation, in_language
from policyreport.errors import DataError
from policyreport.figures.facts import Facts
from policyreport.figures.words import WORDS
from policyreport.params.edition import Edition, read_edition
from policyreport.params.indicators import Indicators, read_indicators
from policyreport.params.methods import HarmoniseSettings, read_method_settings
from policyreport.params.policy import Milestone, Policy, Target, read_policy
from policyreport.params.registry import Registry, read_registry
from policyreport.params.report import Roles, read_roles
from policyreport.params.translated import read_texts
from policyreport.records.base import Frozen
from policyreport.records.formats import NBSP, Formats
from policyreport.records.markdown import BOUNDARIES, POLICY

BOUNDS = {"=": "", "~": "≈", ">": ">", "<": "<"}


class Origin(Frozen):
    """Where a figure was published, and the raw file that keeps it."""

    publisher: str
    title: str
    address: str
    published: str
    licence: str
    file: str
    sha256: str


class Evidence(Frozen):
    """What an id refers to: a ledger row, a whole raw file, the boundaries, or an entry of the policy.

    `value` is printed with its bound, and with a per cent sign where the unit begins with one; `dated` is the figure's
    own date or period, `published` that of its publication, as exact as known; `definition` is that of the indicator by
    this measure, or a legal reference.
    """

    id: str
    kind: Literal["row", "file", "policy"]
    title: str
    value: str = ""
    unit: str = ""
    area: str = ""
    indicator: str = ""
    measure: str = ""
    list: str = ""
    definition: str = ""
    dated: str = ""
    published: str
    status: str = ""
    note: str = ""
    origin: Origin


@dataclass(frozen=True)
class Provenance:
    """Everything an edition may cite.

    `ledger` holds every vintage known on the edition's day, `boundaries` is the sidecar of the table of areas. Names
    are English, or `in_language` those of `texts`; `translation` writes records in that language.
    """

    edition: Edition
    ledger: pd.DataFrame
    sources: dict[str, Source]
    boundaries: Source
    areas: Areas
    indicators: Indicators
    policy: Policy
    roles: Roles
    registry: Registry
    harmonise: HarmoniseSettings
    texts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    translation: Translation = field(default_factory=Translation)
    original: Provenance | None = None

    @property
    def raw(self) -> str:
        """The folder of the raw files, below the project's."""
        return f"{self.edition.data}/raw"

    @property
    def formats(self) -> Formats:
        """Number and date formats of the edition's first language."""
        return Formats(self.edition.language)

    def in_language(self, language: str) -> Provenance:
        """Return the same as written in one of the edition's languages."""
        return replace(self, **in_language(self, language), original=self)

    @property
    def english(self) -> Provenance:
        """The same in English, the language of what rules say."""
        return self.original or self

    @cached_property
    def facts(self) -> Facts:
        """Writes the facts behind refusals and findings."""
        return Facts(
            self.formats,
            self.roles,
            self.policy,
            self.indicators,
            self.areas,
            self.sources,
            self.ledger,
            self.translation.details,
        )

    def evidence(self, id: str) -> Evidence:
        """Return what an id of a mark refers to; DataError if unknown on the edition's date."""
        if id.startswith(f"{POLICY}#"):
            return self._policy(id)
        if id == BOUNDARIES:
            return self._file(id, _origin(BOUNDARIES, self.boundaries))
        if id in self.ledger.index:
            return self._row(id)
        key, _, row = id.partition(".csv")
        # A statement has no value: its article is the evidence.
        if key in self.sources and (not row or self.sources[key].holds == "statements"):
            return self._file(id, _origin(f"{self.raw}/{id}", self.sources[key]))
        raise DataError(
            f'row "{id}"', f"a row known on {self.edition.as_known_on}", "none",
            f"The data changed since the notebooks ran: `policyreport run {self.edition.id}`, then ask again.",
        )  # fmt: skip

    @cached_property
    def _columns(self) -> dict[str, list[Any]]:
        """The ledger's values by column: a report asks for thousands of rows, one at a time."""
        return {str(name): values.to_list() for name, values in self.ledger.items()}

    def _file(self, id: str, origin: Origin) -> Evidence:
        return Evidence(id=id, kind="file", title=origin.title, published=self._day(origin.published), origin=origin)

    def _row(self, id: str) -> Evidence:
        at = self.ledger.index.get_loc(id)
        row: dict[str, Any] = {name: values[at] for name, values in self._columns.items()}
        indicator = self.indicators.get(row["indicator"])
        source = self.sources[row["source"]]
        day = row["reference_date"]
        return Evidence(
            id=id,
            kind="row",
            title=indicator.name,
            value=self._value(float(row["value"]), row["bound"], row["unit"]),
            unit=row["unit"],
            area=self.areas.name(row["area"]),
            indicator=indicator.id,
            measure=self.roles.measure_labels.get(row["measure"], row["measure"]),
            list=self.policy.list_named(row["list"]).title if row["list"] else "",
            definition=indicator.measures.get(row["measure"], "") or indicator.definition,
            dated=row["period"] if pd.isna(day) else self.formats.date(day.date()),
            published=self._known(row["published"].date(), row["published_precision"]),
            status=row["status"],
            note=row["note"],
            origin=_origin(f"{self.raw}/{row['source']}.csv", source),
        )

    def _policy(self, id: str) -> Evidence:
        """Return the threshold or a milestone, which cite a source, or a target, which cites the policy."""
        entry, policy = id.split("#")[1], self.policy
        if entry == "threshold":
            threshold, words = policy.threshold, WORDS[self.edition.language]
            source = self.sources.get(threshold.source)
            origin = _origin(f"{self.raw}/{threshold.source}.csv", source) if source else self._law(threshold.source)
            stated = threshold.stated_on
            return Evidence(
                id=id, kind="policy", title=threshold.origin, value=self._value(threshold.value, "=", threshold.unit),
                unit=threshold.unit,
                definition=words.legal_reference.format(text=threshold.legal_reference),
                dated=self.formats.date(stated), published=self._day(origin.published), origin=origin,
            )  # fmt: skip
        if milestone := next((item for item in policy.milestones if item.id == entry), None):
            return self._milestone(id, milestone)
        target = next((item for item in (*policy.targets, *policy.related_targets) if item.id == entry), None)
        if target is None or target.value is None:
            raise DataError(f'entry "{id}"', f"a target with a number in {POLICY}", "none", "Run the notebooks again.")
        own = target in policy.targets
        sign = {">=": "at least ", "<=": "at most ", ">": "> ", "<": "< "}.get(target.operator, "")
        return Evidence(
            id=id, kind="policy", title=target.name, value=f"{sign}{self._value(target.value, '=', target.unit)}",
            unit=target.unit, indicator=target.indicator, definition=target.legal_reference, dated=str(target.horizon),
            published=self.formats.date(policy.date) if own else "",
            origin=self._law(policy.address) if own else self._other_law(target),
        )  # fmt: skip

    def _milestone(self, id: str, milestone: Milestone) -> Evidence:
        """Return a day of the policy with the article or the table that gives it."""
        source, day = self.sources.get(milestone.source), milestone.date.isoformat()
        if source:
            origin = _origin(f"{self.raw}/{milestone.source}.csv", source)
        elif milestone.source.startswith("https:"):
            address = milestone.source
            origin = Origin(
                publisher=str(urlsplit(address).hostname), title=milestone.title, address=address, published=day,
                licence="", file=POLICY, sha256="",
            )  # fmt: skip
        else:
            origin = _origin(BOUNDARIES, self.boundaries)
        return Evidence(
            id=id, kind="policy", title=milestone.title, value=self._day(day),
            area=self.areas.name(milestone.area) if milestone.area else "", definition=milestone.legal_reference,
            dated=self._day(day), published=self._day(origin.published), note=milestone.note, origin=origin,
        )  # fmt: skip

    def _law(self, address: str) -> Origin:
        policy = self.policy
        return Origin(
            publisher=policy.issuer, title=policy.title, address=address, published=policy.date.isoformat(),
            licence="", file=POLICY, sha256="",
        )  # fmt: skip

    def _other_law(self, target: Target) -> Origin:
        """Cite a target that another instrument set: its address is where it was read."""
        # Nothing is marked with a target whose source is no address.
        address = target.source.partition(" ")[0]
        return Origin(
            publisher=target.legal_reference, title=target.name, address=address, published="", licence="",
            file=f"{POLICY}#{target.id}", sha256="",
        )  # fmt: skip

    def _value(self, value: float, bound: str, unit: str) -> str:
        """Write a value with all its decimals, its bound, and the per cent sign of its unit."""
        text = self.formats.published(value)
        return f"{BOUNDS[bound]}{NBSP}{text}{'%' if unit.startswith('%') else ''}".strip(NBSP)

    def _day(self, published: str) -> str:
        """Write a sidecar's publication date as exact as it is given."""
        parts = [int(part) for part in published.split("-")]
        return self._known(date(*[*parts, 1, 1][:3]), ("year", "month", "day")[len(parts) - 1])

    def _known(self, day: date, precision: str) -> str:
        if precision == "day":
            return self.formats.date(day)
        return self.formats.month(day) if precision == "month" else str(day.year)


def read_provenance(root: Path, edition_id: str) -> Provenance:
    """Read all that the figures of an edition may come from."""
    edition = read_edition(root, edition_id)
    layout = edition.layout(root)
    return Provenance(
        edition=edition,
        ledger=known_on(load_ledger(layout), edition.as_known_on),
        sources=read_sources(layout),
        boundaries=read_source(root / BOUNDARIES),
        areas=read_areas(root),
        indicators=read_indicators(layout),
        policy=read_policy(layout),
        roles=read_roles(layout),
        registry=read_registry(layout),
        harmonise=read_method_settings(layout).harmonise,
        texts={language: read_texts(layout, language) for language in edition.languages},
    )


def _origin(file: str, source: Source) -> Origin:
    return Origin(
        publisher=source.publisher, title=source.title, address=source.address, published=source.published,
        licence=source.licence, file=file, sha256=source.sha256,
    )  # fmt: skip
