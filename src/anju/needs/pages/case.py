"""One application: its facts masked, its verdicts, reviews, papers, history; and each thing that may be done with it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from anju.base.files.models import Evidence
from anju.base.numbers import m2, mask_document, mask_name, mask_phone, yuan
from anju.base.secrets import unseal
from anju.needs import acts, forms, reads
from anju.needs.acts.privacy import ENDED
from anju.needs.models import Application, Finding, Member
from anju.needs.pages import life, verification
from anju.needs.pages.cases import CRUMBS
from anju.parties.access import page
from anju.web.forms import act_form_page
from anju.web.lists import within
from anju.web.shown import file_url, names_of, steps_of
from anju.web.things import thing_page
from anju.web.tones import tone_of

# What a family's own page shows: one line for whatever steps its county has.
STAGES = ("受理", "初审", "复审", "公示", "轮候", "配房")
STAGE_OF = {
    "submitted": 1, "supplement": 1, "first_passed": 2, "second_passed": 2, "reviewed": 3, "publicity": 3, "qualified": 4,
    "suspended": 4, "housed": 6,
}  # fmt: skip
UNKNOWN = None


def one(request: HttpRequest, key: UUID) -> Application:
    """An application in the actor's sight. Raises Http404."""
    row = within(request, Application.objects.all()).filter(id=key).first()
    if row is None:
        raise Http404("没有这份申请，或不在本岗位的区划内")
    return row


@page(power="needs.view")
def thing(request: HttpRequest, key: UUID) -> HttpResponse:
    """The application's page."""
    row = one(request, key)
    members, wishes = list(row.members.order_by("relation", "id")), list(row.wishes.order_by("rank"))
    reviews = list(row.reviews.order_by("reviewed_at", "id"))
    names = names_of(review.reviewer for review in reviews)
    findings = list(Finding.objects.filter(region=row.region, application=row).order_by("opened_on", "id"))
    alike = reads.alike(row)
    context = {
        "row": row, "members": [(m, masked_document(m)) for m in members], "wishes": wishes, "findings": findings,
        "counties": reads.counties(row.region[:4] + "00"), "alike": alike,
        "reviews": [(review, names.get(review.reviewer, "—")) for review in reviews],
        "files": [(e, file_url(e.id)) for e in Evidence.objects.filter(region=row.region, case_id=row.id).order_by("id")],
        **verification.panel(row),
        **life.panel(row),
    }  # fmt: skip
    return thing_page(
        request, title=f"轮候申请 {row.number}", sub=f"{row.get_programme_display()}，{row.persons} 人", clause="3.2-0",
        state=(tone_of(row.state), row.get_state_display()), crumbs=CRUMBS, facts=_facts(request, row), obj=row,
        verdicts=row.verdicts, steps=_steps(request, row), note=_note(row, findings, alike), acts=[*_acts(row), *life.doings(row)],
        context=context,
        sections=[("家庭成员", "needs/_members.html"), ("意向", "needs/_wishes.html"), ("审核", "needs/_reviews.html"),
            ("部门核验", "needs/_verification.html"),
            ("办理经过", "needs/_life.html"),
        ],
        side=[("材料", "needs/_files.html")],
    )  # fmt: skip


def masked_document(member: Member) -> str:
    """A member's number with its middle hidden."""
    return mask_document(unseal(member.document))


