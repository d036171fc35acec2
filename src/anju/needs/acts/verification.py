"""Departments' checks (核验): asked by interface, file or hand; answered once; a difference decided by another person; facts locked."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.base.calendar.days import add_working_days
from anju.base.files import store
from anju.base.jobs import work
from anju.base.regions import scope
from anju.base.secrets import unseal
from anju.base.tickets.desk import close_tickets, close_tickets_of, open_ticket
from anju.needs import locks
from anju.needs.acts.steps import CLAUSE, locked, who
from anju.needs.adapters import Answer, NoAnswer, Question, adapter
from anju.needs.facts import FACTS, TITLES, owner_of, read, said_of, subject_of
from anju.needs.judging import Days, frozen, judge_rows
from anju.needs.models import (
    APPLICANT,
    DECISIONS,
    DIFFERS,
    LIVE,
    METHODS,
    RESULTS,
    SAME,
    Application,
    Deferral,
    Member,
    Verification,
)
from anju.policy.rules.verification import wanted

INTERFACE, BATCH, MANUAL = "interface", "batch", "manual"
POST = "department_clerk"
TICKET = "needs.verification"
MANY, TRIES, PAUSE_SECONDS = 5_000, 3, 2
File = tuple[str, bytes]


@act(clause=CLAUSE, title="提出核验")
def ask_verification(
    *,
    ctx: ActContext,
    application_id: UUID,
    items: Sequence[str],
    method: str,
    department: str = "",
    member_id: UUID | None = None,
) -> Application:
    """Ask departments about a case: the department is the county's for the item, or the one named. A ticket opens for its post.

    Raises Refused where the same is asked already, or where no interface is set for an item.
    """
    row = locked(ctx, application_id)
    ctx.on(row, items=list(items), method=method)
    if row.state not in LIVE:
        raise Refused(f"申请 {row.number} 当前为「{row.get_state_display()}」，不再核验，没有提出", clause=CLAUSE)
    if not items or not set(items) <= set(TITLES) or method not in dict(METHODS):
        raise InvalidInput("请选择要核验的项目和方式，没有提出", field="items", clause=CLAUSE)
    member = None if member_id is None else row.members.filter(id=member_id).first()
    if member_id is not None and member is None:
        raise InvalidInput("没有这名家庭成员，没有提出；请从申请页重新选择", field="member_id", clause=CLAUSE)
    for item in items:
        _ask(ctx, row, item, method, department.strip(), member)
    _judge(ctx, row)
    return row


@act(clause=CLAUSE, title="批量提出核验")
def ask_waiting(*, ctx: ActContext, item: str) -> int:
    """Ask, by batch file, what the county wants of every case under review that nobody asked yet; how many were asked."""
    if item not in TITLES:
        raise InvalidInput("请选择核验项目，没有提出", field="item", clause=CLAUSE)
    ctx.entry.facts["item"] = item
    days, asked = Days(ctx), []
    rows = Application.objects.filter(
        region=ctx.region, state__in=("submitted", "supplement", "first_passed", "second_passed")
    )
    known = Verification.objects.filter(region=ctx.region, item=item).values("application_id")
    for row in rows.exclude(id__in=known).defer("verdicts", "phone").order_by("number")[:MANY]:
        if item in {code for code, _, _ in wanted(row.programme, days[row.accepted_on])}:
            asked.append(_ask(ctx, row, item, BATCH, "", None, ticket=False))
    if not asked:
        raise Refused(f"没有待提出「{TITLES[item]}」核验的在审申请，没有提出；须核验的项目见“参数”页", clause=CLAUSE)
    ctx.items((check.id, f"{check.application_id}|{item}") for check in asked)
    return len(asked)


def _ask(
    ctx: ActContext,
    row: Application,
    item: str,
    method: str,
    department: str,
    member: Member | None,
    *,
    ticket: bool = True,
) -> Verification:
    known = {code: (whose, days) for code, whose, days in wanted(row.programme, ctx.inforce(row.accepted_on))}
    whose, days = known.get(item, ("", None))
    title, subject = TITLES[item], subject_of(row, item, member)
    if not (department or whose):
        raise InvalidInput(
            f"本地没有设定「{title}」由哪个部门核验，没有提出；请写明部门，或请专班设定“须核验的项目”",
            field="department",
            clause=CLAUSE,
        )
    if Verification.objects.filter(
        region=ctx.region, application=row, subject=subject, item=item, answered_on=None
    ).exists():
        raise Refused(
            f"申请 {row.number} 的「{title}」已提出核验、还没有回复，没有再提；请先等回复或录入结果", clause=CLAUSE
        )
    if method == INTERFACE and adapter(item) is None:
        raise Refused(f"「{title}」没有配置部门接口，没有提出；请改用批量文件或人工回执", clause=CLAUSE)
    check = Verification.objects.create(
        region=ctx.region, application=row, subject=subject, item=item, department=department or whose, method=method,
        asked_on=ctx.today, due_on=add_working_days(ctx.today, days) if days is not None else None, asked_by=who(ctx),
        said=said_of(row, item, subject),
    )  # fmt: skip
    if ticket:
        open_ticket(
            ctx=ctx, kind=TICKET, title=f"核验{title} {row.number}（{check.department}）", post=POST, obj=check,
            url=f"/needs/verify/{check.id}/", limit_days=days,
        )  # fmt: skip
    if method == INTERFACE:
        work.defer(ctx=ctx, kind=TICKET, object_id=check.id)
    return check


@act(clause=CLAUSE, title="录入核验结果")
def enter_result(
    *,
    ctx: ActContext,
    verification_id: UUID,
    result: str,
    value: str = "",
    scan: File | None = None,
    said: str | None = None,
) -> Verification:
    """A department's receipt, by hand, with its scan. ``said``: what the clerk saw the household say, where the page showed it.

    一致 locks the fact; 不一致 waits for another person's decision. Raises Refused where it was answered before.
    """
    check = _waiting(ctx, verification_id)
    row = locked(ctx, check.application_id)
    ctx.on(check, application=str(row.id), item=check.item, result=result, value=value.strip())
    if said is not None and said != check.said:
        raise Refused(f"申报内容已由「{said}」改为「{check.said}」，没有登记；请按新内容核对后再填", clause=CLAUSE)
    if scan is None:
        raise InvalidInput("人工核验须附部门回执的扫描件，没有登记；请上传", field="scan", clause=CLAUSE)
    check.method = MANUAL
    evidence = store.keep(ctx=ctx, name=scan[0], data=scan[1], kind="verification", case=row.id)
    _answer(ctx, row, check, Answer(str(check.id), result, value.strip()), evidence.id)
    _judge(ctx, row)
    return check


@dataclass(frozen=True)
class Returned:
    """One row of a file or interface that came back; ``row`` is its number in the file."""

    row: int
    key: UUID
    result: str
    value: str = ""
    said: str | None = None


@act(clause=CLAUSE, title="收下核验结果")
def take_results(*, ctx: ActContext, returned: Sequence[Returned], evidence_id: UUID | None = None) -> dict[str, Any]:
    """Answers that came back by file or interface: ``{"taken": n, "refused": [[row, sentence], …]}``."""
    refused: list[tuple[int, str]] = []
    keys = [one.key for one in returned]
    checks = {
        c.id: c for c in Verification.objects.select_for_update().filter(region=ctx.region, id__in=keys).order_by("id")
    }
    cases = {c.application_id for c in checks.values()}
    rows = {
        a.id: a for a in Application.objects.select_for_update().filter(region=ctx.region, id__in=cases).order_by("id")
    }
    for one in returned:
        check = checks.get(one.key)
        why = _not_taken(check, one)
        if why or check is None:
            refused.append((one.row, why))
            continue
        try:
            _answer(ctx, rows[check.application_id], check, Answer(str(one.key), one.result, one.value), evidence_id)
        except Refused as error:
            refused.append((one.row, error.sentence))
    out = {row for row, _ in refused}
    taken = [one.key for one in returned if one.row not in out]
    _judge_many(ctx, [rows[key] for key in {checks[one].application_id for one in taken}])
    ctx.entry.facts.update(taken=len(taken), refused=len(refused))
    ctx.items((key, f"{checks[key].item}|{checks[key].result}") for key in taken)
    return {"taken": len(taken), "refused": sorted(refused)}


def _not_taken(check: Verification | None, one: Returned) -> str:
    if check is None:
        return f"行标识 {one.key} 不是本地发出的核验，没有收下；请只交回本地发出的行"
    if check.answered_on is not None:
        return f"这一项已于 {check.answered_on} 回复过，没有再收；要重新核验的请重新提出"
    if one.said is not None and one.said != check.said:
        return f"发出后申报内容由「{one.said}」改为「{check.said}」，没有收下；请重新发出后再核"
    return ""


@act(clause=CLAUSE, title="认定核验差异")
def decide_difference(*, ctx: ActContext, verification_id: UUID, decision: str, reason: str) -> Verification:
    """Of a 不一致: the household's explanation holds, or its fact is corrected to the department's value and locked.

    Decided by another person than who entered the answer. Raises Refused, InvalidInput.
    """
    check = Verification.objects.select_for_update().filter(region=ctx.region, id=verification_id).first()
    if check is None or check.result != DIFFERS:
        raise Refused("这一项没有不一致的核验结果，没有认定；请从申请页重新打开", clause=CLAUSE)
    if check.decision:
        raise Refused(f"差异已于 {check.decided_on} 认定为「{check.get_decision_display()}」，没有再办", clause=CLAUSE)
    row = locked(ctx, check.application_id)
    ctx.on(check, application=str(row.id), decision=decision, reason=reason.strip())
    ctx.other_than(check.checker, f"申请 {row.number} 的核验差异")
    if decision not in dict(DECISIONS) or not reason.strip():
        raise InvalidInput("请选择认定结论并写明依据，没有认定", field="reason", clause=CLAUSE)
    fact = FACTS.get(check.item)
    if decision == "corrected" and fact is None:
        raise InvalidInput("这一项没有可更正的登记内容，没有认定；请改用更正办理", field="decision", clause=CLAUSE)
    check.decision, check.decision_reason = decision, reason.strip()[:300]
    check.decided_on, check.decided_by = ctx.today, ctx.account
    check.save(update_fields=["decision", "decision_reason", "decided_on", "decided_by"])
    if decision == "corrected" and fact is not None:
        _put_right(ctx, row, check, fact.field)
    _judge(ctx, row)
    return check


def _put_right(ctx: ActContext, row: Application, check: Verification, field: str) -> None:
    """Set the fact to the department's value and lock it; the old value stays in the log and, where it was locked, in its lock."""
    owner = owner_of(row, check.item, check.subject)
    if owner is None:
        raise Refused("被核验的成员已不在本户，没有认定；请刷新申请页", clause=CLAUSE)
    locks.end_locks(ctx, row, [field], f"重新核验（{check.department}）", check.subject)
    before = getattr(owner, field)
    setattr(owner, field, read(check.item, check.value))
    owner.save(update_fields=[field])
    ctx.entry.facts.update(before={field: before}, after={field: getattr(owner, field)})
    locks.lock(ctx, row, check)


