"""A figure's source line names the method behind it."""

from pathlib import Path

import pytest

from policyreport.params.registry import Registry, read_registry
from policyreport.publishing.method_values import with_methods

ROOT = Path(__file__).parents[2]
SOURCE = "::: {.source}\n\nSource: National Statistics Office, 2026.\n\n:::"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return read_registry(ROOT)


def figure(label: str) -> str:
    return f"::: {{#fig-{label}}}\n\n![x](figures/{label}.svg)\n\nA caption.\n:::\n\n{SOURCE}\n"


def test_the_method_stands_after_the_source_with_its_question_as_tooltip(registry: Registry) -> None:
    text = with_methods(figure("n40-growth"), registry, area="n40", root="..")
    method = registry.methods["trend"]
    assert f'2026. Method: [{method.title}](../methods.html#method-trend "{method.question} Takes for granted:' in text
    assert text.count("Method:") == 1


def test_every_source_line_names_the_method_of_its_own_figure(registry: Registry) -> None:
    text = with_methods(figure("panel") + "\nWords.\n\n" + figure("share"), registry)
    assert text.index("#method-panel") < text.index("#fig-share") < text.index("#method-threshold")


def test_a_table_without_source_takes_none_of_the_next_figures(registry: Registry) -> None:
    table = "::: {#tbl-panel-table}\n\n| a |\n|---|\n| b |\n:::\n\n"
    text = with_methods(table + figure("share"), registry)
    assert "#method-panel" not in text
    assert text.count("#method-threshold") == 1


def test_what_only_describes_has_no_method(registry: Registry) -> None:
    name = next(iter(registry.descriptive))
    assert with_methods(figure(name), registry) == figure(name)
    assert with_methods("No figure at all.", registry) == "No figure at all."


def test_no_tooltip_breaks_the_link_it_belongs_to(registry: Registry) -> None:
    for id, method in registry.methods.items():
        text = with_methods(figure(id), registry)
        tooltip = text.split(f'#method-{id} "')[1].split('").')[0]
        assert '"' not in tooltip, method.title
        assert "$" not in tooltip
