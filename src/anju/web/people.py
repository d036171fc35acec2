"""Whom the rows of a list are about, as each list declares it, and why somebody takes personal rows out (4.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anju.web.forms import ActForm, dress, problems

WHY_MAX = 300


@dataclass(frozen=True)
class People:
    """``personal``: a file of the rows goes out only with a reason. ``case``: the path from a row to the household's case (``""``: none),
    by which the log names each household, so that its own copy of the data can say who took it out."""

    personal: bool
    case: str = ""


# Things, money and decisions; and what names people who work here, or persons without a case.
NOBODY, PERSONS = People(False), People(True)


def families(case: str) -> People:
    """Rows of households; ``case`` leads to the case: ``pk``, ``application_id``, ``subscription__application_id``."""
    return People(True, case)


class WhyForm(ActForm):
    """Why personal data goes out."""

    reason = forms.CharField(
        label="事由", max_length=WHY_MAX, widget=forms.Textarea, help_text="写明用在什么事上，如：季度统计、核对名单"
    )


def ask_why(
    request: HttpRequest, *, title: str, back: str, verb: str, explain: str, facts: Sequence[tuple[str, Any]] = (), clause: str = "4.5",
    shell: str = "web/staff.html",
) -> str | HttpResponse:  # fmt: skip
    """The reason that was posted, else the page that asks for it."""
    form = WhyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return str(form.cleaned_data["reason"])
    dress(form)
    context = {
        "shell": shell, "title": title, "form": form, "back": back, "verb": verb, "clause_number": clause, "refused": None,
        "facts": facts, "explain": explain, "problems": problems(form),
    }  # fmt: skip
    return render(request, "web/form.html", context, status=422 if form.errors else 200)
