"""What an edition runs: each notebook with its typed parameters and exactly the slice of data it reads.

The only module that knows both the data and the runner. A notebook opened by hand in JupyterLab gets its
slice from `slice_by_hand`; in the batch the runner lays the same slice into the notebook's folder.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import pandas as pd

from policyreport.data.areas import Areas
from policyreport.data.harmonise.panel import harmonise_panel
from policyreport.data.inputs import (
    FACTS,
    OBSERVATIONS,
    PANEL,
    RECORDS,
    STATEMENTS,
    decision_files,
    edition_bytes,
    files_of,
    frame_bytes,
)
from policyreport.data.observations.known import known_on
from policyreport.data.observations.ledger import load_ledger
from policyreport.data.rules.evidence import Context, read_context
from policyreport.data.rules.screening import check_ledger, require_no_error
from policyreport.data.sources import Source
from policyreport.data.statements import read_statements
from policyreport.errors import ParamsError, RunError, UsageError, require_one_of
from policyreport.figures.simulated import marked_name, unmarked_name
from policyreport.params.edition import Edition, edition_file, read_edition
from policyreport.params.indicators import Indicators
from policyreport.params.methods import read_method_settings
from policyreport.params.policy import Policy
from policyreport.params.report import Roles, SeriesRole
from policyreport.params.wording import read_wording
from policyreport.project import find_project
from policyreport.records.base import Finding
from policyreport.records.notebooks import (
    BY_NOTEBOOK,
    FIRST_NATIONAL,
    LAST_NATIONAL,
    NATIONAL_NOTEBOOKS,
    PROVINCE_NOTEBOOKS,
    SourceLine,
)
from policyreport.running.execute.unit import Unit, Units
from policyreport.running.store import broken_seal, notebook_path, record_path

ALL_FIGURES = "all-figures"
"""Folder of a slice that no notebook names."""
WITH_STATEMENTS = ("digital-government", "quality", "")
"""Notebooks that read what provinces and the centre named as obstacles, or cite where; without one, all there is."""


@dataclass(frozen=True)
class EditionData:
    """Everything known on an edition's date, loaded once."""

    edition: Edition
    areas: Areas
    indicators: Indicators
    roles: Roles
    policy: Policy
    ledger: pd.DataFrame
    statements: pd.DataFrame
    panel: pd.DataFrame
    findings: tuple[Finding, ...]
    sources: dict[str, SourceLine]
    decisions: dict[str, bytes]

    @cached_property
    def compared(self) -> tuple[bytes, frozenset[str]]:
        """What trend and compare read of the panel, the same for every area: as a file, and its sources."""
        roles = self.roles
        scores = set(roles.governance.indicators)
        scores |= {self.indicators.get(key).standard_error for key in scores}
        return _laid_out(self.panel_of(roles.growth, roles.income, roles.population, roles.urban, others=scores))

    def panel_of(self, *roles: SeriesRole, others: Set[str] = frozenset()) -> pd.DataFrame:
        """Panel rows of some roles' indicators, with what the country has in their place, and of other indicators."""
        keys = {role.indicator for role in roles}
        keys |= {self.indicators.get(key).national for key in keys} | others
        return self.panel[self.panel["indicator"].isin(keys)]

    @cached_property
    def whole(self) -> tuple[bytes, frozenset[str]]:
        """The whole panel as a file, and its sources."""
        return _laid_out(self.panel)


@lru_cache(maxsize=2)
def load_edition(root: Path, edition_id: str) -> EditionData:
    """Load the ledger as known on an edition's date (all vintages, `newest` marked), and the panel made from it.

    A `PolicyReportError` if a parameter, a raw file or a correction breaks its rules.
    """
    edition = read_edition(root, edition_id)
    layout = edition.layout(root)
    # Notebooks read these too; a mistake in them is reported once, before anything runs.
    read_method_settings(layout)
    read_wording(layout)
    ledger = load_ledger(layout)
    statements = read_statements(layout, edition.as_known_on)
    context = read_context(layout)
    data = edition_data(edition, ledger, statements, context, decision_files(root, edition))
    require_no_error(data.findings, context.book)
    return data


