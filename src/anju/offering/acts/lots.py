"""The draw (摇号): holders commit, one announcement fixes everything, secrets by T1, public values after T2, then the order."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from anju.base.acts import ActContext, Conflict, Forbidden, InvalidInput, Refused, act
from anju.base.acts.context import SHANGHAI
from anju.base.files import store
from anju.base.publication import release as publication
from anju.base.tickets.desk import close_tickets
from anju.negotiation.acts.common import person
from anju.offering import draw, sources
from anju.offering.acts.common import CLAUSE, STATES, batch_for
from anju.offering.draw import Frozen, Holder, Source
from anju.offering.models import Draw, DrawHolder, DrawSource, Subscription
from anju.parties.acts.shared import held_by
from anju.parties.models import Account

HOLDERS_MIN, HOLDERS_MAX = 2, 7
# Nobody may see the value while a secret can still be held back; and the notice is taken as it stands a day later.
REVEAL_BEFORE_VALUE = timedelta(hours=1)
NOTICE_STANDS = timedelta(hours=24)
HEX64 = "请填 64 位十六进制（0–9、a–f）"


def _round(ctx: ActContext, batch_id: UUID) -> Draw:
    """The running round of the batch, locked after the batch. Raises Refused."""
    batch = batch_for(ctx, batch_id)
    row = Draw.objects.filter(region=ctx.region, batch=batch).select_for_update(of=("self",)).order_by("-round").first()
    if row is None:
        raise Refused(f"批次 {batch.number} 还没有封存名单，没有办理；请先封存", clause=CLAUSE)
    row.batch = batch
    ctx.on(row, batch=batch.number, round=row.round)
    return row


def _open(row: Draw) -> Draw:
    """A round in which lots are drawn and nothing has been announced yet. Raises Refused."""
    if row.method != "draw":
        raise Refused(f"批次 {row.batch.number} 按「{row.get_method_display()}」排序，不摇号，没有办理", clause=CLAUSE)
    if row.fixed_at:
        raise Refused(f"本轮摇号已于 {_said(row.fixed_at)} 公告，持有人、来源和时间不能再改，没有办理", clause=CLAUSE)
    return row


@act(clause=CLAUSE, title="指定密数持有人")
def name_holders(*, ctx: ActContext, batch_id: UUID, holders: Sequence[tuple[str, UUID]]) -> Draw:
    """Name two or more independent holders, (title, account): notary, citizens; none of the acquirer. Replaces earlier names."""
    row = _open(_round(ctx, batch_id))
    accounts = list(Account.objects.filter(pk__in=[account for _, account in holders], is_active=True))
    if not HOLDERS_MIN <= len(holders) <= HOLDERS_MAX or len(accounts) != len(holders):
        raise InvalidInput(
            f"密数持有人应为 {HOLDERS_MIN}–{HOLDERS_MAX} 个不同的有效账号，收到 {len(accounts)} 个，没有指定",
            field="holders",
            clause=CLAUSE,
        )
    inside = [a.name for a in accounts if a.organisation_id == row.batch.letter.acquirer_id or a.pk == ctx.account]
    if inside:
        raise Refused(
            f"{inside[0]} 是收购主体的人员或经办人自己，不能持有密数；请指定公证机构、市民代表等独立的人", clause=CLAUSE
        )
    DrawHolder.objects.filter(region=ctx.region, draw=row).delete()
    DrawHolder.objects.bulk_create(
        [
            DrawHolder(region=ctx.region, draw=row, order=at, title=title.strip(), account=account)
            for at, (title, account) in enumerate(holders, 1)
        ]
    )
    ctx.on(row, holders=[title for title, _ in holders])
    return row


def _own(ctx: ActContext, row: Draw) -> DrawHolder:
    """The acting account's place among the holders. Raises Forbidden."""
    found = DrawHolder.objects.select_for_update().filter(region=ctx.region, draw=row, account=person(ctx)).first()
    if found is None:
        raise Forbidden("您不是本轮摇号的密数持有人，没有办理；请由指定的持有人办理", clause=CLAUSE)
    return found


