"""3.1, 3.2, 3.5, 3.6, 4.5: acquirers, households, contracts with families, windows, assessments, numbers people carry."""

from dataclasses import replace
from datetime import date

import pytest

from anju.policy.rules import acquirer, assessment, contracts, eligibility, offering, people
from anju.policy.rules.acquirer import CRITERIA, AcquirerFacts, GroupMember
from anju.policy.rules.assessment import AssessmentFacts
from anju.policy.rules.eligibility import HouseholdFacts
from anju.policy.verdict import Outcome
from support.book import COUNTY, DAY, inforce

P, F, U = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
FIRM, PARENT = "绥化市居安保障房建设投资发展有限公司", "绥化市创源城市发展投资有限公司"
GOOD = AcquirerFacts(
    FIRM,
    "231200",
    dict.fromkeys(CRITERIA, True),
    (GroupMember(FIRM, False), GroupMember(PARENT, False)),
    group_complete=True,
    hidden_debt_fen=0,
    acquirers_of_government=1,
    parent=PARENT,
)
ADMISSIONS = [
    ("3.1-1", {}, P),
    ("3.1-1", {"criteria": {**dict.fromkeys(CRITERIA, True), "rated": False}}, F),
    ("3.1-1", {"criteria": {}}, U),
    ("3.1-1", {"group": (GroupMember(FIRM, False), GroupMember(PARENT, True))}, F),
    ("3.1-1", {"group": (GroupMember(FIRM, False), GroupMember(PARENT, None))}, U),
    ("3.1-1", {"group_complete": None}, U),
    ("3.1-1", {"hidden_debt_fen": 1}, F),
    ("3.1-1", {"hidden_debt_fen": None}, U),
    ("3.1-1", {"acquirers_of_government": 3}, F),
    ("3.1-2", {"name": "另一家公司"}, F),
    ("3.1-2", {"parent": ""}, U),
    ("3.1-2", {"name": "望奎公司", "region": "231221", "parent": ""}, P),
]


@pytest.mark.clause("3.1-1", "3.1-2")
@pytest.mark.parametrize(("clause", "change", "outcome"), ADMISSIONS)
def test_an_acquirer_meets_every_criterion_or_is_not_one(
    clause: str, change: dict[str, object], outcome: Outcome
) -> None:
    found = [v for v in acquirer.admission(replace(GOOD, **change), inforce()) if v.clause == clause]
    assert (outcome in {v.outcome for v in found}) if outcome is not P else {v.outcome for v in found} == {P}


HOUSEHOLD = HouseholdFacts(
    "public_rental",
    "wage_earner",
    3,
    date(1990, 3, 2),
    500_000,
    400_000,
    residence_months=24,
    other_applications=0,
    policy_homes=0,
)
CASES = [
    ("good", {}, P),
    ("group not served", {"group": "tourist"}, F),
    ("group not said", {"group": ""}, U),
    ("income at the line", {"income_month_fen": 600_000}, P),
    ("income a fen over", {"income_month_fen": 600_001}, F),
    ("income unknown", {"income_month_fen": None}, U),
    ("homes at the line", {"home_area_cm2": 450_000}, P),
    ("homes over", {"home_area_cm2": 450_001}, F),
    ("homes unknown", {"home_area_cm2": None}, U),
    ("a month short", {"residence_months": 23}, F),
    ("months unknown", {"residence_months": None}, U),
    ("a second application", {"other_applications": 1}, F),
    ("a second home", {"policy_homes": 1}, F),
    ("homes of policy unknown", {"policy_homes": None}, U),
    ("born too late", {"applicant_born_on": date(2008, 3, 3)}, F),
    ("18 today", {"applicant_born_on": date(2008, 3, 2)}, P),
]


@pytest.mark.clause("1", "3.2-0")
@pytest.mark.parametrize(("why", "change", "outcome"), CASES, ids=[c[0] for c in CASES])
def test_a_household_is_judged_on_each_side_of_every_line(
    why: str, change: dict[str, object], outcome: Outcome
) -> None:
    found = eligibility.eligible(replace(HOUSEHOLD, **change), DAY, inforce())
    seen = {v.outcome for v in found}
    assert seen == {P} if outcome is P else outcome in seen, why


def test_a_line_that_is_decided_not_to_exist_passes_and_one_nobody_decided_waits() -> None:
    sale = replace(HOUSEHOLD, programme="sale", income_month_fen=None)
    assert eligibility.income(sale, inforce()).outcome is P
    assert eligibility.income(sale, inforce(without="income_line_fen")).outcome is U


