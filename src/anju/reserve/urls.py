"""Addresses under ``/reserve/``."""

from django.urls import path

from anju.reserve.pages import doings, lists, things

app_name = "reserve"
urlpatterns = [
    path("", lists.projects, name="list"),
    path("units/", lists.units, name="units"),
    path("snapshots/", lists.snapshots, name="snapshots"),
    path("snapshots/take/", doings.take_snapshot, name="take_snapshot"),
    path("snapshots/<uuid:snapshot_id>/", things.snapshot, name="snapshot"),
    path("declare/", doings.declare, name="declare"),
    path("units/<uuid:unit_id>/", things.unit, name="unit"),
    path("units/<uuid:unit_id>/waive/", doings.waive, name="waive"),
    path("units/<uuid:unit_id>/rights/", doings.rights, name="rights"),
    path("<uuid:project_id>/", things.project, name="thing"),
    path("<uuid:project_id>/check/", doings.check, name="check"),
    path("<uuid:project_id>/screen/", doings.screen, name="screen"),
    path("<uuid:project_id>/admit/", doings.admit, name="admit"),
    path("<uuid:project_id>/waive/", doings.waive_many, name="waive_many"),
    path("<uuid:project_id>/refuse/", doings.refuse, name="refuse"),
    path("<uuid:project_id>/withdraw/", doings.withdraw, name="withdraw"),
]
