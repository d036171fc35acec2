"""What a person does with a list of their own: keep a view, take it out as a file."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, models, transaction

from anju.base.acts import ActContext, Conflict, Forbidden, InvalidInput, Refused, act
from anju.base.jobs import progress, work
from anju.base.listing.models import ExportFile, SavedView

CLAUSE = "4.4"
VIEWS_MAX = 20
DAYS_KEPT = 7
WHY_MAX = 300
OUT = "taken out"


@act(clause=CLAUSE, title="保存清单视图")
def save_view(
    *, ctx: ActContext, page: str, title: str, values: Mapping[str, str], columns: Sequence[str], default: bool = False
) -> SavedView:
    """Keep what a list shows under a name of one's own; the same name again replaces it. ``default``: the list opens with it.

    Raises InvalidInput without a name or past ``VIEWS_MAX`` views of one list.
    """
    title = title.strip()
    if not title or len(title) > 20:
        raise InvalidInput(f"视图名称应为 1 至 20 个字，收到 {len(title)} 个字，没有保存；请改名", field="title")
    mine = SavedView.objects.select_for_update().filter(region=ctx.region, account=_who(ctx), list=page)
    row = mine.filter(title=title).first()
    if row is None and mine.count() >= VIEWS_MAX:
        raise InvalidInput(f"一张清单最多存 {VIEWS_MAX} 个视图，没有保存；请先删去不用的", field="title")
    if default:
        mine.filter(is_default=True).update(is_default=False)
    row = row or SavedView(region=ctx.region, account=_who(ctx), list=page, title=title)
    row.values, row.columns, row.is_default = dict(values), list(columns), default
    row.organisation, row.made_at = ctx.organisation, ctx.now
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Conflict("同名视图刚刚在另一个窗口保存，没有重复保存；请刷新页面") from error
    ctx.on(row, page=page, title=title, default=default)
    return row


@act(clause=CLAUSE, title="删除清单视图", power="base.save_view")
def delete_view(*, ctx: ActContext, view_id: UUID) -> None:
    """Forget one's own view. Raises InvalidInput where there is none."""
    row = SavedView.objects.filter(region=ctx.region, account=_who(ctx), pk=view_id).first()
    if row is None:
        raise InvalidInput("没有这个视图，或它不是您的，没有删除；请刷新页面", field="view_id")
    ctx.on(row, page=row.list, title=row.title)
    row.delete()


@act(clause=CLAUSE, title="导出清单")
def export_list(
    *, ctx: ActContext, page: str, title: str, rows: int | None, shown: Sequence[str], personal: bool = False, reason: str = "",
    cases: Sequence[UUID] = (),
) -> None:  # fmt: skip
    """Note who took which list out, how many rows (None: not counted) and by which filters; the page hands the file out after this.

    ``cases``: the households' cases that the file names, so that each can be told. Raises InvalidInput for personal rows without a reason.
    """
    ctx.entry.facts.update(page=page, title=title, rows=rows, shown=list(shown), **_why(personal, reason))
    ctx.items((case, OUT) for case in cases)


@act(clause=CLAUSE, title="导出清单（后台生成）", power="base.export_list")
def ask_export(
    *,
    ctx: ActContext,
    page: str,
    title: str,
    address: str,
    needs: str,
    rows: int,
    personal: bool = False,
    reason: str = "",
) -> ExportFile:
    """Ask for a file too large to wait for: a job makes it. ``needs`` is the power that the list's page asks for.

    Raises InvalidInput for personal rows without a reason.
    """
    why = _why(personal, reason)
    row = ExportFile.objects.create(
        region=ctx.region, account=_who(ctx), organisation=ctx.organisation, list=page, title=title[:200], address=address[:2000],
        power=needs, asked_at=ctx.now, personal=personal, why=why.get("reason", ""),
    )  # fmt: skip
    progress.start(region=ctx.region, kind="export", object_id=row.id, total=rows)
    work.defer(ctx=ctx, kind="export", object_id=row.id)
    ctx.on(row, page=page, title=title, rows=rows, **why)
    return row


