"""What each figure means, in one sentence, by its id.

An id is fixed or, where it ends in a code, named by its beginning; `{code}` stands for the rest.
"""

from reports.figures.model import Unit

_FIXED: dict[str, tuple[Unit, str]] = {
    "requests.received": ("count", "Requests submitted in the period."),
    "requests.states": (
        "count",
        "Distinct States among the requests submitted in the period, co-requesters included.",
    ),
    "requests.by_state.other": (
        "count",
        (
            "Requests submitted in the period, added up over the States that are not named because none of "
            "their requests may be."
        ),
    ),
    "requests.acknowledged_on_time": (
        "count",
        "Requests submitted in the period and acknowledged by the cut-off within the working days allowed.",
    ),
    "requests.days_to_acknowledge.median": (
        "working_days",
        (
            "Median number of working days of the secretariat from submission to acknowledgement, of the "
            "requests submitted in the period and acknowledged by the cut-off."
        ),
    ),
    "needs.total": (
        "count",
        "Needs of the requests submitted in the period, those withdrawn or declined at the cut-off left out.",
    ),
    "needs.women_children": ("count", "Of those needs, the ones that are mainly for women or children."),
    "needs.fulfilment.unmet": (
        "count",
        "Of those needs, the ones with no committed pledge and no confirmed delivery at the cut-off.",
    ),
    "needs.fulfilment.partly_pledged": (
        "count",
        "Of those needs, the ones that committed pledges cover in part at the cut-off, none delivered.",
    ),
    "needs.fulfilment.fully_pledged": (
        "count",
        "Of those needs, the ones that committed pledges cover in full at the cut-off, none delivered.",
    ),
    "needs.fulfilment.partly_delivered": (
        "count",
        "Of those needs, the ones with confirmed deliveries at the cut-off, but fewer than needed.",
    ),
    "needs.fulfilment.delivered": (
        "count",
        "Of those needs, the ones whose quantity confirmed deliveries reach at the cut-off.",
    ),
    "pledges.offered": ("count", "Pledges offered in the period, loans included."),
    "pledges.accepted": (
        "count",
        "Pledges offered in the period and accepted by the cut-off, with loans.",
    ),
    "pledges.agreed": (
        "count",
        "Pledges offered in the period, agreed by the cut-off and then still committed, loans included.",
    ),
    "pledges.agreed_usd": (
        "usd",
        (
            "Value on the day of offer of the pledges offered in the period, agreed by the cut-off and then "
            "still committed, loans left out."
        ),
    ),
    "pledges.loans_usd": (
        "usd",
        "Value on the day of offer of the loans offered in the period and committed at the cut-off.",
    ),
    "pledges.value_usd": (
        "usd",
        (
            "Value on the day of offer of the pledges offered in the period and committed at the cut-off, "
            "loans left out."
        ),
    ),
    "pledges.value_usd.by_donor.other": (
        "usd",
        "Of the value of committed pledges, the part of donors that are not named for them.",
    ),
    "deliveries.confirmed": (
        "count",
        "Deliveries dated in the period and confirmed by the cut-off, those under loans included.",
    ),
    "deliveries.confirmed_usd": (
        "usd",
        (
            "Value on the day of delivery of the deliveries dated in the period and confirmed by the "
            "cut-off, those under loans left out."
        ),
    ),
    "deliveries.unconfirmed": (
        "count",
        "Deliveries dated in the period and not confirmed, or in dispute, at the cut-off.",
    ),
    "training.participants.women": (
        "count",
        "Women who took part in training delivered in the period and confirmed by the cut-off.",
    ),
    "training.participants.men": (
        "count",
        "Men who took part in training delivered in the period and confirmed by the cut-off.",
    ),
    "contributions.announced_usd": (
        "usd",
        "Value on the day of announcement of the contributions announced in the period.",
    ),
    "contributions.agreed_usd": (
        "usd",
        "Value on the day of signature of the contributions whose agreement was signed in the period.",
    ),
    "contributions.received_usd": ("usd", "Receipts dated in the period, each at the rate of its own day."),
    "contributions.received_usd.by_donor.other": (
        "usd",
        "Of the receipts of the period, the part of donors that are not named for them.",
    ),
    "contributions.psc_usd": (
        "usd",
        "Programme support costs charged in the period, each charge at the rate of its own day.",
    ),
    "contributions.allocated_usd": (
        "usd",
        "Allocations to needs dated in the period, each at the rate of its own day.",
    ),
    "contributions.refunded_usd": (
        "usd",
        "Refunds to donors dated in the period, each at the rate of its own day.",
    ),
    "contributions.net_usd": (
        "usd",
        "Receipts less programme support costs, allocations and refunds of the period.",
    ),
    "contributions.opening_usd": (
        "usd",
        "Receipts less programme support costs, allocations and refunds dated before the period.",
    ),
    "contributions.closing_usd": (
        "usd",
        "Receipts less programme support costs, allocations and refunds dated up to the cut-off.",
    ),
    "assessments.submitted": ("count", "Assessments of impact submitted in the period."),
}

