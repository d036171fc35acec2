"""Addresses under ``/planning/``."""

from django.urls import path

from anju.planning import pages

app_name = "planning"
urlpatterns = [
    path("", pages.plans, name="list"),
    path("solve/", pages.solve, name="solve"),
    path("<uuid:plan_id>/", pages.plan, name="thing"),
]
