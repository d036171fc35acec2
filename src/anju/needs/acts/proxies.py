"""A phone bound at the counter, and proxies (代办委托): granted by a paper, told to the family, ended by the family or by their day."""

from datetime import date, datetime
from uuid import UUID

from django.db import models

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.base.acts.context import SHANGHAI
from anju.base.claims import seam
from anju.base.files import store
from anju.base.jobs import work
from anju.base.jobs.context import upkeep_context
from anju.base.messages import outbox
from anju.base.numbers import mask_name, mask_phone
from anju.base.regions import region_range, scope
from anju.base.secrets import blind, seal, unseal
from anju.needs.acts.change import REASON_MAX, File, change_facts
from anju.needs.acts.steps import CLAUSE, FAMILY, locked, tell, who
from anju.needs.models import APPLICANT, Application, PhoneBinding, Proxy
from anju.needs.models import RELATIONS as ALL_RELATIONS
from anju.needs.wordings import NUMBER
from anju.parties.models import Account
from anju.policy.rules import people
from anju.policy.verdict import Outcome

RELATIONS = [pair for pair in ALL_RELATIONS if pair[0] != APPLICANT]
DAYS_MAX = 366
EVIDENCE = frozenset({"pdf", "png", "jpeg", "webp"})


@act(clause=CLAUSE, title="绑定手机号")
def bind_phone(*, ctx: ActContext, application_id: UUID, phone: str, shown: str, reason: str) -> PhoneBinding:
    """Bind a phone to a household at the counter, with the paper that was shown; the old phone is told, and sees the case no more."""
    row = locked(ctx, application_id)
    if shown not in dict(PhoneBinding.PAPERS):
        raise InvalidInput("请选择核对了哪种证件，没有绑定", field="shown", clause=CLAUSE)
    if not reason.strip():
        raise InvalidInput("请写明绑定事由，没有办理", field="reason", clause=CLAUSE)
    number = _phone(phone)
    if blind("phone", number) == bytes(row.phone_blind):
        raise InvalidInput("这已经是本户登记的手机号，不用再绑定", field="phone", clause=CLAUSE)
    # Without its case: what is told of the case follows to the new phone, the warning must reach the old one.
    outbox.queue(
        region=ctx.region, phone=unseal(row.phone), template="phone-moved", once_key=f"phone-moved:{ctx.act}", now=ctx.now,
        values={NUMBER: row.number, "新手机号": mask_phone(number)},
    )  # fmt: skip
    change_facts(ctx, row, {"phone": number})
    made = PhoneBinding.objects.create(
        region=ctx.region, application=row, phone_blind=blind("phone", number), shown=shown, reason=reason.strip()[:REASON_MAX],
        bound_at=ctx.now, maker=who(ctx),
    )  # fmt: skip
    tell(ctx, row, "phone-bound", {}, made.id)
    ctx.on(made, application=str(row.id), shown=shown)
    return made


@act(clause=CLAUSE, title="登记代办人")
def grant_proxy(
    *,
    ctx: ActContext,
    application_id: UUID,
    name: str,
    relation: str,
    phone: str,
    allows: str,
    until_on: date,
    paper: File,
) -> Proxy:
    """Let somebody act for the household until a day, by a signed paper; by the family itself or at the counter. The family is told."""
    row = locked(ctx, application_id)
    number = _phone(phone)
    if not name.strip() or len(name) > 60:
        raise InvalidInput("代办人姓名应为 1 至 60 个字，没有登记", field="name", clause=CLAUSE)
    if allows not in dict(Proxy.SCOPES) or relation not in dict(RELATIONS):
        raise InvalidInput("请选择代办人与申请人的关系和代办范围，没有登记", field="allows", clause=CLAUSE)
    if not ctx.today <= until_on <= date.fromordinal(ctx.today.toordinal() + DAYS_MAX):
        raise InvalidInput(
            f"代办期限应在今天 {ctx.today} 之后、一年之内，收到 {until_on}，没有登记", field="until_on", clause=CLAUSE
        )
    index = blind("phone", number)
    if index == bytes(row.phone_blind):
        raise InvalidInput("这是本户自己的手机号，不用登记代办", field="phone", clause=CLAUSE)
    if Proxy.objects.filter(region=ctx.region, application=row, phone_blind=index, ended_on=None).exists():
        raise Refused(
            f"手机号 {mask_phone(number)} 已是本户的代办人，没有登记；要改范围或期限，请先终止原来的", clause=CLAUSE
        )
    made = Proxy.objects.create(
        region=ctx.region, application=row, name=name.strip(), relation=relation, phone=seal(number), phone_blind=index, scope=allows,
        paper=store.keep(ctx=ctx, name=paper[0], data=paper[1], kind="attachment", case=row.id, allowed=EVIDENCE),
        since=ctx.today, until_on=until_on, maker=who(ctx),
    )  # fmt: skip
    for account in Account.objects.filter(phone_blind=index, is_active=True).values_list("id", flat=True):
        seam.show_to(account, [row.id], region=ctx.region)
    who_acts = f"{mask_name(made.name)}（{mask_phone(number)}）"
    told = {"代办人": who_acts, "范围": made.get_scope_display(), "期限": str(until_on)}
    tell(ctx, row, "proxy-granted", told, made.id)
    outbox.queue(
        region=ctx.region, phone=number, template="proxy-told", values={NUMBER: row.number, "期限": str(until_on)},
        once_key=f"proxy-told:{made.id}", now=ctx.now,
    )  # fmt: skip
    ctx.on(made, application=str(row.id), allows=allows, until_on=until_on)
    return made


