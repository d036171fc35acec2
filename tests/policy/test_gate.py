"""3.5-3: the 95 % gate in integers, one home to one household."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.policy.rules.gate import GateFacts, Match, SpecialDecision, gate, may_sign, needed, taken
from anju.policy.verdict import Outcome
from support.book import inforce

P, F, U = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN


def facts(offered: int, matched: int, **changes: object) -> GateFacts:
    """``matched`` of ``offered`` homes taken by as many households."""
    units = frozenset(f"u{i}" for i in range(offered))
    matches = [Match(f"u{i}", f"h{i}", qualified=True, in_window=True, earnest_paid=True) for i in range(matched)]
    return GateFacts(units, matches, **changes)  # type: ignore[arg-type]


@pytest.mark.clause("3.5-3")
@pytest.mark.parametrize(("offered", "least"), [(1, 1), (19, 19), (20, 19), (21, 20), (73, 70), (120, 114)])
def test_95_per_cent_includes_itself_and_below_20_homes_means_all(offered: int, least: int) -> None:
    assert needed(offered, 95) == least
    assert gate(facts(offered, least), inforce()).outcome is P
    assert gate(facts(offered, least - 1), inforce()).outcome is F


UNCOUNTED = [
    ("not qualified", Match("u0", "h0", qualified=False, in_window=True, earnest_paid=True)),
    ("out of the window", Match("u0", "h0", qualified=True, in_window=False, earnest_paid=True)),
    ("no earnest money", Match("u0", "h0", qualified=True, in_window=True, earnest_paid=False)),
    ("a home that is not on the list", Match("x", "h0", qualified=True, in_window=True, earnest_paid=True)),
]


@pytest.mark.clause("3.5-3")
@pytest.mark.parametrize(("why", "match"), UNCOUNTED, ids=[u[0] for u in UNCOUNTED])
def test_a_match_counts_only_when_all_three_conditions_hold(why: str, match: Match) -> None:
    assert taken([match], frozenset({"u0"})) == 0, why


def test_one_household_with_two_homes_counts_once_and_so_does_one_home_with_two_households() -> None:
    one = [
        Match("u0", "h0", True, True, True),
        Match("u1", "h0", True, True, True),
        Match("u0", "h1", True, True, True),
    ]
    assert taken(one, frozenset({"u0", "u1"})) == 1


@given(st.integers(1, 400), st.data())
def test_the_gate_never_passes_below_95_per_cent(offered: int, data: st.DataObject) -> None:
    matched = data.draw(st.integers(0, offered))
    passed = gate(facts(offered, matched), inforce()).outcome is P
    assert passed == (100 * matched >= 95 * offered)


@pytest.mark.clause("3.5-3")
def test_homes_that_dropped_out_count_as_the_city_set_it_and_wait_where_it_did_not() -> None:
    gone = frozenset({"u99"})
    listed = facts(100, 94, dropped=gone)
    assert gate(listed, inforce(gate_denominator="letter")).outcome is F
    assert gate(facts(100, 95, dropped=gone), inforce(gate_denominator="remaining")).outcome is P
    assert gate(listed, inforce(without="gate_denominator")).outcome is U


DECISIONS = [
    (SpecialDecision("task_force", "绥专班〔2026〕3号", "安置急需", date(2026, 6, 1), minutes=True), P),
    (SpecialDecision("government", "绥政〔2026〕1号", "安置急需", date(2026, 6, 1), minutes=True), F),
    (SpecialDecision("task_force", "", "安置急需", date(2026, 6, 1), minutes=True), U),
    (SpecialDecision("task_force", "3号", "", date(2026, 6, 1), minutes=True), U),
    (SpecialDecision("task_force", "3号", "安置急需", None, minutes=True), U),
    (SpecialDecision("task_force", "3号", "安置急需", date(2026, 6, 1), minutes=None), U),
]


@pytest.mark.clause("3.5-3")
@pytest.mark.parametrize(("decision", "outcome"), DECISIONS)
def test_the_one_door_beside_the_gate_is_a_recorded_decision_of_the_right_body(
    decision: SpecialDecision, outcome: Outcome
) -> None:
    (found,) = may_sign(facts(20, 10), decision, inforce())
    assert found.outcome is outcome


def test_a_decision_does_not_open_a_gate_that_could_not_be_judged() -> None:
    unknown = facts(100, 94, dropped=frozenset({"u99"}))
    (found,) = may_sign(unknown, DECISIONS[0][0], inforce(without="gate_denominator"))
    assert found.outcome is U