def _waiting(ctx: ActContext, key: UUID) -> Verification:
    check = Verification.objects.select_for_update().filter(region=ctx.region, id=key).first()
    if check is None:
        raise Refused(f"{ctx.region} 没有这项核验，没有登记；请从核验清单重新打开", clause=CLAUSE)
    if check.answered_on is not None:
        raise Refused(
            f"这一项已于 {check.answered_on} 登记为「{check.get_result_display()}」，没有再登记；要重新核验的请重新提出",
            clause=CLAUSE,
        )
    return check


def _answer(ctx: ActContext, row: Application, check: Verification, answer: Answer, evidence: UUID | None) -> None:
    """Write one answer down. A difference names the department's value, so that it can be decided."""
    if answer.result not in dict(RESULTS):
        raise InvalidInput("核验结果应为一致、不一致或缺失，没有登记", field="result", clause=CLAUSE)
    if answer.result == DIFFERS and not answer.value:
        raise InvalidInput("不一致的须写明部门查得的内容，没有登记；请填写", field="value", clause=CLAUSE)
    if answer.result == DIFFERS and check.item in FACTS:
        read(check.item, answer.value)
    check.result, check.value, check.evidence = answer.result, answer.value[:80], evidence
    check.answered_on, check.checker = ctx.today, ctx.account or check.asked_by
    check.save(update_fields=["method", "result", "value", "evidence", "answered_on", "checker"])
    close_tickets(ctx=ctx, obj=check, outcome=check.get_result_display())
    if check.result == SAME:
        locks.lock(ctx, row, check)
        _made_good(ctx, check)


