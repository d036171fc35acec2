"""Addresses under ``/negotiation/``."""

from django.urls import path

from anju.negotiation.pages import doings, lists, things

app_name = "negotiation"
urlpatterns = [
    path("", lists.talks, name="list"),
    path("letters/", lists.letters, name="letters"),
    path("decisions/", lists.decisions, name="decisions"),
    path("decisions/<uuid:decision_id>/", things.decision, name="decision"),
    path("decisions/<uuid:decision_id>/confirm/", doings.confirm_decision, name="confirm_decision"),
    path("letters/<uuid:letter_id>/", things.letter, name="thing"),
    path("letters/<uuid:letter_id>/sign/", doings.sign, name="sign"),
    path("letters/<uuid:letter_id>/lapse/", doings.lapse, name="lapse"),
    path("letters/<uuid:letter_id>/release/", doings.release, name="release"),
    path("<uuid:project_id>/", things.talk, name="talk"),
    path("<uuid:project_id>/offer/", doings.offer, name="offer"),
    path("<uuid:project_id>/decide/", doings.decide, name="decide"),
    path("<uuid:project_id>/draft/", doings.draft, name="draft"),
]