def _facts(request: HttpRequest, row: Application) -> list[tuple[str, Any]]:
    towns = reads.towns(row.region)
    place = reads.position(row)
    groups = dict(forms.GROUP_CHOICES)
    phone: Any = mask_phone(unseal(row.phone))
    if "needs.read_personal" in request.anju.powers:  # type: ignore[attr-defined]
        phone = _reveal(row, phone)
    where = (
        "未进入轮候" if place is None else f"第 {place.place} 位，共 {place.waiting} 户" if place.place else "摇号确定"
    )
    return [
        ("申请人", mask_name(row.applicant_name)), ("手机号", phone), ("群体", groups.get(row.group, row.group)),
        ("乡镇（街道）", towns.get(row.town, row.town)),
        ("家庭月收入", UNKNOWN if row.income_month_fen is None else yuan(row.income_month_fen)),
        ("自有住房", UNKNOWN if row.home_area_cm2 is None else m2(row.home_area_cm2)),
        ("居住或参保", UNKNOWN if row.residence_months is None else f"{row.residence_months} 个月"),
        ("已享受保障性住房", UNKNOWN if row.policy_homes is None else f"{row.policy_homes} 套"),
        ("积分", UNKNOWN if row.score is None else row.score), ("受理日期", row.accepted_on),
        ("取得资格", row.qualified_on or "—"), ("轮候位次", where),
        ("来源", "补录" if row.back_entered else "导入" if row.load_id else "网上或窗口"),
    ]  # fmt: skip


def _reveal(row: Application, shown: str) -> SafeString:
    return format_html(
        '<span class="mask">{}</span> <a href="{}">查看证件号和手机号</a>',
        shown,
        reverse("needs:reveal", args=[row.id]),
    )


def _steps(request: HttpRequest, row: Application) -> list[Any] | None:
    titles, at = life.stages(request, row)
    if row.state not in at:
        return None
    return steps_of(titles, at[row.state], {0: row.accepted_on, len(titles) - 2: row.qualified_on or ""})


def _note(row: Application, findings: list[Finding], alike: list[Member]) -> tuple[str, str] | None:
    waiting = [finding for finding in findings if finding.settled_on is None]
    if waiting:
        return "near", f"有 {len(waiting)} 项待查：{waiting[0].sentence}"
    if alike:
        return (
            "near",
            f"姓名和出生日期与申请 {alike[0].application.number} 的一名成员相同、证件号码不同；请核对是否同一人",
        )
    return None


def _acts(row: Application) -> list[tuple[Any, ...]]:
    def to(name: str) -> str:
        return reverse(f"needs:{name}", args=[row.id])

    at = row.get_state_display()
    return [
        ("初审", to("first"), "needs.first_review", row.state == "submitted", f"当前为「{at}」，不在初审环节"),
        ("复审", to("second"), "needs.second_review", row.state == "first_passed", f"当前为「{at}」，不在复审环节"),
        ("代办、材料和通知书", to("beside"), "needs.view"),
        ("补正", to("supplement"), "needs.supplement", row.state == "supplement", f"当前为「{at}」，没有要求补正"),
        ("更正", to("correct"), "needs.correct_application", row.state not in ("refused", "withdrawn"), "申请已结束"),
        ("撤回", to("withdraw"), "needs.withdraw", acts.may_move(row, "withdrawn"), f"当前为「{at}」，不能撤回"),
        ("恢复", to("undo"), "needs.undo_withdrawal", row.state == "withdrawn", "申请没有撤回"),
        *verification.doings(row),
        ("打印申请", to("print_case"), "needs.print_case"),
        ("信息副本", to("copy"), "needs.copy_my_data"),
        ("注销个人信息", to("leave"), "needs.ask_erasure", row.state in ENDED, f"当前为「{at}」，先撤回或办结再注销"),
    ]


def _back(row: Application) -> str:
    return reverse("needs:thing", args=[row.id])


def _form(request: HttpRequest, key: UUID, title: str, act: Any, form: type, **more: Any) -> HttpResponse:
    row = one(request, key)
    back = _back(row)
    return act_form_page(
        request, title=f"{title} {row.number}", act=act, form_class=form, fixed={"application_id": row.id}, back=back,
        done=lambda _: back, region=row.region, clause="3.2-0", **more,
    )  # fmt: skip


@page(power="needs.first_review")
def first(request: HttpRequest, key: UUID) -> HttpResponse:
    """The first review."""
    return _form(request, key, "初审", acts.first_review, forms.ReviewForm, verb="提交初审")


