"""Assemble the Quarto project of an edition from the pages in reports/, the records and the executed notebooks.

Assembly fills the pages' templates, so every renderer reads plain pages.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from babel import Locale

from policyreport.data.areas import Areas, read_areas
from policyreport.errors import RenderError, did_you_mean
from policyreport.figures.frame import own_scope
from policyreport.figures.simulated import (
    SCRIPTS,
    marked_captions,
    marked_links,
    marked_name,
    marked_title,
    sentence,
    unmarked_name,
)
from policyreport.params.edition import Edition, edition_folder, read_edition
from policyreport.params.languages import read_languages
from policyreport.params.numerals import read_numerals
from policyreport.params.report import read_roles
from policyreport.params.spelling import sort_key
from policyreport.params.untrusted import require_inside
from policyreport.params.wording import capitalised
from policyreport.publishing.downloads import FILES, FOLDER, download_list, make_downloads
from policyreport.publishing.edition_prose import (
    COMMENTS,
    NOTES,
    TEXTS,
    Passage,
    ProseFiles,
    choose,
    notes_on,
    prose_filters,
    read_prose_files,
)
from policyreport.publishing.method_values import with_methods
from policyreport.publishing.notebook_pages import drawing_of, notebook_page
from policyreport.publishing.numerals import Numerals
from policyreport.publishing.own_values import Section, first_heading, own_sections
from policyreport.publishing.page_files import (
    EDITION_FILE,
    PDF_PAGES,
    QUARTO_KEYS,
    SETTINGS,
    document_of,
    join_page,
    pdf_name,
    read_page,
    read_settings,
    title_of,
    write_settings,
)
from policyreport.publishing.page_values import Records, of_report, page_values
from policyreport.publishing.pictures import require_picture
from policyreport.publishing.prose_templates import ProseTemplates
from policyreport.publishing.provenance import Provenance, read_provenance
from policyreport.publishing.source_marks import FILE as TRACES
from policyreport.publishing.source_marks import SourceMarks
from policyreport.publishing.templates import Templates
from policyreport.publishing.values import Drawing
from policyreport.records.base import Failure
from policyreport.records.formats import Formats
from policyreport.records.markdown import Markdown, escape, unmarked
from policyreport.records.notebooks import BY_NOTEBOOK, NATIONAL_NOTEBOOKS
from policyreport.running.endings import passing_folder
from policyreport.running.executed import WORDS, Turnout, count_turnout, read_executed, require_quorum
from policyreport.running.store import notebook_path

PAGE = re.compile(r"^\{\{< page (?P<page>[\w-]+) >\}\}[ \t]*$", re.MULTILINE)
DOWNLOADS = re.compile(r"^\{\{< downloads >\}\}[ \t]*$", re.MULTILINE)
PROVINCES = re.compile(r"^\{\{< provinces >\}\}[ \t]*$", re.MULTILINE)
# The first line of a numbered figure or table.
EXHIBIT = re.compile(r"^:{3,} \{#(?P<id>(?P<kind>fig|tbl)-[^\s}]+)", re.MULTILINE)
PROVINCE_PAGE = "provinces/_province.qmd"
PROVINCE_CHAPTER = "provinces/_province-pdf.qmd"
NOTEBOOKS_PAGE = "notebooks/_notebooks.qmd"
OF_AREA = ("clean", "trend", "compare")
# Folders of reports/ that are not of one language.
SHARED = ("theme",)
# To what the folder of a language has, and to what all languages share.
LINK = re.compile(r"\]\((?P<up>(?:\.\./)*)(?P<folder>figures|downloads|notebooks)/")
PDF_FORMAT = "typst"
# Run by `quarto render` in the assembled project after rendering.
FINISH = tuple(Path(__file__).parent / "renderers" / name for name in ("finish.py", "search.py"))


@dataclass
class Contents:
    """What notebooks drew, by area and label, and which failed."""

    drawings: dict[tuple[str, str], Drawing] = field(default_factory=dict)
    failures: dict[str, list[Failure]] = field(default_factory=dict)
    downloads: str = ""
    # Of the notebooks that users added, by area and notebook.
    own: dict[tuple[str, str], list[Drawing]] = field(default_factory=dict)
    # Whole executed notebooks, by area and notebook.
    executed: dict[str, dict[str, Markdown]] = field(default_factory=dict)
    titles: dict[tuple[str, str], str] = field(default_factory=dict)

    def pictures(self, area: str, prefix: str = "") -> dict[str, Drawing]:
        """Return the pictures of an area's notebooks by name, which is their label without the prefix."""
        return {label.removeprefix(prefix): drawing for (key, label), drawing in self.drawings.items() if key == area}

    def in_language(self, language: str) -> Contents:
        """Return the same with the pictures as drawn in a language."""
        drawings = {place: drawing.in_language(language) for place, drawing in self.drawings.items()}
        own = {place: [drawing.in_language(language) for drawing in drawn] for place, drawn in self.own.items()}
        return replace(self, drawings=drawings, own=own)

    def sections(self, names: Sequence[str], area: str, records: Records) -> list[Section]:
        """Return the sections of the notebooks that users added for an area."""
        titles = {name: self.titles.get((area, name), "") for name in names}
        drawings = {name: self.own.get((area, name), []) for name in names}
        own = {name: records.get((area, name)) for name in names}
        return own_sections(names, titles, drawings, own, self.failures.get(area, []))