@act(clause=CLAUSE, title="终止代办")
def end_proxy(*, ctx: ActContext, proxy_id: UUID, reason: str = "") -> Proxy:
    """End a proxy before its day: by the family, or at the counter with its reason. It sees the case no more."""
    found = Proxy.objects.filter(region=ctx.region, id=proxy_id).first()
    if found is None:
        raise Refused(f"{ctx.region} 没有这个代办人，没有办理；请刷新后再看", clause=CLAUSE)
    row = locked(ctx, found.application_id)
    found = Proxy.objects.select_for_update().get(region=ctx.region, id=proxy_id)
    if found.ended_on is not None:
        raise Refused(f"代办人{mask_name(found.name)}已于 {found.ended_on} 终止，不用再办", clause=CLAUSE)
    said = reason.strip()[:REASON_MAX] or ("家庭终止" if ctx.post == FAMILY else "")
    if not said:
        raise InvalidInput("请写明终止事由，没有办理", field="reason", clause=CLAUSE)
    _end(ctx, found, said, who(ctx))
    tell(ctx, row, "proxy-ended", {"代办人": mask_name(found.name)}, found.id)
    ctx.on(found, application=str(row.id), reason=said)
    return found


@act(clause=CLAUSE, title="代办到期终止")
def end_proxies_due(*, ctx: ActContext) -> int:
    """End the proxies of the city whose last day has passed; the worker calls it each hour. How many."""
    rows = list(_due(ctx.region, ctx.today).select_for_update().order_by("id"))
    for row in rows:
        _end(ctx, row, f"到期（{row.until_on}）", None)
    ctx.items([(row.pk, f"until {row.until_on}") for row in rows])
    return len(rows)


def end_due(region: str, now: datetime) -> int:
    """What the hourly round calls; it leaves no entry where nothing is due."""
    with scope(region):
        if not _due(region, now.astimezone(SHANGHAI).date()).exists():
            return 0
    return end_proxies_due(ctx=upkeep_context(region=region, now=now, power="needs.end_proxies_due"))


work.hourly("end-proxies", end_due)


def _due(region: str, on: date) -> models.QuerySet[Proxy, Proxy]:
    return Proxy.objects.filter(region__range=region_range(region), ended_on=None, until_on__lt=on)


def _end(ctx: ActContext, proxy: Proxy, reason: str, by: UUID | None) -> None:
    proxy.ended_on, proxy.ended_by, proxy.end_reason = ctx.today, by, reason
    proxy.save(update_fields=["ended_on", "ended_by", "end_reason"])
    own = (
        Application.objects.filter(region=proxy.region, id=proxy.application_id)
        .values_list("phone_blind", flat=True)
        .first()
    )
    if own is not None and bytes(own) == bytes(proxy.phone_blind):
        return  # the phone has become the family's own
    for account in Account.objects.filter(phone_blind=proxy.phone_blind).values_list("id", flat=True):
        seam.hide_from(account, proxy.application_id, region=proxy.region)


def _phone(text: str) -> str:
    verdict = people.phone(text)
    if verdict.outcome is not Outcome.PASS:
        raise InvalidInput(f"{verdict.sentence}，没有办理", field="phone", clause=CLAUSE)
    return people.mobile(text)
