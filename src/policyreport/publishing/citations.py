"""How a published edition is cited, and how it describes itself to machines."""

import json
import re
from collections.abc import Mapping
from typing import Any

from policyreport.params.publication import Publication

_SPECIAL = re.compile(r"[\\{}$&#%_~^]")


def bibtex(publication: Publication, facts: Mapping[str, Any]) -> str:
    """Write an edition as an entry of BibTeX."""
    fields = {
        "title": _title(facts),
        "author": " and ".join(f"{{{_plain(name)}}}" for name in publication.authors),
        "institution": publication.institution_in(facts["languages"][0]),
        "year": facts["as_known_on"][:4],
        "note": f"Edition {facts['edition']}, as known on {facts['as_known_on']}",
    }
    lines = [f"  {name} = {{{text if name == 'author' else _plain(text)}}}," for name, text in fields.items()]
    if publication.address:
        lines.append(f"  url = {{{publication.address}/{facts['edition']}/}},")
    return "\n".join([f"@techreport{{policyreport-{facts['edition']},", *lines, "}", ""])


def csl(publication: Publication, facts: Mapping[str, Any]) -> str:
    """Write an edition as CSL-JSON."""
    year, month, day = map(int, facts["as_known_on"].split("-"))
    item = {
        "id": f"policyreport-{facts['edition']}",
        "type": "report",
        "title": _title(facts),
        "author": [{"literal": name} for name in publication.authors],
        "publisher": publication.institution_in(facts["languages"][0]),
        "edition": facts["edition"],
        "issued": {"date-parts": [[year, month, day]]},
    }
    if publication.address:
        item["URL"] = f"{publication.address}/{facts['edition']}/"
    return json.dumps([item], ensure_ascii=False, indent=1) + "\n"


def linked_data(publication: Publication, facts: Mapping[str, Any], language: str, page: str) -> str:
    """Describe a page, its edition and the edition's data by schema.org, as an element of the page's head."""
    place = f"{publication.address}/{facts['edition']}/" if publication.address else ""
    above = "../" * page.count("/")
    publisher = {"@type": "Organization", "name": publication.institution_in(language)}
    common = {
        "name": facts["title"][language],
        "version": facts["edition"],
        "dateModified": facts["as_known_on"],
        "publisher": publisher,
        "creator": [{"@type": "Organization", "name": name} for name in publication.authors],
        "license": f"https://spdx.org/licenses/{publication.licence}.html",
    }
    report = {"@type": "Report", "inLanguage": language, **common}
    downloads = f"{place or above}downloads/datapackage.json"
    described = {"@type": "DataDownload", "encodingFormat": "application/json", "contentUrl": downloads}
    dataset = {"@type": "Dataset", "description": facts["title"][language], "distribution": described, **common}
    if place:
        report["url"], dataset["url"] = f"{place}{page}", place
    graph = {"@context": "https://schema.org", "@graph": [report, dataset]}
    # Nothing in it may end the element.
    text = json.dumps(graph, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{text}</script>'


def _title(facts: Mapping[str, Any]) -> str:
    return str(facts["title"][facts["languages"][0]])


def _plain(text: str) -> str:
    return _SPECIAL.sub(lambda sign: "\\textbackslash{}" if sign[0] == "\\" else f"\\{sign[0]}", text)
