"""Departments' checks and 容缺受理: the departments' list, one check, what a case's page shows and offers of them."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from anju.base.numbers import mask_document, mask_name
from anju.base.secrets import unseal
from anju.needs import forms_verify as forms
from anju.needs import locks, reads
from anju.needs.acts import batches, deferrals, likeness
from anju.needs.acts import verification as acts
from anju.needs.facts import TITLES
from anju.needs.models import ITEMS, METHODS, RESULTS, Application, Deferral, Likeness, Member, Verification
from anju.needs.pages.cases import CRUMBS
from anju.parties.access import page
from anju.policy.rules.verification import wanted
from anju.web.forms import EmptyForm, act_form_page
from anju.web.lists import Col, Filter, families, list_page, regions, within
from anju.web.shown import file_url
from anju.web.things import thing_page

TONES = {"same": "ok", "differs": "bad", "missing": "unk", "": "near"}
WORDS = {**dict(RESULTS), "": "待回复"}
DEFERRAL_TONES = {"open": "near", "made_good": "ok", "failed": "bad"}
HERE = [*CRUMBS, ("部门核验", "/needs/verify/")]


def result_of(check: Verification) -> tuple[str, str]:
    """Tone and word of a check's state; a decided difference is no longer red."""
    if check.decision:
        return "ok", f"{WORDS[check.result]}，已认定"
    return TONES[check.result], WORDS[check.result]


@page(power="needs.view_verification")
def index(request: HttpRequest) -> HttpResponse:
    """What departments were asked: the waiting ones first for the departments."""
    rows = within(
        request, Verification.objects.select_related("application").defer("application__verdicts", "application__phone")
    )
    return list_page(
        request, people=families("application_id"),
        title="部门核验", rows=rows, order="-asked_on", clause="3.2-0", crumbs=CRUMBS, export_name="部门核验",
        sub="按接口、批量文件或人工回执核验；批量文件发出后，在“导入与导出”用“批量核验结果”交回",
        views=[
            ("全部", {}), ("待回复", {"answered_on__isnull": "True"}), ("不一致", {"result": "differs"}), ("缺失", {"result": "missing"}),
        ],
        filters=[
            Filter("item", "项目", ITEMS), Filter("result", "结果", RESULTS), Filter("method", "方式", METHODS),
            Filter("answered_on__isnull", "状态", [("True", "待回复"), ("False", "已回复")]), Filter("batch", "批量文件", kind="is"),
            regions(request),
        ],
        columns=[
            Col("受理号", "application__number", link=lambda c: reverse("needs:check", args=[c.id])),
            Col("项目", "item", value=lambda c: TITLES[c.item]),
            Col("部门", "department"),
            Col("方式", "method", value=lambda c: c.get_method_display()),
            Col("结果", "result", kind="state", value=lambda c: result_of(c)[1], tones=_tones()),
            Col("提出", "asked_on", kind="date", sort="asked_on"),
            Col("应回复", "due_on", kind="date", sort="due_on"),
            Col("回复", "answered_on", kind="date"),
        ],
        actions=[
            ("批量提出", reverse("needs:ask_waiting"), "needs.ask_waiting"),
            ("发出批量文件", reverse("needs:send_batch"), "needs.send_batch"),
            ("交回批量文件", "/loads/bring/verification_results/", "needs.take_results"),
            ("容缺清单", reverse("needs:deferrals"), "needs.view_verification"),
        ],
        empty="还没有提出过核验：在申请页点“提出核验”，或在这里批量提出",
    )  # fmt: skip


def _tones() -> dict[str, str]:
    return {word: TONES[code] for code, word in WORDS.items()} | {"不一致，已认定": "ok"}


def _check(request: HttpRequest, key: UUID) -> Verification:
    row = within(request, Verification.objects.select_related("application")).filter(id=key).first()
    if row is None:
        raise Http404("没有这项核验，或不在本岗位的区划内")
    return row


