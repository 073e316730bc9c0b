"""One reading of a snapshot: what stands behind a figure is what the annex lists for it."""

from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st

from reports.compose.donors import parts
from reports.compose.parts import BY_STATE
from reports.figures import compute
from reports.reading import Reading
from tests.documents.snapshots import frozen
from tests.reports.dossiers import random_dossier

CUT_OFFS = ("2018-12-31", "2017-11-05", "2019-06-30", "2017-03-17")
# Of each column of annex I the figure of the whole; the pledges of one column are those of another's value.
STATES = {
    "requests": "requests.received",
    "needs": "needs.total",
    "met": "needs.fulfilment.delivered",
    "pledges": "pledges.value_usd",
    "value": "pledges.value_usd",
    "deliveries": "deliveries.confirmed",
}
# Of each column of annex II.
DONORS = {
    "pledges": "pledges.value_usd",
    "value": "pledges.value_usd",
    "agreed_value": "pledges.agreed_usd",
    "loans": "pledges.loans_usd",
    "announced": "contributions.announced_usd",
    "agreed": "contributions.agreed_usd",
    "opening": "contributions.opening_usd",
    "received": "contributions.received_usd",
    "psc": "contributions.psc_usd",
    "allocated": "contributions.allocated_usd",
    "refunded": "contributions.refunded_usd",
    "closing": "contributions.closing_usd",
}
# Of the columns by State and donor, the beginning of the figures that stand in their cells.
CELLS = {"requests.by_state.": "requests"}
DONOR_CELLS = {"pledges.value_usd.by_donor.": "value", "contributions.received_usd.by_donor.": "received"}


def listed(rows):
    return set(chain.from_iterable(part.refs for part in rows.values()))


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10**6), size=st.integers(0, 25), cut_off=st.sampled_from(CUT_OFFS))
def test_the_records_of_a_figure_are_the_rows_of_its_annex(seed, size, cut_off):
    snapshot = frozen(random_dossier(seed, size), cut_off=cut_off)
    reading, figures = Reading(snapshot), {figure.id: figure for figure in compute(snapshot)}

    by_state = {column: made(reading) for column, made in BY_STATE.items()}
    assert set(by_state) == set(STATES)
    for column, figure_id in STATES.items():
        assert listed(by_state[column]) == set(figures[figure_id].records), column
    for beginning, column in CELLS.items():
        cells = {
            i.removeprefix(beginning): set(f.records) for i, f in figures.items() if i.startswith(beginning)
        }
        assert cells == {state: set(part.refs) for state, part in by_state[column].items()}

    by_donor = parts(reading)
    assert set(by_donor) - set(DONORS) == {"later"}
    for column, figure_id in DONORS.items():
        both = by_donor[column]
        assert listed(both["named"]) | listed(both["unnamed"]) == set(figures[figure_id].records), column
    for beginning, column in DONOR_CELLS.items():
        both = by_donor[column]
        for donor in both["named"].keys() | both["unnamed"].keys():
            rows = {ref for side in both.values() if donor in side for ref in side[donor].refs}
            assert rows == set(figures[beginning + donor].records)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6), cut_off=st.sampled_from(CUT_OFFS))
def test_amounts_of_an_annex_are_those_of_the_figures(seed, cut_off):
    snapshot = frozen(random_dossier(seed, 15), cut_off=cut_off)
    reading, values = Reading(snapshot), {figure.id: figure.value for figure in compute(snapshot)}
    assert sum(part.amount for part in BY_STATE["value"](reading).values()) == values["pledges.value_usd"]
    by_donor = parts(reading)
    for column, figure_id in DONORS.items():
        if column != "pledges":
            amounts = [part.amount for side in by_donor[column].values() for part in side.values()]
            assert sum(amounts) == values[figure_id], column
