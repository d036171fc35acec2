"""A small programme for tests: one acquirer, one developer, a priced project, qualified households; each step by the rooms' acts."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection

from anju.base.acts import ActContext
from anju.base.acts.context import SHANGHAI
from anju.base.regions import scope, uuid7
from anju.base.secrets import blind, seal
from anju.needs.models import Application
from anju.negotiation import acts as negotiation
from anju.negotiation.models import AcquirerDecision, Letter
from anju.offering import acts, reads
from anju.offering.models import Batch, Choice, Draw, Gate
from anju.parties.models import Account, Admission, Organisation
from anju.policy.parameters import ParameterBook, Setting
from anju.pricing.models import Appraisal, Ceiling, CostSheet, UnitPrice
from anju.reserve.models import Building, Project, ProjectScreening, Screening, Unit
from support.db import context, open_act

CITY, COUNTY = "231200", "231202"
START = date(2026, 3, 2)
PRICE, CEILING = 320_000, 330_000
AREA = 890_000
EARNEST = 500_000
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SET: dict[str, Any] = {
    "apply_window_days": 10, "earnest_rule": EARNEST, "earnest_refund_days": 5, "gate_denominator": "letter",
    "order_method": {"sale": "draw", "affordable_rental": "waiting_list", "public_rental": "score"},
    "special_decision_body": "task_force", "letter_valid_days": 180, "ceiling_valid_days": 365,
    "price_cap_test": "per_m2", "lease_months_max": 36, "rent_main_share_min": 510, "appraisal_valid_days": 365,
}  # fmt: skip


# The bodies outside the acquirer whose people enter public values.
BODIES = {"office_clerk": uuid7(), "notary": uuid7()}


def params(**changed: Any) -> ParameterBook:
    """The plan's parameters with what it leaves open set for the city; a name given None stays open."""
    values = {name: value for name, value in {**SET, **changed}.items() if value is not None}
    return ParameterBook(Setting(name, CITY, value, date(2025, 1, 1), "测试取值") for name, value in values.items())


@dataclass
class World:
    """What one test stands on. ``day`` is the clock; ``ctx`` gives a new person of a post each time."""

    acquirer: Organisation
    developer: Organisation
    project: Project
    units: list[Unit]
    ceiling: Ceiling
    day: date = START
    book: ParameterBook = field(default_factory=params)

    def ctx(self, post: str = "acquirer_clerk", **changes: Any) -> ActContext:
        """Somebody with every power, now."""
        organisation = self.acquirer.pk if post.startswith("acquirer") else BODIES.get(post)
        now = datetime(self.day.year, self.day.month, self.day.day, 4, 0, tzinfo=UTC)
        return context(post, CITY, **{"now": now, "params": self.book, "organisation": organisation, **changes})

    def at(self, hour: int, minute: int = 0) -> datetime:
        """A time of the day, as the clock on the wall says it."""
        return datetime(self.day.year, self.day.month, self.day.day, hour, minute, tzinfo=SHANGHAI)

    def seller(self) -> ActContext:
        """The developer's agent."""
        return self.ctx("developer_agent", organisation=self.developer.pk)

    def later(self, days: int) -> None:
        """The clock moves."""
        self.day += timedelta(days=days)


def world(homes: int = 4, *, tenure: str = "sale", ceiling: dict[str, Any] | None = None, **parameters: Any) -> World:
    """A priced project of ``homes`` homes with a confirmed ceiling (changed as told) and a price list."""
    with open_act(CITY) as ctx:
        tag = uuid7().hex[-8:]
        acquirer = Organisation.objects.create(
            owner_region=CITY, kind="acquirer", name=f"合成收购主体{tag}", synthetic=True
        )
        developer = Organisation.objects.create(
            owner_region=CITY, kind="developer", name=f"合成地产{tag}", synthetic=True
        )
        Admission.objects.create(
            region=CITY, acquirer=acquirer, document="测试", state="admitted", facts={}, valid_from=date(2025, 1, 1),
            maker=uuid7(), checker=ctx.account,
        )  # fmt: skip
        project = Project.objects.create(
            region=CITY, number=f"P-{tag}", name="合成家园", developer=developer, stands_in=COUNTY, address="合成路 1 号",
            declared_on=date(2026, 1, 5), state="priced", round=1, place_fits=True,
        )  # fmt: skip
        units = _units(project, homes, tenure)
        limit = ceiling_of(project, CEILING, **(ceiling or {}))
        UnitPrice.objects.bulk_create(
            [
                UnitPrice(
                    region=CITY, project=project, unit=unit, tenure=tenure, set_on=START,
                    amount_fen=28_000_000 if tenure == "sale" else 60_000,
                )
                for unit in units
            ]
        )  # fmt: skip
    return World(acquirer, developer, project, units, limit, book=params(**parameters))


