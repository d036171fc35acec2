"""Complaints (投诉) and tip-offs (举报): by anybody, also without a name; answered by another than whom they are about."""

import secrets
from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from anju.base.acts import ActContext, Forbidden, InvalidInput, Refused, act
from anju.base.papers.desk import CODE_LETTERS
from anju.base.tickets.desk import close_tickets, open_ticket
from anju.needs.acts.steps import limit, who
from anju.needs.models import Complaint, ComplaintAbout
from anju.parties.models import Appointment
from anju.parties.posts import PARTY_POSTS

CLAUSE = "4.5"
ANSWERS, ABOVE = "office_head", "leader"  # who answers; whoever stands above, where the first is complained of
TEXT_MIN, TEXT_MAX, ANSWER_MAX = 10, 2000, 2000


@act(clause=CLAUSE, title="提出投诉举报")
def file_complaint(
    *,
    ctx: ActContext,
    kind: str,
    about: str,
    whom: str,
    text: str,
    contact: str = "",
    files: Iterable[tuple[str, bytes]] = (),
) -> Complaint:
    """Take a complaint in; its receipt is all that leads back to it. Staff named in it are kept from it.

    It goes to the head of the office, or to the leader where that head is named.
    """
    text, whom = text.strip(), whom.strip()
    if kind not in dict(Complaint.KINDS) or about not in dict(Complaint.ABOUT):
        raise InvalidInput("请选择投诉还是举报、关于谁，没有收下", field="kind", clause=CLAUSE)
    if not TEXT_MIN <= len(text) <= TEXT_MAX:
        raise InvalidInput(
            f"请写明情况（{TEXT_MIN} 至 {TEXT_MAX} 字，现有 {len(text)} 字），没有收下", field="text", clause=CLAUSE
        )
    if len(whom) > 200 or len(contact) > 120:
        raise InvalidInput("对象至多 200 字、联系方式至多 120 字，没有收下", field="whom", clause=CLAUSE)
    named = named_in(ctx.region, f"{whom}\n{text}")
    heads = {account for account, post in named if post == ANSWERS}
    row = Complaint.objects.create(
        region=ctx.region, receipt=_receipt(), kind=kind, about=about, whom=whom, text=text, contact=contact.strip() or None,
        filed_at=ctx.now, post=ABOVE if heads else ANSWERS,
    )  # fmt: skip
    for account in sorted({account for account, _ in named}):
        ComplaintAbout.objects.create(region=ctx.region, complaint=row, account=account)
    _on_desk(ctx, row)
    ctx.on(row, kind=kind, about=about, anonymous=row.contact is None)
    return row


def named_in(region: str, text: str) -> list[tuple[UUID, str]]:
    """(account, post) of the city's staff whose whole names stand in the text; names of one character name nobody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT account, post FROM staff_named(%s, %s, %s)", [region, text, sorted(PARTY_POSTS)])
        return list(cursor.fetchall())


@act(clause=CLAUSE, title="写明被投诉人")
def name_complained(*, ctx: ActContext, complaint_id: UUID, account_id: UUID) -> ComplaintAbout:
    """Say that a complaint is about a member of staff, who from then on neither sees nor answers it."""
    row = _locked(ctx, complaint_id)
    if not Appointment.objects.filter(account_id=account_id, region__startswith=ctx.region[:4]).exists():
        raise InvalidInput("没有这名工作人员，没有登记；请核对账号", field="account_id", clause=CLAUSE)
    made, _ = ComplaintAbout.objects.get_or_create(region=ctx.region, complaint=row, account=account_id)
    ctx.on(row, named=str(account_id))
    return made


@act(clause=CLAUSE, title="转上级办理投诉举报", power="needs.answer_complaint")
def pass_complaint_up(*, ctx: ActContext, complaint_id: UUID, reason: str) -> Complaint:
    """Hand a complaint to the leader."""
    row = _locked(ctx, complaint_id)
    if row.post == ABOVE:
        raise Refused("已由专班领导办理，没有再转", clause=CLAUSE)
    if not reason.strip():
        raise InvalidInput("请写明转办理由，没有办理", field="reason", clause=CLAUSE)
    row.post = ABOVE
    row.save(update_fields=["post"])
    close_tickets(ctx=ctx, obj=row, outcome="已转专班领导")
    _on_desk(ctx, row)
    ctx.on(row, reason=reason.strip()[:300])
    return row


@act(clause=CLAUSE, title="答复投诉举报")
def answer_complaint(*, ctx: ActContext, complaint_id: UUID, answer: str) -> Complaint:
    """Answer, once; whoever holds the receipt reads it. Raises Forbidden for whom it is about."""
    row = _locked(ctx, complaint_id)
    if row.answered_on is not None:
        raise Refused(f"已于 {row.answered_on} 答复，没有再答复；有新情况请另行登记", clause=CLAUSE)
    if ctx.post != row.post:
        raise Refused("这件投诉举报不归本岗位答复，没有办理；请由办理岗位答复", clause=CLAUSE)
    if not answer.strip() or len(answer) > ANSWER_MAX:
        raise InvalidInput(f"请写明查实情况和处理结果（{ANSWER_MAX} 字以内），没有答复", field="answer", clause=CLAUSE)
    row.answer, row.answered_on, row.answered_by = answer.strip(), ctx.today, who(ctx)
    row.save(update_fields=["answer", "answered_on", "answered_by"])
    close_tickets(ctx=ctx, obj=row, outcome="已答复")
    ctx.on(row, answered=True)
    return row


@act(clause=CLAUSE, title="查看投诉人联系方式", power="needs.answer_complaint")
def read_contact(*, ctx: ActContext, complaint_id: UUID, reason: str) -> Complaint:
    """Leave an entry that somebody looked at how to reach who complained, and why; the page then shows it once."""
    row = _locked(ctx, complaint_id)
    if not reason.strip():
        raise InvalidInput("请写明查看事由，没有办理", field="reason", clause=CLAUSE)
    ctx.on(row, reason=reason.strip()[:300], read="联系方式")
    return row


def _locked(ctx: ActContext, complaint_id: UUID) -> Complaint:
    row = Complaint.objects.select_for_update().filter(region=ctx.region, id=complaint_id).first()
    if row is None:
        raise Refused("没有这件投诉举报，没有办理；请从清单进入", clause=CLAUSE)
    if ComplaintAbout.objects.filter(region=ctx.region, complaint=row, account=who(ctx)).exists():
        raise Forbidden("这件投诉举报与您有关，不能由您办理", clause=CLAUSE)
    return row


def _on_desk(ctx: ActContext, row: Complaint) -> None:
    open_ticket(
        ctx=ctx, kind="needs.complaint", title=f"办理{row.get_kind_display()} {row.receipt[:4]}…", post=row.post, obj=row,
        url=f"/needs/complaints/{row.id}/", limit_days=limit(ctx, "complaint_days"),
    )  # fmt: skip


def _receipt() -> str:
    letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(12))
    return "-".join(letters[at : at + 4] for at in (0, 4, 8))
