"""Pages of homes: the register's homes, their contracts, what waits for a contract, what stands empty."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from anju.base import numbers
from anju.homes import acts, forms, reads
from anju.homes.models import RENT, SALE, TENURES, Contract
from anju.offering.models import Choice
from anju.parties.access import page
from anju.permits import reads as permits
from anju.reserve.models import Unit
from anju.web.forms import act_form_page
from anju.web.lists import NOBODY, Col, Filter, families, list_page
from anju.web.things import thing_page

CRUMBS = [("配售配租与台账", "/homes/")]


def _link(unit: Unit) -> str:
    return reverse("homes:thing", args=[unit.id])


def _place(unit: Unit) -> str:
    return f"{unit.building.number} 号楼 {unit.stairwell} 单元 {unit.room}"


@page(power="homes.view")
def index(request: HttpRequest) -> HttpResponse:
    """The acquirer's homes (统一台账)."""
    states = [row for row in Unit.STATES if row[0] in reads.OURS]
    return list_page(
        request,
        people=NOBODY,
        title="统一台账",
        rows=reads.homes(request.anju.region),  # type: ignore[attr-defined]
        order="code",
        clause="4.4",
        columns=[
            Col("不动产单元代码", "code", sort="code", link=_link),
            Col("项目", "project__name"),
            Col("位置", "room", value=_place),
            Col("坐落", "project__stands_in"),
            Col("居室", "rooms", kind="int"),
            Col("建筑面积", "gross_cm2", kind="cm2", sort="gross_cm2"),
            Col("保障方式", "tenure", value=lambda u: u.get_tenure_display()),
            Col("状态", "state", kind="state"),
        ],
        filters=[
            Filter("state", "状态", states),
            Filter("tenure", "保障方式", [("sale", "配售"), ("rent", "配租")]),
            Filter("project__number", "项目编号", kind="begins"),
        ],
        search=("code",),
        search_hint="从头输入不动产单元代码",
        export_name="统一台账列表",
        actions=[
            ("导出台账（带说明）", reverse("front:export", args=["register"]), "homes.export_register"),
            ("待签合同", reverse("homes:waiting"), "homes.view"),
            ("合同", reverse("homes:contracts"), "homes.view"),
            ("空置预警", reverse("homes:vacant"), "homes.view"),
        ],
        empty="还没有收购的房源：签订收购协议后出现在这里",
    )


@page(power="homes.view")
def contracts(request: HttpRequest) -> HttpResponse:
    """All contracts."""
    return list_page(
        request,
        people=families("application_id"),
        title="合同",
        rows=reads.contracts(request.anju.region),  # type: ignore[attr-defined]
        order="-signed_on",
        crumbs=CRUMBS,
        columns=[
            Col("合同编号", "number", link=lambda c: reverse("homes:contract", args=[c.id])),
            Col("种类", "tenure", value=lambda c: c.get_tenure_display()),
            Col("项目", "project__name"),
            Col("位置", "unit", value=lambda c: _place(c.unit)),
            Col("申请人", "application__applicant_name", kind="name"),
            Col("价款", "price_fen", kind="fen"),
            Col("月租金", "rent_fen", kind="fen"),
            Col("签订", "signed_on", kind="date", sort="signed_on"),
            Col("到期", "ends_on", kind="date", sort="ends_on"),
            Col("终止", "ended_on", kind="date"),
        ],
        filters=[
            Filter("tenure", "种类", TENURES),
            Filter("signed_on", "签订不早于", kind="from"),
            Filter("ends_on", "到期不晚于", kind="to"),
        ],
        search=("number",),
        export_name="合同",
        empty="还没有签订合同",
    )


@page(power="homes.view")
def waiting(request: HttpRequest) -> HttpResponse:
    """Chosen homes that wait for their contract."""
    return list_page(
        request,
        people=families("subscription__application_id"),
        title="待签合同",
        rows=reads.waiting(request.anju.region),  # type: ignore[attr-defined]
        order="earnest_paid_on",
        crumbs=CRUMBS,
        clause="3.5-4",
        columns=[
            Col("房号", "batch_unit__label", link=lambda c: reverse("homes:sign", args=[c.id])),
            Col("项目", "batch_unit__unit__project__name"),
            Col("种类", "batch_unit__tenure", value=lambda c: dict(TENURES)[c.batch_unit.tenure]),
            Col("申请编号", "subscription__application__number"),
            Col("申请人", "subscription__application__applicant_name", kind="name"),
            Col("价款或月租金", "batch_unit__amount_fen", kind="fen"),
            Col("定金", "earnest_fen", kind="fen"),
            Col("定金缴纳", "earnest_paid_on", kind="date", sort="earnest_paid_on"),
        ],
        filters=[Filter("batch_unit__tenure", "种类", TENURES)],
        export_name="待签合同",
        empty="没有待签的合同：房源收购后、定金已缴的选房会出现在这里",
    )