def edition_data(
    edition: Edition, ledger: pd.DataFrame, statements: pd.DataFrame, context: Context, decisions: dict[str, bytes]
) -> EditionData:
    """Put an edition together from a ledger, of which what is known on its day counts, and from decisions.

    `context` holds the same decisions as `decisions`, as values.
    """
    in_force = known_on(ledger, edition.as_known_on)
    newest = in_force[in_force["newest"]].drop(columns="newest")
    return EditionData(
        edition=edition,
        areas=context.areas,
        indicators=context.indicators,
        roles=context.roles,
        policy=context.policy,
        ledger=in_force,
        statements=statements,
        panel=harmonise_panel(newest, context.areas, context.indicators, context.harmonise),
        findings=tuple(check_ledger(in_force.drop(columns="newest"), context)),
        sources=_source_lines(context.sources, in_force, statements),
        decisions=decisions,
    )


def _source_lines(
    sources: Mapping[str, Source], ledger: pd.DataFrame, statements: pd.DataFrame
) -> dict[str, SourceLine]:
    """The sources of a ledger's rows and of statements, with the number of rows from each."""
    shared = SourceLine.model_fields.keys() & Source.model_fields.keys() - {"id", "rows"}
    rows = Counter(ledger["source"]) + Counter(file for id in statements.index for file in files_of([id]))
    return {
        key: SourceLine(id=key, rows=rows[key], **source.model_dump(include=shared))
        for key, source in sources.items()
        if key in rows
    }


def first_units(root: Path, edition: str, areas: list[str] | None, store: Path) -> Units:
    """The notebooks of an edition that read no other's record: the provinces', those on the country, and own ones.

    Those on the country come first, the longest of all among them; the others follow in the order of area keys, of all
    areas where `areas` is None. The store is not read.
    """
    require_own_notebooks(root, read_edition(root, edition))
    data = load_edition(root, edition)
    valid = edition_areas(data)
    unknown = [key for key in areas or [] if key not in valid]
    if unknown:
        raise UsageError(
            f"--areas {','.join(unknown)}",
            f"areas of edition {edition}",
            "an area that is not among them",
            "Run `policyreport editions` to see an edition's areas.",
        )
    return first_units_of(root, data, areas)


def first_units_of(root: Path, data: EditionData, areas: list[str] | None = None) -> Units:
    """Return the same for an edition's data; notebooks are those of the project."""
    own, valid = data.edition.notebooks, edition_areas(data)
    keys = [(data.roles.nation, _named(data, name)) for name in (*FIRST_NATIONAL, *own.country)]
    of_area = (*PROVINCE_NOTEBOOKS, *own.province)
    keys += [(area, _named(data, name)) for area in sorted(areas or valid) for name in of_area]
    return Units(keys, lambda area, name: _unit(root, data, unmarked_name(name), area))


def last_units(root: Path, edition: str, store: Path) -> list[Unit]:
    """The notebooks of an edition that read the records in the store."""
    return last_units_of(root, load_edition(root, edition), store)


def last_units_of(root: Path, data: EditionData, store: Path, names: Sequence[str] = LAST_NATIONAL) -> list[Unit]:
    """Return the same, or only some of them, for an edition's data."""
    return [_unit(root, data, name, data.roles.nation, store) for name in names]


def require_own_notebooks(root: Path, edition: Edition) -> None:
    """Refuse an edition that declares a notebook under a name of ours, or one whose file is missing (ParamsError)."""
    place = f"{root / edition_file(root, edition.id)}: notebooks"
    declared = edition.notebooks
    for name in (*declared.province, *declared.country):
        if name in BY_NOTEBOOK:
            todo = "Rename the notebook, here and its file, or take the name out: that notebook runs anyway."
            raise ParamsError(place, "a name that no notebook of the report has", f'"{name}"', todo)
        path = notebook_file(edition, name)
        if not (root / path).is_file():
            level = "province" if name in declared.province else "country"
            todo = f"Make it with `policyreport new-notebook {name} --for {level}`, or take the name out."
            raise ParamsError(place, f"a notebook {path}", f'"{name}", and no such file', todo)