def test_one_born_on_29_february_comes_of_age_on_1_march() -> None:
    assert eligibility.full_years(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert eligibility.full_years(date(2008, 2, 29), date(2026, 3, 1)) == 18


@pytest.mark.clause("3.6-3")
@pytest.mark.parametrize(
    ("price", "down", "outcome"),
    [(100_000, 15_000, P), (100_000, 14_999, F), (100_001, 15_000, F), (100_000, 100_001, F), (100_000, None, U)],
)
def test_the_down_payment_is_at_least_that_of_market_homes(price: int, down: int | None, outcome: Outcome) -> None:
    assert contracts.down_payment(price, down, inforce()).outcome is outcome


@pytest.mark.clause("3.2-4")
@pytest.mark.parametrize(
    ("rent", "market", "outcome"), [(90_000, 100_000, P), (90_001, 100_000, F), (0, 100_000, F), (1, None, U)]
)
def test_rent_stays_below_the_markets(rent: int, market: int | None, outcome: Outcome) -> None:
    assert contracts.rent(rent, market, inforce()).outcome is outcome


@pytest.mark.clause("3.2-4")
@pytest.mark.parametrize(("new", "outcome"), [(105_000, P), (105_001, F), (None, U)])
def test_rent_rises_no_faster_than_set(new: int | None, outcome: Outcome) -> None:
    assert contracts.rent_rise(100_000, new, inforce()).outcome is outcome


@pytest.mark.clause("3.5-3")
@pytest.mark.parametrize(("earnest", "outcome"), [(20_000, P), (20_001, F), (0, F), (None, U)])
def test_earnest_money_stays_within_a_fifth_of_the_contract(earnest: int | None, outcome: Outcome) -> None:
    assert contracts.earnest_cap(earnest, 100_000, inforce()).outcome is outcome


@pytest.mark.clause("3.2-0")
@pytest.mark.parametrize(("live", "outcome"), [(0, P), (1, F), (None, U)])
def test_a_household_holds_one_contract(live: int | None, outcome: Outcome) -> None:
    assert contracts.one_contract(live, inforce()).outcome is outcome


@pytest.mark.clause("3.6-2")
@pytest.mark.parametrize(("annotated", "outcome"), [(True, P), (False, F), (None, U)])
def test_a_home_for_sale_carries_the_annotation_of_closed_management(annotated: bool | None, outcome: Outcome) -> None:
    assert contracts.closed_management(annotated).outcome is outcome


@pytest.mark.clause("3.5-2")
@pytest.mark.parametrize(("closes", "outcome"), [(date(2026, 3, 11), P), (date(2026, 3, 10), F), (None, U)])
def test_an_announcement_is_open_for_its_days_both_counted(closes: date | None, outcome: Outcome) -> None:
    assert offering.window(date(2026, 3, 2), closes, inforce()).outcome is outcome


@pytest.mark.clause("3.5-1")
@pytest.mark.parametrize(
    ("on", "outcome"), [(date(2026, 3, 1), F), (date(2026, 3, 2), P), (date(2026, 8, 29), P), (date(2026, 8, 30), F)]
)
def test_a_letter_of_intent_stands_for_its_days(on: date, outcome: Outcome) -> None:
    assert offering.letter_valid(date(2026, 3, 2), on, inforce()).outcome is outcome


@pytest.mark.clause("3.5-4")
def test_letting_begins_soon_after_the_purchase() -> None:
    assert offering.after_purchase(date(2026, 3, 2), None, date(2026, 5, 31), inforce()).outcome is P
    assert offering.after_purchase(date(2026, 3, 2), None, date(2026, 6, 1), inforce()).outcome is F
    assert offering.after_purchase(None, None, date(2026, 6, 1), inforce()).outcome is U


ASSESSED = AssessmentFacts(100, 90, 72, 100_000, 95_000, 0, 0, 0)


@pytest.mark.clause("4.5")
@pytest.mark.parametrize(
    ("change", "outcome"),
    [({}, P), ({"units_purchased": 89}, F), ({"units_allotted": 71}, F), ({"rent_received_fen": 94_999}, F), ({"commingled_fen": 1}, F),
     ({"misused_fen": None}, U), ({"units_decided": 0}, U)],
)  # fmt: skip
def test_an_acquirer_is_assessed_from_facts_and_nothing_to_measure_is_no_full_mark(
    change: dict[str, object], outcome: Outcome
) -> None:
    seen = {v.outcome for v in assessment.assess(replace(ASSESSED, **change), inforce())}
    assert seen == {P} if outcome is P else outcome in seen


NUMBERS = [
    ("valid", "11010519491231002X", P),
    ("small x", "11010519491231002x", P),
    ("blanks", "110105 19491231 002X", P),
    ("check digit", "110105194912310021", F),
    ("a day that is not", "110105194902310026", F),
    ("17 digits", "11010519491231002", F),
    ("nothing", "", U),
]


@pytest.mark.clause("3.2-0")
@pytest.mark.parametrize(("why", "text", "outcome"), NUMBERS, ids=[n[0] for n in NUMBERS])
def test_an_id_number_is_checked_to_its_last_character(why: str, text: str, outcome: Outcome) -> None:
    found = people.id_number(text, DAY)
    assert found.outcome is outcome
    assert "19491231" not in found.sentence, "the number is not shown in full"


CODES = [
    ("231202001001GB00001F00010001", COUNTY, P),
    ("231202 001001 GB00001 F00010001", COUNTY, P),
    ("231221001001GB00001F00010001", COUNTY, F),
    ("231202001001GB00001W00000000", COUNTY, F),
    ("231202001001GB00001F0001000", COUNTY, F),
    ("", COUNTY, U),
]


@pytest.mark.clause("3.3-1")
@pytest.mark.parametrize(("text", "county", "outcome"), CODES)
def test_a_unit_code_has_28_characters_of_the_county_where_the_home_stands(
    text: str, county: str, outcome: Outcome
) -> None:
    assert people.unit_code(text, county).outcome is outcome


@pytest.mark.parametrize(
    ("text", "outcome"), [("13800138000", P), ("+86 138-0013-8000", P), ("12800138000", F), ("0455123456", F), ("", U)]
)
def test_a_phone_takes_messages(text: str, outcome: Outcome) -> None:
    assert people.phone(text).outcome is outcome