def _whom(check: Verification) -> list[tuple[str, str]]:
    """Whom it is about, masked: a department's clerk finds the person by the receipt in hand."""
    members = check.application.members.order_by("relation", "id")
    mine = [m for m in members if m.id == check.subject] or list(members)
    return [(m.get_relation_display(), f"{mask_name(m.name)}（{mask_document(unseal(m.document))}）") for m in mine]


@page(power="needs.view_verification")
def check(request: HttpRequest, key: UUID) -> HttpResponse:
    """One check: what was asked, what came back, what may be done now."""
    row = _check(request, key)
    tone, word = result_of(row)
    waits = row.answered_on is None
    return thing_page(
        request, title=f"{TITLES[row.item]}核验 {row.application.number}", clause="3.2-0", crumbs=HERE, state=(tone, word), obj=row,
        note=("near", row.note) if row.note and waits else None,
        facts=[
            ("受理号", row.application.number), ("部门", row.department), ("方式", row.get_method_display()), *_whom(row),
            ("申报内容", row.said or "—"), ("提出", row.asked_on), ("应回复", row.due_on), ("回复", row.answered_on or "待回复"),
            ("部门查得", row.value or "—"), ("认定", row.get_decision_display() if row.decision else "—"),
            ("认定依据", row.decision_reason or "—"),
        ],
        acts=[
            ("录入回执", reverse("needs:enter_result", args=[key]), "needs.enter_result", waits, "已回复"),
            ("认定差异", reverse("needs:decide_difference", args=[key]), "needs.decide_difference",
                row.result == "differs" and not row.decision, "没有待认定的差异"),
            ("打开申请", reverse("needs:thing", args=[row.application_id]), "needs.view"),
        ],
    )  # fmt: skip


@page(power="needs.enter_result")
def enter_result(request: HttpRequest, key: UUID) -> HttpResponse:
    """Enter a receipt."""
    row, back = _check(request, key), reverse("needs:check", args=[key])
    return act_form_page(
        request, title=f"录入{TITLES[row.item]}核验回执 {row.application.number}", act=acts.enter_result, form_class=forms.ResultForm,
        form_kwargs={"check": row}, fixed={"verification_id": key}, back=back, done=lambda _: back, region=row.region, clause="3.2-0",
        verb="登记结果", facts=[("部门", row.department), *_whom(row), ("申报内容", row.said or "—")],
        explain="一致的内容即锁定，只有重新核验或更正才能改；不一致的由另一人认定",
    )  # fmt: skip


@page(power="needs.decide_difference")
def decide_difference(request: HttpRequest, key: UUID) -> HttpResponse:
    """Decide a difference."""
    row, back = _check(request, key), reverse("needs:check", args=[key])
    return act_form_page(
        request, title=f"认定{TITLES[row.item]}差异 {row.application.number}", act=acts.decide_difference,
        form_class=forms.DifferenceForm, fixed={"verification_id": key}, back=back, done=lambda _: back, region=row.region,
        clause="3.2-0", verb="认定", facts=[("申报内容", row.said or "—"), ("部门查得", row.value), ("部门", row.department)],
        explain="认定人与录入人须是两个人；按部门结果更正的，原值留在记录里，新值即锁定",
    )  # fmt: skip


@page(power="needs.ask_waiting")
def ask_waiting(request: HttpRequest) -> HttpResponse:
    """Ask an item of all cases under review that lack it."""
    return act_form_page(
        request, title="批量提出核验", act=acts.ask_waiting, form_class=forms.ItemForm, back=reverse("needs:checks"),
        done=lambda _: reverse("needs:checks"), clause="3.2-0", verb="提出", said=lambda count: f"已提出 {count} 项，等待发出批量文件。",
        explain="对在审、按本地设定须核验而还没有提出的申请，逐份提出",
    )  # fmt: skip


