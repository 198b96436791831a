"""What the templates of reports/ are given to print; docs/how-to/change-sentences.md lists it for their authors."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from policyreport.figures.simulated import unmarked_name
from policyreport.params.rules import read_rule_book
from policyreport.params.wording import Wording, read_wording
from policyreport.publishing import series_values, task_values
from policyreport.publishing.area_values import area_filters, area_series_filters
from policyreport.publishing.finding_values import finding_values
from policyreport.publishing.implementation_values import implementation_filters
from policyreport.publishing.method_values import method_use, method_values
from policyreport.publishing.movement_values import movement_values
from policyreport.publishing.names import name_filters
from policyreport.publishing.own_values import OwnTables
from policyreport.publishing.provenance import Provenance
from policyreport.publishing.quality_values import FILTERS as VINTAGE_FILTERS
from policyreport.publishing.quality_values import change_values, quality_values, revision_values
from policyreport.publishing.series_values import series_filters
from policyreport.publishing.share_values import share_filters
from policyreport.publishing.target_values import target_filters
from policyreport.publishing.validity_page import FILTERS, read_results, study_of
from policyreport.records.base import Failure
from policyreport.records.markdown import BOUNDARIES
from policyreport.records.notebooks import (
    BY_NOTEBOOK,
    NATIONAL_NOTEBOOKS,
    PROVINCE_NOTEBOOKS,
    EconomyRecord,
    NotebookRecord,
    QualityRecord,
)
from policyreport.records.own import OwnRecord, record_type

Records = Mapping[tuple[str, str], NotebookRecord]


def page_values(
    root: Path, store: Path, provenance: Provenance, failures: Sequence[Failure]
) -> tuple[dict[str, object], Records, dict[str, Callable[..., object]]]:
    """Collect what templates name, the records by area and notebook, and the templates' further filters.

    `national` has the national records by notebook, none where one has left none; `failures` are then the reasons.
    """
    registry = provenance.registry
    wording = read_wording(provenance.edition.layout(root))
    failed = {(failure.area, failure.notebook) for failure in failures}
    records = provenance.translation.of(dict(read_records(store, failed)))
    national = {name: records.get((provenance.roles.nation, name)) for name in NATIONAL_NOTEBOOKS}
    values = {
        "edition": provenance.edition,
        "abbreviations": provenance.roles.abbreviations,
        "settings": {
            section: {name: setting.value for name, setting in settings.items()}
            for section, settings in registry.settings.items()
        },
        "study": study_of(read_results(root), registry, provenance.formats),
        "national": national,
        "records": [record for record in records.values() if record.differs or not isinstance(record, OwnRecord)],
        "provinces": {
            notebook: [record for (_, kind), record in sorted(records.items()) if kind == notebook]
            for notebook in PROVINCE_NOTEBOOKS
        },
        "boundaries_file": [BOUNDARIES],
        "policy": provenance.policy,
        "province_count": len(provenance.areas.current(provenance.edition.as_known_on)),
        "roles": provenance.roles,
        "failures": of_report(failure for failure in failures if failure.area == provenance.roles.nation),
        **method_values(method_use(records.values(), registry), provenance, wording),
        "changed": None,
        "moved": movement_values(store, provenance, wording),
        "findings": {},
    }
    if isinstance(economy := national["economy"], EconomyRecord):
        values |= revision_values(economy.revisions, provenance)
    if isinstance(quality := national["quality"], QualityRecord):
        facts = replace(provenance.english.facts, sources={source.id: source for source in quality.sources})
        values |= quality_values(quality, provenance)
        values["changed"] = change_values(quality.changes, provenance) if quality.changes else None
        values["findings"] = finding_values(quality.findings, facts, read_rule_book(root), provenance)
    return values, records, page_filters(provenance, wording)


def of_report(failures: Iterable[Failure]) -> list[Failure]:
    """Choose failures of the report's own notebooks, for what a page lacks because of them."""
    return [failure for failure in failures if unmarked_name(failure.notebook) in BY_NOTEBOOK]


def page_filters(provenance: Provenance, wording: Wording) -> dict[str, Callable[..., object]]:
    """Return the filters of templates that are not those of `policyreport.publishing.values`."""
    return {name: write for filters in filter_sets(provenance, wording) for name, write in filters.items()}


def filter_sets(provenance: Provenance, wording: Wording) -> tuple[dict[str, Callable[..., object]], ...]:
    """Return the same by subject; no name stands in two of them."""
    return (
        name_filters(provenance, wording),
        FILTERS,
        VINTAGE_FILTERS,
        area_filters(provenance),
        area_series_filters(provenance),
        implementation_filters(provenance),
        series_values.FILTERS,
        OwnTables(provenance.formats).filters,
        series_filters(provenance),
        share_filters(provenance, wording),
        target_filters(provenance.areas, provenance.policy),
        task_values.FILTERS,
    )


def read_records(store: Path, failed: Container[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], NotebookRecord]]:
    """Read the records of an edition's notebooks that ran to their end, by area and notebook."""
    for path in sorted((store / "records").glob("*/*.json")):
        kind = unmarked_name(path.stem)
        if (path.parent.name, path.stem) not in failed:
            record = record_type(kind).from_json(path.read_bytes())
            yield (record.area, kind), record
