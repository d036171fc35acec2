"""Addresses of the copy of one's data, of leaving and of retention."""

from django.urls import path

from anju.needs.pages import privacy

urlpatterns = [
    path("my/<uuid:key>/copy/", privacy.my_copy, name="my_copy"),
    path("my/<uuid:key>/leave/", privacy.my_leave, name="my_leave"),
    path("<uuid:key>/copy/", privacy.copy, name="copy"),
    path("<uuid:key>/print/", privacy.print_, name="print_case"),
    path("<uuid:key>/leave/", privacy.leave, name="leave"),
    path("erasures/", privacy.erasures, name="erasures"),
    path("erasures/<uuid:key>/", privacy.erasure, name="erasure"),
    path("erasures/<uuid:key>/end/", privacy.end_erasure, name="end_erasure"),
    path("retention/", privacy.due, name="retention"),
]
