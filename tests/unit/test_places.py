"""A province's page says between which places its true rank may lie."""

import re
from collections.abc import Callable

from policyreport import assess, present
from policyreport.inputs import Inputs
from policyreport.plan import Known
from policyreport.records.base import Refusal
from policyreport.records.series import Ranks

SliceOf = Callable[..., Inputs]


def test_every_province_has_its_place_with_its_marginal_set(known_q4: Known, slice_of: SliceOf) -> None:
    inputs = slice_of(known_q4, "evaluation", known_q4.roles.nation)
    ranks = assess.ranks(inputs, assess.differences(inputs))
    shown = {each.id: each.markdown for each in present.places(ranks, inputs)}
    model = next(each for each in ranks if isinstance(each, Ranks) and each.basis == "model-based")
    assert len(shown) == len(model.sets) == 34
    for own in model.sets:
        said = re.sub(r"\[([^\]]*)\]\{[^}]*\}", r"\1", shown[f"place-{own.area}"])
        assert f"its place is {own.rank} of 34; " in said
        assert f"could be anywhere from {own.marginal[0]} to {own.marginal[1]} " in said


def test_without_a_set_nothing_is_said(known_q4: Known, slice_of: SliceOf) -> None:
    inputs = slice_of(known_q4, "evaluation", known_q4.roles.nation)
    refused = Refusal(code="no-sampling-error", method="ranks", subject="x")
    assert {each.markdown for each in present.places([refused], inputs)} == {""}
