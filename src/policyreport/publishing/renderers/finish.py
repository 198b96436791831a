"""What a rendered site needs besides its pages, and what does not belong in it.

Assembly copies this file and `search` into the project, where Quarto runs it after ``quarto render``; the renderers
call it themselves. It needs only Python's standard library.
"""

import os
import re
import shutil
import sys
from pathlib import Path

if __package__:
    from policyreport.publishing.renderers.search import LANGUAGE, write_search_index
else:
    # Nothing is left over in the project that Quarto renders.
    sys.dont_write_bytecode = True
    from search import LANGUAGE, write_search_index  # type: ignore[import-not-found,no-redef,unused-ignore]

# The book and its annexes, which are PDFs, in the edition's first language and in its others.
DOCUMENT = re.compile(r"report(-annex)?(-[a-z]{2})?")
FIGURES = "figures"
_USED = re.compile(r'="[^"]*?(figures/[^"#?]+)')


def finish_site(site: Path) -> None:
    """Remove what no page shows and write the search index; running it again does no harm."""
    remove_document(site)
    for folder in (site, *sorted(site.glob(LANGUAGE))):
        drop_unused_figures(folder)
        write_search_index(folder, site)


def remove_document(site: Path) -> None:
    """Remove the PDF's document where it was rendered as a page."""
    for path in site.glob("report*"):
        if DOCUMENT.fullmatch(path.name.removesuffix("_files").removesuffix(".html")):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def drop_unused_figures(site: Path) -> None:
    """Remove the pictures that Quarto copied before the theme wrote them into the pages."""
    pages = [page.read_text(encoding="utf-8") for page in site.rglob("*.html")]
    used = {name for page in pages for name in _USED.findall(page)}
    folder = site / FIGURES
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.relative_to(site).as_posix() not in used:
            path.unlink()
    if folder.is_dir() and not any(path.is_file() for path in folder.rglob("*")):
        shutil.rmtree(folder)


def main() -> None:
    """Finish what ``quarto render`` made in the project; its PDF goes next to the pages' sources."""
    site = Path(os.environ["QUARTO_PROJECT_OUTPUT_DIR"]).resolve()
    for path in site.glob("report*.pdf"):
        path.replace(path.name)
    finish_site(site)


if __name__ == "__main__":
    main()