def _units(project: Project, count: int, tenure: str) -> list[Unit]:
    """Homes that passed their screening, in the reserve."""
    part = ProjectScreening.objects.create(
        region=CITY, project=project, round=1, tenure=tenure, verdicts=[], case_date=START,
        screened_at=datetime(2026, 2, 1, tzinfo=UTC),
    )  # fmt: skip
    building = Building.objects.create(region=CITY, project=project, number="1", floors=99, stairwells=1)
    tag = uuid7().int % 10**4
    units = [
        Unit(
            region=CITY, project=project, building=building, code=f"{COUNTY}001001GB{tag:05d}F0001{at:04d}", stairwell=1,
            floor=1 + at // 4, room=f"{1 + at // 4}{at % 4:02d}", use="住宅", rooms=2, gross_cm2=AREA if tenure == "sale" else 600_000,
            tenure=tenure, mortgaged=False, seized=False, objected=False, occupied=False, asked_fen_m2=340_000,
        )
        for at in range(count)
    ]  # fmt: skip
    Unit.objects.bulk_create(units)
    Screening.objects.bulk_create(
        [
            Screening(
                region=CITY, project=project, unit=unit, part=part, round=1, tenure=tenure, outcome="pass", verdicts=[],
                gross_cm2=unit.gross_cm2, facts={}, case_date=START, screened_at=datetime(2026, 2, 1, tzinfo=UTC),
            )
            for unit in units
        ]
    )  # fmt: skip
    Unit.objects.filter(project=project).update(state="reserved")
    return list(Unit.objects.filter(project=project).select_related("building").order_by("code"))


def ceiling_of(project: Project, fen_m2: int, *, confirmed: bool = True, **changes: Any) -> Ceiling:
    """A ceiling, confirmed unless told otherwise; call it inside an open act."""
    agency, _ = Organisation.objects.get_or_create(
        owner_region=CITY, kind="appraisal_agency", name="合成估价", defaults={"synthetic": True}
    )
    area = 10_000_000
    total = fen_m2 * area // 10_000
    sheet = CostSheet.objects.create(region=CITY, project=project, entered_on=START)
    appraisal = Appraisal.objects.create(
        region=CITY, project=project, agency=agency, appraiser="甲", appraiser_number="1", number=uuid7().hex[:20],
        value_date=START, price_fen_m2=fen_m2, total_fen=total, gross_cm2=area,
    )  # fmt: skip
    values: dict[str, Any] = {
        "value_date": START, "valid_until": START + timedelta(days=365), "cost_fen_m2": fen_m2, "appraised_fen_m2": fen_m2,
        "ceiling_fen_m2": fen_m2, "binding": "cost", "gross_cm2": area, "workings": {"total_fen": total}, "maker": uuid7(),
    }  # fmt: skip
    if confirmed:
        values |= {"confirmed_by": uuid7(), "confirmed_at": datetime(2026, 3, 2, tzinfo=UTC)}
    return Ceiling.objects.create(
        region=CITY, project=project, cost_sheet=sheet, appraisal=appraisal, **{**values, **changes}
    )


def households(count: int, *, region: str = COUNTY, programme: str = "sale", **changes: Any) -> list[Application]:
    """Households on the waiting list of a county, in the order of their places."""
    with open_act(region):
        start = Application.objects.filter(region=region).count()
        rows = [
            Application(
                region=region, number=f"{region}-2603-{start + at:06d}", programme=programme, applicant_name="测试",
                phone=seal(f"199{start + at:08d}"), phone_blind=blind("phone", f"199{start + at:08d}"), group="wage_earner",
                town=f"{region}001", persons=2, state="qualified", accepted_on=START, qualified_on=START, back_entered=True,
                sort_key=f"9|2026-03-02|{start + at:06d}", **changes,
            )
            for at in range(count)
        ]  # fmt: skip
        Application.objects.bulk_create(rows)
    return rows


