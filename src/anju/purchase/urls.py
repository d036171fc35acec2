"""Addresses under ``/purchase/``."""

from django.urls import path

from anju.purchase.pages import doings, lists, things

app_name = "purchase"
urlpatterns = [
    path("", lists.agreements, name="list"),
    path("ready/", lists.ready, name="ready"),
    path("ready/<uuid:gate_id>/", doings.draft, name="draft"),
    path("special/", lists.specials, name="specials"),
    path("special/<uuid:gate_id>/", things.special, name="special"),
    path("special/<uuid:gate_id>/record/", doings.record_special, name="record_special"),
    path("special/<uuid:gate_id>/confirm/", doings.confirm_special, name="confirm_special"),
    path("milestones/<uuid:milestone_id>/", doings.reach, name="reach"),
    path("<uuid:agreement_id>/", things.agreement, name="thing"),
    path("<uuid:agreement_id>/sign/", doings.sign, name="sign"),
    path("<uuid:agreement_id>/rescind/", doings.rescind, name="rescind"),
]