@page(power="homes.view")
def vacant(request: HttpRequest) -> HttpResponse:
    """Homes that stand empty, the longest first (3.5-4)."""
    today, inforce = _day(request)
    found = {v.unit.id: v for v in reads.vacant(request.anju.region, today, inforce)}  # type: ignore[attr-defined]
    tones = {"超期空置": "bad", "时限内": "ok", "时限未设定": "unk"}
    words = {"pass": "时限内", "fail": "超期空置", "unknown": "时限未设定"}
    return list_page(
        request,
        people=NOBODY,
        title="空置预警",
        rows=reads.vacant_units(request.anju.region),  # type: ignore[attr-defined]
        order="code",
        crumbs=CRUMBS,
        clause="3.5-4",
        columns=[
            Col("不动产单元代码", "code", sort="code", link=_link),
            Col("项目", "project__name"),
            Col("位置", "room", value=_place),
            Col("保障方式", "tenure", value=lambda u: u.get_tenure_display()),
            Col("空置自", "since", kind="date", value=lambda u: found[u.id].since if u.id in found else None),
            Col("天数", "days", kind="int", value=lambda u: found[u.id].days if u.id in found else None),
            Col(
                "结论",
                "verdict",
                kind="state",
                tones=tones,
                value=lambda u: words[found[u.id].verdict.outcome.value] if u.id in found else None,
            ),
        ],
        filters=[Filter("tenure", "保障方式", [("sale", "配售"), ("rent", "配租")])],
        export_name="空置预警",
        empty="没有空置的房源",
    )


def _day(request: HttpRequest) -> tuple[Any, Any]:
    ctx = request.anju.context()  # type: ignore[attr-defined]
    return ctx.today, ctx.inforce()


