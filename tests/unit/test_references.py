"""References lead to pages of the repository."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = ("src", "params", "docs", "reports", "notebooks", "tests", "benchmarks")
KINDS = {".py", ".md", ".yaml", ".qmd", ".ipynb", ".toml"}


def texts() -> dict[str, str]:
    paths = [path for part in PARTS for path in (ROOT / part).rglob("*") if path.suffix in KINDS]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths if path.is_file()}


def test_every_section_of_the_methods_that_is_referred_to_exists() -> None:
    sections = set(re.findall(r"^## (\d+)|^\*\*(20\.\d+)", (ROOT / "docs/methods.md").read_text("utf-8"), re.MULTILINE))
    names = {number for pair in sections for number in pair if number}
    asked = {
        (path, number) for path, text in texts().items() for number in re.findall(r"METHODS §(\d+(?:\.\d+)?)", text)
    }
    assert len(asked) > 100
    assert {(path, number) for path, number in asked if number not in names} == set()


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        prose = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", prose):
            if not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert broken == []