@page(power="needs.second_review")
def second(request: HttpRequest, key: UUID) -> HttpResponse:
    """The second review."""
    return _form(
        request, key, "复审", acts.second_review, forms.ReviewForm, verb="提交复审", explain="初审人与复审人须是两个人"
    )


@page(power="needs.withdraw")
def withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Withdrawal, by the counter."""
    why = "撤回后家庭成员可另行申请；恢复时位次不变"
    return _form(request, key, "撤回", acts.withdraw, forms.OptionalReasonForm, verb="撤回申请", explain=why)


@page(power="needs.undo_withdrawal")
def undo(request: HttpRequest, key: UUID) -> HttpResponse:
    """Undoing a withdrawal."""
    return _form(
        request,
        key,
        "恢复",
        acts.undo_withdrawal,
        forms.OptionalReasonForm,
        verb="恢复申请",
        explain="恢复原来的状态和位次",
    )


@page(power="needs.supplement")
def supplement(request: HttpRequest, key: UUID) -> HttpResponse:
    """A supplement handed in at the counter."""
    row = one(request, key)
    given = {"row": row, "towns": reads.towns(row.region), "family": False}
    return _form(request, key, "补正", acts.supplement, forms.ChangeForm, verb="提交补正", form_kwargs=given)


@page(power="needs.correct_application")
def correct(request: HttpRequest, key: UUID) -> HttpResponse:
    """A correction of facts."""
    row = one(request, key)
    given = {"row": row, "towns": reads.towns(row.region), "family": False}
    why = "旧值留在记录里；已过审核的申请更正后不再符合的，转为待查事项"
    return _form(
        request, key, "更正", acts.correct_application, forms.CorrectForm, verb="更正", form_kwargs=given, explain=why
    )


@page(power="needs.correct_member")
def member(request: HttpRequest, key: UUID, member_id: UUID) -> HttpResponse:
    """A correction of a member's name or number."""
    row = one(request, key)
    back = _back(row)
    return act_form_page(
        request, title=f"更正家庭成员（{row.number}）", act=acts.correct_member, form_class=forms.MemberForm, back=back,
        fixed={"member_id": member_id}, done=lambda _: back, region=row.region, clause="3.2-0", verb="更正",
    )  # fmt: skip


@page(power="needs.settle_finding")
def settle(request: HttpRequest, key: UUID, finding_id: UUID) -> HttpResponse:
    """Settling a finding."""
    row = one(request, key)
    finding = Finding.objects.filter(region=row.region, application=row, id=finding_id).first()
    if finding is None:
        raise Http404("没有这条待查事项")
    back = _back(row)
    return act_form_page(
        request, title=f"办结待查事项（{row.number}）", act=acts.settle_finding, form_class=forms.SettleForm, back=back,
        fixed={"finding_id": finding.id}, done=lambda _: back, region=row.region, clause=finding.clause, verb="办结",
        facts=[("事项", finding.sentence), ("提出日期", finding.opened_on)],
    )  # fmt: skip


@page(power="needs.read_personal")
def reveal(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the numbers, for this page only; first the entry in the log, with the reason."""
    row = one(request, key)
    form = forms.ReasonForm(request.POST or None)
    opened: list[tuple[str, str]] = []
    phone = ""
    if request.method == "POST" and form.is_valid():
        ctx = request.anju.context(region=row.region)  # type: ignore[attr-defined]
        acts.read_personal(ctx=ctx, application_id=row.id, reason=form.cleaned_data["reason"])
        opened = [(m.name, unseal(m.document)) for m in row.members.order_by("relation", "id")]
        phone = unseal(row.phone)
    response = render(
        request, "needs/reveal.html",
        {"row": row, "form": form, "opened": opened, "phone": phone, "back": _back(row), "crumbs": CRUMBS, "title": "查看个人信息"},
        status=422 if form.errors else 200,
    )  # fmt: skip
    response["Cache-Control"] = "no-store"
    return response