@page(power="homes.view")
def thing(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """One home: where, what, under which contract, what was registered."""
    unit = get_object_or_404(Unit.objects.select_related("project", "building"), id=unit_id, state__in=reads.OURS)
    live = reads.live_contract(unit)
    registered = [(p.get_procedure_display(), p.certificate, p.annotation) for p in permits.done(unit.project).values()]
    return thing_page(
        request,
        title=f"{unit.project.name} {_place(unit)}",
        sub=unit.code,
        obj=unit,
        crumbs=CRUMBS,
        clause="4.4",
        state=("ok" if unit.state != "purchased" else "near", unit.get_state_display()),
        facts=[
            ("项目", unit.project.name),
            ("坐落", unit.project.address),
            ("建筑面积", numbers.m2(unit.gross_cm2)),
            ("居室", f"{unit.rooms} 室"),
            ("保障方式", unit.get_tenure_display()),
            ("有效合同", live.number if live else "无"),
        ],
        sections=[
            (
                "合同",
                format_html_join(
                    "",
                    '<p><a href="{}">{}</a> {} {}</p>',
                    (
                        (
                            reverse("homes:contract", args=[c.id]),
                            c.number,
                            c.signed_on,
                            "已终止" if c.ended_on else "有效",
                        )
                        for c in Contract.objects.filter(region=unit.region, unit=unit).order_by("-signed_on")
                    ),
                )
                or "还没有合同",
            ),
            (
                "登记",
                format_html_join("", "<p>{}：{} {}</p>", registered) or "还没有办结的登记",
            ),
        ],
    )


@page(power="homes.view")
def contract(request: HttpRequest, contract_id: UUID) -> HttpResponse:
    """One contract with its terms, verdicts and paper."""
    row = get_object_or_404(reads.contracts(request.anju.region), id=contract_id)  # type: ignore[attr-defined]
    sale, live = row.tenure == SALE, row.ended_on is None
    why = "" if live else f"已于 {row.ended_on} 终止"
    terms = (
        [
            ("总价", numbers.yuan(row.price_fen or 0)),
            ("首付款（含定金）", numbers.yuan(row.down_payment_fen or 0)),
            ("公积金贷款", row.provident_fund),
            ("网签备案号", row.filing_number or "未备案"),
        ]
        if sale
        else [("月租金", numbers.yuan(row.rent_fen or 0)), ("起租", row.starts_on), ("到期", row.ends_on)]
    )
    return thing_page(
        request,
        title=row.number,
        sub=f"{row.project.name} {_place(row.unit)}",
        obj=row,
        crumbs=[*CRUMBS, ("合同", reverse("homes:contracts"))],
        clause="3.6-3" if sale else "3.6-2",
        state=("ok", "有效") if live else ("unk", "已终止"),
        verdicts=row.verdicts,
        facts=[
            ("房屋", format_html('<a href="{}">{}</a>', _link(row.unit), _place(row.unit))),
            ("申请编号", row.application.number),
            ("签订日", row.signed_on),
            *terms,
            ("定金", f"{numbers.yuan(row.earnest_fen)}，{'已抵作首付' if sale else '已转押金'}"),
            ("已到账（不含定金）", numbers.yuan(acts.received_fen(row))),
            *_handed(row, sale),
            ("终止", f"{row.ended_on} {row.end_reason}" if row.ended_on else "没有终止"),
        ],
        acts=[
            ("登记到账", reverse("homes:pay", args=[row.id]), "homes.receive_payment", live, why),
            *(
                [
                    (
                        "登记网签备案号",
                        reverse("homes:file", args=[row.id]),
                        "homes.record_filing",
                        live and not row.filing_number,
                        why or "已备案",
                    ),
                    (
                        "登记交付",
                        reverse("homes:hand_over", args=[row.id]),
                        "homes.hand_over",
                        live and row.handed_over_on is None,
                        why or "已交付",
                    ),
                ]
                if sale
                else [("终止租赁", reverse("homes:end", args=[row.id]), "homes.end_lease", live, why)]
            ),
        ],
    )


def _handed(row: Contract, sale: bool) -> list[tuple[str, Any]]:
    """When the home was handed over, and what a tenant who bought owes."""
    if sale:
        given_back = reads.lease_given_up(row)
        owed = f"{row.vacate_by} 前" if row.vacate_by else "交付时定期限"
        return [
            ("交付", row.handed_over_on or "还没有交付"),
            *([("须腾退的租住房", f"{given_back.number}，{owed}")] if given_back else []),
        ]
    bought = reads.bought_instead(row)
    if bought is None:
        return []
    return [
        (
            "承租家庭已另购",
            f"{bought.number}，" + (f"须于 {bought.vacate_by} 前腾退" if bought.vacate_by else "交付后腾退"),
        )
    ]


@page(power="homes.view")
def sign(request: HttpRequest, choice_id: UUID) -> HttpResponse:
    """Sign the sale or the lease of a chosen home."""
    row = get_object_or_404(reads.waiting(request.anju.region), id=choice_id)  # type: ignore[attr-defined]
    sale = row.batch_unit.tenure == SALE
    power = "homes.sign_sale_contract" if sale else "homes.sign_lease"
    if power not in request.anju.powers:  # type: ignore[attr-defined]
        return HttpResponseRedirect(reverse("homes:waiting"))
    return _signing(request, row, sale)


def _signing(request: HttpRequest, row: Choice, sale: bool) -> HttpResponse:
    unit, application = row.batch_unit.unit, row.subscription.application
    amount = numbers.yuan(row.batch_unit.amount_fen)
    return act_form_page(
        request,
        title=f"签订{dict(TENURES)[SALE if sale else RENT]}：{row.batch_unit.label}",
        act=acts.sign_sale_contract if sale else acts.sign_lease,
        form_class=forms.SaleForm if sale else forms.LeaseForm,
        fixed={"choice_id": row.id},
        clause="3.6-3" if sale else "3.6-2",
        verb="签订合同",
        irreversible=True,
        region=row.region,
        back=reverse("homes:waiting"),
        done=lambda c: reverse("homes:contract", args=[c.id]),
        explain="签订后定金转入本项目账，房源变为已配，家庭移出轮候库；合同文书自动编号，打印签字后回传扫描件。",
        facts=[
            ("房屋", f"{unit.project.name} {_place(unit)}"),
            (
                "家庭",
                f"{numbers.mask_name(application.applicant_name)}（{application.number}，{application.persons} 人）",
            ),
            ("总价" if sale else "月租金", amount),
            ("已缴定金", numbers.yuan(row.earnest_fen)),
        ],
        confirm=("房号", row.batch_unit.label),
    )


@page(power="homes.receive_payment")
def pay(request: HttpRequest, contract_id: UUID) -> HttpResponse:
    """Record money that came in."""
    return _act(request, contract_id, "登记到账", acts.receive_payment, forms.PaymentForm, "4.3-2")


@page(power="homes.record_filing")
def file_(request: HttpRequest, contract_id: UUID) -> HttpResponse:
    """Record the filing's number."""
    return _act(request, contract_id, "登记网签备案号", acts.record_filing, forms.FilingForm, "3.6-1")


@page(power="homes.hand_over")
def hand_over(request: HttpRequest, contract_id: UUID) -> HttpResponse:
    """The keys of a bought home; a tenant's rented home is due from then on."""
    return _act(request, contract_id, "登记交付", acts.hand_over, forms.HandOverForm, "3.6-2", irreversible=True)


@page(power="homes.end_lease")
def end(request: HttpRequest, contract_id: UUID) -> HttpResponse:
    """End a lease."""
    return _act(request, contract_id, "终止租赁", acts.end_lease, forms.EndForm, "3.6-2", irreversible=True)


def _act(
    request: HttpRequest,
    contract_id: UUID,
    verb: str,
    act: Any,
    form_class: Any,
    clause: str,
    *,
    irreversible: bool = False,
) -> HttpResponse:
    row = get_object_or_404(reads.contracts(request.anju.region), id=contract_id)  # type: ignore[attr-defined]
    back = reverse("homes:contract", args=[row.id])
    return act_form_page(
        request,
        title=f"{verb}：{row.number}",
        act=act,
        form_class=form_class,
        fixed={"contract_id": row.id},
        clause=clause,
        verb=verb,
        back=back,
        done=lambda _: back,
        region=row.region,
        irreversible=irreversible,
        facts=[("房屋", f"{row.project.name} {_place(row.unit)}"), ("签订日", row.signed_on)],
    )
