"""Addresses of open work and leave cover."""

from django.urls import path

from anju.parties.pages import work

urlpatterns = [
    path("accounts/<uuid:key>/hand-over/", work.hand_over, name="hand_over"),
    path("covers/", work.covers, name="covers"),
    path("covers/new/", work.cover_new, name="cover_new"),
    path("covers/<uuid:key>/", work.cover, name="cover"),
    path("covers/<uuid:key>/confirm/", work.cover_confirm, name="cover_confirm"),
    path("covers/<uuid:key>/end/", work.cover_end, name="cover_end"),
]