@act(clause=CLAUSE, title="交存密数摘要")
def commit_secret(*, ctx: ActContext, batch_id: UUID, commitment: str) -> DrawHolder:
    """A holder enters the SHA-256 of its 32 random bytes; the bytes stay with it until after the announcement."""
    row = _open(_round(ctx, batch_id))
    mine, text = _own(ctx, row), commitment.strip().lower()
    if len(text) != 64 or set(text) - set("0123456789abcdef"):
        raise InvalidInput(f"密数摘要应为 SHA-256，{HEX64}，没有收下", field="commitment", clause=CLAUSE)
    if mine.commitment and mine.commitment != text:
        raise Conflict("您已交存过摘要，不能更换；确需更换请经办人重新指定持有人", clause=CLAUSE)
    mine.commitment, mine.committed_at = text, ctx.now
    with held_by({"a_commitment_is_ones_own": "另一位持有人交存了同一个摘要，没有收下；请各自独立生成密数"}):
        mine.save(update_fields=["commitment", "committed_at"])
    ctx.on(mine, commitment=text, title=mine.title)
    return mine


@act(clause=CLAUSE, title="公告摇号安排")
def fix_sources(
    *, ctx: ActContext, batch_id: UUID, values: Sequence[tuple[str, str]], reveal_until: datetime, value_from: datetime
) -> Draw:
    """One announcement fixes the frozen hash, the commitments, the public values by (game, issue), T1 and T2.

    Asks for two commitments, 24 bits of public randomness, T2 at least an hour after T1. Raises Refused or InvalidInput.
    """
    row = _open(_round(ctx, batch_id))
    holders = list(row.holders.order_by("order"))
    waiting = [h.title for h in holders if not h.commitment]
    if len(holders) < HOLDERS_MIN or waiting:
        raise Refused(
            f"至少 {HOLDERS_MIN} 位持有人都交存摘要后才能公告，还缺：{'、'.join(waiting) or '持有人'}，没有公告",
            clause=CLAUSE,
        )
    unknown = [game for game, _ in values if game not in sources.GAMES]
    if unknown or len({game for game, _ in values}) < len(values):
        raise InvalidInput(
            f"公共随机值应从 {'、'.join(g.title for g in sources.GAMES.values())} 中选，各一期，没有公告",
            field="values",
            clause=CLAUSE,
        )
    bits = sources.strength([game for game, _ in values])
    if bits < sources.BITS_MIN:
        raise Refused(
            f"所选公共随机值合计 {bits:.1f} 比特，不足 {sources.BITS_MIN} 比特，没有公告；请改用快乐8加双色球",
            clause=CLAUSE,
        )
    if not ctx.now < reveal_until or value_from < reveal_until + REVEAL_BEFORE_VALUE:
        raise InvalidInput(
            f"揭开密数截止 {_said(reveal_until)} 应晚于现在，开奖时间 {_said(value_from)} 应至少再晚 1 小时，没有公告",
            field="reveal_until", clause=CLAUSE,
        )  # fmt: skip
    DrawSource.objects.filter(region=ctx.region, draw=row).delete()
    DrawSource.objects.bulk_create(
        [
            DrawSource(region=ctx.region, draw=row, order=at, game=game, issue=issue.strip())
            for at, (game, issue) in enumerate(values, 1)
        ]
    )
    row.reveal_until, row.value_from, row.fixed_at = reveal_until, value_from, ctx.now
    row.save(update_fields=["reveal_until", "value_from", "fixed_at"])
    _announce(ctx, row, holders, values)
    ctx.on(row, commitments=[h.commitment for h in holders], values=[list(v) for v in values])
    return row


