"""For anybody, without signing in: may I apply, what to bring and a form to print, is a letter valid, complaints and their answers."""

from datetime import date
from typing import Any

from django import forms as django_forms
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from anju.base.acts import ActContext, InvalidInput, Refused
from anju.base.acts.context import SHANGHAI
from anju.base.calendar.days import now_of
from anju.base.calendar.models import Installation
from anju.base.numbers import m2, yuan
from anju.base.papers import facts, note, para, signatures, table
from anju.base.papers.desk import plain_code
from anju.base.papers.draw import pdf_of
from anju.base.regions import current_region_range, public_scope, scope
from anju.needs import acts, bring, consent, reads
from anju.needs.household_forms import GROUP_CHOICES, MayIForm
from anju.needs.models import MARRIAGES, PROGRAMMES, WORKS, Complaint
from anju.parties.access import outside_scope, public
from anju.parties.context import parameter_book
from anju.policy.rules.eligibility import HouseholdFacts, eligible, taken_in
from anju.web.downloads import download
from anju.web.forms import ActForm, dress, problems
from anju.web.lists import typed

PDF = "application/pdf"
BLANK_LINES = 6


def today(request: HttpRequest) -> date:
    """The installation's day."""
    return now_of(request.installation).astimezone(SHANGHAI).date()  # type: ignore[attr-defined]


@public
def may_i_apply(request: HttpRequest) -> HttpResponse:
    """A few answers, no personal number: which rules I would meet today, by the county's own parameters; and what to bring."""
    house = request.installation  # type: ignore[attr-defined]
    form = MayIForm(request.GET or None, counties=reads.counties(house.city))
    verdicts, papers = None, None
    if request.GET and form.is_valid():
        verdicts = _judged(form.cleaned_data, today(request), house.city)
        papers = bring.papers_for(form.cleaned_data)
    dress(form)
    context = {
        "form": form, "verdicts": verdicts, "papers": papers, "problems": problems(form), "answers": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "needs/may_i.html", context, status=422 if form.errors else 200)


def _judged(data: dict[str, Any], on: date, city: str) -> list[Any]:
    """The verdicts of a household like this. Only the parameters are read as staff do; no case is."""
    names = ("programme", "group", "persons", "income_month_fen", "home_area_cm2", "residence_months", "policy_homes")
    born = date(on.year - data["age"], on.month, min(on.day, 28))
    place = {"here": data["county"], "city": data["county"][:4] + "00", "else": "110101"}.get(data["registration"])
    given = HouseholdFacts(
        **{name: data[name] for name in names}, applicant_born_on=born, other_applications=0, registration=place,
        insurance_months=data["insured_months"],
        transfers={"no": (), "yes": (on,)}.get(data["transferred"]),
    )  # fmt: skip
    with scope(current_region_range()[0] or city, elevate=True):
        inforce = parameter_book().on(on, data["county"])
        return [taken_in(given.programme, inforce), *eligible(given, on, inforce)]


@public
def paper_form(request: HttpRequest) -> HttpResponse:
    """The papers to bring and the form, filled with what was answered; to print, or as a PDF. Nothing of it is kept."""
    house = request.installation  # type: ignore[attr-defined]
    form = MayIForm(request.GET or None, counties=reads.counties(house.city))
    if not request.GET or not form.is_valid():
        return may_i_apply(request)
    answers = _said(form.cleaned_data, reads.counties(house.city))
    papers, text = bring.papers_for(form.cleaned_data), consent.current(today(request))
    if request.GET.get("pdf"):
        return download(_pdf(request, answers, papers, text), "保障性住房轮候申请表.pdf", PDF)
    members = range(1, min(max(form.cleaned_data["persons"], BLANK_LINES), 12) + 1)
    context = {
        "answers": answers, "papers": papers, "text": text, "members": members, "query": request.GET.urlencode(),
        "on": today(request),
    }  # fmt: skip
    return render(request, "needs/paper_form.html", context)


def _said(data: dict[str, Any], counties: dict[str, str]) -> list[tuple[str, str]]:
    def of(pairs: list[tuple[str, str]], code: str) -> str:
        return dict(pairs).get(code, "") if code else ""

    income, area = data["income_month_fen"], data["home_area_cm2"]
    return [
        ("申请区县", counties.get(data["county"], data["county"])), ("申请类别", of(PROGRAMMES, data["programme"])),
        ("保障对象群体", of(GROUP_CHOICES, data["group"])), ("家庭人数", f"{data['persons']} 人"),
        ("家庭月收入", "" if income is None else yuan(income)), ("自有住房建筑面积", "" if area is None else m2(area)),
        ("居住或参保月数", "" if data["residence_months"] is None else f"{data['residence_months']} 个月"),
        ("已享受保障性住房", "" if data["policy_homes"] is None else f"{data['policy_homes']} 套"),
        ("婚姻状况", of(MARRIAGES, data["marriage"])), ("工作情况", of(WORKS, data["work"])),
    ]  # fmt: skip


