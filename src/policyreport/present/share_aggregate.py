"""The provinces' shares together beside the nation's: a difference, no test."""

from __future__ import annotations

from policyreport.exhibits import Exhibit
from policyreport.inputs import Inputs
from policyreport.present.voice import Voice
from policyreport.records.base import Refusal
from policyreport.records.shares import AggregateCheck


def share_aggregate(result: AggregateCheck | Refusal, inputs: Inputs) -> Exhibit:
    """Say what the provinces' shares average and how far that is from the nation's.

    Parameters
    ----------
    result : AggregateCheck or Refusal
        From `assess.share_aggregate`.
    inputs : Inputs
        The national slice.

    Returns
    -------
    Exhibit
        "share-aggregate".
    """
    voice = Voice(inputs)
    if isinstance(result, Refusal):
        return Exhibit("share-aggregate", voice.refusal(result, "The provinces' shares together beside the nation's"))
    formats, rows = voice.formats, result.inputs
    mean = voice.value(f"{formats.number(result.weighted_mean, 2)} %", rows)
    return Exhibit(
        "share-aggregate",
        f"By {voice.measure(result.measure)}'s measure the shares of the {result.parts} provinces, weighted by their output "
        f"of {inputs.roles.product_year}, average {mean} of GRDP in {result.period}; the nation's is "
        f"{voice.value(voice.percent_as_published(result.published), rows[:1])} of GDP. The difference is "
        f"{voice.value(formats.points(result.difference), rows)}; it is not tested.",
    )