@act(clause=CLAUSE, title="导出文件已生成", power="base.export_list")
def finish_export(
    *, ctx: ActContext, export_id: UUID, name: str, data: bytes, rows: int, cases: Sequence[UUID] = ()
) -> ExportFile:
    """Keep the file that the job made. Twice changes nothing: a job may be started again after a kill.

    ``cases``: the households' cases that the file names; the entry holds them with the reason that was given when it was asked for.
    """
    row = ExportFile.objects.select_for_update().get(region=ctx.region, pk=export_id)
    ctx.on(row, rows=rows, name=name, **({"reason": row.why} if row.personal else {}))
    if row.state != ExportFile.WAITING:
        return row
    ctx.items((case, OUT) for case in cases)
    path = path_of(row.id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_bytes(data)
    part.replace(path)
    row.state, row.name, row.rows, row.size = ExportFile.READY, name[:200], rows, len(data)
    row.sha256, row.ready_at, row.expires_on = (
        hashlib.sha256(data).hexdigest(),
        ctx.now,
        ctx.today + timedelta(days=DAYS_KEPT),
    )
    row.save()
    progress.finish(region=row.region, kind="export", object_id=row.id)
    return row


@act(clause=CLAUSE, title="下载导出文件", power="base.export_list")
def fetch_export(*, ctx: ActContext, export_id: UUID) -> ExportFile:
    """Note that one fetched one's own file. Raises Refused where it is gone, Forbidden where the list may no longer be seen."""
    row = ExportFile.objects.filter(region=ctx.region, account=_who(ctx), pk=export_id).first()
    if row is None:
        raise InvalidInput("没有这份导出文件，或它不是您要的，没有下载；请从「我的导出」进入", field="export_id")
    ctx.on(row, name=row.name, sha256=row.sha256)
    if row.power not in ctx.powers:
        raise Forbidden(f"当前岗位已不能查看「{row.title}」，没有下载；请换岗位，或请安全管理员授权")
    if row.state != ExportFile.READY or row.expires_on is None or row.expires_on < ctx.today:
        raise Refused(f"「{row.title}」{row.get_state_display()}，没有下载；请在清单页重新导出")
    return row


@act(clause=CLAUSE, title="删除到期的导出文件")
def drop_exports(*, ctx: ActContext) -> int:
    """Delete the files whose last day has passed; the worker calls it each hour. How many."""
    rows = list(over(ctx.region, ctx.today).select_for_update().order_by("id"))
    for row in rows:
        path_of(row.id).unlink(missing_ok=True)
    ExportFile.objects.filter(pk__in=[row.pk for row in rows]).update(state=ExportFile.GONE)
    ctx.items([(row.pk, f"{row.name} until {row.expires_on}") for row in rows])
    return len(rows)


def over(region: str, on: Any) -> "models.QuerySet[ExportFile, ExportFile]":
    """The files that should no longer lie there on that day."""
    last = region[:4] + "99" if region.endswith("00") else region
    return ExportFile.objects.filter(region__gte=region, region__lte=last, state=ExportFile.READY, expires_on__lt=on)


def path_of(export_id: UUID) -> Path:
    """Where the file of an export lies."""
    return Path(settings.FILES) / "exports" / f"{export_id}.xlsx"


def _why(personal: bool, reason: str) -> dict[str, str]:
    """The reason as the entry keeps it; nothing where the rows are about nobody."""
    if not personal:
        return {}
    if not reason.strip():
        raise InvalidInput("清单里有个人信息，请写明导出的事由，没有导出", field="reason", clause="4.5")
    return {"reason": reason.strip()[:WHY_MAX]}


def _who(ctx: ActContext) -> UUID:
    if ctx.account is None:
        raise Refused("须由具名账号办理，没有办理；请登录后再办", clause=CLAUSE)
    return ctx.account
