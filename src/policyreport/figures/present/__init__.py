"""Results as the exhibits of a page: sentence, figure, table, source."""

from policyreport.figures.present.comparison import summary
from policyreport.figures.present.overview import overview

__all__ = ["overview", "summary"]
