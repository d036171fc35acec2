"""A worker of its own process, for tests that kill one: takes tickets slowly from a sample sheet."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from support.sheets import columns, kind

ROOT = Path(__file__).resolve().parents[2]
CHUNK, PAUSE_SECONDS = 20, 0.1


def take(ctx: Any, rows: list[Any], load: Any) -> list[tuple[int, str]]:
    """A ticket per row, so slowly that a kill finds the load half taken."""
    from anju.base.regions import uuid7
    from anju.base.tickets.models import Ticket

    time.sleep(PAUSE_SECONDS)
    Ticket.objects.bulk_create([
        Ticket(
            region=load.region, kind="row", title=r["number"], post="p", object_kind="x", object_id=uuid7(), url="/", opened_on=ctx.today
        )
        for r in rows
    ])  # fmt: skip
    return []


def register() -> None:
    """The kind and the context of a job, in this process."""
    from anju.base.jobs import context as jobs
    from anju.base.sheets import register_kind
    from support.db import context

    register_kind(
        kind(name="slow", take=take, chunk=CHUNK, columns=(replace(columns()[0], unique=False), *columns()[1:]))
    )
    jobs.register(lambda account, post, region: context(post=post, region=region, account=account))


def main(files: str) -> None:
    """The body of the process, once Django is set up."""
    from django.conf import settings
    from procrastinate.contrib.django import app

    settings.FILES = Path(files)
    settings.OUT = Path(files).parent / "out"
    register()
    with app.replace_connector(app.connector.get_worker_connector()) as real:
        real.run_worker(**{**settings.PROCRASTINATE_WORKER_DEFAULTS, "concurrency": 3, "install_signal_handlers": True})


def start(files: Path) -> subprocess.Popen[bytes]:
    """Start one; the caller ends it."""
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}",
        "DJANGO_SETTINGS_MODULE": "anju.front.settings",
    }
    code = f"import django; django.setup(); from support.worker import main; main({str(files)!r})"
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment)
