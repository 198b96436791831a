"""Headlines on areas under other sensible choices: differences to peers, exposure (METHODS §16)."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from policyreport.data.inputs import Inputs
from policyreport.data.points import common_years, read_series
from policyreport.records.base import Refusal
from policyreport.records.series import Difference, Exposure, Peers
from policyreport.statistics.common.multiplicity import adjust
from policyreport.statistics.common.sensitivity import Answer, Axes, Choices, Grid, counted, resting_on, run
from policyreport.statistics.ranks.comparators import PeerPanel, arrange_panel
from policyreport.statistics.ranks.peers import compare_in_panel
from policyreport.statistics.series.exposure import checks_hold, estimate_exposure, exposure_panels
from policyreport.statistics.series.windows import years_after


def peers_specifications(data: Inputs) -> Grid:
    """Count the areas told apart from their peers, by number, likeness and weight of peers, and by carry-over.

    *Cannot tell apart* where there is none.
    """
    settings, names, traits = data.settings, data.settings.peers.variables, data.traits
    series = read_series("peers_specifications", data.series("growth"))
    growth = arrange_panel(series, traits, names)
    if growth is None:
        return series.not_published("peers")
    kept = {"all": list(range(len(names)))} | {
        f"without {name.replace('_', ' ')}": [at for at, other in enumerate(names) if other != name]
        for name in settings.sensitivity.peers_without
    }

    @cache
    def panel(likeness: str, weight: str) -> PeerPanel:
        return replace(growth, likeness=growth.likeness[:, kept[likeness]], peers_by_output=weight == "output")

    @cache
    def compare(k: int, likeness: str, weight: str, carry_over: str) -> list[Peers | Refusal]:
        learnt = settings.peers if carry_over == "learnt" else settings.peers.with_independent_years
        chosen = learnt.model_copy(update={"k": k})
        return [compare_in_panel(panel(likeness, weight), area, chosen) for area in growth.areas]

    def family_of(choices: Choices) -> list[Peers | Refusal]:
        return compare(int(choices["peers"]), *(choices[axis] for axis in ("likeness", "weight", "carry-over")))

    def estimate(choices: Choices) -> Answer:
        return _told_apart(family_of(choices))

    def basis(choices: Choices) -> Hashable:
        """Who is compared with whom, by which weights and carry-over."""
        peers = tuple(
            (compared.area, tuple(peer.area for peer in compared.peers))
            for compared in family_of(choices)
            if isinstance(compared, Peers)
        )
        return peers, choices["weight"], choices["carry-over"]

    axes: Axes = {
        "peers": [str(k) for k in settings.sensitivity.peers_k],
        "likeness": list(kept),
        "weight": list(settings.sensitivity.peers_weights),
        "carry-over": list(settings.sensitivity.peers_carry_over),
    }
    headline = {"peers": str(settings.peers.k), "likeness": "all", "weight": "plain", "carry-over": "learnt"}
    likeness = (row for name in names for row in traits.attrs["rows"][name])
    rows = (*(row for own in growth.inputs.values() for row in own), *likeness)
    return resting_on(run("peers", series.indicator, axes, headline, estimate, basis), rows)


def exposure_specifications(data: Inputs) -> Grid:
    """Estimate every exposure, by years counted as after the start, merger control and method of inference.

    Estimates are percentage points per standard deviation, or per group for a 0/1 exposure.
    """
    settings = data.settings
    names = settings.exposure.exposures
    series = read_series("exposure_specifications", data.series("growth"))
    years = common_years(series)
    if not years or not names:
        return series.not_published("exposure")
    panels = exposure_panels(series, data.traits, settings.exposure.exposures)
    after = years_after(years, data.policy.date)
    by_rule = {"all": after, "first": after[:1]}
    # Where one year is after the start, both rules are the same choice.
    rules = settings.sensitivity.exposure_posts if len(after) > 1 else settings.sensitivity.exposure_posts[:1]
    posts = {rule: by_rule[rule] for rule in rules}
    families: dict[tuple[str, str], dict[str, Exposure | Refusal]] = {
        (post, control): {
            name: estimate_exposure(
                panel, settings.exposure, post_years=years, controlled=control != "none", inverted=False
            )
            for name, panel in panels.items()
        }
        for post, years in posts.items()
        for control in settings.sensitivity.exposure_controls
    }

    def estimate(choices: Choices) -> Answer:
        family = families[choices["post"], choices["control"]]
        return _associated(family, choices["exposure"], choices["inference"], settings.exposure.verdict_level)

    axes: Axes = {
        "exposure": list(names),
        "post": list(posts),
        "control": list(settings.sensitivity.exposure_controls),
        "inference": list(settings.sensitivity.exposure_inference),
    }
    headline = {"exposure": names[0], "post": next(iter(posts)), "control": "none", "inference": "WCR"}
    rows = (row for family in families.values() for result in family.values() for row in result.inputs)
    return resting_on(run("exposure", series.indicator, axes, headline, estimate), rows)


def _told_apart(family: Sequence[Peers | Refusal]) -> Answer:
    """Number and verdict of the areas that stand apart from their peers."""
    verdicts = [
        difference.verdict or ""
        for compared in family
        if isinstance(compared, Peers)
        for difference in compared.differences
        if isinstance(difference, Difference) and difference.comparator == "peers"
    ]
    refused = [compared for compared in family if isinstance(compared, Refusal)]
    if not verdicts:
        return refused[0] if refused else Refusal(code="not-published", method="peers", subject="peers")
    return counted([verdict for verdict in verdicts if verdict in ("above", "below")], "cannot tell apart")


P_VALUES: Mapping[str, Callable[[Exposure], float | None]] = {
    "WCR": lambda exposure: exposure.wcr_p,
    "RI-t": lambda exposure: exposure.ri_t_p,
    "CRV1": lambda exposure: exposure.crv1_p,
}
"""The p-value that each method of inference judges by."""


def _associated(family: Mapping[str, Exposure | Refusal], name: str, inference: str, level: float) -> Answer:
    """Estimate and verdict of one exposure by one inference, Holm over all exposures, including its checks."""
    own = family[name]
    if isinstance(own, Refusal):
        return own
    p_value = P_VALUES[inference]
    p_values = [p_value(other) if isinstance(other, Exposure) else None for other in family.values()]
    adjusted = adjust(p_values, rule="holm")
    holm = dict(zip(family, adjusted, strict=True))[name]
    clear = holm is not None and holm <= level and checks_hold(own, level)
    return own.estimate, "associated" if clear else "no clear association"