_CODED: tuple[tuple[str, Unit, str], ...] = (
    (
        "requests.by_region.",
        "count",
        "Requests submitted in the period by States of M49 region {code}, a joint request once.",
    ),
    (
        "requests.by_group.",
        "count",
        (
            "Requests submitted in the period by States of the group {code} as constituted on the cut-off "
            "date, a joint request once."
        ),
    ),
    (
        "requests.by_state.",
        "count",
        "Requests submitted in the period by {code}, alone or jointly with others.",
    ),
    (
        "requests.at_cutoff.",
        "count",
        "Requests submitted in the period whose state at the cut-off was: {code}.",
    ),
    (
        "needs.by_form.",
        "count",
        (
            "Needs for assistance in the form {code}, of requests submitted in the period and not withdrawn "
            "or declined at the cut-off."
        ),
    ),
    (
        "needs.by_theme.",
        "count",
        (
            "Needs in the thematic area {code}, of requests submitted in the period and not withdrawn or "
            "declined at the cut-off."
        ),
    ),
    (
        "needs.by_paragraph.",
        "count",
        (
            "Needs that serve paragraph {code}, alone or among others, of requests submitted in the period "
            "and not withdrawn or declined at the cut-off."
        ),
    ),
    (
        "pledges.value_usd.by_donor.",
        "usd",
        "Of the value of committed pledges, the part of the (lead) donor {code}.",
    ),
    ("pledges.value_usd.by_form.", "usd", "Of the value of committed pledges, the part in the form {code}."),
    (
        "pledges.value_usd.by_region.",
        "usd",
        "Of the value of committed pledges, the part for needs of (lead) States of M49 region {code}.",
    ),
    (
        "pledges.value_usd.by_paragraph.",
        "usd",
        "Of the value of committed pledges, the part for needs that serve paragraph {code}.",
    ),
    (
        "contributions.received_usd.by_donor.",
        "usd",
        "Of the receipts of the period, the part of the donor {code}.",
    ),
    (
        "assessments.rating.",
        "rating",
        "Mean rating of {code}, from 1 to 5, over the assessments submitted in the period that rate it.",
    ),
)

_OF_PARAGRAPH: dict[str, tuple[Unit, str]] = {
    "requests": (
        "count",
        (
            "Requests submitted in the period, not withdrawn or declined at the cut-off, with a need that "
            "serves paragraph {code}."
        ),
    ),
    "states": (
        "count",
        "Distinct States of the requests that serve paragraph {code}, co-requesters included.",
    ),
    "needs": (
        "count",
        (
            "Needs that serve paragraph {code}, of requests submitted in the period and not withdrawn or "
            "declined at the cut-off."
        ),
    ),
    "needs_met": (
        "count",
        "Of the needs that serve paragraph {code}, the ones whose quantity confirmed deliveries reach.",
    ),
    "pledges": (
        "count",
        (
            "Pledges offered in the period and committed at the cut-off, loans left out, for needs that "
            "serve paragraph {code}."
        ),
    ),
    "value_usd": ("usd", "Value on the day of offer of the pledges that serve paragraph {code}."),
    "donors": ("count", "Distinct (lead) donors of the pledges that serve paragraph {code}."),
}
PARAGRAPH_PARTS = tuple(_OF_PARAGRAPH)


def describe(figure_id: str) -> tuple[Unit, str]:
    """The unit and the definition of a figure; KeyError for an id that no report has."""
    if figure_id in _FIXED:
        return _FIXED[figure_id]
    for beginning, unit, sentence in _CODED:
        if figure_id.startswith(beginning):
            return unit, sentence.replace("{code}", _code(beginning, figure_id))
    word, _, rest = figure_id.partition(".")
    number, _, part = rest.partition(".")
    if word == "paragraph" and number.isdigit() and part in _OF_PARAGRAPH:
        unit, sentence = _OF_PARAGRAPH[part]
        return unit, sentence.replace("{code}", number)
    raise KeyError(figure_id)


def _code(beginning: str, figure_id: str) -> str:
    code = figure_id[len(beginning) :]
    if beginning == "requests.at_cutoff.":
        return code.replace("_", " ")
    return code.upper() if beginning == "requests.by_group." else code