def notebook_file(edition: Edition, notebook: str) -> str:
    """Return the path of a notebook's file below the project."""
    national = notebook in (*NATIONAL_NOTEBOOKS, *edition.notebooks.country)
    return f"notebooks/{'national' if national else 'province'}/{notebook}.ipynb"


def area_keys(root: Path, edition: str) -> list[str]:
    """Sorted area keys of an edition, by its name."""
    return edition_areas(load_edition(root, edition))


def edition_areas(data: EditionData) -> list[str]:
    """Sorted area keys of an edition: those valid on its date, or the ones it names."""
    return data.areas.of_edition(data.edition)


def slice_by_hand(notebook: str, area: str, edition: str) -> Path:
    """Write the slice of a notebook that is run by hand into a folder under build/, where its record goes too.

    Without a notebook, all figures; without an area, those of the country. A `UsageError` if the edition has no such
    area, by key or name.
    """
    root = find_project(Path.cwd())
    data = load_edition(root, edition)
    area = _area_by_hand(root, data, notebook, area)
    store = root / "build" / edition
    folder = store / "by-hand" / area / (notebook or ALL_FIGURES)
    for name, body in slice_files(root, data, notebook, area, store).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    return folder


def _area_by_hand(root: Path, data: EditionData, notebook: str, area: str) -> str:
    """The key of the area that a person named in a notebook."""
    place = f'area = "{area}"'
    nation, own = data.roles.nation, data.edition.notebooks
    known = ["", *BY_NOTEBOOK, *own.province, *own.country]
    todo = f"One of your own is declared in {edition_file(root, data.edition.id)}: docs/how-to/add-a-notebook.md."
    require_one_of(UsageError, f'notebook = "{notebook}"', notebook, known, "a notebook of the edition", todo)
    is_country = area in (nation, data.areas.name(nation)) or not area
    if notebook in (*PROVINCE_NOTEBOOKS, *own.province) or not (notebook or is_country):
        return data.areas.resolve_in(data.edition, area, place)
    if not is_country:
        raise UsageError(place, f'"{nation}" in a notebook on the country', f'"{area}"', f'Write area = "{nation}".')
    return nation


def _unit(root: Path, data: EditionData, notebook: str, area: str, store: Path | None = None) -> Unit:
    """One notebook with its parameters and slice."""
    return Unit(
        area=area,
        notebook=_named(data, notebook),
        source=(root / notebook_file(data.edition, notebook)).read_bytes(),
        parameters={"area": area, "edition": data.edition.id, "workspace": "."},
        slice=slice_files(root, data, notebook, area, store),
    )


def slice_files(root: Path, data: EditionData, notebook: str, area: str, store: Path | None) -> dict[str, bytes]:
    """The files a notebook reads, by name."""
    ledger = ledger_rows(data, notebook, area)
    panel, cited = _panel_rows(data, notebook, area)
    rows = set(ledger.index)
    findings = [f for f in data.findings if notebook == "quality" or rows.intersection(f.rows)]
    used = set(ledger["source"]) | cited
    if notebook in WITH_STATEMENTS:
        used |= set(files_of(data.statements.index))
    if notebook == "clean":
        # Also findings on the area without a row of its own: a figure kept out, or missing in a table.
        named = [f for f in data.findings if area in {data.areas.successor(key) for key in f.areas}]
        findings += [f for f in named if f not in findings]
        used |= {source for f in findings for source in f.sources}
    facts = {
        "notebook": notebook,
        "area": area,
        "edition": data.edition.id,
        "own": _is_own(data, notebook),
        "findings": [finding.model_dump(mode="json") for finding in findings],
        "sources": [data.sources[key].model_dump(mode="json") for key in sorted(used & set(data.sources))],
    }
    files = dict(data.decisions)
    files[OBSERVATIONS] = frame_bytes(ledger)
    files[PANEL] = panel
    if notebook in WITH_STATEMENTS:
        files[STATEMENTS] = frame_bytes(data.statements)
    files[FACTS] = json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()
    if store is not None and notebook in LAST_NATIONAL:
        files[RECORDS] = _first_records(store, data)
    if notebook == "quality" and data.edition.previous is not None:
        # The only notebook that asks what changed; only the previous edition, not the one before that.
        files[edition_file(root, data.edition.previous)] = edition_bytes(root, data.edition.previous)
    return files