def assemble(root: Path, edition_id: str, store: Path, *, draft: bool = False) -> Path:
    """Assemble the report of an edition into ``store/report``, a Quarto project that runs no code.

    A `draft` states on every page that it is not for publication, and needs no quorum. Raises RenderError if nothing
    was run, if fewer areas have results than the quorum, or for a mistake in a template.
    """
    edition, areas = read_edition(root, edition_id), read_areas(root)
    roles = read_roles(edition.layout(root))
    keys = areas.of_edition(edition)
    contents = require_results(store)
    turnout = count_turnout(store, keys, roles.nation, edition.quorum, simulated=edition.simulated)
    if not draft:
        require_quorum(turnout, edition_id)
    provenance = read_provenance(root, edition_id)
    settings = read_settings(root / "reports" / SETTINGS, f"reports/{SETTINGS}")
    store.mkdir(parents=True, exist_ok=True)
    with passing_folder(".report-", store) as scratch:
        project = scratch / "report"
        require_own_files(root / "reports")
        project.mkdir()
        for name in SHARED:
            shutil.copytree(root / "reports" / name, project / name)
        run = [key for key in keys if any(area == key for area, _ in contents.drawings) or key in contents.failures]
        names = page_names(root, edition.languages)
        files = make_downloads(provenance, store, str(settings.get("licence", "")))
        (project / FOLDER).mkdir()
        for file in files:
            (project / FOLDER / file.name).write_bytes(file.body)
        every = pages_of(root, store, contents, provenance)
        for language, pages in every.items():
            own, version = provenance.in_language(language), contents.in_language(language)
            navigation = Navigation(
                own.areas, run, own.edition, names, roles.regions, roles.nation, turnout if draft else None,
                edition.languages,
            )  # fmt: skip
            version.downloads = navigation.captions(download_list(files, own.formats))
            home, marks = navigation.home(project), SourceMarks()
            home.mkdir(exist_ok=True)
            bodies = _write_pages(home, version, pages, navigation, marks, own)
            if not navigation.folder:
                _write_notebooks(home, version, pages, navigation)
            marks.write(home, own)
            for page in PDF_PAGES:
                _write_pdf_page(project, page, pages, navigation, settings, bodies)
            _write_figures(home, version, navigation)
            _write_edition(home, root, navigation, settings, bodies)
            if edition.simulated:
                (home / TRACES).rename(home / marked_name(TRACES))
        _write_settings(project, settings, edition.languages)
        notes = notes_on(edition.id, {language: pages.passages for language, pages in every.items()})
        (project / NOTES).write_text(json.dumps(notes, ensure_ascii=False, indent=1), encoding="utf-8")
        if edition.simulated:
            _mark_scripts(project, navigation)
        target = store / "report"
        shutil.rmtree(target, ignore_errors=True)
        project.rename(target)
    return target


