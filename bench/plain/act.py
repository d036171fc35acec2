"""The plain twin of ``parties.answer_check``: the same form and the same rows, written as any Django project would."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections, models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.test import override_settings
from django.urls import path
from django.utils import timezone

from anju.base.tickets.models import Ticket
from anju.parties.forms import CheckForm
from anju.parties.models import Admission
from anju.policy.rules.acquirer import CRITERIA

TABLES = {"bench_admission": "parties_admission", "bench_ticket": "base_ticket"}


def twin(model: type[models.Model], table: str, **other: Any) -> Any:
    """A model over a copy of another's table; references become plain identifiers. ``other``: fields that differ, None for none."""
    fields = {
        f.attname: models.UUIDField(null=f.null) if isinstance(f, models.ForeignKey) else f.clone()
        for f in model._meta.local_concrete_fields
    }
    fields = {name: field for name, field in {**fields, **other}.items() if field is not None}
    meta = type("Meta", (), {"managed": False, "db_table": table, "app_label": "parties"})
    return type(f"Plain{model.__name__}", (models.Model,), {**fields, "Meta": meta, "__module__": __name__})


PlainAdmission, PlainTicket = twin(Admission, "bench_admission"), twin(Ticket, "bench_ticket")


def lay_tables(keys: Iterable[UUID]) -> None:
    """The copies, with the same indexes and constraints, and the admissions that the bench answers checks of."""
    with connections["owner"].cursor() as cursor:
        for copy, table in TABLES.items():
            cursor.execute(f"CREATE TABLE {copy} (LIKE {table} INCLUDING ALL)")
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {copy} TO anju_app")
        cursor.execute("ALTER TABLE bench_admission ADD FOREIGN KEY (acquirer_id) REFERENCES parties_organisation (id)")
        cursor.execute("INSERT INTO bench_admission SELECT * FROM parties_admission WHERE id = ANY (%s)", [list(keys)])


@login_required
def answer_check(request: HttpRequest, key: UUID) -> HttpResponse:
    """One check is answered: the row saved, its ticket closed, the next opened."""
    today = timezone.localdate()
    with transaction.atomic():
        row = get_object_or_404(PlainAdmission.objects.select_for_update(), pk=key)
        groups = [(f"group:{m['name']}", m["name"]) for m in row.facts["group"]]
        form = CheckForm(request.POST or None, checks=[*CRITERIA.items(), *groups])
        if not form.is_valid():
            return render(request, "web/form.html", {"form": form}, status=422)
        given = form.cleaned_data
        row.facts["criteria"][given["check"]] = {"answer": given["answer"], "evidence": given["evidence"]}
        row.verdicts, row.judged_on = list(row.verdicts), today
        row.save(update_fields=["facts", "verdicts", "judged_on"])
        open_ = PlainTicket.objects.filter(
            region=row.region, object_id=row.pk, kind="open_checks", done_on__isnull=True
        )
        open_.update(done_on=today, outcome="已补充")
        PlainTicket.objects.create(
            region=row.region, kind="open_checks", title="准入核查待补", post="office_clerk", object_kind="parties.admission",
            object_id=row.pk, url=f"/parties/admissions/{row.pk}/", opened_on=today,
        )  # fmt: skip
    messages.success(request, "已办。")
    return redirect(f"/parties/admissions/{row.pk}/")


urlpatterns = [path("plain/<uuid:key>/", answer_check)]


class PlainUrls:
    """Sends requests to the plain view; stands where the house's own middleware stands."""

    urlconf = __name__

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.urlconf = self.urlconf  # type: ignore[attr-defined]
        return self.get_response(request)


def plain_handler(urls: type[PlainUrls] = PlainUrls) -> Any:
    """A WSGI handler with the house's middleware but for the one that opens scopes."""
    from django.conf import settings

    ours = "anju.parties.middleware.PostMiddleware"
    with override_settings(
        MIDDLEWARE=[f"{urls.__module__}.{urls.__name__}" if m == ours else m for m in settings.MIDDLEWARE]
    ):
        return WSGIHandler()
