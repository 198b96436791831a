"""Every figure and table of the tiny edition shows the result of a registered method, or says why it needs none."""

import re

import pytest

from policyreport.params.registry import Registry, read_registry
from policyreport.publishing import report


@pytest.fixture(scope="module")
def registry(tiny) -> Registry:
    return read_registry(tiny.root)


@pytest.fixture(scope="module")
def contents(tiny) -> report.Contents:
    return report.collect(tiny.store)


@pytest.fixture(scope="module")
def pages(tiny, contents: report.Contents) -> dict[str, str]:
    """Pages by the names of their files, filled in."""
    return dict(report.filled_pages(tiny.root, tiny.store, contents))


@pytest.fixture(scope="module")
def shown(pages: dict[str, str]) -> set[str]:
    """Names of the figures and tables of all pages, without an area's key."""
    own = {name.removeprefix("vi/"): text for name, text in pages.items()}
    texts = [(f"{name}-", text) for name, text in own.items() if name != "validity.qmd"]
    labels = {
        label.removeprefix(area) for area, text in texts for label in re.findall(r"::: \{#(?:fig|tbl)-([\w-]+)", text)
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


def test_the_methods_page_has_a_section_for_every_method_and_settings_of_those_in_use(
    pages: dict[str, str], registry: Registry
) -> None:
    page = pages["methods.qmd"]
    for id, method in registry.methods.items():
        section = page.split(f"{{#method-{id}}}")[1].split("\n## ")[0]
        assert all(f"$$\n{line}\n$$" in section for line in method.formula)
        assert all(f"](#ref-{key} " in section for key in method.references)
        used = "Not used in this edition" not in section
        assert (f"#tbl-settings-{id}" in section) == (used and id in registry.settings)
    assert "Answers in this edition: " in page


def test_every_link_to_a_paper_leads_to_its_entry(pages: dict[str, str]) -> None:
    linked = set(re.findall(r"\(#ref-([\w-]+) ", pages["methods.qmd"]))
    entries = set(re.findall(r"\{#ref-([\w-]+)\}", pages["methods.qmd"]))
    assert linked <= entries
    assert linked