def _announce(ctx: ActContext, row: Draw, holders: Sequence[DrawHolder], values: Sequence[tuple[str, str]]) -> None:
    body: dict[str, Any] = {
        "batch_id": str(row.batch_id), "region": ctx.region, "number": row.batch.number, "project": row.batch.project.name,
        "round": row.round, "entrants_sha256": row.freeze_sha256, "homes_sha256": row.homes_sha256, "rule": draw.rule_of(row.homes),
        "holders": [{"holder": h.title, "commitment": h.commitment} for h in holders],
        "sources": [{"game": sources.GAMES[game].title, "issue": issue} for game, issue in values],
        "reveal_until": _said(row.reveal_until, iso=True), "value_from": _said(row.value_from, iso=True),
        "if_absent": "持有人未按时揭开密数的，剔除并公布其名称；该期未开奖的，用下一期",
    }  # fmt: skip
    publication.release(
        ctx=ctx, kind="draw_plan", title=f"{row.batch.project.name}（{row.batch.number}）摇号安排",
        slug=f"{row.batch.number}-{row.round}", body=body, obj=row,
    )  # fmt: skip


@act(clause=CLAUSE, title="揭开密数")
def reveal_secret(*, ctx: ActContext, batch_id: UUID, secret: str) -> DrawHolder:
    """A holder gives its 32 bytes (hex) by T1. Raises Refused after T1 or where they do not match the commitment."""
    row = _round(ctx, batch_id)
    if row.fixed_at is None or row.reveal_until is None or row.drawn_at:
        raise Refused("摇号安排还没有公告，或本轮已排定，不能揭开密数，没有收下", clause=CLAUSE)
    mine, text = _own(ctx, row), secret.strip().lower()
    if ctx.now > row.reveal_until:
        raise Refused(
            f"揭开密数到 {_said(row.reveal_until)} 截止，没有收下；本份密数按公告剔除，摇号照常进行", clause=CLAUSE
        )
    if mine.secret:
        raise Conflict("您的密数已经揭开，没有再收", clause=CLAUSE)
    if not draw.opens(Holder(mine.title, mine.commitment, text)):
        raise Refused(
            f"这份密数与交存的摘要不符，没有收下；{HEX64}，在 {_said(row.reveal_until)} 前可以重填", clause=CLAUSE
        )
    mine.secret, mine.revealed_at = text, ctx.now
    mine.save(update_fields=["secret", "revealed_at"])
    ctx.on(mine, title=mine.title, secret=text)
    return mine


@act(clause=CLAUSE, title="录入公共随机值")
def enter_public_value(
    *, ctx: ActContext, source_id: UUID, drums: Sequence[Sequence[int]], issue: str = "", notice_name: str = "",
    notice: bytes = b"",
) -> DrawSource:  # fmt: skip
    """One person enters the official numbers as they stand 24 h after T2, one of another body enters the same; then they are final.

    The acquirer's people may be one of the two, never both: the second is a notary's or the housing office's.

    ``issue``: the issue used, where the announced one was not drawn. ``notice``: the official notice, kept.
    Raises Refused too early, or where the two differ: a wrong first entry is taken back by ``clear_public_value``.
    """
    known = DrawSource.objects.filter(region=ctx.region, id=source_id).select_related("draw").first()
    if known is None:
        raise Conflict("没有这项公共随机值，没有办理；请从摇号页重新打开", clause=CLAUSE)
    row = _round(ctx, known.draw.batch_id)
    source = DrawSource.objects.select_for_update(of=("self",)).get(pk=source_id)
    if source.draw_id != row.pk or source.confirmed_by:
        raise Conflict("这项公共随机值已经两人录定，没有再收", clause=CLAUSE)
    if row.value_from is None or ctx.now < row.value_from + NOTICE_STANDS:
        raise Refused("开奖满 24 小时、官方公告不再变动后才能录入，没有收下；请届时再办", clause=CLAUSE)
    try:
        numbers = sources.check(source.game, drums)
    except sources.BadValue as error:
        raise InvalidInput(f"{error}，没有收下；请对照官方公告", field="drums", clause=CLAUSE) from error
    used = issue.strip() or source.issue
    if source.entered_by is None:
        if used != source.issue and not notice:
            raise InvalidInput(
                f"公告的是 {source.issue} 期，改用 {used} 期须附该期停售或未开奖的官方公告，没有收下；请上传公告",
                field="notice", clause=CLAUSE,
            )  # fmt: skip
        if notice:
            source.notice = store.keep(ctx=ctx, name=notice_name, data=notice, kind="lottery-notice")
        source.drums, source.drawn_issue = numbers, used
        source.entered_by, source.entered_for = person(ctx), _body(ctx)
    else:
        _second(ctx, source, numbers, used)
    source.save(
        update_fields=[
            "drums", "drawn_issue", "entered_by", "entered_for", "confirmed_by", "confirmed_for", "confirmed_at", "notice",
        ]
    )  # fmt: skip
    ctx.on(source, game=source.game, issue=used, drums=numbers, confirmed=bool(source.confirmed_by))
    return source