def _made_good(ctx: ActContext, check: Verification) -> None:
    """一致 within its days makes an open deferral of the same item good."""
    open_ = Deferral.objects.filter(
        region=ctx.region, application_id=check.application_id, subject=check.subject, item=check.item, state="open",
        good_by__gte=ctx.today,
    )  # fmt: skip
    for found in open_:
        found.state, found.closed_on, found.closed_by = "made_good", ctx.today, check.checker
        found.outcome, found.evidence = f"{check.department}核验一致", check.evidence
        found.save(update_fields=["state", "closed_on", "closed_by", "outcome", "evidence"])
        close_tickets(ctx=ctx, obj=found, outcome="核验一致，已补齐")


def _judge(ctx: ActContext, row: Application) -> None:
    _judge_many(ctx, [row])


def _judge_many(ctx: ActContext, rows: Sequence[Application]) -> None:
    found = judge_rows(rows, Days(ctx)) if rows else {}
    for row in rows:
        row.verdicts = frozen(found[row.id])
    Application.objects.bulk_update(rows, ["verdicts"], batch_size=500)


# --- by interface: a job, tried again; then by file ---------------------------------------------------


def ask_interface(ctx: ActContext, verification_id: UUID) -> None:
    """The job behind a question by interface: asked up to three times, then left to the batch file. Safe to start again."""
    with scope(ctx.region):
        check = Verification.objects.select_related("application").filter(region=ctx.region, id=verification_id).first()
        if check is None or check.answered_on is not None or check.method != INTERFACE:
            return
        question = question_of(check)
    try:
        (answer,) = _tried(check.item, question)
    except NoAnswer as fault:
        leave_interface(ctx=ctx, verification_id=verification_id, note=str(fault))
        return
    take_results(ctx=ctx, returned=[Returned(0, verification_id, answer.result, answer.value, question.said)])


