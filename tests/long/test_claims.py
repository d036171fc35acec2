"""One person once, against a plain dictionary: thousands of claims taken and given back by cases of several counties."""

import pytest

from anju.base.claims import seam
from anju.base.regions import scope, uuid7
from long.seeds import dice
from support.db import open_act

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200), pytest.mark.django_db, pytest.mark.clause("3.2-0")]
STEPS, PERSONS, CASES = 2_000, 25, 40
COUNTIES = ("231202", "231221", "231281")
KIND = seam.LIVE_APPLICATION


def test_no_sequence_of_claims_gives_one_person_two_cases_or_loses_one() -> None:
    chance = dice("claims")
    persons = [bytes([n]) * 32 for n in range(PERSONS)]
    cases = {uuid7(): COUNTIES[n % len(COUNTIES)] for n in range(CASES)}
    held: dict[bytes, object] = {}
    for step in range(STEPS):
        county = chance.choice(COUNTIES)
        here = [case for case, region in cases.items() if region == county]
        case, some = chance.choice(here), chance.sample(persons, chance.randrange(1, 5))
        what = chance.randrange(4)
        with open_act(county):
            if what == 0:
                clashes = {clash.person for clash in seam.reserve(KIND, some, case=case, region=county)}
                assert clashes == {p for p in some if held.get(p, case) != case}, step
                if clashes:  # as an act does that is refused: what it took falls with it
                    seam.release(KIND, case=case, region=county)
                    held = {p: c for p, c in held.items() if c != case}
                else:
                    held |= dict.fromkeys(some, case)
            elif what == 1:
                wanted = [(person, one) for one in chance.sample(here, 3) for person in chance.sample(persons, 2)]
                fresh = {one for _, one in wanted if one not in held.values()}
                wanted = [(person, one) for person, one in wanted if one in fresh]
                refused = seam.reserve_many(KIND, wanted, region=county)
                for person, one in wanted:
                    if one not in refused:
                        assert person not in held, "a person was given away twice"
                        held[person] = one
                for one, clashes in refused.items():
                    assert clashes and one not in held.values(), step
            elif what == 2:
                assert seam.release(KIND, case=case, region=county) == sum(c == case for c in held.values()), step
                held = {p: c for p, c in held.items() if c != case}
            else:
                other = chance.choice([one for one, region in cases.items() if region != county])
                assert seam.release(KIND, case=other, region=county) == 0, "a case of another county"
        if step % 20 == 0:
            with scope("231200"):
                found = {person: clash.case for person, clash in seam.holders(KIND, persons).items()}
            assert found == held, step
    assert held