@page(power="needs.send_batch")
def send_batch(request: HttpRequest) -> HttpResponse:
    """Put what waits into a file."""
    return act_form_page(
        request, title="发出批量核验文件", act=batches.send_batch, form_class=forms.ItemForm, back=reverse("needs:checks"),
        done=lambda row: file_url(row.evidence), clause="3.2-0", verb="生成文件", said=lambda row: f"已生成 {row.rows} 项。",
        explain="文件含姓名和证件号码，只交给所列部门；谁生成的记入日志",
    )  # fmt: skip


# --- what a case's page shows and offers -------------------------------------------------------------------


def panel(row: Application) -> dict[str, Any]:
    """For the case's page: checks with tone and word, deferrals, locks, look-alikes and what was decided of them."""
    checks = Verification.objects.filter(region=row.region, application=row).order_by("item", "-asked_on", "-id")
    decided = {(d.member, d.other_member): d for d in Likeness.objects.filter(region=row.region, application=row)}
    return {
        "checks": [(c, TITLES[c.item], *result_of(c)) for c in checks],
        "deferrals": [
            (d, TITLES[d.item], DEFERRAL_TONES[d.state]) for d in row.deferrals.order_by("good_by", "id")
        ],
        "locks": [(lock, locks.BY_FIELD[lock.field].title) for lock in locks.locks_of(row)],
        "pairs": [(mine, other, decided.get((mine.id, other.id))) for mine, other in reads.alike_pairs(row)],
    }  # fmt: skip


def doings(row: Application) -> list[tuple[Any, ...]]:
    """What the case's page offers."""
    live = row.state not in ("refused", "withdrawn", "lapsed", "merged", "vacated", "housed")
    return [
        ("提出核验", reverse("needs:ask_check", args=[row.id]), "needs.ask_verification", live, "申请已结束"),
        ("容缺受理", reverse("needs:defer", args=[row.id]), "needs.grant_deferral", row.state in deferrals.IN_REVIEW, "不在审核中"),
    ]  # fmt: skip


def _case(request: HttpRequest, key: UUID) -> Application:
    row = within(request, Application.objects.all()).filter(id=key).first()
    if row is None:
        raise Http404("没有这份申请，或不在本岗位的区划内")
    return row


def _of_case(request: HttpRequest, row: Application, title: str, act: Any, form: type, **more: Any) -> HttpResponse:
    back = reverse("needs:thing", args=[row.id])
    return act_form_page(
        request, title=f"{title} {row.number}", act=act, form_class=form, back=back, done=lambda _: back, region=row.region,
        clause="3.2-0", verb=title, **more,
    )  # fmt: skip