def _tried(item: str, question: Question) -> Sequence[Answer]:
    found, last = adapter(item), NoAnswer("没有配置部门接口")
    for attempt in range(TRIES if found else 0):
        try:
            assert found is not None
            return found.ask([question])
        except NoAnswer as fault:
            last = fault
            time.sleep(PAUSE_SECONDS * attempt)
    raise last


def question_of(check: Verification) -> Question:
    """What is asked about whom; the applicant where it is the household's."""
    members = check.application.members
    person = members.filter(id=check.subject).first() or members.get(relation=APPLICANT)
    return Question(str(check.id), check.item, person.name, unseal(person.document), check.said)


@act(clause=CLAUSE, title="接口未答复，转批量核验", power="needs.ask_verification")
def leave_interface(*, ctx: ActContext, verification_id: UUID, note: str) -> Verification:
    """The interface did not answer: the question goes into the next batch file; the reason stands beside it."""
    check = _waiting(ctx, verification_id)
    check.method, check.note = BATCH, note[:200]
    check.save(update_fields=["method", "note"])
    ctx.on(check, note=check.note)
    return check


def close_asked(ctx: ActContext, keys: Sequence[UUID], outcome: str) -> None:
    """The tickets of questions that went out in a file: the file has one of its own."""
    close_tickets_of(ctx=ctx, object_ids=list(keys), kind=TICKET, outcome=outcome)


work.register(TICKET, ask_interface)