def ledger_rows(data: EditionData, notebook: str, area: str) -> pd.DataFrame:
    """Ledger rows a notebook reads."""
    roles, ledger = data.roles, data.ledger
    if notebook in ("quality", "", *data.edition.notebooks.country):
        return ledger
    counts = {roles.tasks.total, roles.tasks.completed, roles.tasks.late, roles.tasks.overdue}
    if notebook in ("tasks", "provinces"):
        return ledger[ledger["indicator"].isin(counts | {roles.tasks.recurring})]
    if notebook == "economy":
        return ledger[ledger["indicator"].isin({roles.share.indicator, roles.share.other_quantity})]
    if notebook == "digital-government":
        return ledger[ledger["indicator"].isin(roles.implementation.among(data.indicators))]
    if notebook == "targets":
        return ledger[ledger["indicator"].isin(data.policy.read_indicators)]
    own = ledger["area"].isin([area, *data.areas.parts(area)])
    if notebook in ("clean", "series", *data.edition.notebooks.province):
        return ledger[own]
    keys = counts | {roles.share.indicator, *roles.indices, roles.growth.indicator, roles.income.indicator}
    return ledger[own & ledger["indicator"].isin(keys)]


def _panel_rows(data: EditionData, notebook: str, area: str) -> tuple[bytes, frozenset[str]]:
    """Panel rows a notebook reads, as a file, and their sources."""
    if notebook in ("quality", "") or _is_own(data, notebook):
        return data.whole
    if notebook in ("tasks", "digital-government", "targets", "provinces"):
        return _laid_out(data.panel.iloc[:0])
    if notebook == "clean":
        return _laid_out(data.panel[data.panel["area"] == area])
    if notebook == "economy":
        return _laid_out(data.panel_of(data.roles.income, data.roles.population))
    return data.compared


def _laid_out(panel: pd.DataFrame) -> tuple[bytes, frozenset[str]]:
    """Panel rows as a file, and their sources."""
    cited = {row for ids in panel["inputs"] for row in ids}
    return frame_bytes(panel), frozenset(files_of(cited))


def _is_own(data: EditionData, notebook: str) -> bool:
    """Whether users added a notebook."""
    return notebook in (*data.edition.notebooks.province, *data.edition.notebooks.country)


def _named(data: EditionData, notebook: str) -> str:
    """The name of a notebook's results: marked for a simulated edition."""
    return marked_name(notebook) if data.edition.simulated else notebook


def _first_records(store: Path, data: EditionData) -> bytes:
    """The records of the first notebooks, as far as they exist, as one JSON list."""
    keys = [(area, name) for area in edition_areas(data) for name in PROVINCE_NOTEBOOKS]
    keys += [(data.roles.nation, name) for name in FIRST_NATIONAL]
    paths = [record_path(store, area, _named(data, name)) for area, name in keys]
    return b"[" + b",".join(_record_as_written(store, path) for path in paths if path.exists()) + b"]"


def _record_as_written(store: Path, path: Path) -> bytes:
    """A record, unless somebody has changed it since its notebook ran."""
    record = path.read_bytes()
    notebook = notebook_path(store, path.parent.name, path.stem)
    if notebook.is_file() and broken_seal(notebook.read_bytes(), record) == "record":
        todo = f"Run `policyreport run {store.name}` without --areas."
        raise RunError(str(path), "the record as the run wrote it", "another content", todo)
    return record
