"""The draw at its full size: 10,000 households with three wishes each for 100 homes, ordered, allotted and saved, by the room's acts."""

import hashlib
import os
import random
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bench.core import Figure, database, middle

ENTRANTS, HOMES, WISHES, ROUNDS = 10_000, 100, 3, 3
CITY, COUNTY = "231200", "231202"
DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
PEER_SECONDS = 136.0  # the closest open peer, same size, measured on the same kind of machine


def run() -> list[Figure]:
    """``draw.10k.seconds``: draw and allotment committed, median of the rounds; and what of it is computing alone."""
    with database("draw"):
        alone, whole = [], []
        for number in range(ROUNDS):
            batch = _batch(number)
            whole.append(_draw_and_allot(batch))
            alone.append(_computing(batch))
    seconds = middle(whole)
    return [
        Figure("draw.10k.compute.seconds", middle(alone), "s", "order and allotment without the database"),
        Figure(
            "draw.10k.seconds", seconds, "s", f"closest open peer: {PEER_SECONDS:.0f} s", seconds / PEER_SECONDS, "≤ 1"
        ),
    ]


def _context(now: datetime, acquirer: Any) -> Any:
    from anju.base.acts import REGISTRY, ActContext
    from anju.base.regions import uuid7
    from anju.parties.context import parameter_book

    powers = frozenset(d.power for d in REGISTRY.values())
    return ActContext(
        account=uuid7(), post="acquirer_clerk", organisation=acquirer, region=CITY, powers=powers, now=now,
        params=parameter_book(), demonstration=True,
    )  # fmt: skip


def _draw_and_allot(batch: Any) -> float:
    from anju.offering import acts

    later = NOON + timedelta(days=15)
    began = time.perf_counter()
    acts.draw_lots(ctx=_context(later, batch.letter.acquirer_id), batch_id=batch.pk)
    given = acts.allot(ctx=_context(later, batch.letter.acquirer_id), batch_id=batch.pk)
    took = time.perf_counter() - began
    if given != HOMES:
        raise AssertionError(f"{given} of {HOMES} homes were given")
    return took


def _computing(batch: Any) -> float:
    from anju.base.regions import scope
    from anju.offering import draw
    from anju.offering.models import Draw

    with scope(CITY):
        row = Draw.objects.get(batch=batch)
        sources = [
            draw.Source(s.game, s.drawn_issue, tuple(map(tuple, s.drums))) for s in row.sources.order_by("order")
        ]
        holders = [draw.Holder(h.title, h.commitment, h.secret) for h in row.holders.order_by("order")]
    frozen = draw.Frozen("bench", 1, "draw", row.entrants, row.homes)
    began = time.perf_counter()
    result = draw.run(frozen, holders, sources)
    took = time.perf_counter() - began
    if len(result.order) != ENTRANTS:
        raise AssertionError(f"{len(result.order)} of {ENTRANTS} households were ordered")
    return took


