"""What a notebook reads from one folder: its slice of the data, and the parameters."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError

from policyreport.data.areas import Areas, read_areas
from policyreport.data.frames import (
    area_output,
    newest_figures,
    province_lists,
    share_figures,
    share_targets,
    task_lists,
)
from policyreport.data.points import read_points
from policyreport.data.series_frames import lead_frame, series_frame, traits_frame
from policyreport.data.target_frames import share_goals, target_figures
from policyreport.data.translation import Translation, in_language
from policyreport.errors import NotPublishedError, RunError, UsageError
from policyreport.params.edition import Edition, edition_file, read_edition_file, undeclared
from policyreport.params.indicators import Indicators, read_indicators
from policyreport.params.methods import MethodSettings, read_method_settings
from policyreport.params.official import OfficialMethods, read_official
from policyreport.params.policy import Policy, read_policy
from policyreport.params.reading import own_parameters
from policyreport.params.registry import Registry, read_registry
from policyreport.params.report import Roles, read_roles
from policyreport.params.rules import RuleBook, read_rule_book
from policyreport.params.translated import read_texts, texts_file
from policyreport.params.wording import Wording, read_wording
from policyreport.records.base import Finding, Refusal, Results, misfit
from policyreport.records.notebooks import BY_NOTEBOOK, NotebookRecord, SourceLine
from policyreport.records.own import OwnRecord, own_results
from policyreport.records.series import SeriesPoint

OBSERVATIONS = "observations.parquet"
PANEL = "panel.parquet"
STATEMENTS = "statements.parquet"
FACTS = "facts.json"
RECORDS = "records.json"
# Files that every notebook reads unchanged, besides its edition's.
COMMON_FILES = (
    "params/policy.yaml",
    "params/indicators.yaml",
    "params/languages.yaml",
    "params/methods.yaml",
    "params/official.yaml",
    "params/references.bib",
    "params/registry.yaml",
    "params/report.yaml",
    "params/rules.yaml",
    "params/tiles.yaml",
    "params/wording.yaml",
    "data/boundaries/areas.csv",
    "data/boundaries/crosswalk.csv",
)
# Folders of a slice with what people decided; an edition with its own data has parameters under data/ too.
DECISIONS = ("params", "data")
_decisions: dict[str, dict[str, Any]] = {}


@dataclass(frozen=True)
class Inputs:
    """A notebook's slice of the data and the parameters.

    Attributes
    ----------
    notebook, area : str
        Name of the notebook; key of the area.
    folder : Path
        Where the slice is, and where the record goes.
    edition, roles, policy, indicators, settings, wording, rules, registry, official
        The typed files of params/.
    areas : Areas
        Keys, names and regions.
    observations : DataFrame
        Ledger rows of the slice, every vintage known; `newest` marks the one in force.
    panel : DataFrame
        Harmonised annual values of the slice on present boundaries.
    statements : DataFrame
        Obstacles, proposals and orders that were named, retold; empty for notebooks that do not read them.
    findings : tuple of Finding
        Broken rules that concern the slice.
    sources : tuple of SourceLine
        The raw files behind the slice.
    records : dict of (str, str) to NotebookRecord
        By area and notebook, the records of the notebooks that ran before; only for those that read them.
    own : bool
        Whether the notebook is one that users added.
    texts : mapping of str to mapping
        Texts of params/ by language; names are English, and `in_language` those of another one.
    translation : Translation
        Writes records in the language of the names.
    """

    notebook: str
    area: str
    folder: Path
    edition: Edition
    roles: Roles
    policy: Policy
    indicators: Indicators
    settings: MethodSettings
    wording: Wording
    rules: RuleBook
    registry: Registry
    official: OfficialMethods
    areas: Areas
    observations: pd.DataFrame
    panel: pd.DataFrame
    statements: pd.DataFrame
    findings: tuple[Finding, ...]
    sources: tuple[SourceLine, ...]
    records: dict[tuple[str, str], NotebookRecord]
    own: bool = False
    texts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    translation: Translation = field(default_factory=Translation)

    @property
    def name(self) -> str:
        """The area's name."""
        return self.areas.name(self.area)

    @property
    def region(self) -> str:
        """Key of the area's region."""
        return self.areas.region(self.area)

    @property
    def former(self) -> list[str]:
        """Keys of the areas that were merged into this one; none where it was not merged."""
        return self.areas.parts(self.area) if self.areas.is_merged(self.area) else []

    @property
    def parts(self) -> pd.DataFrame:
        """The area's former parts: names, and their shares (of 1) of its population, area and output of 2022."""
        parts = self.areas.crosswalk[self.areas.crosswalk["new"] == self.area].filter(regex="relation|^share_")
        return parts.assign(name=[self.areas.name(str(part)) for part in parts.index])

    @property
    def provinces(self) -> list[str]:
        """Keys of all provinces on the edition's day, whether or not the run includes them."""
        return self.areas.current(self.edition.as_known_on)

    @property
    def superseded(self) -> int:
        """Number of rows that a newer vintage replaced."""
        return int((~self.observations["newest"]).sum())

    @property
    def newest(self) -> pd.DataFrame:
        """The rows in force on the edition's day."""
        return self.observations[self.observations["newest"]]

    @cached_property
    def points(self) -> dict[tuple[str, str, str], tuple[SeriesPoint, ...]]:
        """Annual series by area, indicator and measure, in order of years."""
        rows = self.panel[self.panel["value"].notna()].sort_values("year", kind="stable")
        years = list(zip(rows["indicator"], rows["year"], strict=True))
        days = {(indicator, year): self.indicators.get(indicator).begun(year) for indicator, year in set(years)}
        begun = pd.Series([days[pair] for pair in years], rows.index, dtype="object")
        rows = rows.rename(columns={"inputs": "rows"}).assign(begun=begun)
        keys = rows[["area", "indicator", "measure"]].itertuples(index=False, name=None)
        return read_points("the panel", rows, keys)

    @cached_property
    def first_series(self) -> dict[tuple[str, str], tuple[SeriesPoint, ...]]:
        """The first available measure's series, by area and indicator."""
        first: dict[tuple[str, str], tuple[SeriesPoint, ...]] = {}
        for (area, indicator, _), points in self.points.items():
            first.setdefault((area, indicator), points)
        return first

    def in_language(self, language: str) -> Inputs:
        """Return the slice with the names and texts of a language of the edition; its tables are the same."""
        if language not in self._languages:
            other = copy(self)
            numbers = {"points": self.points, "first_series": self.first_series}
            vars(other).update(in_language(self, language) | numbers)
            self._languages[language] = other
        return self._languages[language]

    @cached_property
    def _languages(self) -> dict[str, Inputs]:
        return {}

    @cached_property
    def frames(self) -> dict[tuple[str, str], pd.DataFrame]:
        """The tables of `series` and `lead` that were made, by kind and name."""
        return {}

    tasks = cached_property(task_lists)
    province_tasks = cached_property(province_lists)
    shares = cached_property(share_figures)
    targets = cached_property(share_targets)
    output = cached_property(area_output)
    figures = cached_property(newest_figures)
    traits = cached_property(traits_frame)
    series = series_frame
    lead = lead_frame
    target_figures = target_figures
    share_goals = share_goals

    @property
    def threshold(self) -> float:
        """The threshold that shares are judged against."""
        return self.policy.threshold.value

    @cached_property
    def back_cast(self) -> frozenset[tuple[str, str]]:
        """Areas and indicators whose past the publisher recalculated on present boundaries."""
        rows = self.panel[self.panel["basis"] == "back-cast"]
        return frozenset(zip(rows["area"], rows["indicator"], strict=True))

    @cached_property
    def renormalised(self) -> frozenset[tuple[str, str]]:
        """Areas and indicators with a value that was recalculated although a small part is missing."""
        rows = self.panel[(self.panel["note"] == "renormalised") & self.panel["value"].notna()]
        return frozenset(zip(rows["area"], rows["indicator"], strict=True))

    @property
    def step_days(self) -> tuple[date, ...]:
        """The days tested for a step: that of the policy, and that of the present boundaries."""
        days = {"policy": self.policy.date, "mergers": max(self.areas.begun(area) for area in self.provinces)}
        return tuple(days[name] for name in self.settings.trend.step_dates)

    def require(self, frame: pd.DataFrame, at_least: int = 1) -> pd.DataFrame:
        """Return a table of the area's figures, or end the notebook where it has too few rows.

        In a notebook that users added, the record then holds that it was not published, or too seldom, and its section
        of the page says so; the run counts no failure. NotPublishedError where there are fewer rows than `at_least`.
        """
        if len(frame) >= at_least:
            return frame
        what = str(frame.attrs.get("indicator") or self.notebook or "figures")
        if self.own:
            code = "too-few-points" if len(frame) else "not-published"
            self.save(self.record(figures=Refusal(code=code, method=self.notebook, subject=what)))
        todo = "The record says so, and the notebook ends here." if self.own else "Choose other figures."
        published = f"{len(frame)} published" if len(frame) else "none published"
        raise NotPublishedError(f"{what}, {self.name}", f"at least {at_least} rows", published, todo)

    def record(self, **results: Any) -> NotebookRecord:
        """Build the notebook's record from its results; nothing is computed here.

        `results` are the fields of the record except area, name, edition and day; in a notebook that users added,
        frames and results by any name (`policyreport.records.own`). UsageError if no notebook was named when the
        edition was opened.
        """
        edition = self.edition
        head = {"area": self.area, "name": self.name, "edition": edition.id, "as_known_on": edition.as_known_on}
        if self.own:
            return OwnRecord(**head, notebook=self.notebook, results=own_results(results))
        if self.notebook not in BY_NOTEBOOK:
            raise UsageError(
                "record",
                f"a notebook with a record: {', '.join(sorted(BY_NOTEBOOK))}",
                f'"{self.notebook}"',
                'Open the edition with its name, open_edition(…, notebook="trend").',
            )
        return BY_NOTEBOOK[self.notebook].model_validate(head | results)

    def save(self, record: NotebookRecord) -> Saved:
        """Write the notebook's record to the folder; what is returned shows where, and what differs in it."""
        path = self.folder / "record.json"
        path.write_bytes(record.to_json())
        return Saved(path, record)


