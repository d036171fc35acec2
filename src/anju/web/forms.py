"""The page of an act: its form, what follows from it, and, where it was refused, why, with the input kept."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from anju.base.acts import InvalidInput, Refused

STATUS_REFUSED = 422


class ActForm(forms.Form):
    """A form whose controls carry the look. ``arguments`` says what the act gets (default: the cleaned values)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def arguments(self) -> dict[str, Any]:
        """The keyword arguments of the act."""
        return dict(self.cleaned_data)


class EmptyForm(ActForm):
    """Nothing to fill in: the act is confirmed only."""


def dress(form: forms.BaseForm) -> None:
    """Give the controls their class, and tie hints and errors to them for screen readers."""
    for name, item in form.fields.items():
        widget = item.widget
        if not isinstance(
            widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple | forms.HiddenInput
        ):
            widget.attrs["class"] = f"{widget.attrs.get('class', '')} in".strip()
        if isinstance(widget, forms.DateInput):
            widget.input_type = "date"
            widget.format = "%Y-%m-%d"
        if isinstance(widget, forms.Textarea):
            widget.attrs.setdefault("rows", 4)
        widget.use_required_attribute = lambda initial: False  # the page says what is missing
        # What was found so far: asking for ``errors`` would clean a half-built form.
        if (getattr(form, "_errors", None) or {}).get(name):
            widget.attrs["aria-invalid"] = "true"
            widget.attrs["aria-describedby"] = f"{_id_of(form, name)}_e"


def _id_of(form: forms.BaseForm, name: str) -> str:
    """The id of a field's control."""
    return str(form.auto_id) % name


def act_form_page(
    request: HttpRequest, *, title: str, act: Callable[..., Any], back: str, done: Callable[[Any], str],
    form_class: type[forms.BaseForm] = EmptyForm,
    fixed: Mapping[str, Any] | None = None, clause: str = "", verb: str = "提交", irreversible: bool = False, explain: str = "",
    facts: Sequence[tuple[str, Any]] = (), confirm: tuple[str, str] | None = None, initial: Mapping[str, Any] | None = None,
    region: str | None = None, said: Callable[[Any], str] | str = "", shell: str = "web/staff.html", template: str = "web/form.html",
    form_kwargs: Mapping[str, Any] | None = None, context: Mapping[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    """GET shows the form. POST checks it and calls ``act(ctx=…, **fixed, **form's values)``, then goes to ``done(row)``.

    A refusal shows on the page with its verdicts, the input kept. ``irreversible``: says so, and ``confirm`` (what, value) must
    be typed by hand. ``facts``: what, how much, with whom, what follows, who checks. ``region``: where the act takes place,
    when not the post's own.
    The hidden key makes a double click one act.
    """
    data = request.POST if request.method == "POST" else None
    form = form_class(
        data, request.FILES if data is not None else None, initial=dict(initial or {}), **(form_kwargs or {})
    )
    dress(form)
    key = (request.POST.get("key") or uuid4().hex)[:64]
    refused: Refused | None = None
    typed = request.POST.get("typed", "").strip()
    wrong = _wrong_word(confirm, typed) if data is not None else ""
    if data is not None and form.is_valid() and not wrong:
        try:
            row = act(ctx=request.anju.context(key=key, region=region), **(fixed or {}), **_arguments(form))  # type: ignore[attr-defined]
        except Refused as error:
            refused, key = error, uuid4().hex
            _blame(form, error)
        else:
            text = said(row) if callable(said) else said
            messages.success(request, text or f"已办：{title}。")
            return HttpResponseRedirect(done(row))
    dress(form)
    return render(request, template, {
        "shell": shell, "title": title, "form": form, "key": key, "refused": refused, "clause_number": clause, "verb": verb, "back": back,
        "irreversible": irreversible, "explain": explain, "facts": list(facts), "confirm": confirm, "typed": typed, "wrong": wrong,
        "problems": problems(form), **(context or {}),
    }, status=STATUS_REFUSED if refused or wrong or form.errors else 200)  # fmt: skip


def _arguments(form: forms.BaseForm) -> dict[str, Any]:
    return form.arguments() if isinstance(form, ActForm) else dict(form.cleaned_data)


def _wrong_word(confirm: tuple[str, str] | None, typed: str) -> str:
    if confirm is None or typed == confirm[1]:
        return ""
    return (
        f"没有办理：请手输{confirm[0]}「{confirm[1]}」再确认，您填的是「{typed}」"
        if typed
        else f"没有办理：请手输{confirm[0]}「{confirm[1]}」再确认"
    )


def _blame(form: forms.BaseForm, error: Refused) -> None:
    """An input error stands above its field."""
    if isinstance(error, InvalidInput) and error.field in form.fields:
        form.add_error(error.field, error.sentence)


def problems(form: forms.BaseForm) -> list[tuple[str, str, str]]:
    """The error summary: (address of the field, its label, sentence)."""
    found = []
    for name, errors in form.errors.items():
        label = str(form.fields[name].label or name) if name in form.fields else ""
        found += [(f"#{_id_of(form, name)}" if label else "#form", label, str(e)) for e in errors]
    return found