def _lay(rows: list[Any]) -> None:
    """Insert rows as earlier stages would have left them, past triggers: they are not what is measured."""
    import psycopg
    from django.db import connection

    from anju.front import postgres

    fields = rows[0]._meta.local_fields
    names = ", ".join(f'"{f.column}"' for f in fields)
    values = [[f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields] for row in rows]
    with psycopg.connect(**postgres.admin_settings(os.environ["ANJU_DB"]), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        with admin.cursor().copy(f'COPY "{rows[0]._meta.db_table}" ({names}) FROM STDIN') as copy:
            for row in values:
                copy.write_row(row)


def _batch(number: int) -> Any:
    """A batch whose list is closed by the room's own act, its secrets and values in."""
    from anju.base.regions import scope, uuid7
    from anju.base.secrets import blind, seal
    from anju.needs.models import Application
    from anju.negotiation.models import Letter
    from anju.offering import acts
    from anju.offering.models import Batch, BatchUnit, Draw, DrawHolder, DrawSource, Subscription
    from anju.parties.models import Organisation
    from anju.reserve.models import Building, Project, Unit

    rng = random.Random(number)
    acquirer = Organisation(owner_region=CITY, kind="acquirer", name=f"合成主体{number}", synthetic=True)
    project = Project(
        region=CITY, number=f"bench-{number}", name="合成家园", developer=acquirer, stands_in=COUNTY, address="合成路",
        declared_on=DAY, state="announced",
    )  # fmt: skip
    building = Building(region=CITY, project=project, number="1", floors=50, stairwells=1)
    units = [
        Unit(
            region=CITY, project=project, building=building, code=f"231202001001GB{number:05d}F{at:08d}", stairwell=1, floor=1 + at // 4,
            room=f"{1 + at // 4}{at % 4:02d}", use="住宅", rooms=2, gross_cm2=890_000, tenure="sale", state="announced",
        )
        for at in range(HOMES)
    ]  # fmt: skip
    letter = Letter(
        region=CITY, project=project, ceiling_id=uuid7(), decision_id=uuid7(), acquirer=acquirer, number=f"意{number}", price_fen_m2=1,
        units_count=HOMES, gross_cm2=1, valid_until=DAY, state="signed", drafted_on=DAY, signed_on=DAY, maker=uuid7(), checker=uuid7(),
    )  # fmt: skip
    batch = Batch(
        region=CITY, project=project, letter=letter, number=f"bench-{number}", announced_on=DAY, apply_from=DAY,
        apply_until=DAY + timedelta(days=9), method="draw", earnest_fen=1, maker=uuid7(),
    )  # fmt: skip
    homes = [
        BatchUnit(
            region=CITY, project=project, batch=batch, unit=unit, label=f"1-1-{unit.room}", tenure="sale", programme="sale",
            amount_fen=1, earnest_fen=1,
        )
        for unit in units
    ]  # fmt: skip
    sealed = seal("19900000000")
    households = [
        Application(
            region=COUNTY, number=f"{number}-{at:06d}", programme="sale", applicant_name="合成", phone=sealed,
            phone_blind=blind("phone", "19900000000"), group="wage_earner", town="231202001", persons=1, state="qualified",
            accepted_on=DAY, qualified_on=DAY, sort_key=f"9|{number}{at:06d}",
        )
        for at in range(ENTRANTS)
    ]  # fmt: skip
    labels = [home.label for home in homes]
    subscriptions = [
        Subscription(
            region=CITY, batch=batch, application=row, application_region=COUNTY, wishes=rng.sample(labels, WISHES), priority=9,
            subscribed_at=NOON,
        )
        for row in households
    ]  # fmt: skip
    for rows in ([acquirer], [project], [building], units, [letter], [batch], homes, households, subscriptions):
        _lay(rows)
    acts.freeze(ctx=_context(NOON + timedelta(days=10), acquirer.pk), batch_id=batch.pk)
    with scope(CITY):
        row = Draw.objects.get(batch=batch)
    secrets = [rng.randbytes(32) for _ in range(2)]
    _lay([
        DrawHolder(
            region=CITY, draw=row, order=at, title=f"持有人{at}", account=uuid7(), commitment=hashlib.sha256(secret).hexdigest(),
            secret=secret.hex(), revealed_at=NOON,
        )
        for at, secret in enumerate(secrets, 1)
    ])  # fmt: skip
    _lay([
        DrawSource(
            region=CITY, draw=row, order=at, game=game, issue="1", drawn_issue="1", drums=drums, entered_by=uuid7(),
            entered_for=uuid7(), confirmed_by=uuid7(), confirmed_for=uuid7(), confirmed_at=NOON,
        )
        for at, (game, drums) in enumerate((("kl8", [list(range(1, 21))]), ("ssq", [[1, 2, 3, 4, 5, 6], [7]])), 1)
    ])  # fmt: skip
    _fix(row)
    return batch


def _fix(row: Any) -> None:
    import psycopg

    from anju.front import postgres

    with psycopg.connect(**postgres.admin_settings(os.environ["ANJU_DB"]), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(
            "UPDATE offering_draw SET fixed_at = %s, reveal_until = %s, value_from = %s WHERE id = %s",
            [NOON, NOON + timedelta(days=11), NOON + timedelta(days=12), row.pk],
        )