@dataclass(frozen=True)
class Saved:
    """A record in its file; shown, it reads where that is and which results were not made as the edition requires."""

    path: Path
    record: NotebookRecord

    @property
    def differences(self) -> pd.DataFrame:
        """What differs from the official method, a row an argument."""
        return Results(self.record.differs or ()).to_frame()

    def __repr__(self) -> str:
        # By hand below the project, build/EDITION/by-hand/AREA/NOTEBOOK/record.json.
        place = "/".join(self.path.parts[-6:])
        head = f"{self.record.name}: record saved in {place}."
        if isinstance(self.record, OwnRecord):
            return head
        if self.record.differs is None:
            return f"{head} Not compared with the official method."
        if not self.record.differs:
            return f"{head} Made by the official method."
        lines = [f"  {each.text}" for each in self.record.differs]
        return "\n".join([f"{head} It differs from the official method:", *lines])


def read_inputs(folder: Path) -> Inputs:
    """Read a slice from its folder: parquet tables, facts, params/ and data/boundaries/."""
    # A dollar sign in a table that a notebook shows is money.
    pd.set_option("display.html.use_mathjax", False)
    # Messages of the rules are sentences.
    pd.set_option("display.max_colwidth", 120)
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    return Inputs(
        notebook=facts["notebook"],
        area=facts["area"],
        folder=folder,
        **read_decisions(folder, facts["edition"]),
        observations=pd.read_parquet(folder / OBSERVATIONS),
        panel=pd.read_parquet(folder / PANEL),
        statements=pd.read_parquet(folder / STATEMENTS) if (folder / STATEMENTS).exists() else pd.DataFrame(),
        findings=tuple(Finding.model_validate(entry) for entry in facts["findings"]),
        sources=tuple(SourceLine.model_validate(entry) for entry in facts["sources"]),
        records=_read_records(folder / RECORDS),
        own=facts["own"],
    )


