"""What two builds of an edition print otherwise: ``python tests/independent/printed_figures.py OLD/site NEW/site``.

Every sentence and every table cell that holds a digit is compared, page by page, whatever its markup; sources, styles
and scripts are left out. Needs nothing but Python. docs/explanation/changed-figures-0.2.md gives the reasons for what
0.2 changed.
"""

import re
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

BLOCKS = {"p", "li", "td", "th", "h1", "h2", "h3", "h4", "figcaption", "caption", "dt", "dd", "div", "section", "title"}
SILENT = {"script", "style", "nav", "footer", "head"}


class Printed(HTMLParser):
    """Collect the text of a page's blocks, and what pictures say to those who cannot see them."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = [""]
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT
        if tag in BLOCKS or tag in ("br", "text"):
            self.texts.append("")
        label = dict(attrs).get("aria-label") if tag == "svg" else None
        if label and not self.silent:
            self.texts += [label, ""]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT
        if tag in BLOCKS or tag == "text":
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.texts[-1] += data


def figures(page: Path) -> Counter[str]:
    """Sentences and cells of a page that hold a digit, with how often each stands there."""
    reader = Printed()
    reader.feed(page.read_text(encoding="utf-8"))
    texts = (" ".join(text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split()) for text in reader.texts)
    sentences = (sentence for text in texts for sentence in re.split(r"(?<=[.;!?]) (?=[A-ZĐ“‘])", text))
    return Counter(sentence for sentence in sentences if re.search(r"\d", sentence))


def differences(old: Path, new: Path) -> dict[str, tuple[Counter[str], Counter[str]]]:
    """Of each page that differs, what only the old and what only the new one prints."""
    names = sorted({path.relative_to(site).as_posix() for site in (old, new) for path in site.rglob("*.html")})
    pages = {}
    for name in names:
        before, after = (figures(site / name) if (site / name).exists() else Counter() for site in (old, new))
        if before != after:
            pages[name] = before - after, after - before
    return pages


def main(old: Path, new: Path) -> int:
    """Print them; 1 if there is any."""
    pages = differences(old, new)
    for name, (gone, come) in pages.items():
        print(f"\n{name}")
        for sign, texts in (("-", gone), ("+", come)):
            for text, count in texts.items():
                print(f"  {sign} {text}" + (f"  (× {count})" if count > 1 else ""))
    print(f"{len(pages)} pages print something else." if pages else "Both print the same figures.")
    return bool(pages)


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:3])))
