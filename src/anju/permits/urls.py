"""Addresses of the green channel."""

from django.urls import path

from anju.permits import pages

app_name = "permits"

urlpatterns = [
    path("", pages.index, name="list"),
    path("open/", pages.choose, name="choose"),
    path("open/<uuid:project_id>/", pages.open_, name="open"),
    path("<uuid:permit_id>/", pages.thing, name="thing"),
    path("<uuid:permit_id>/finish/", pages.finish, name="finish"),
    path("<uuid:permit_id>/stop/", pages.stop, name="stop"),
    path("<uuid:permit_id>/resume/", pages.resume, name="resume"),
]