def read_decisions(folder: Path, edition_id: str) -> dict[str, Any]:
    """Read the fields of `Inputs` that come from params/ and data/boundaries/.

    They are the same for every notebook of an edition, so a process reads and checks them once as long as the files do
    not change.
    """
    paths = sorted(path for part in DECISIONS for path in (folder / part).rglob("*") if path.is_file())
    content = hashlib.sha256(edition_id.encode())
    for path in paths:
        body = path.read_bytes()
        content.update(f"\n{path.relative_to(folder).as_posix()} {len(body)}\n".encode() + body)
    key = content.hexdigest()
    if key not in _decisions:
        decisions = _checked_decisions(folder, edition_id)
        _decisions.clear()
        _decisions[key] = decisions
    return dict(_decisions[key])


def _checked_decisions(folder: Path, edition_id: str) -> dict[str, Any]:
    edition = read_edition_file(folder, edition_id)
    layout = edition.layout(folder)
    return {
        "edition": edition,
        "roles": read_roles(layout),
        "policy": read_policy(layout),
        "indicators": read_indicators(layout),
        "settings": read_method_settings(layout),
        "wording": read_wording(layout),
        "rules": read_rule_book(folder),
        "registry": read_registry(layout),
        "official": read_official(layout),
        "areas": read_areas(folder),
        "texts": {language: read_texts(layout, language) for language in edition.languages},
    }


