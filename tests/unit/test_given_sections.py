"""A page carries no section to refuse in: what is refused is left out with its heading."""

import pytest

from policyreport.publishing.report import Contents, Fragment
from policyreport.records.base import Failure

REFUSED = "::: {.refusal}\nThe list changed (601 of 1,287).\n:::"
PAGE = """Before.

{{< when /fragments/VN/outlook.md >}}
## Outlook to the deadline

Why there is one.

{{< include /fragments/VN/outlook.md given >}}
{{< end >}}

After.
"""


def expanded(markdown: str | None) -> str:
    fragments = {} if markdown is None else {("VN", "outlook"): Fragment(markdown, "", {})}
    failure = Failure(area="VN", notebook="evaluation", reason="raised", error="ValueError", message="no")
    return Contents(fragments, {"VN": [failure]}).expand(PAGE, place="tasks.qmd", code=False)


@pytest.mark.parametrize("markdown", ["", REFUSED, f"{REFUSED}\n\n{REFUSED}\n"])
def test_s20_11_a_section_that_only_refuses_is_left_out(markdown: str) -> None:
    text = expanded(markdown)
    assert "Outlook" not in text
    assert "list changed" not in text
    assert text.split() == ["Before.", "After."]


def test_s20_11_a_section_with_a_result_is_kept_without_its_refusals() -> None:
    text = expanded(f"{REFUSED}\n\nAbout 618 would be completed.\n\n{REFUSED}")
    assert "## Outlook to the deadline" in text
    assert "About 618 would be completed." in text
    assert "refusal" not in text


def test_what_could_not_be_computed_is_said_in_its_section() -> None:
    text = expanded(None)
    assert "## Outlook to the deadline" in text
    assert "could not be computed" in text
