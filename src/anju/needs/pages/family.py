"""For a family on a phone: my cases, one of them in full, and what may be done with it; the same for its proxies as far as they may."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anju.base.acts.context import SHANGHAI
from anju.base.files import store
from anju.base.numbers import mask_document, mask_name
from anju.base.secrets import unseal
from anju.needs import acts, forms, myside, programmes, proxies, reads
from anju.needs.acts.comes_with import WISHES_CHANGE
from anju.needs.acts.proxies import RELATIONS
from anju.needs.household_forms import BLANK, WishesForm, day_field
from anju.needs.households import WishInput
from anju.needs.models import LIVE, PAPERS, Application, Proxy
from anju.needs.pages.applying import draft_of, wish_words
from anju.parties.access import page
from anju.policy.verdict import Outcome
from anju.web.downloads import download
from anju.web.forms import ActForm, act_form_page
from anju.web.lists import within
from anju.web.shown import steps_of
from anju.web.tones import tone_of

SHELL = "web/portal.html"


@dataclass(frozen=True)
class Case:
    """One application as its family sees it."""

    row: Application
    tone: str
    steps: list[Any] | None
    place: reads.Place | None
    next: str
    asked: str
    missing: list[str]
    proxy: Proxy | None
    may: frozenset[str]


@page(power="needs.mine")
def mine(request: HttpRequest) -> HttpResponse:
    """My cases: where each stands, what is missing, the place, what comes next."""
    rows = within(request, Application.objects.all()).order_by("-accepted_on", "-number")
    cases = [case for case in (_case(request, row) for row in rows) if case]
    return render(request, "needs/mine.html", {"cases": cases, "draft": draft_of(request)})


def _phone(request: HttpRequest) -> bytes:
    found = request.anju.account.phone_blind  # type: ignore[attr-defined]
    return bytes(found) if found else b""


def _case(request: HttpRequest, row: Application) -> Case | None:
    """The case as this account may see it; None where it is neither its own nor, by a live proxy, another's."""
    own = bytes(row.phone_blind) == _phone(request)
    proxy = None if own else proxies.live_of(_phone(request) or None, row, _today(request))
    if not own and proxy is None:
        return None
    asked = row.reviews.exclude(outcome="pass").order_by("-reviewed_at", "-id").first()
    missing = [v["sentence"] for v in row.verdicts if v["outcome"] != Outcome.PASS.value]
    at = myside.STAGE_OF.get(row.state)
    steps = None if at is None else steps_of(myside.STAGES, at, myside.dates_of(row))
    said = asked.reason if asked and row.state in ("supplement", "refused") else ""
    return Case(
        row,
        tone_of(row.state),
        steps,
        reads.position(row),
        myside.NEXT[row.state],
        said,
        missing,
        proxy,
        _may(row, own, proxy),
    )


def _may(row: Application, own: bool, proxy: Proxy | None) -> frozenset[str]:
    """What this account may do with the case as it stands: what the page offers; the acts ask again."""

    def holds(need: str) -> bool:
        return own or proxies.may(proxy, need)

    found = {
        "supplement": row.state == "supplement" and holds(proxies.PAPERS),
        "papers": row.state in LIVE and holds(proxies.PAPERS),
        "wishes": row.state in WISHES_CHANGE and holds(proxies.ALL),
        "withdraw": acts.may_move(row, "withdrawn") and holds(proxies.ALL),
        "undo": row.state == "withdrawn" and holds(proxies.ALL),
        "letter": row.state == "qualified",
        "proxies": own and row.state in LIVE,
        "own": own,
    }
    return frozenset(name for name, yes in found.items() if yes)


def _today(request: HttpRequest) -> date:
    return request.anju.now.astimezone(SHANGHAI).date()  # type: ignore[attr-defined]


@page(power="needs.mine")
def find(request: HttpRequest) -> HttpResponse:
    """Show the applications that were made with my phone, at a counter, by a worker or my employer, or that I act for."""
    if request.method == "POST":
        count = acts.find_my_applications(ctx=request.anju.context())  # type: ignore[attr-defined]
        words = (
            f"找到 {count} 份用本手机号登记或由您代办的申请。"
            if count
            else "没有用本手机号登记的申请；可以在网上申请，或到窗口核对手机号。"
        )
        messages.success(request, words)
    return HttpResponseRedirect(reverse("needs:mine"))


