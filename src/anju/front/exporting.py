"""Files out: a registered export with its entry, and the job behind a large list, whose page is asked again as the person who asked."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, QueryDict
from django.urls import resolve

from anju.base.acts import ActContext, Refused
from anju.base.jobs import progress, work
from anju.base.listing import acts
from anju.base.listing.models import ExportFile
from anju.base.regions import region_range, scope
from anju.base.sheets.kinds import Export
from anju.parties.context import Actor, actor, day_of, live_appointments
from anju.parties.models import Account


class Making:
    """What the page finds in ``request.exporting``: where it says how far it is and leaves the file."""

    def __init__(self, row: ExportFile) -> None:
        self.row, self.name, self.data, self.count, self.cases = row, "", b"", 0, list[UUID]()
        self._pool = ThreadPoolExecutor(1)

    def step(self, done: int) -> None:
        """So far. On a connection of its own: this one's transaction shows nothing until it ends."""
        self._pool.submit(_say, self.row.region, self.row.id, done)

    def made(self, name: str, data: bytes, count: int, cases: list[UUID]) -> None:
        """The file, and the households' cases that it names."""
        self.name, self.data, self.count, self.cases = name, data, count, cases

    def close(self) -> None:
        """No more steps."""
        self._pool.shutdown()


def _say(region: str, export_id: UUID, done: int) -> None:
    try:
        progress.step(region=region, kind="export", object_id=export_id, done=done)
    finally:
        connection.close()


def make(ctx: ActContext, export_id: UUID) -> None:
    """The body of the job; safe to start again. Raises Refused where the person may no longer see the list."""
    with scope(ctx.region):
        row = ExportFile.objects.get(pk=export_id)
    if row.state != ExportFile.WAITING:
        return
    making = Making(row)
    try:
        _ask(_actor(ctx), row, making)
    finally:
        making.close()
    if not making.name:
        raise Refused(f"「{row.title}」没有生成：清单页没有给出文件；请在清单页重新导出")
    acts.finish_export(
        ctx=ctx, export_id=row.id, name=making.name, data=making.data, rows=making.count, cases=making.cases
    )


def taken_out(found: Export, ctx: ActContext, why: str) -> tuple[str, bytes]:
    """The file of a registered export, its entry in the log left first. Raises InvalidInput for personal data without a reason."""
    cases = [] if found.cases is None else found.cases(ctx)
    acts.export_list(
        ctx=ctx, page=f"export:{found.name}", title=found.title, rows=None, shown=[], personal=found.cases is not None, reason=why,
        cases=cases,
    )  # fmt: skip
    return found.function(ctx)


def _ask(who: Actor, row: ExportFile, making: Making) -> None:
    parts = urlsplit(row.address)
    match = resolve(parts.path)
    if getattr(match.func, "power", None) not in who.powers:
        raise Refused(f"岗位「{who.post_title}」已不能查看「{row.title}」，没有生成；请换岗位后重新导出")
    request: Any = HttpRequest()
    request.method, request.path, request.path_info = "GET", parts.path, parts.path
    request.GET = QueryDict(parts.query + "&export=xlsx")
    request.user, request.anju, request.installation, request.session = who.account, who, who.installation, {}
    request.resolver_match, request.exporting = match, making
    with who.scope():
        match.func(request, *match.args, **match.kwargs)


def _actor(ctx: ActContext) -> Actor:
    assert ctx.account  # a job always has one
    account = Account.objects.get(id=ctx.account, is_active=True)
    for held in live_appointments(account, day_of(ctx.now)):
        lo, hi = region_range(held.region)
        if held.post_id == ctx.post and lo <= ctx.region <= hi and held.organisation_id == ctx.organisation:
            return actor(account, held, now=ctx.now)
    raise Refused("申请导出的账号已不在原岗位，没有生成；请由在岗的同事重新导出")


work.register("export", make)