def decision_files(root: Path, edition: Edition) -> dict[str, bytes]:
    """Collect what `read_decisions` reads, as content by path below the project."""
    own = [name for name in map(texts_file, edition.languages) if (root / name).is_file()]
    names = [*COMMON_FILES, *own, *own_parameters(edition.layout(root))]
    files = {name: (root / name).read_bytes() for name in names}
    return files | {edition_file(root, edition.id): edition_bytes(root, edition.id)}


def edition_bytes(root: Path, name: str) -> bytes:
    """Return an edition's file as notebooks read it: declaring one more runs no other again."""
    return undeclared((root / edition_file(root, name)).read_text(encoding="utf-8")).encode()


def files_of(rows: Iterable[str]) -> list[str]:
    """Return the sorted source ids of ledger rows, or of whole files."""
    return sorted({row.split("#")[0].removesuffix(".csv") for row in rows})


def frame_bytes(frame: pd.DataFrame) -> bytes:
    """Serialise a table to Parquet: equal tables give equal bytes."""
    buffer = io.BytesIO()
    frame.to_parquet(buffer, engine="pyarrow", compression="zstd")
    return buffer.getvalue()


def _read_records(path: Path) -> dict[tuple[str, str], NotebookRecord]:
    """The records in a slice, by area and notebook."""
    if not path.exists():
        return {}
    records: dict[tuple[str, str], NotebookRecord] = {}
    for entry in json.loads(path.read_text(encoding="utf-8")):
        area, kind = entry["area"], entry["kind"]
        try:
            records[area, kind] = BY_NOTEBOOK[kind].model_validate(entry)
        except ValidationError as error:
            # An area that did not run this time may have left a record of another version of the program.
            place, expected = f"record of {area}, {kind}", "what this version's notebook writes"
            todo = "Run the edition again without --areas: only what has changed is computed again."
            raise RunError(place, expected, misfit(error), todo) from None
    return records
