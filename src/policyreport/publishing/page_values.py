"""What the templates of reports/ are given to print; docs/templates.md lists it for those who write them."""

from __future__ import annotations

from pathlib import Path

from policyreport.publishing.provenance import Provenance
from policyreport.publishing.validity_page import Study, read_results


def page_values(root: Path, provenance: Provenance) -> dict[str, object]:
    """Collect the values of an edition's pages by the names that templates use; each is computed when it is read."""
    registry = provenance.registry
    return {
        "settings": {
            section: {name: setting.value for name, setting in settings.items()}
            for section, settings in registry.settings.items()
        },
        "study": Study(read_results(root), registry, provenance.formats),
    }