def decision(found: World, kind: str = "letter") -> AcquirerDecision:
    """The acquirer's own decision, confirmed."""
    row = negotiation.decide(
        ctx=found.ctx(), subject="合成事项", kind=kind, object_id=found.project.pk, number=f"决〔2026〕{uuid7().hex[-6:]}号",
        studied_on=found.day, decided_on=found.day,
    )  # fmt: skip
    return negotiation.confirm_decision(ctx=found.ctx("acquirer_head"), decision_id=row.pk)


def agreed(found: World, price: int = PRICE) -> None:
    """Both sides come to a price."""
    negotiation.make_offer(
        ctx=found.seller(), project_id=found.project.pk, side="seller", price_fen_m2=price, reason="最后报价"
    )
    negotiation.make_offer(
        ctx=found.ctx(), project_id=found.project.pk, side="acquirer", price_fen_m2=price, reason="同意"
    )


def drafted(found: World, price: int = PRICE, **changes: Any) -> Letter:
    """A drafted letter on all homes."""
    agreed(found, price)
    values: dict[str, Any] = {
        "project_id": found.project.pk, "ceiling_id": found.ceiling.pk, "decision_id": decision(found).pk, "price_fen_m2": price,
        "valid_until": found.day + timedelta(days=180), "unit_ids": [unit.pk for unit in found.units],
    }  # fmt: skip
    return negotiation.draft_letter(ctx=found.ctx(), **{**values, **changes})


def signed(found: World, **changes: Any) -> Letter:
    """A signed letter on all homes."""
    letter = drafted(found, **changes)
    return negotiation.sign_letter(ctx=found.ctx("acquirer_head"), letter_id=letter.pk)


def announced(found: World, letter: Letter | None = None, **changes: Any) -> Batch:
    """An announced batch: ten days from tomorrow, ten more to pay."""
    letter = letter or signed(found)
    first = found.day + timedelta(days=1)
    method = SET["order_method"]["sale" if found.units[0].tenure == "sale" else "affordable_rental"]
    values: dict[str, Any] = {
        "apply_from": first, "apply_until": first + timedelta(days=9), "earnest_until": first + timedelta(days=19),
        "method": method, "earnest_fen": EARNEST,
    }  # fmt: skip
    return acts.announce_batch(ctx=found.ctx(), letter_id=letter.pk, **{**values, **changes})


def subscribed(found: World, batch: Batch, rows: Sequence[Application], wishes: int = 3) -> None:
    """Each household wishes for some homes, beginning one further each; the clock stands in the window."""
    found.day = batch.apply_from
    with scope(CITY):
        labels = [home.label for home in reads.homes_of(batch)]
    wanted = [
        acts.Wanted(row.pk, row.region, tuple(labels[(at + k) % len(labels)] for k in range(min(wishes, len(labels)))))
        for at, row in enumerate(rows)
    ]
    answer = acts.subscribe_many(ctx=found.ctx(), batch_id=batch.pk, rows=wanted)
    assert answer["refused"] == []


def ordered(found: World, batch: Batch) -> None:
    """Frozen and ordered; with no more households than homes by the waiting list, so nothing is drawn."""
    found.day = batch.apply_until + timedelta(days=1)
    row = acts.freeze(ctx=found.ctx(), batch_id=batch.pk)
    assert row.method != "draw", "use drawn() where there are more households than homes"
    acts.draw_lots(ctx=found.ctx(), batch_id=batch.pk)


ONE, TWO = b"\x01" * 32, b"\x02" * 32
KL8 = [list(range(1, 21))]
SSQ = [[1, 5, 9, 17, 26, 33], [8]]


def person(name: str) -> UUID:
    """Somebody with an account, outside the acquirer."""
    with open_act(CITY):
        row = Account.objects.create(username=f"{name}{uuid7().hex[-8:]}", name=name, password="!", synthetic=True)
    return row.pk


