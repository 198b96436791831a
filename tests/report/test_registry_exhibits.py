"""Every figure and table of the tiny edition shows the result of a registered method, or says why it needs none."""

import re

import pytest

from policyreport.params.registry import Registry, read_registry
from policyreport.publishing import report


@pytest.fixture(scope="module")
def registry(tiny) -> Registry:
    return read_registry(tiny.root)


@pytest.fixture(scope="module")
def shown(tiny) -> set[str]:
    """Names of the figures and tables of all notebooks, without an area's key."""
    contents = report.collect(tiny.store)
    labels = {
        label.removeprefix(f"{area}-")
        for (area, _), fragment in contents.fragments.items()
        for label in re.findall(r"::: \{#(?:fig|tbl)-([\w-]+)", fragment.markdown)
    }
    assert len(labels) > 20
    return labels


def test_every_figure_and_table_has_its_method_or_its_reason(shown: set[str], registry: Registry) -> None:
    unknown = {
        name
        for name in shown
        if not registry.of_exhibit(name) and name not in registry.descriptive and not name.startswith("settings-")
    }
    assert unknown == set(), "add them to `exhibits` of a method, or to `descriptive`, in params/registry.yaml"


def test_no_exhibit_is_both_estimated_and_merely_descriptive(registry: Registry) -> None:
    assert {name for name in registry.descriptive if registry.of_exhibit(name)} == set()


def test_the_methods_page_has_a_section_for_every_method_and_settings_of_those_in_use(tiny, registry: Registry) -> None:
    page = report.collect(tiny.store).fragments["VN", "methods"].markdown
    for id, method in registry.methods.items():
        section = page.split(f"{{#method-{id}}}")[1].split("\n## ")[0]
        assert all(f"$$\n{line}\n$$" in section for line in method.formula)
        assert all(f"](#ref-{key} " in section for key in method.references)
        used = "Not used in this edition" not in section
        assert (f"#tbl-settings-{id}" in section) == (used and id in registry.settings)
    assert "Answers in this edition: " in page


def test_every_link_to_a_paper_leads_to_its_entry(tiny) -> None:
    fragments = report.collect(tiny.store).fragments
    linked = set(re.findall(r"\(#ref-([\w-]+) ", fragments["VN", "methods"].markdown))
    entries = set(re.findall(r"\{#ref-([\w-]+)\}", fragments["VN", "references"].markdown))
    assert linked <= entries
    assert linked