def own_case(request: HttpRequest, key: UUID) -> Case:
    """A case that this account may see: row-level security shows no other. Raises Http404."""
    row = within(request, Application.objects.all()).filter(id=key).first()
    found = _case(request, row) if row else None
    if found is None:
        raise Http404("没有这份申请，或不是用您的手机号登记的")
    return found


@page(power="needs.mine")
def my_case(request: HttpRequest, key: UUID) -> HttpResponse:
    """One case in full."""
    case = own_case(request, key)
    row, counties = case.row, myside.counties_of(case.row)
    moved = myside.places(row, _today(request))
    members = [
        (mask_name(m.name), m.get_relation_display(), mask_document(unseal(m.document)))
        for m in row.members.order_by("relation", "id")
    ]
    own = "own" in case.may
    context = {
        "c": case, "row": row, "members": members, "wishes": [wish_words(w, counties) for w in myside.wishes_of(row)],
        "places": moved[::-1], "moved": myside.moved(moved), "papers": myside.papers(row), "around": myside.around(row),
        "messages_sent": myside.messages_of(_phone(request), row.region) if own else [],
        "today": _today(request),
    }  # fmt: skip
    return render(request, "needs/my_case.html", context)


# --- what a family may do with its case ----------------------------------------------------------------


def _act(request: HttpRequest, key: UUID, title: str, act: Any, **more: Any) -> HttpResponse:
    row = own_case(request, key).row
    back = reverse("needs:my_case", args=[row.id])
    fixed = more.pop("fixed", {"application_id": row.id})
    return act_form_page(
        request, title=title, act=act, fixed=fixed, back=back, done=lambda _: back, region=row.region, clause="3.2-0", shell=SHELL,
        **more,
    )  # fmt: skip