def fixed(found: World, batch: Batch, secrets: Sequence[bytes] = (ONE, TWO)) -> list[UUID]:
    """Frozen, two holders committed, the plan of the draw announced; the holders' accounts."""
    found.day = batch.apply_until + timedelta(days=1)
    acts.freeze(ctx=found.ctx(), batch_id=batch.pk)
    holders = [person(f"持有人{at}") for at, _ in enumerate(secrets, 1)]
    named = [(f"持有人{at}", account) for at, account in enumerate(holders, 1)]
    acts.name_holders(ctx=found.ctx("office_clerk"), batch_id=batch.pk, holders=named)
    for account, secret in zip(holders, secrets, strict=True):
        digest = hashlib.sha256(secret).hexdigest()
        acts.commit_secret(ctx=found.ctx("notary", account=account), batch_id=batch.pk, commitment=digest)
    acts.fix_sources(
        ctx=found.ctx(), batch_id=batch.pk, values=[("kl8", "2026070"), ("ssq", "2026030")], reveal_until=found.at(20),
        value_from=found.at(21, 30),
    )  # fmt: skip
    return holders


def valued(found: World, batch: Batch) -> None:
    """Two days on, two people have entered both public values."""
    found.later(2)
    with scope(CITY):
        sources = list(batch.draws.latest("round").sources.order_by("order"))
    for post in ("acquirer_clerk", "office_clerk"):
        for source, drums in zip(sources, (KL8, SSQ), strict=True):
            acts.enter_public_value(ctx=found.ctx(post), source_id=source.pk, drums=drums)


def drawn(found: World, batch: Batch) -> Draw:
    """The whole ceremony, and the order."""
    holders = fixed(found, batch)
    for account, secret in zip(holders, (ONE, TWO), strict=True):
        acts.reveal_secret(ctx=found.ctx("notary", account=account), batch_id=batch.pk, secret=secret.hex())
    valued(found, batch)
    return acts.draw_lots(ctx=found.ctx(), batch_id=batch.pk)


def paid(found: World, batch: Batch, count: int) -> list[Choice]:
    """Allotted, and the first ``count`` homes by label paid for."""
    acts.allot(ctx=found.ctx(), batch_id=batch.pk)
    with scope(CITY):
        rows = list(reads.choices(batch, ["chosen"]).order_by("batch_unit__label")[:count])
    assert len(rows) == count
    if rows:
        acts.record_earnest_many(
            ctx=found.ctx("acquirer_finance"), batch_id=batch.pk,
            rows=[acts.Paid(c.pk, found.day, f"R{c.pk.hex[-12:]}", c.earnest_fen) for c in rows],
        )  # fmt: skip
    return rows


def judged(found: World, batch: Batch, **changes: Any) -> Gate:
    """The gate, on the day after the last one to pay."""
    assert batch.earnest_until
    found.day = batch.earnest_until + timedelta(days=1)
    return acts.judge_gate(ctx=found.ctx("acquirer_head"), batch_id=batch.pk, **changes)


def up_to_gate(homes: int, paid_for: int, **parameters: Any) -> tuple[World, Batch]:
    """A batch of ``homes`` homes for as many households, of which ``paid_for`` have paid."""
    found = world(homes, **parameters)
    batch = announced(found)
    subscribed(found, batch, households(homes), wishes=1)
    ordered(found, batch)
    paid(found, batch, paid_for)
    return found, batch


def refused_by_database(attack: Any, *, region: str = CITY) -> str:
    """Do it inside an act, past the rooms' acts; the SQLSTATE and the constraint by which the database refuses."""
    with pytest.raises(DatabaseError) as caught, open_act(region):
        attack()
    cause = caught.value.__cause__
    name = getattr(getattr(cause, "diag", None), "constraint_name", None)
    return name or str(getattr(cause, "sqlstate", ""))


def sql(statement: str, *values: Any) -> Any:
    """A raw statement, to be run by ``refused_by_database``."""

    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            assert cursor.rowcount != 0, "the attack must reach a row"

    return run


def fresh(row: Any) -> Any:
    """The row as it stands now."""
    with scope(CITY):
        return type(row).objects.get(pk=row.pk)


_drawn: dict[str, bytes] = {}


def one_paper_for_all(monkeypatch: Any) -> None:
    """Draw the first paper really, and hand its files on for every other."""
    from anju.base.papers import desk

    def once(name: str, real: Any) -> Any:
        def draw(data: Any) -> bytes:
            if name not in _drawn:
                _drawn[name] = real(data)
            return _drawn[name]

        return draw

    for name in ("docx_of", "pdf_of"):
        monkeypatch.setattr(desk, name, once(name, getattr(desk, name)))


def number_of(rows: Sequence[Any]) -> list[UUID]:
    """Ids."""
    return [row.pk for row in rows]