def _body(ctx: ActContext) -> UUID:
    """The organisation that answers for an entry. Raises Forbidden where the account acts for none."""
    if ctx.organisation is None:
        raise Forbidden("您的岗位没有所属单位，不能录入公共随机值，没有收下；请安全管理员授岗时写明单位", clause=CLAUSE)
    return ctx.organisation


def _second(ctx: ActContext, source: DrawSource, numbers: list[list[int]], used: str) -> None:
    """The second entry must be another person's, of another body, and the same. Raises Refused."""
    ctx.other_than(source.entered_by, "公共随机值")
    if source.entered_for is None or source.entered_for == _body(ctx):
        raise Refused(
            "这项公共随机值先由您所在的单位录入，第二次须由另一单位的人员录入，没有确认；请公证机构或专班办公室（住建部门）办理",
            clause=CLAUSE,
        )
    if (numbers, used) != (source.drums, source.drawn_issue):
        raise Refused(
            f"两人录入不一致：先录 {source.drawn_issue} 期 {source.drums}，您录 {used} 期 {numbers}，没有确认；"
            "请对照官方公告，先录有误的请其更正后再确认",
            clause=CLAUSE,
        )
    source.confirmed_by, source.confirmed_for, source.confirmed_at = ctx.account, ctx.organisation, ctx.now


@act(clause=CLAUSE, title="更正未确认的公共随机值")
def clear_public_value(*, ctx: ActContext, source_id: UUID) -> DrawSource:
    """Take back an entry that the second person has not confirmed, so that it can be entered again."""
    known = DrawSource.objects.filter(region=ctx.region, id=source_id).select_related("draw").first()
    if known is None:
        raise Conflict("没有这项公共随机值，没有办理；请从摇号页重新打开", clause=CLAUSE)
    batch_for(ctx, known.draw.batch_id)
    source = DrawSource.objects.select_for_update(of=("self",)).get(pk=source_id)
    if source.confirmed_by or source.entered_by is None:
        raise Conflict("这项公共随机值还没有录入，或已经两人录定，没有更正", clause=CLAUSE)
    ctx.on(source, game=source.game, was=source.drums)
    source.drums, source.drawn_issue, source.entered_by, source.entered_for = None, "", None, None
    source.save(update_fields=["drums", "drawn_issue", "entered_by", "entered_for"])
    return source


