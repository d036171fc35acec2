"""Questionnaires for staff: drafted, published, with link and QR code, weighted, their results."""

import io
from typing import Any
from uuid import UUID

import segno
from django import forms as django_forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from anju.base.acts import ActContext
from anju.needs import acts, damping, questions, reads, results, survey_text
from anju.needs.acts.survey import current_version
from anju.needs.models import Answer, Survey
from anju.needs.pages.cases import CRUMBS
from anju.needs.questions import BadQuestions
from anju.parties.access import page
from anju.web.forms import ActForm, act_form_page
from anju.web.lists import today_of, within
from anju.web.things import thing_page

HERE = [*CRUMBS, ("需求问卷", "/needs/surveys/")]
TONES = {"draft": ("info", "草稿"), "open": ("ok", "征集中"), "closed": ("unk", "已截止")}


class DraftForm(ActForm):
    """A new questionnaire."""

    title = django_forms.CharField(label="问卷名称", max_length=40)
    intro = django_forms.CharField(
        label="开头说明", max_length=600, required=False, widget=django_forms.Textarea(attrs={"rows": 2}),
        help_text="给填写人看：做什么用、几分钟能填完",
    )  # fmt: skip
    text = django_forms.CharField(
        label="题目", max_length=8000, initial=survey_text.STANDARD_LINE, widget=django_forms.Textarea(attrs={"rows": 10}),
        help_text=survey_text.HINT + "单独一行“标准题”代表买还是租、几室、面积三道题。区县、年龄段、家庭人数每份问卷都问，不用写。",
    )  # fmt: skip

    def clean_text(self) -> list[dict[str, Any]]:
        try:
            return questions.checked(survey_text.parsed(self.cleaned_data["text"]))
        except BadQuestions as error:
            raise django_forms.ValidationError(str(error)) from error

    def arguments(self) -> dict[str, Any]:
        return {("asked" if name == "text" else name): value for name, value in self.cleaned_data.items()}


class ReviseForm(DraftForm):
    """The questions alone."""

    title = None  # type: ignore[assignment]
    intro = None  # type: ignore[assignment]


class PublishForm(ActForm):
    """The window."""

    opens_on = django_forms.DateField(label="开始日期", widget=django_forms.DateInput())
    closes_on = django_forms.DateField(label="截止日期（含当日）", widget=django_forms.DateInput())


@page(power="needs.view_demand")
def index(request: HttpRequest) -> HttpResponse:
    """The questionnaires of the region, and the results of those only brought by file."""
    region = request.anju.region  # type: ignore[attr-defined]
    rows = list(Survey.objects.filter(region=region).order_by("-opens_on", "-id"))
    counts = dict.fromkeys(results.titles(region), 0)
    for title in Answer.objects.filter(region=region).order_by("survey").values_list("survey", flat=True):
        counts[title] += 1
    brought = [(title, count) for title, count in counts.items() if title not in {row.title for row in rows}]
    return render(request, "needs/surveys.html", {
        "title": "需求问卷", "crumbs": CRUMBS, "brought": brought, "rows": [(row, TONES[row.state], counts[row.title]) for row in rows],
    })  # fmt: skip


@page(power="needs.draft_survey")
def draft(request: HttpRequest) -> HttpResponse:
    """Draft one."""
    return act_form_page(
        request, title="拟定问卷", act=acts.draft_survey, form_class=DraftForm, back=reverse("needs:surveys"), clause="3.2-1",
        verb="保存草稿", done=lambda row: reverse("needs:survey", args=[row.id]), explain="保存后由另一人核对并发布；发布前公众看不到",
    )  # fmt: skip


def _survey(request: HttpRequest, key: UUID) -> Survey:
    row = within(request, Survey.objects.all()).filter(id=key).first()
    if row is None:
        raise Http404("没有这份问卷")
    return row


@page(power="needs.view_demand")
def survey(request: HttpRequest, key: UUID) -> HttpResponse:
    """One questionnaire: its window, its link and QR code, its questions."""
    row = _survey(request, key)
    address = link_of(request, row)
    window = f"{row.opens_on} 至 {row.closes_on}" if row.opens_on else "未发布"
    count = Answer.objects.filter(region=row.region, survey=row.title).count()
    return thing_page(
        request, title=row.title, state=TONES[row.state], clause="3.2-1", obj=row, crumbs=HERE,
        facts=[
            ("征集期", window), ("题目", f"第 {row.version} 版，{len(current_version(row).questions)} 道"),
            ("答卷", f"{count} 份，其中网上 {row.answers_by_link} 份"), ("网址", address if row.state != "draft" else "发布后生效"),
        ],
        acts=[
            ("看结果", reverse("needs:survey_result", args=[row.title]), "needs.view_demand"),
            ("修改题目", reverse("needs:revise_survey", args=[row.id]), "needs.revise_survey", row.state != "closed", "已截止"),
            ("发布", reverse("needs:publish_survey", args=[row.id]), "needs.publish_survey", row.state == "draft", "已发布过"),
            ("截止", reverse("needs:close_survey", args=[row.id]), "needs.close_survey", row.state == "open", "没有在征集"),
        ],
        sections=[("题目", "needs/_questions.html")],
        side=[("二维码", "needs/_qr.html")] if row.state == "open" else [],
        context={
            "questions": current_version(row).questions, "qr": qr_inline(address), "address": address, "survey": row,
            "kinds": questions.KINDS, "damping": damping.SAID,
        },
    )  # fmt: skip


