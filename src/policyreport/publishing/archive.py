"""An edition as one ZIP file: what it was made from and what was made, with the means to check both."""

import shutil
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from policyreport.params.publication import Publication
from policyreport.publishing.manifest import as_json, write_manifest
from policyreport.publishing.verify import MANIFEST
from policyreport.running.cache.ingredients import digest
from policyreport.running.endings import passing_folder

OUTPUTS = "outputs"
RESULTS = ("records", "notebooks", "failures")
# What the edition can be made from again, in the project.
SOURCES = (
    "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "environment.yml",
    "pyproject.toml", "requirements.lock", "requirements-dev.lock", "requirements-lab.lock", "requirements-quarto.lock",
    "data", "docs", "notebooks", "params", "reports", "src",
)  # fmt: skip
_LEFT_OUT = ("__pycache__", ".ipynb_checkpoints", "*.pyc", "*.part", "*.egg-info", ".DS_Store", ".adding", "api")
# The earliest time that a ZIP file can hold.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_KINDS = {
    ".html": "page of the site", ".pdf": "the report as a book", ".csv": "table for readers", ".zip": "records, packed",
    ".parquet": "table for programs", ".js": "script of the site", ".css": "style of the site", ".bib": "citation",
    ".woff2": "typeface", ".svg": "figure", ".json": "description for programs", ".py": "checks the files",
    ".ipynb": "executed notebook", ".png": "picture",
}  # fmt: skip


def write_archive(
    root: Path, store: Path, published: Path, target: Path, publication: Publication, facts: Mapping[str, Any]
) -> None:
    """Write the archive of an edition that stands published in a folder, under a temporary name first.

    The same project and results give the same bytes: names are sorted, times fixed, manifests without times.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with passing_folder(".archive-", target.parent) as scratch:
        folder = scratch / f"policyreport-{facts['edition']}"
        _lay_out(root, store, published, folder)
        (folder / "OUTPUTS.md").write_text(outputs_list(folder, str(facts["edition"])), encoding="utf-8")
        (folder / "ro-crate-metadata.json").write_bytes(as_json(crate(folder, publication, facts)))
        write_manifest(folder, dict(facts))
        packed = scratch / "archive.zip"
        pack(folder, packed)
        packed.replace(target)


def _lay_out(root: Path, store: Path, published: Path, folder: Path) -> None:
    folder.mkdir()
    ignore = shutil.ignore_patterns(*_LEFT_OUT)
    for name in SOURCES:
        if (root / name).is_dir():
            shutil.copytree(root / name, folder / name, ignore=ignore)
        elif (root / name).is_file():
            shutil.copyfile(root / name, folder / name)
    for part in RESULTS:
        if (store / part).is_dir():
            shutil.copytree(store / part, folder / OUTPUTS / part, ignore=ignore)
    shutil.copytree(published, folder / OUTPUTS / published.name)


def pack(folder: Path, target: Path) -> None:
    """Pack a folder below its own name: sorted names, a fixed time, fixed permissions."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder.parent).as_posix(), _EPOCH)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            packed.writestr(entry, path.read_bytes(), compresslevel=9)


def outputs_list(folder: Path, edition: str) -> str:
    """List every output with what it is and what made it, as a reviewer of code needs it (CODECHECK)."""
    lines = [f"# Outputs of edition {edition}", "", "| file | what it is | made by |", "|---|---|---|"]
    for path in sorted((folder / OUTPUTS).rglob("*")):
        if path.is_file() and path.name != MANIFEST:
            name = path.relative_to(folder).as_posix()
            lines.append(f"| {name} | {_kind(name)} | {_maker(folder, name)} |")
    return "\n".join([*lines, ""])


def _kind(name: str) -> str:
    if name.startswith(f"{OUTPUTS}/records/"):
        return "record: typed results"
    if name.startswith(f"{OUTPUTS}/failures/"):
        return "why a notebook failed"
    return _KINDS.get(Path(name).suffix, "file of the publication")


def _maker(folder: Path, name: str) -> str:
    """Name the notebook, for what a notebook made; the command, for what is made from all records."""
    part, stem = name.split("/")[1], Path(name).stem
    if part not in RESULTS:
        return "policyreport render and publish, from outputs/records and outputs/notebooks"
    own = sorted(
        path for path in (folder / "notebooks").rglob("*.ipynb") if path.stem == stem.partition("-simulated")[0]
    )
    return own[0].relative_to(folder).as_posix() if own else f"notebook {stem}"


def crate(folder: Path, publication: Publication, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Describe an archive as an RO-Crate 1.1 by the profile Process Run Crate: ``ro-crate-metadata.json``."""
    edition = facts["edition"]
    inputs = [{"@id": f"{name}/"} for name in ("data", "notebooks", "params", "reports") if (folder / name).is_dir()]
    files = list(_files(folder))
    results = [{"@id": entity["@id"]} for entity in files if entity["@id"].startswith(f"{OUTPUTS}/")]
    profile = {"@id": "https://w3id.org/ro/wfrun/process/0.5"}
    people = [{"@id": f"#author-{number}", "@type": "Organization", "name": name}
              for number, name in enumerate(publication.authors, 1)]  # fmt: skip
    folders = [{"@id": name["@id"], "@type": "Dataset", "name": name["@id"].rstrip("/")} for name in inputs]
    return {
        "@context": "https://w3id.org/ro/crate/1.1/context",
        "@graph": [
            {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"},
             "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}},
            {"@id": "./", "@type": "Dataset", "name": facts["title"][facts["languages"][0]], "conformsTo": profile,
             "description": f"Edition {edition}: data, code, results and publication.", "version": edition,
             "datePublished": facts["as_known_on"], "author": [{"@id": person["@id"]} for person in people],
             "publisher": {"@id": "#publisher"}, "license": {"@id": f"https://spdx.org/licenses/{publication.licence}"},
             "hasPart": [*inputs, *({"@id": entity["@id"]} for entity in files)], "mentions": {"@id": "#run"}},
            {"@id": profile["@id"], "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
            {"@id": f"https://spdx.org/licenses/{publication.licence}", "@type": "CreativeWork",
             "name": publication.licence},
            {"@id": "#publisher", "@type": "Organization", "name": publication.institution_in(facts["languages"][0])},
            *people,
            {"@id": "#policyreport", "@type": "SoftwareApplication", "name": "policyreport",
             "softwareRequirements": {"@id": "requirements.lock"},
             "version": facts["source_sha256"]},
            {"@id": "#run", "@type": "CreateAction", "name": "; ".join(facts["commands"]),
             "instrument": {"@id": "#policyreport"}, "object": inputs, "result": results},
            *folders,
            *files,
        ],
    }  # fmt: skip


def _files(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and (name.startswith(f"{OUTPUTS}/") or name == "requirements.lock"):
            body = path.read_bytes()
            yield {
                "@id": name,
                "@type": "File",
                "name": path.name,
                "contentSize": str(len(body)),
                "sha256": digest(body),
            }
