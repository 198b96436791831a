"""What the templates of reports/ are given to print; docs/templates.md lists it for those who write them."""

from __future__ import annotations

from pathlib import Path

from policyreport.publishing.provenance import Provenance
from policyreport.publishing.validity_page import read_results, study_of


def page_values(root: Path, provenance: Provenance) -> dict[str, object]:
    """Collect the values of an edition's pages by the names that templates use."""
    registry = provenance.registry
    return {
        "settings": {
            section: {name: setting.value for name, setting in settings.items()}
            for section, settings in registry.settings.items()
        },
        "study": study_of(read_results(root), registry, provenance.formats),
    }
