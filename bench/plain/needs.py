"""The plain twin of ``needs.submit_application`` at the counter: the same forms and the same rows, as any Django project would write them.

It refuses what such a project refuses: a form that does not validate, a number that is none, a person in another live application. It
has the counter's row lock, foreign keys, indexes and check constraints. It has no rules, sealed columns, claims, policies, guards, log.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import connections, models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone

from anju.needs import consent, reads
from anju.needs.household_forms import FactsForm, HomesForm, NumberFirst, PlaceForm, WishesForm
from anju.needs.models import LIVE, Application, ApplicationNumber, Consent, Member, OwnHome, PolicyBenefit, Wish
from anju.needs.pages.intake import ConsentForm
from anju.policy.rules import people
from bench.plain.act import PlainTicket, PlainUrls, twin

TABLES = {
    "bench_application": "needs_application", "bench_member": "needs_member", "bench_wish": "needs_wish",
    "bench_home": "needs_ownhome", "bench_benefit": "needs_policybenefit", "bench_consent": "needs_consent",
    "bench_number": "needs_applicationnumber", "bench_ticket": "base_ticket",
}  # fmt: skip
OF_APPLICATION = ("bench_member", "bench_wish", "bench_home", "bench_benefit", "bench_consent")
# Numbers stand as they are, with the indexes that their blind ones have.
CLEAR = (
    "ALTER TABLE bench_application DROP phone_blind, ALTER phone TYPE varchar(20) USING NULL",
    "CREATE INDEX ON bench_application (phone)",
    "ALTER TABLE bench_member DROP document_blind, ALTER document TYPE varchar(20) USING NULL",
    "CREATE INDEX ON bench_member (document)",
    "ALTER TABLE bench_member ADD UNIQUE (region, application_id, document)",
)


def _of(application: Any) -> dict[str, Any]:
    """A reference to the plain application."""
    key = models.ForeignKey(application, models.CASCADE, related_name="+", db_constraint=False)
    return {"application_id": None, "application": key}


PlainApplication = twin(
    Application, "bench_application", phone=models.CharField(max_length=20), phone_blind=None
)  # fmt: skip
PlainMember = twin(
    Member, "bench_member", document=models.CharField(max_length=20), document_blind=None, **_of(PlainApplication)
)
PlainWish = twin(Wish, "bench_wish", **_of(PlainApplication))
PlainHome = twin(OwnHome, "bench_home", **_of(PlainApplication))
PlainBenefit = twin(PolicyBenefit, "bench_benefit", **_of(PlainApplication))
PlainConsent = twin(Consent, "bench_consent", **_of(PlainApplication))
PlainNumber = twin(ApplicationNumber, "bench_number")
# What the house stored of its verdicts, so that the row is as long: set by the bench.
VERDICTS: list[dict[str, Any]] = []


def lay_tables() -> None:
    """The copies, with the same indexes and checks, and a foreign key from each row of a household."""
    with connections["owner"].cursor() as cursor:
        for copy, table in TABLES.items():
            cursor.execute(f"CREATE TABLE {copy} (LIKE {table} INCLUDING ALL)")
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {copy} TO anju_app")
        for statement in CLEAR:
            cursor.execute(statement)
        for table in OF_APPLICATION:
            cursor.execute(f"ALTER TABLE {table} ADD FOREIGN KEY (application_id) REFERENCES bench_application (id)")


@login_required
def apply(request: HttpRequest, region: str) -> HttpResponse:
    """One application is taken in."""
    counties = reads.counties(region[:4] + "00")
    data, files = request.POST, request.FILES
    parts: dict[str, Any] = {
        "members": NumberFirst(data),
        "place": PlaceForm(data, counties={region: counties[region]}, initial={"county": region}),
        "facts": FactsForm(data, towns=reads.towns(region)),
        "homes": HomesForm(data),
        "wishes": WishesForm(data, counties=counties, sale=None, initial={"county_1": region}),
        "consent": ConsentForm(data, files),
    }
    if False in [form.is_valid() for form in parts.values()]:
        return HttpResponse(str([form.errors for form in parts.values()]), status=422)
    members = parts["members"].body()
    for member in members:
        member["document"] = people.normal(member["document"])
        member["born_on"] = people.birthday(member["document"])
    if not all(member["born_on"] for member in members):
        return HttpResponse("身份证号码不符", status=422)
    with transaction.atomic():
        numbers = [member["document"] for member in members]
        if PlainMember.objects.filter(document__in=numbers, application__state__in=LIVE).exists():
            return HttpResponse("已在另一份申请中", status=422)
        row = _save(request, region, parts, members)
    messages.success(request, f"已受理：{row.number}，{row.get_state_display()}。")
    return redirect(f"/needs/{row.pk}/")


def _save(
    request: HttpRequest, region: str, parts: dict[str, django_forms.BaseForm], members: Sequence[Any]
) -> Any:  # fmt: skip
    """The rows of one household."""
    today, said = timezone.localdate(), parts["homes"].body()  # type: ignore[attr-defined]
    facts = {**parts["place"].cleaned_data, **parts["facts"].cleaned_data}
    facts.pop("county")
    row = PlainApplication.objects.create(
        **facts, region=region, number=_number(region, today), applicant_name=members[0]["name"], transferred=said["transferred"],
        persons=len(members), accepted_on=today, maker=request.user.pk, verdicts=VERDICTS,
    )  # fmt: skip
    own = {"region": region, "application": row}
    PlainMember.objects.bulk_create(PlainMember(**own, **member) for member in members)
    tenure = "sale" if facts["programme"] == "sale" else "rent"
    wishes = enumerate(parts["wishes"].body(), 1)  # type: ignore[attr-defined]
    PlainWish.objects.bulk_create(PlainWish(**own, rank=rank, tenure=tenure, **wish) for rank, wish in wishes)
    PlainHome.objects.bulk_create(PlainHome(**own, **home) for home in said["homes"])
    PlainBenefit.objects.bulk_create(PlainBenefit(**own, **one) for one in said["benefits"])
    if parts["consent"].cleaned_data["signed"]:
        text = consent.current(today)
        PlainConsent.objects.create(
            **own, version=text.version, text_sha256=text.sha256, way="paper", given_at=timezone.now(), account=request.user.pk
        )  # fmt: skip
    PlainTicket.objects.create(
        region=region, kind="needs.first_review", title=f"初审 {row.number}（{row.get_programme_display()}）", post="intake_clerk",
        object_kind="needs.application", object_id=row.pk, url=f"/needs/{row.pk}/", opened_on=today,
    )  # fmt: skip
    return row


def _number(region: str, today: date) -> str:
    """The next number of the county's month, under its row lock."""
    row, _ = PlainNumber.objects.select_for_update().get_or_create(
        region=region, month=f"{today:%y%m}", defaults={"last": 0}
    )  # fmt: skip
    row.last += 1
    row.save(update_fields=["last"])
    return f"{region}-{today:%y%m}-{row.last:06d}"


urlpatterns = [path("plain/<str:region>/", apply)]


class NeedsUrls(PlainUrls):
    """Sends requests to the view above."""

    urlconf = __name__
