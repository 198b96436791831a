"""What both renderers do: make a site or PDF beside the earlier one, which survives a failure, then replace it."""

import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from policyreport.errors import RenderError
from policyreport.publishing.page_files import PDF_PAGE
from policyreport.publishing.renderers.finish import finish_site
from policyreport.publishing.renderers.typst_pdf import write_pdf
from policyreport.running.endings import passing_folder

Progress = Callable[[str], None]
"""Called with a short name for each page or document that is ready."""


class Renderer(ABC):
    """Turns an assembled project into a site and a PDF.

    Both return a line for each thing that could not be shown as written, and raise RenderError.
    """

    name: str

    @abstractmethod
    def available(self) -> bool:
        """Return whether everything this renderer needs is installed."""

    @property
    def tool(self) -> str:
        """The renderer with what else decides how pages come out, besides the installed packages."""
        return self.name

    @abstractmethod
    def write_pages(
        self, project: Path, scratch: Path, progress: Progress, ready: Mapping[str, Path]
    ) -> tuple[Path, list[str]]:
        """Render every page into a folder in `scratch`; that folder, and what could not be shown.

        Of a page in `ready` the file given there may be taken.
        """

    @abstractmethod
    def write_typst(self, project: Path, scratch: Path, document: str) -> tuple[Path, str, list[str]]:
        """Translate a document to Typst; the folder its paths start from, the text, and what could not be shown."""

    def render_site(
        self, project: Path, site: Path, progress: Progress, ready: Mapping[str, Path] = MappingProxyType({})
    ) -> list[str]:
        """Render every page into the folder `site`; those in `ready`, by name, are as they would come out."""
        site.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=site.parent, prefix=f".{site.name}-") as scratch:
            draft, notes = self.write_pages(project, Path(scratch), progress, ready)
            finish_site(draft)
            replace_folder(draft, site)
        return notes

    def render_pdf(self, project: Path, pdf: Path, progress: Progress, document: str = PDF_PAGE) -> list[str]:
        """Render the project's `document` into the file `pdf`.

        Whichever renderer writes Typst, the report's own Typst compiles it: Quarto's makes no tags before version 0.14,
        and so two runs give the same bytes.
        """
        if not (project / document).is_file():
            raise RenderError(
                str(project / document), "the document of the PDF", "no such file", "Assemble the report first."
            )
        pdf.parent.mkdir(parents=True, exist_ok=True)
        with passing_folder(f".{pdf.stem}-", pdf.parent) as scratch:
            folder, source, notes = self.write_typst(project, scratch, document)
            notes += write_pdf(folder, source, pdf)
        progress(document.removesuffix(".qmd"))
        return notes


def replace_folder(draft: Path, target: Path) -> None:
    """Move a finished folder, on the same file system, into the place of an earlier one."""
    earlier = draft.with_name("earlier")
    if target.exists():
        target.rename(earlier)
    try:
        draft.rename(target)
    except OSError:
        if earlier.exists():
            earlier.rename(target)
        raise
    shutil.rmtree(earlier, ignore_errors=True)