def _pdf(
    request: HttpRequest, answers: list[tuple[str, str]], papers: list[bring.Paper], text: consent.ConsentText
) -> bytes:
    blanks = [["", "", "", ""] for _ in range(BLANK_LINES)]
    house = request.installation  # type: ignore[attr-defined]
    made_up = house.kind == Installation.DEMONSTRATION
    address = request.build_absolute_uri(reverse("needs:apply"))
    blocks = [
        facts([*answers, ("申请人姓名", ""), ("手机号码", ""), ("现住址", "")]),
        table(["姓名", "与申请人关系", "证件号码", "工作单位"], blanks, title="家庭成员（申请人填在第一行）", widths=[2, 2, 4, 3]),
        table(["区县或片区", "几室", "面积（㎡）", "最高总价或月租（元）"], blanks[:3], title="住房意向（按先后填）", widths=[3, 1, 2, 3]),
        table(["材料", "说明"], [[p.title, p.note] for p in papers], title="要带的材料", widths=[3, 4]),
        para(text.title, indent=False), *(para(f"{n}. {line}") for n, line in enumerate(text.lines, 1)),
        signatures([("申请人和成年家庭成员（签字）", ["日期：      年    月    日"]), ("受理人（签字）", ["日期：      年    月    日"])]),
        note("本表由网页按您的回答填好，网页不保存您的回答；空处请手写。"),
    ]  # fmt: skip
    return pdf_of({
        "kind": "form", "title": "保障性住房轮候申请表", "number": "", "code": "", "red_head": "", "issuer": "",
        "issued_at": now_of(house).isoformat(), "region": house.city, "synthetic": made_up,
        "synthetic_note": "合成数据，仅供演示，不具法律效力" if made_up else "", "blocks": blocks,
        "foot": f"承诺书版本 {text.version}", "code_target": address, "code_note": "也可以用手机扫码在网上申请，不用再交这张表。",
    })  # fmt: skip


# --- letters -----------------------------------------------------------------------------------------


@public
def verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """Whether a letter of qualification is valid: masked name, programme, day; no more."""
    code = typed(code or request.GET.get("code", ""))[:20]
    found = letter_of(code) if code else None
    return render(request, "needs/verify.html", {"code": code, "found": found})


def letter_of(code: str) -> dict[str, Any] | None:
    """What a letter's whole code says to anybody, however its dashes were typed."""
    letters = plain_code(code)
    dashed = "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM letter_by_code(%s)", [dashed])
        row = cursor.fetchone()
        if row is None:
            return None
        return dict(zip([column.name for column in cursor.description], row, strict=True)) | {
            "programme": dict(PROGRAMMES)[row[2]]
        }


# --- complaints --------------------------------------------------------------------------------------


class ComplaintForm(ActForm):
    """A complaint or tip-off; only the text is needed."""

    kind = django_forms.ChoiceField(
        label="投诉还是举报", choices=list(Complaint.KINDS), widget=django_forms.RadioSelect
    )
    about = django_forms.ChoiceField(label="关于谁", choices=[("", "请选择"), *Complaint.ABOUT])
    whom = django_forms.CharField(
        label="具体对象",
        max_length=200,
        required=False,
        help_text="工作人员姓名、单位、受理号等；写了姓名的，本人看不到也不能办理",
    )
    text = django_forms.CharField(
        label="情况", max_length=2000, widget=django_forms.Textarea, help_text="时间、地点、经过；至少 10 个字"
    )
    contact = django_forms.CharField(
        label="您的联系方式", max_length=120, required=False, help_text="可以不留名；留了也加密保存，办理人查看要写事由"
    )


@outside_scope
def complain(request: HttpRequest) -> HttpResponse:
    """Take a complaint in, from anybody; the receipt is shown once."""
    form = ComplaintForm(request.POST if request.method == "POST" else None)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        try:
            row = acts.file_complaint(ctx=_desk(request), **form.cleaned_data)
        except Refused as error:
            refused = error
            if isinstance(error, InvalidInput) and error.field in form.fields:
                form.add_error(error.field, error.sentence)
        else:
            return _shown(request, "needs/complained.html", {"receipt": row.receipt, "kind": row.get_kind_display()})
    dress(form)
    context = {"form": form, "refused": refused, "problems": problems(form)}
    return _shown(request, "needs/complain.html", context, status=422 if refused or form.errors else 200)


def _shown(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page is drawn as any visitor's: what the shell reads (notices) is what was published."""
    with public_scope():
        return render(request, template, context, status=status)


def _desk(request: HttpRequest) -> ActContext:
    """Nobody's account, one power: who complains is not kept, whether or not somebody is signed in."""
    house = request.installation  # type: ignore[attr-defined]
    return ActContext(
        account=None, post="complaint_desk", region=house.city, powers=frozenset({"needs.file_complaint"}), now=now_of(house),
        params=parameter_book(), demonstration=house.kind == Installation.DEMONSTRATION, home=house.city,
    )  # fmt: skip


@public
def receipt(request: HttpRequest) -> HttpResponse:
    """What became of a complaint, for whoever holds its receipt."""
    code = typed(request.GET.get("code", ""))[:20]
    found = None
    if code:
        letters = plain_code(code)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT * FROM complaint_by_receipt(%s)",
                ["-".join(letters[at : at + 4] for at in range(0, len(letters), 4))],
            )
            row = cursor.fetchone()
        found = dict(zip(("kind", "filed_at", "answer", "answered_on"), row, strict=True)) if row else None
        if found:
            found["kind"] = dict(Complaint.KINDS)[found["kind"]]
    return render(request, "needs/receipt.html", {"code": code, "found": found})