def page_names(root: Path, languages: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the pages, which every language has; raises RenderError for one that a language lacks."""
    folder, by_language = root / "reports", {}
    for language in languages:
        paths = (folder / language).rglob("*.qmd")
        by_language[language] = {path.relative_to(folder / language).as_posix() for path in paths}
    every = sorted(set().union(*by_language.values()))
    for language, names in by_language.items():
        if missing := [name for name in every if name not in names]:
            todo = f"Write it, or take {language} out of the edition's languages."
            raise RenderError(f"reports/{language}/{missing[0]}", "a page in every language", "no such file", todo)
    return tuple(name for name in every if "/" not in name)


def require_own_files(reports: Path) -> None:
    """Refuse a link that leads out of reports/: its target would be published."""
    for path in reports.rglob("*"):
        require_inside(path, reports, RenderError)


@dataclass(frozen=True)
class Navigation:
    """Pages and provinces by region, as the template prints them."""

    areas: Areas
    keys: list[str]
    edition: Edition
    sources: tuple[str, ...]
    order: tuple[str, ...]
    nation: str
    draft: Turnout | None = None
    languages: tuple[str, ...] = ()

    @property
    def language(self) -> str:
        """The language of the pages."""
        return self.edition.language

    @property
    def folder(self) -> str:
        """The folder of these pages in the site: that of their language, empty for the first one."""
        return "" if self.language == (self.languages or (self.language,))[0] else self.language

    def pdf(self, page: str) -> str:
        """Return the name of the PDF of the book or its annexes."""
        name = pdf_name(document_of(self.folder, page), self.edition.id)
        name = name.replace(".pdf", "-draft.pdf") if self.draft is not None else name
        return marked_name(name) if self.edition.simulated else name

    def home(self, project: Path) -> Path:
        """Return the folder of these pages in an assembled project."""
        return project / self.folder

    def translations(self, page: str, root: str) -> list[dict[str, str]]:
        """Name the page, without its ending, in the edition's other languages, as seen from a folder."""
        top = f"{root}/.." if self.folder else root
        return [
            {
                "name": capitalised(str(Locale(language).get_display_name())),
                "lang": language,
                "to": f"{place}/{page}",
            }
            for language in self.languages
            if language != self.language
            for place in [top if language == self.languages[0] else f"{top}/{language}"]
        ]

    def seen_from(self, text: str, root: str = ".") -> str:
        """Return a page whose links to pictures and to what all languages share lead there."""
        up, own = "../" if self.folder else "", "" if root == "." else f"{root}/"

        def seen(link: re.Match[str]) -> str:
            return f"]({own if link['folder'] == 'figures' and not link['up'] else up + link['up']}{link['folder']}/"

        return LINK.sub(seen, text)

    @cached_property
    def renamed(self) -> tuple[str, ...]:
        """Files whose names a simulated edition marks: all pages but the first, their scripts' data, the downloads."""
        if not self.edition.simulated:
            return ()
        keys = (self.nation, *self.keys)
        pages = {name.removesuffix(".qmd") for name in self.sources} | {self.areas.slug(key) for key in keys}
        return (*(f"{page}.html" for page in sorted(pages - {"index"})), *SCRIPTS, *FILES)

    def stem(self, page: str) -> str:
        """Return the name of a page's file without its ending."""
        return marked_name(f"{page}.html").removesuffix(".html") if f"{page}.html" in self.renamed else page

    def linked(self, text: str) -> str:
        """Return a text whose links lead to the files as they are named."""
        return marked_links(text, self.renamed)

    def title(self, title: str) -> str:
        """Return a title as this edition prints it."""
        title = marked_title(title, self.language) if self.edition.simulated else title
        return title if self.draft is None else f"{title} ({WORDS.get(self.language, WORDS['en'])})"

    def captions(self, text: str) -> str:
        """Return a text with captions as this edition prints them."""
        return marked_captions(text, self.language) if self.edition.simulated else text

    def href(self, key: str, root: str = ".") -> str:
        """Return the address of a province's page."""
        return f"{root}/provinces/{self.stem(self.areas.slug(key))}.html".removeprefix("./")

    def regions(self) -> list[dict[str, object]]:
        """List provinces by region, regions in the order of the parameters and any other after them by name."""
        grouped: dict[str, list[str]] = {}
        for key in self.keys:
            grouped.setdefault(self.areas.region(key), []).append(key)
        return [
            {
                "name": escape(self.areas.name(region)),
                "areas": [{"name": escape(self.areas.name(key)), "href": self.href(key)} for key in members],
            }
            for region, members in sorted(grouped.items(), key=lambda item: self._place(item[0]))
        ]

    def _place(self, region: str) -> tuple[int, object]:
        """Return a region's sort key; the parameters name it without its scheme."""
        name = region.partition(":")[2]
        return (self.order.index(name) if name in self.order else len(self.order)), sort_key(self.areas.name(region))

    def neighbours(self, key: str) -> dict[str, dict[str, str]]:
        """Return the previous and the next province, in the order of keys."""
        at = self.keys.index(key)
        sides = {"previous": self.keys[max(at - 1, 0) : at], "next": self.keys[at + 1 : at + 2]}
        return {
            side: {"name": escape(self.areas.name(other)), "href": self.href(other, "..")}
            for side, keys in sides.items()
            for other in keys
        }


def require_results(store: Path) -> Contents:
    """Read what notebooks drew and which failed; raises RenderError if none was run."""
    contents = collect(store)
    if not contents.drawings and not contents.failures:
        todo = f"Run `policyreport run {store.name}` first."
        raise RenderError(str(store / "notebooks"), "executed notebooks", "none", todo)
    return contents


def collect(store: Path) -> Contents:
    """Read failures by area, and the pictures of notebooks that succeeded by area and id."""
    contents = Contents()
    for path in sorted((store / "failures").glob("*/*.json")):
        failure = Failure.from_json(path.read_bytes())
        contents.failures.setdefault(failure.area, []).append(failure)
    failed = {(item.area, item.notebook) for items in contents.failures.values() for item in items}
    for area, name, notebook in read_executed(store, failed):
        kind, drawn = unmarked_name(name), list(_drawn(notebook))
        contents.executed.setdefault(area, {})[kind] = notebook_page(notebook, kind)
        if kind not in BY_NOTEBOOK:
            contents.own[area, kind] = require_own_names(drawn, area, kind)
            contents.titles[area, kind] = first_heading(notebook)
        contents.drawings |= {(area, drawing.label): drawing for drawing in drawn}
    for area, name in failed:
        if unmarked_name(name) not in BY_NOTEBOOK:
            contents.titles[area, unmarked_name(name)] = _title_of_failed(store, area, name)
    return contents


def _title_of_failed(store: Path, area: str, name: str) -> str:
    """Return the title of a notebook that failed; empty where it is not even a notebook."""
    try:
        return first_heading(nbformat.read(notebook_path(store, area, name), as_version=4))  # type: ignore[no-untyped-call]
    # nbformat passes on the errors of JSON, its schema and the encoding.
    except Exception:  # noqa: BLE001
        return ""


def require_own_names(drawings: list[Drawing], area: str, notebook: str) -> list[Drawing]:
    """Refuse a picture under a name that is not its notebook's own: it could take the place of another."""
    scope = f"{own_scope(notebook)}-"
    for drawing in drawings:
        if drawing.label.removeprefix(f"{area}-").startswith(scope):
            continue
        todo = "Make it with `chart(axes, data, name, caption)`, and run the notebook again."
        raise RenderError(f"a picture of {area}/{notebook}", f'a name with "{scope}"', f'"{drawing.label}"', todo)
    return drawings


def _drawn(notebook: nbformat.NotebookNode) -> Iterator[Drawing]:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if drawing := drawing_of(output):
                yield drawing


class Pages:
    """The pages of reports/, filled in with an edition's values."""

    def __init__(
        self, root: Path, store: Path, contents: Contents, provenance: Provenance, prose: ProseFiles | None = None
    ) -> None:
        language = provenance.edition.language
        self.place = f"reports/{language}"
        self.folder = root / self.place
        failures = [failure for of_area in contents.failures.values() for failure in of_area]
        self._contents, self._areas, nation = contents, provenance.areas, provenance.roles.nation
        self._values, self._records, filters = page_values(root, store, provenance, failures)
        filters |= prose_filters(language)
        self._declared = provenance.edition.notebooks
        self._values["pictures"] = contents.pictures(nation)
        self._values["notebooks_page"] = f"notebooks/{self._areas.slug(nation)}.html"
        self._values["own"] = contents.sections(self._declared.country, nation, self._records)
        self._templates = Templates(self.folder, provenance.formats, filters, self.place)
        self.show({})
        self.passages = {} if prose is None else self._filled(root, store, provenance, filters, prose)
        self.show(self.passages)

    def _filled(
        self,
        root: Path,
        store: Path,
        provenance: Provenance,
        filters: Mapping[str, Callable[..., object]],
        prose: ProseFiles,
    ) -> dict[str, Passage]:
        """Fill the edition's own texts in this language; of provinces, those that have results."""
        language = provenance.edition.language
        place = f"{edition_folder(provenance.edition.id)}/{language}"
        numerals, nation = Numerals(read_numerals(root), language), provenance.roles.nation
        templates = ProseTemplates(root / place, provenance.formats, filters, place, numerals, store, nation)
        passages = {}
        for name in prose.texts.get(language, ()):
            key = name.removeprefix(f"{COMMENTS}/")
            values = self._values if key == name else self._values | self._area(key)
            kept = prose.accepted.get(language, {}).get(name, ())
            if passage := templates.passage(name, values, kept):
                passages[name] = passage
        return passages

    def show(self, passages: Mapping[str, Passage]) -> None:
        """Put the edition's own texts on the pages."""
        self._shown = passages
        self._values["prose"] = {name: passages.get(name) for name in TEXTS}

    def read(self, name: str) -> tuple[dict[str, object], str]:
        """Return a page's front matter and its filled body."""
        head, _ = read_page(self.folder / name, f"{self.place}/{name}")
        return head, self._templates.fill(name, self._values)

    def province(self, name: str, key: str) -> str:
        """Return the filled body of a page about one province."""
        return self._templates.fill(name, self._values | self._area(key))

    def _area(self, key: str) -> dict[str, object]:
        """Return what only a page about one province is given."""
        scope = f"{key}-"
        area = {
            "key": key,
            "name": self._areas.name(key),
            "slug": self._areas.slug(key),
            "parts": self._areas.parts(key),
            "region": self._areas.region(key),
            "begun": self._areas.begun(key),
            "pictures": self._contents.pictures(key, scope),
            "failures": of_report(self._contents.failures.get(key, [])),
            "own": self._contents.sections(self._declared.province, key, self._records),
            "comment": self._shown.get(f"{COMMENTS}/{key}"),
            **{notebook: self._records.get((key, notebook)) for notebook in OF_AREA},
        }
        return {"scope": scope, "area": area}

    def notebooks(self, key: str, page: str) -> str:
        """Return the filled body of the page with an area's executed notebooks; `page` leads to what they made."""
        executed, order = self._contents.executed[key], (*OF_AREA, *NATIONAL_NOTEBOOKS)
        names = [name for name in order if name in executed] + [name for name in executed if name not in order]
        area = {
            "page": page,
            "notebooks": [executed[name] for name in names],
            "records": [self._records.get((key, name)) for name in names],
            "failures": self._contents.failures.get(key, []),
        }
        return self._templates.fill(NOTEBOOKS_PAGE, self._values | {"area": area})


def pages_of(root: Path, store: Path, contents: Contents, provenance: Provenance) -> dict[str, Pages]:
    """Return the pages of each language; a text that one lacks is shown there as written in another."""
    edition = provenance.edition
    prose = read_prose_files(root, edition, provenance.areas.of_edition(edition))
    every = {
        language: Pages(root, store, contents.in_language(language), provenance.in_language(language), prose)
        for language in edition.languages
    }
    passages = {language: pages.passages for language, pages in every.items()}
    for language, pages in every.items():
        pages.show(choose(passages, language))
    return every


def filled_pages(root: Path, store: Path, contents: Contents) -> Iterator[tuple[str, str]]:
    """Yield the name and the filled text of every page of the site; of a province by its key.

    The names in other languages than the first begin with their folder: ``vi/tasks.qmd``.
    """
    provenance = read_provenance(root, store.name)
    edition = provenance.edition
    for language, pages in pages_of(root, store, contents, provenance).items():
        folder = "" if language == edition.language else f"{language}/"
        for path in sorted(pages.folder.glob("*.qmd")):
            yield f"{folder}{path.name}", pages.read(path.name)[1]
        for key in provenance.areas.of_edition(edition):
            yield f"{folder}{key}", pages.province(PROVINCE_PAGE, key)


def _write_pages(
    home: Path, contents: Contents, pages: Pages, navigation: Navigation, marks: SourceMarks, provenance: Provenance
) -> dict[str, tuple[str, str]]:
    """Write every page of the site; return title and expanded body by page id and by area key."""
    bodies: dict[str, tuple[str, str]] = {}
    registry = provenance.registry
    for path in sorted(pages.folder.glob("*.qmd")):
        if path.name in PDF_PAGES:
            continue
        place = f"{pages.place}/{path.name}"
        head, body = pages.read(path.name)
        title = title_of(head, place).replace("{edition}", escape(navigation.edition.title))
        if not body.strip():
            # A page of the edition's own texts, of which none is written.
            bodies[path.stem] = (title, "")
            continue
        body = DOWNLOADS.sub(lambda _: contents.downloads, navigation.captions(body))
        file = navigation.stem(path.stem)
        head |= {"title": navigation.title(title), "page": path.stem, "root": ".", "file": file}
        head |= {"metadata-files": [EDITION_FILE], "lang": navigation.language}
        head["translations"] = navigation.translations(file, ".")
        text = navigation.seen_from(marks.numbered(with_methods(body, registry, language=navigation.language)))
        (home / f"{file}.qmd").write_text(navigation.linked(join_page(head, text)), encoding="utf-8")
        bodies[path.stem] = (str(head.get("menu-title", title)), body)
    head, _ = read_page(pages.folder / PROVINCE_PAGE, f"{pages.place}/{PROVINCE_PAGE}")
    (home / "provinces").mkdir()
    for key in navigation.keys:
        body, short = (navigation.captions(pages.province(name, key)) for name in (PROVINCE_PAGE, PROVINCE_CHAPTER))
        short = numbered_as(body, short)
        name, file = escape(navigation.areas.name(key)), navigation.stem(navigation.areas.slug(key))
        bodies[key] = name, short
        own = {
            "title": navigation.title(name),
            "page": "province",
            "root": "..",
            "area": key,
            "area-name": name,
            "region": escape(navigation.areas.name(navigation.areas.region(key))),
            "metadata-files": [f"../{EDITION_FILE}"],
            "lang": navigation.language,
            "translations": navigation.translations(f"provinces/{file}", ".."),
            **navigation.neighbours(key),
        }
        body = navigation.seen_from(
            marks.numbered(with_methods(body, registry, area=key, root="..", language=navigation.language)), ".."
        )
        text = join_page(head | own, navigation.linked(body))
        (home / "provinces" / f"{file}.qmd").write_text(text, encoding="utf-8")
    return bodies


def _write_notebooks(home: Path, contents: Contents, pages: Pages, navigation: Navigation) -> None:
    """Write a page for each area that shows its notebooks as they ran."""
    head, _ = read_page(pages.folder / NOTEBOOKS_PAGE, f"{pages.place}/{NOTEBOOKS_PAGE}")
    (home / "notebooks").mkdir()
    for key in contents.executed:
        name, slug = navigation.areas.name(key), navigation.areas.slug(key)
        page = Markdown(f"[{escape(name)}]({navigation.href(key, '..')})" if key in navigation.keys else "")
        own = {
            "title": navigation.title(f"{escape(name)}: {head['title']}"),
            "page": "notebooks",
            "root": "..",
            "metadata-files": [f"../{EDITION_FILE}"],
            "lang": navigation.language,
        }
        body = navigation.seen_from(pages.notebooks(key, page), "..")
        path = home / "notebooks" / f"{navigation.stem(slug)}.qmd"
        path.write_text(join_page(head | own, navigation.linked(body)), encoding="utf-8")


def numbered_as(page: str, chapter: str) -> str:
    """Return a chapter of the PDF whose figures and tables have the numbers of the site's page, and no other."""
    numbers: dict[str, int] = {}
    for kind in ("fig", "tbl"):
        ids = [match["id"] for match in EXHIBIT.finditer(page) if match["kind"] == kind]
        numbers |= {id: number for number, id in enumerate(dict.fromkeys(ids), 1)}

    def written(match: re.Match[str]) -> str:
        number = numbers.get(match["id"])
        return f"{match[0]} .unnumbered" if number is None else f"{match[0]} number={number}"

    return EXHIBIT.sub(written, chapter)


def _write_pdf_page(
    project: Path,
    page: str,
    pages: Pages,
    navigation: Navigation,
    settings: Mapping[str, Any],
    bodies: dict[str, tuple[str, str]],
) -> None:
    """Write report.qmd or report-annex.qmd: the pages it names, and every province, in one document."""
    place = f"{pages.place}/{page}"
    head, body = pages.read(page)
    # With a format of its own here, no page becomes a PDF, and this document no page.
    own = {name: options for name, options in settings["format"].items() if name == PDF_FORMAT}
    head |= {"title": navigation.title(title_of(head, place)), "lang": navigation.language, "format": own}
    head["metadata-files"] = [f"{navigation.folder}/{EDITION_FILE}".lstrip("/")]

    def chapter(page: str) -> str:
        if page not in bodies:
            raise RenderError(place, f"a page of {pages.place}/", f'"{page}"', did_you_mean(page, bodies))
        title, text = bodies[page]
        if not text:
            return ""
        return f"# {title} {{#page-{page}}}\n\n{text}"

    def national(page: str) -> str:
        text = chapter(page)
        return numbered_as(text, text)

    body = PAGE.sub(lambda match: national(match["page"]), body)
    body = PROVINCES.sub(lambda _: "\n\n".join(chapter(key) for key in navigation.keys), body)
    if navigation.draft is not None:
        body = f"::: {{.callout-warning}}\n{navigation.draft.sentence(navigation.language)}\n:::\n\n{body}"
    # The PDF has no marks: there are source lines under every figure and table.
    if navigation.folder:
        body = body.replace("](figures/", f"]({navigation.folder}/figures/")
    (project / document_of(navigation.folder, page)).write_text(join_page(head, unmarked(body)), encoding="utf-8")


def _write_figures(home: Path, contents: Contents, navigation: Navigation) -> None:
    for (area, label), drawing in contents.drawings.items():
        for name, text in drawing.picture.files.items():
            require_picture(name, text, f'picture "{label}" of {area}')
            target = home / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(navigation.linked(text), encoding="utf-8")


def _write_edition(
    home: Path, root: Path, navigation: Navigation, read: Mapping[str, Any], bodies: dict[str, tuple[str, str]]
) -> None:
    """Write what the pages of a language print of the settings of reports/, with the edition and the navigation."""
    edition = navigation.edition
    settings = {name: value for name, value in read.items() if name not in QUARTO_KEYS}
    texts = settings.pop("texts", {}).get(edition.language, {})
    pages = [
        {"title": bodies[name][0], "href": f"{navigation.stem(name)}.html"}
        for name in settings.pop("site-menu", [])
        if name in bodies and bodies[name][1]
    ]
    settings |= {
        "edition": edition.id,
        "edition-title": escape(edition.title),
        "as-known-on": Formats(edition.language).date(edition.as_known_on),
        "site-navigation": {"pages": pages, "regions": navigation.regions()},
        **texts,
    }
    if status := read_languages(root)[edition.language].status:
        settings["language-status"] = escape(status)
    cited = {"title": escape(edition.title), "edition": edition.id, "day": edition.as_known_on.isoformat()}
    cited["date"] = settings["as-known-on"]
    settings["books"] = {Path(page).stem: f"{FOLDER}/{navigation.pdf(page)}" for page in PDF_PAGES}
    settings["cite"] = str(settings["cite"]).format(**cited) if "cite" in settings else ""
    if navigation.folder:
        settings["above"] = "../"
    if edition.simulated or navigation.draft is not None:
        settings |= {
            "site-title": navigation.title(str(settings["site-title"])),
            "edition": navigation.title(edition.id),
        }
    if edition.simulated:
        settings["simulated"] = sentence(navigation.language)
    if navigation.draft is not None:
        settings["draft-note"] = navigation.draft.sentence(navigation.language)
    (home / EDITION_FILE).write_text(navigation.linked(write_settings(settings)), encoding="utf-8")


def _write_settings(project: Path, read: Mapping[str, Any], languages: Sequence[str]) -> None:
    """Write Quarto's own settings of reports/, with the folders of all languages but the first."""
    settings = {name: deepcopy(value) for name, value in read.items() if name in QUARTO_KEYS}
    settings["format"].pop(PDF_FORMAT, None)
    settings["project"]["post-render"] = f"theme/{FINISH[0].name}"
    for language in languages[1:]:
        settings["project"]["render"] += [f"{language}/*.qmd", f"{language}/provinces/*.qmd"]
        settings["project"]["resources"] += [f"{language}/{TRACES}"]
    settings["lang"] = languages[0]
    (project / SETTINGS).write_text(write_settings(settings), encoding="utf-8")
    for source in FINISH:
        shutil.copyfile(source, project / "theme" / source.name)


def _mark_scripts(project: Path, navigation: Navigation) -> None:
    """Mark the names of files that the site's script loads, also where it loads them."""
    for path in (project / "theme" / "site.js", project / SETTINGS):
        path.write_text(navigation.linked(path.read_text(encoding="utf-8")), encoding="utf-8")