@page(power="needs.ask_verification")
def ask(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask departments about a case."""
    row = _case(request, key)
    inforce = request.anju.context(region=row.region).inforce(row.accepted_on)  # type: ignore[attr-defined]
    given = {
        "members": list(row.members.order_by("relation", "id")),
        "wanted": [item for item, _, _ in wanted(row.programme, inforce)],
    }
    return _of_case(
        request, row, "提出核验", acts.ask_verification, forms.AskForm, form_kwargs=given, fixed={"application_id": key}
    )


@page(power="needs.grant_deferral")
def defer(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let a paper follow."""
    why = "到期自动列入工作台；逾期没有补齐，申请自动退回并告知家庭"
    return _of_case(
        request, _case(request, key), "容缺受理", deferrals.grant_deferral, forms.DeferralForm, fixed={"application_id": key}, explain=why
    )  # fmt: skip


@page(power="needs.view_verification")
def deferral_list(request: HttpRequest) -> HttpResponse:
    """Papers that may follow, the nearest day first."""
    return list_page(
        request, people=families("application_id"),
        title="容缺清单", rows=within(request, Deferral.objects.select_related("application")), order="good_by",
        clause="3.2-0", crumbs=HERE, export_name="容缺清单",
        filters=[Filter("state", "状态", Deferral.STATES), Filter("item", "项目", ITEMS)],
        views=[("全部", {}), ("待补", {"state": "open"}), ("逾期退回", {"state": "failed"})],
        columns=[
            Col("受理号", "application__number", link=lambda d: reverse("needs:deferral", args=[d.id])),
            Col("项目", "item", value=lambda d: TITLES[d.item]),
            Col("状态", "state", kind="state", tones=DEFERRAL_TONES),
            Col("补齐日期", "good_by", kind="date", sort="good_by"),
            Col("理由", "reason"),
            Col("办结", "closed_on", kind="date"),
        ],
        empty="没有容缺受理的申请",
    )  # fmt: skip


def _deferral(request: HttpRequest, key: UUID) -> Deferral:
    row = within(request, Deferral.objects.select_related("application")).filter(id=key).first()
    if row is None:
        raise Http404("没有这项容缺，或不在本岗位的区划内")
    return row


@page(power="needs.view_verification")
def deferral(request: HttpRequest, key: UUID) -> HttpResponse:
    """One paper that may follow."""
    row = _deferral(request, key)
    overdue = row.state == "open" and row.good_by < request.anju.context().today  # type: ignore[attr-defined]
    return thing_page(
        request, title=f"{TITLES[row.item]}容缺 {row.application.number}", clause="3.2-0",
        crumbs=[*HERE, ("容缺清单", reverse("needs:deferrals"))],
        state=("bad", "已逾期") if overdue else (DEFERRAL_TONES[row.state], row.get_state_display()), obj=row,
        facts=[
            ("受理号", row.application.number), ("项目", TITLES[row.item]), ("理由", row.reason), ("受理容缺", row.granted_on),
            ("补齐日期", row.good_by), ("办结", row.closed_on or "—"), ("结果", row.outcome or "—"),
        ],
        acts=[
            ("登记补齐", reverse("needs:make_good", args=[key]), "needs.make_good", row.state == "open" and not overdue, "已办结或已逾期"),
            ("逾期退回", reverse("needs:return_overdue", args=[key]), "needs.return_overdue", overdue, "没有逾期"),
            ("打开申请", reverse("needs:thing", args=[row.application_id]), "needs.view"),
        ],
    )  # fmt: skip


@page(power="needs.make_good")
def make_good(request: HttpRequest, key: UUID) -> HttpResponse:
    """The paper came."""
    row = _deferral(request, key)
    return _of_case(
        request, row.application, "登记容缺补齐", deferrals.make_good, forms.MadeGoodForm, fixed={"deferral_id": key}
    )


@page(power="needs.return_overdue")
def return_overdue(request: HttpRequest, key: UUID) -> HttpResponse:
    """It did not: what the hourly upkeep does by itself, by hand."""
    row = _deferral(request, key)
    return _of_case(
        request, row.application, "容缺逾期退回", deferrals.return_overdue, EmptyForm, fixed={"deferral_id": key}
    )


@page(power="needs.decide_likeness")
def decide_likeness(request: HttpRequest, key: UUID, member_id: UUID, other_id: UUID) -> HttpResponse:
    """Decide whether two members with one name and birthday are one person."""
    row = _case(request, key)
    other = within(request, Member.objects.select_related("application")).filter(id=other_id).first()
    mine = row.members.filter(id=member_id).first()
    if mine is None or other is None:
        raise Http404("没有这一对疑似同一人，或不在本岗位的区划内")
    return _of_case(
        request, row, "认定是否同一人", likeness.decide_likeness, forms.LikenessForm,
        fixed={"application_id": key, "member_id": member_id, "other_member_id": other_id},
        facts=[
            ("本申请", f"{mask_name(mine.name)}，{mine.born_on}，{mask_document(unseal(mine.document))}"),
            (other.application.number, f"{mask_name(other.name)}，{other.born_on}，{mask_document(unseal(other.document))}"),
        ],
        explain="认定为同一人的，本申请不能通过审核，直到更正证件号码或撤回其中一份",
    )  # fmt: skip