def link_of(request: HttpRequest, row: Survey) -> str:
    """The address that the public opens: the portal's own where one is set, else this server's."""
    path = reverse("needs:ask", args=[row.region, row.code])
    portal = str(getattr(settings, "PORTAL_URL", ""))
    return f"{portal.rstrip('/')}{path}" if portal.startswith("http") else request.build_absolute_uri(path)


def qr_inline(address: str) -> SafeString:
    """The QR code as SVG for the page; the drawer writes every byte of it from the address."""
    drawn = segno.make(address, error="m", micro=False)
    return mark_safe(drawn.svg_inline(scale=5, border=4, omitsize=True, title="问卷二维码"))


@page(power="needs.view_demand")
def qr(request: HttpRequest, key: UUID) -> HttpResponse:
    """The QR code as a file, for a poster."""
    row = _survey(request, key)
    out = io.BytesIO()
    segno.make(link_of(request, row), error="m", micro=False).save(out, kind="svg", scale=8, border=4)
    answer = HttpResponse(out.getvalue(), content_type="image/svg+xml")
    answer["Content-Disposition"] = f'attachment; filename="survey-{row.code}.svg"'
    return answer


@page(power="needs.revise_survey")
def revise(request: HttpRequest, key: UUID) -> HttpResponse:
    """Another version of its questions."""
    row = _survey(request, key)
    back = reverse("needs:survey", args=[row.id])
    return act_form_page(
        request, title=f"修改「{row.title}」的题目", act=acts.revise_survey, form_class=ReviseForm, fixed={"survey_id": row.id},
        back=back, done=lambda _: back, clause="3.2-1", verb="存为新版本", region=row.region,
        initial={"text": survey_text.written(current_version(row).questions)},
        explain="已收的答卷保留它当时回答的版本；已发布的问卷，新版本立即生效",
    )  # fmt: skip


@page(power="needs.publish_survey")
def publish(request: HttpRequest, key: UUID) -> HttpResponse:
    """Put it before the public."""
    row = _survey(request, key)
    back, today = reverse("needs:survey", args=[row.id]), today_of(request)
    return act_form_page(
        request, title=f"发布「{row.title}」", act=acts.publish_survey, form_class=PublishForm, fixed={"survey_id": row.id},
        back=back, done=lambda _: back, clause="3.2-1", verb="发布问卷", region=row.region, initial={"opens_on": today},
        explain="发布后公众凭网址或二维码填写；答卷与轮候名单分开，不相加",
    )  # fmt: skip


@page(power="needs.close_survey")
def close(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take no more answers."""
    row = _survey(request, key)
    back = reverse("needs:survey", args=[row.id])
    return act_form_page(
        request, title=f"截止「{row.title}」", act=acts.close_survey, fixed={"survey_id": row.id}, back=back, done=lambda _: back,
        clause="3.2-1", verb="截止征集", region=row.region, irreversible=True, facts=[("已收", f"{row.answers_by_link} 份网上答卷")],
    )  # fmt: skip


@page(power="needs.view_demand")
def result(request: HttpRequest, survey: str) -> HttpResponse:
    """What a questionnaire says, question by question."""
    region = request.anju.region  # type: ignore[attr-defined]
    if survey not in results.titles(region):
        raise Http404("没有这份问卷，或它不在本岗位的区划")
    summary = reads.survey_result(region, survey)
    return render(request, "needs/survey_result.html", {
        "title": survey, "crumbs": HERE, "summary": summary, "questions": results.of_survey(region, survey),
        "damping": damping.SAID, "year": reads.CENSUS_YEAR,
    })  # fmt: skip


@page(power="needs.weigh_survey")
def weigh(request: HttpRequest, survey: str) -> HttpResponse:
    """Weight a survey to the census."""
    back = reverse("needs:survey_result", args=[survey])
    return act_form_page(
        request, title=f"加权「{survey}」", act=acts.weigh_survey, fixed={"survey": survey}, back=back, done=lambda _: back,
        clause="3.2-1", verb="按人口普查加权",
        explain=(
            f"按 {reads.CENSUS_YEAR} 年人口普查的区县 × 年龄 × 家庭人数加权；没有答卷的层并入相邻层，"
            f"没有答卷的区县不代表。{damping.SAID}"
        ),
        said=lambda told: (
            f"已加权 {told['answers']} 份，有效样本量 {told['effective']}；重复或集中的 {told['damped']} 份减了权重；"
            f"并层 {len(told['merged'])} 处，没有答卷的区县 {len(told['uncovered'])} 个。"
        ),
    )  # fmt: skip


def desk_context(request: HttpRequest, region: str) -> ActContext:
    """The context of an anonymous answer: nobody's account, one power."""
    from anju.base.calendar.days import now_of
    from anju.base.calendar.models import Installation
    from anju.policy.parameters import ParameterBook

    house = request.installation  # type: ignore[attr-defined]
    return ActContext(
        account=None, post="survey_desk", region=region, powers=frozenset({"needs.answer_survey"}), now=now_of(house),
        params=ParameterBook(), demonstration=house.kind == Installation.DEMONSTRATION, home=region,
    )  # fmt: skip
