"""The questionnaire as anybody answers it on a phone: by link or QR code, without signing in, or as the signed-in family."""

import secrets
from ipaddress import ip_address
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from anju.base.acts import ActContext, InvalidInput, Refused
from anju.base.acts.context import SHANGHAI
from anju.base.calendar.days import now_of
from anju.base.publication.models import Publication
from anju.base.regions import public_scope
from anju.needs import acts, damping, reads
from anju.needs.acts.steps import FAMILY
from anju.needs.acts.survey import PERSONS_MAX, PUBLISHED
from anju.needs.models import AGE_BANDS, LIVE, Application
from anju.needs.pages.surveys import desk_context
from anju.parties.access import outside_scope
from anju.web.forms import ActForm, dress, problems

COOKIE, SALT, YEAR = "anju_ask", "needs.ask", 365 * 86_400


class AskForm(ActForm):
    """The stratum, then the questions of the version."""

    county = forms.ChoiceField(label="您家在哪个区县？")
    age_band = forms.ChoiceField(label="您的年龄段？", choices=AGE_BANDS, widget=forms.RadioSelect)
    household_size = forms.IntegerField(label="您家几口人？", min_value=1, max_value=PERSONS_MAX)

    def __init__(self, *args: Any, questions: list[dict[str, Any]], counties: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["county"].choices = [("", "请选择"), *counties.items()]  # type: ignore[attr-defined]
        self.questions = questions
        for one in questions:
            self.fields[f"q_{one['code']}"] = _field(one)
        for field in self.fields.values():
            field.error_messages["required"] = "请回答这道题"
        dress(self)

    def given(self) -> acts.Given:
        """The answer as the act takes it."""
        data = self.cleaned_data
        replies = {one["code"]: data.get(f"q_{one['code']}") for one in self.questions}
        return acts.Given(data["county"], data["age_band"], data["household_size"], replies)


def _field(one: dict[str, Any]) -> forms.Field:
    given = {"label": one["title"], "required": one["required"]}
    match one["kind"]:
        case "single":
            return forms.ChoiceField(choices=[tuple(c) for c in one["choices"]], widget=forms.RadioSelect, **given)
        case "multi":
            return forms.MultipleChoiceField(
                choices=[tuple(c) for c in one["choices"]],
                widget=forms.CheckboxSelectMultiple,
                **{**given, "label": f"{one['title']}（可多选）"},
            )
        case "number":
            hint = f"{one['low']} 至 {one['high']} {one['unit']}".strip()
            return forms.IntegerField(min_value=one["low"], max_value=one["high"], help_text=hint, **given)
    return forms.CharField(
        max_length=one["longest"],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="请不要写姓名、证件号和电话",
        **given,
    )


@outside_scope
def ask(request: HttpRequest, region: str, code: str) -> HttpResponse:
    """Show the questions, take the answer. The answer's page says how duplicates are counted."""
    with public_scope():
        shown = Publication.objects.filter(kind=PUBLISHED, region=region, slug=code).first()
    if shown is None:
        return _shown(request, {"gone": True}, status=404)
    body, today = shown.body, now_of(request.installation).astimezone(SHANGHAI).date().isoformat()  # type: ignore[attr-defined]
    context = {
        "p": shown,
        "body": body,
        "damping": damping.SAID,
        "early": today < body["opens_on"],
        "over": today > body["closes_on"],
    }
    if context["early"] or context["over"]:
        return _shown(request, context)
    own, choice = _own_case(request, region), request.POST if request.method == "POST" else None
    form = AskForm(choice, questions=body["questions"], counties=reads.counties(region))
    refused: Refused | None = None
    if choice is not None and form.is_valid():
        try:
            done = acts.answer_survey(
                ctx=_context(request, region, own), code=code, version=_number(request.POST.get("version")), given=form.given(),
                device=_hashed(code, _cookie(request)), address=_address(request, code, today),
                application_id=own.id if own else None,
            )  # fmt: skip
        except Refused as error:
            refused = error
            if isinstance(error, InvalidInput) and error.field in form.fields:
                form.add_error(error.field, error.sentence)
        else:
            return _shown(request, {**context, "done": done})
    dress(form)
    answer = _shown(
        request, {**context, "form": form, "own": own, "refused": refused, "problems": problems(form)},
        status=422 if refused or form.errors else 200,
    )  # fmt: skip
    if not _cookie(request):
        answer.set_signed_cookie(COOKIE, secrets.token_urlsafe(16), SALT, max_age=YEAR, httponly=True, samesite="Lax")
    return answer


def _shown(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page, drawn as the public sees the portal: its notices are publications."""
    with public_scope():
        return render(request, "needs/ask.html", context, status=status)


def _own_case(request: HttpRequest, region: str) -> Application | None:
    """The signed-in family's live application in the survey's region, if there is one."""
    actor = request.anju  # type: ignore[attr-defined]
    if actor is None or actor.post != FAMILY or actor.region[:4] != region[:4]:
        return None
    with actor.scope():
        rows = Application.objects.filter(state__in=LIVE)
        mine = rows.filter(region=region) if not region.endswith("00") else rows
        return mine.order_by("-accepted_on", "-id").first()


def _context(request: HttpRequest, region: str, own: Application | None) -> ActContext:
    if own is not None:
        return request.anju.context(region=region)  # type: ignore[attr-defined]
    return desk_context(request, region)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 5 else 0


def _cookie(request: HttpRequest) -> str:
    return request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=YEAR) or ""


def _hashed(*parts: str) -> bytes | None:
    """A keyed hash that only equal parts of this installation share; None where a part is unknown."""
    return salted_hmac(SALT, "|".join(parts), algorithm="sha256").digest() if all(parts) else None


def _address(request: HttpRequest, code: str, day: str) -> bytes | None:
    """Of the network address and the day. Behind the city's own proxy it is the address that the proxy names."""
    text = request.META.get("REMOTE_ADDR", "")
    try:
        if ip_address(text).is_loopback or ip_address(text).is_private:
            text = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
            ip_address(text)
    except ValueError:
        return None
    return _hashed(code, day, text)