@act(clause=CLAUSE, title="排定选房顺序")
def draw_lots(*, ctx: ActContext, batch_id: UUID) -> Draw:
    """Order the frozen list (by lot, waiting list or score), once a round; the transcript is hashed and published.

    Raises Conflict for a second time, Refused before T1, T2 or the confirmed values.
    """
    row = _round(ctx, batch_id)
    if row.drawn_at:
        raise Conflict(
            f"批次 {row.batch.number} 第 {row.round} 轮已于 {_said(row.drawn_at)} 排定，不能再排", clause=CLAUSE
        )
    holders, values = _ready(ctx, row) if row.method == "draw" else ([], [])
    frozen = Frozen(row.batch.number, row.round, row.method, row.entrants, row.homes, row.basis)
    result = draw.run(frozen, holders, values)
    _store_keys(row, result)
    row.transcript, row.transcript_sha256, row.drawn_at = result.transcript, result.sha256, ctx.now
    row.save(update_fields=["transcript", "transcript_sha256", "drawn_at"])
    STATES.move(row.batch, "drawn", ctx)
    _publish(ctx, row, result, [h.holder for h in holders if not draw.opens(h)], values)
    ctx.on(row, method=row.method, entrants=len(result.order), transcript_sha256=result.sha256)
    close_tickets(ctx=ctx, obj=row.batch, kind="offering.draw_lots", outcome="已排定")
    return row


def _ready(ctx: ActContext, row: Draw) -> tuple[list[Holder], list[Source]]:
    """Holders with what they revealed, and the confirmed values. Raises Refused."""
    if row.fixed_at is None or row.reveal_until is None or ctx.now <= row.reveal_until:
        raise Refused("摇号安排还没有公告，或揭开密数的时限未到，不能排序；请按公告的时间办理", clause=CLAUSE)
    values = list(row.sources.order_by("order"))
    missing = [sources.GAMES[s.game].title for s in values if s.confirmed_by is None]
    if missing:
        raise Refused(f"{'、'.join(missing)} 的号码还没有两人录定，不能排序；请先录入", clause=CLAUSE)
    holders = [Holder(h.title, h.commitment, h.secret) for h in row.holders.order_by("order")]
    return holders, [
        Source(sources.GAMES[s.game].title, s.drawn_issue, tuple(tuple(d) for d in s.drums or []), announced=s.issue)
        for s in values
    ]


def _store_keys(row: Draw, result: draw.Result) -> None:
    """Each household's sort key, group first; the place in the order is derived from it."""
    rows = Subscription.objects.filter(region=row.region, batch=row.batch_id).exclude(draw_number="")
    keys = [
        (pk, f"{result.groups[number]:02d}/{result.keys[number]}")
        for pk, number in rows.values_list("pk", "draw_number")
        if number in result.keys
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE offering_subscription s SET sort_key = k.key FROM unnest(%s::uuid[], %s::text[]) AS k (id, key)"
            " WHERE s.region = %s AND s.id = k.id",
            [[pk for pk, _ in keys], [key for _, key in keys], row.region],
        )


def _publish(ctx: ActContext, row: Draw, result: draw.Result, dropped: Sequence[str], values: Sequence[Source]) -> None:
    """The transcript as text, so that its digest can be checked; draw numbers only. Issues as announced and as drawn."""
    body: dict[str, Any] = {
        "batch_id": str(row.batch_id), "region": ctx.region, "number": row.batch.number, "project": row.batch.project.name,
        "round": row.round, "method": row.method, "method_title": row.get_method_display(), "entrants": len(result.order),
        "homes": row.homes.count("\n"), "allotted": len(result.allotment), "dropped": list(dropped),
        "sources": [{"game": s.game, "issue": s.announced, "drawn": s.issue} for s in values],
        "drawn_at": ctx.now.isoformat(), "transcript": result.transcript, "transcript_sha256": result.sha256,
    }  # fmt: skip
    publication.release(
        ctx=ctx, kind="draw", title=f"{row.batch.project.name}（{row.batch.number}）{row.get_method_display()}结果",
        slug=f"{row.batch.number}-{row.round}", body=body, obj=row,
    )  # fmt: skip


def _said(moment: datetime | None, *, iso: bool = False) -> str:
    if moment is None:
        return "未定"
    return moment.isoformat() if iso else f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
