"""Who publishes the report, and at which address: params/publication.yaml."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from policyreport.errors import UsageError
from policyreport.params.languages import Code
from policyreport.params.reading import Strict, read_strict
from policyreport.params.untrusted import Address
from policyreport.records.markdown import written_address

FILE = "params/publication.yaml"


class Publication(Strict):
    """The institution by language, its authors, the SPDX identifier of the licence, and the address published to."""

    institution: dict[Code, Annotated[str, Field(min_length=1)]] = Field(min_length=1)
    authors: tuple[Annotated[str, Field(min_length=1)], ...] = Field(min_length=1)
    licence: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+-]*$")]
    address: Address | None = None

    def institution_in(self, language: str) -> str:
        """Return the institution's name in a language, else in the first one given."""
        return self.institution.get(language, next(iter(self.institution.values())))


def read_publication(root: Path, url: str = "") -> Publication:
    """Read the file; `url` takes the place of its address. The address ends without a slash."""
    publication = read_strict(root / FILE, Publication)
    if url:
        try:
            written_address(url)
        except ValueError as error:
            expected = "an address that begins with http:// or https://"
            raise UsageError(f"--url {url}", expected, str(error), "Give the address of the folder.") from None
    address = url or publication.address
    return publication.model_copy(update={"address": address.rstrip("/") if address else None})
