"""A worker killed again and again at random moments: the load it takes is taken once, whole."""

import signal
import time
from typing import Any

import pytest

from anju.base.acts.models import Act
from anju.base.regions import scope
from anju.base.sheets import kinds as kinds_
from anju.base.sheets.loads import accept_load, bring_file
from anju.base.sheets.models import Load
from anju.base.tickets.models import Ticket
from long.seeds import dice
from support import worker
from support.db import context
from support.sheets import row, xlsx

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200), pytest.mark.xdist_group("kills")]
ROWS, KILLS, PATIENCE_SECONDS = 3_000, 10, 60


def state(load: Load) -> Load:
    with scope("231200"):
        return Load.objects.get(pk=load.pk)


@pytest.mark.usefixtures("committed")
def test_a_worker_killed_many_times_at_random_moments_neither_loses_nor_doubles_a_row(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("anju.base.sheets", "anju.base.sheets.kinds"):
        monkeypatch.setattr(f"{module}.KINDS", dict(kinds_.KINDS))
    chance = dice("kills")
    worker.register()
    data = xlsx([row(受理号=str(n)) for n in range(ROWS)])
    load = bring_file(ctx=context(), kind="slow", name="样表.xlsx", data=data)
    accept_load(ctx=context(), load_id=load.id)
    kills, seen = 0, []
    process = worker.start(settings.FILES)
    try:
        while state(load).done < ROWS:
            before, end = state(load).done, time.monotonic() + PATIENCE_SECONDS
            while state(load).done == before:
                assert time.monotonic() < end, f"nothing moves after {kills} kills at {before} rows"
                time.sleep(0.05)
            if kills < KILLS:
                time.sleep(chance.uniform(0, 1.2))
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
                seen.append(state(load).done)
                process = worker.start(settings.FILES)
    finally:
        process.kill()
        process.wait()
    assert kills == KILLS and seen[-1] < ROWS, f"killed in the middle, at {seen}"
    with scope("231200"):
        titles = sorted(int(title) for title in Ticket.objects.values_list("title", flat=True))
        assert titles == list(range(ROWS))
        assert Load.objects.get(pk=load.pk).state == Load.ACCEPTED
        assert Act.objects.filter(name="base.take_chunk").count() == ROWS // worker.CHUNK