@page(power="needs.mine")
def supplement(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give what the review asked for."""
    row = own_case(request, key).row
    given = {"row": row, "towns": reads.towns(row.region), "family": True}
    asked = row.reviews.filter(outcome="supplement").order_by("-reviewed_at", "-id").first()
    why = f"审核要求：{asked.reason}" if asked else ""
    return _act(
        request,
        key,
        "补正",
        acts.supplement,
        form_class=forms.ChangeForm,
        form_kwargs=given,
        explain=why,
        verb="提交补正",
    )


class PapersForm(ActForm):
    """Papers of one kind."""

    kind = django_forms.ChoiceField(label="材料种类", choices=BLANK + PAPERS)
    papers = forms.FilesField(label="照片或文件", help_text="可选多个；照片、PDF，每个不超过 50 MB")

    def arguments(self) -> dict[str, Any]:
        return {"kind": self.cleaned_data["kind"], "files": self.cleaned_data["papers"]}


@page(power="needs.mine")
def papers(request: HttpRequest, key: UUID) -> HttpResponse:
    """Hand papers in."""
    first = {"kind": request.GET.get("kind", "")}
    return _act(
        request,
        key,
        "上传材料",
        acts.attach_papers,
        form_class=PapersForm,
        initial=first,
        verb="上传",
        said="材料已收下。",
    )


@page(power="needs.mine")
def wishes(request: HttpRequest, key: UUID) -> HttpResponse:
    """Other wishes; the place stays."""
    row = own_case(request, key).row
    tenure = programmes.tenure_of(row.programme, request.anju.context(region=row.region).inforce())  # type: ignore[attr-defined]

    class Form(WishesForm):
        def arguments(self) -> dict[str, Any]:
            return {"wishes": [WishInput(tenure=tenure, **wish) for wish in self.body()]}

    given = {"counties": myside.counties_of(row), "sale": tenure == "sale"}
    return _act(
        request, key, "变更意向", acts.change_wishes, form_class=Form, form_kwargs=given, initial=_typed(row), verb="变更意向",
        explain="变更意向不影响位次；正在公示的，公示结束后再变更", template="needs/lines_form.html",
    )  # fmt: skip


def _typed(row: Application) -> dict[str, Any]:
    """The wishes as the form's fields."""
    found: dict[str, Any] = {}
    for n, wish in enumerate(myside.wishes_of(row), 1):
        found |= {
            f"county_{n}": wish["county"], f"rooms_{n}": wish["rooms"], f"area_from_{n}": f"{wish['area_from_cm2'] / 10_000:g}",
            f"area_to_{n}": f"{wish['area_to_cm2'] / 10_000:g}", f"ceiling_{n}": f"{wish['ceiling_fen'] / 100:.2f}",
            f"zone_{n}": wish["zone"], f"floor_{n}": wish["floor"], f"lift_{n}": wish["lift"],
        }  # fmt: skip
    return found


@page(power="needs.mine")
def withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take the application back."""
    why = "撤回后不再审核、不再轮候；以后恢复，位次不变"
    return _act(
        request, key, "撤回申请", acts.withdraw, form_class=forms.OptionalReasonForm, explain=why, verb="撤回申请"
    )


@page(power="needs.mine")
def undo(request: HttpRequest, key: UUID) -> HttpResponse:
    """Undo the withdrawal."""
    return _act(request, key, "恢复申请", acts.undo_withdrawal, verb="恢复申请", explain="回到撤回前的状态和位次")


@page(power="needs.mine")
def confirm_made(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say that an application made for us is ours."""
    why = "协理员代您家提出的申请，请确认是否同意"
    return _act(request, key, "确认代报的申请", acts.confirm_made_for, verb="是我家的，继续办理", explain=why)


@page(power="needs.mine")
def revoke_made(request: HttpRequest, key: UUID) -> HttpResponse:
    """Revoke an application made for us."""
    return _act(
        request, key, "撤销代报的申请", acts.revoke_made_for, form_class=forms.ReasonForm, verb="撤销",
        explain="撤销后申请撤回，原因记录在案；以后仍可自己申请",
    )  # fmt: skip


class ProxyForm(ActForm):
    """Who may act for us, for what, until when, by which paper."""

    name = django_forms.CharField(label="代办人姓名", max_length=60)
    relation = django_forms.ChoiceField(label="与申请人关系", choices=BLANK + RELATIONS)
    phone = django_forms.CharField(
        label="代办人手机号", max_length=20, widget=django_forms.TextInput(attrs={"inputmode": "tel"})
    )
    allows = django_forms.ChoiceField(label="可以代办什么", choices=list(Proxy.SCOPES), widget=django_forms.RadioSelect)
    until_on = day_field("到哪一天为止", help_text="最长一年，到期自动终止")
    paper = django_forms.FileField(label="签字的委托书", help_text="照片或 PDF")

    def arguments(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return data | {"paper": (data["paper"].name, data["paper"].read())}


@page(power="needs.mine")
def proxy(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let somebody act for us."""
    why = "代办人每办一件，都会发短信告诉您；您随时可以终止"
    return _act(
        request,
        key,
        "委托家人代办",
        acts.grant_proxy,
        form_class=ProxyForm,
        verb="委托",
        explain=why,
        said="已登记代办人。",
    )


@page(power="needs.mine")
def end_proxy(request: HttpRequest, key: UUID, proxy_id: UUID) -> HttpResponse:
    """End it."""
    row = own_case(request, key).row
    found = myside.proxy_of(row, proxy_id)
    if found is None:
        raise Http404("没有这个代办人")
    facts = [("代办人", mask_name(found.name)), ("范围", found.get_scope_display()), ("到", found.until_on)]
    return _act(
        request, key, "终止代办", acts.end_proxy, fixed={"proxy_id": found.id}, form_class=forms.OptionalReasonForm, verb="终止代办",
        facts=facts,
    )  # fmt: skip


@page(power="needs.mine")
def letter(request: HttpRequest, key: UUID) -> HttpResponse:
    """The letter of qualification: drawn at the first download, which is logged."""
    row = own_case(request, key).row
    if request.method != "POST":
        return HttpResponseRedirect(reverse("needs:my_case", args=[row.id]))
    return letter_file(request, row)


def letter_file(request: HttpRequest, row: Application) -> HttpResponse:
    """The PDF of a case's letter; the act leaves the entry."""
    made = acts.issue_letter(ctx=request.anju.context(region=row.region), application_id=row.id)  # type: ignore[attr-defined]
    pdf = made.paper.pdf
    assert pdf is not None  # issue() draws both
    return download(store.read(pdf), f"轮候资格通知书_{row.number}.pdf", "application/pdf")
