"""Addresses under ``/pricing/``."""

from django.urls import path

from anju.pricing.pages import doings, lists, things

app_name = "pricing"
urlpatterns = [
    path("", lists.projects, name="list"),
    path("prices/", lists.prices, name="prices"),
    path("<uuid:project_id>/", things.project, name="thing"),
    path("<uuid:project_id>/commission/", doings.commission, name="commission"),
    path("<uuid:project_id>/request/", doings.request_data, name="request"),
    path("<uuid:project_id>/costs/", doings.costs, name="costs"),
    path("<uuid:project_id>/appraise/", doings.appraise, name="appraise"),
    path("<uuid:project_id>/propose/", doings.propose, name="propose"),
    path("<uuid:project_id>/trial/", doings.trial, name="trial"),
    path("<uuid:project_id>/prices/", doings.list_prices, name="list_prices"),
    path("requests/<uuid:request_id>/", doings.answer, name="answer"),
    path("ceilings/<uuid:ceiling_id>/confirm/", doings.confirm, name="confirm"),
]
