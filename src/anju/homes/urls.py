"""Addresses of homes."""

from django.urls import path

from anju.homes import pages

app_name = "homes"

urlpatterns = [
    path("", pages.index, name="list"),
    path("waiting/", pages.waiting, name="waiting"),
    path("vacant/", pages.vacant, name="vacant"),
    path("contracts/", pages.contracts, name="contracts"),
    path("sign/<uuid:choice_id>/", pages.sign, name="sign"),
    path("contracts/<uuid:contract_id>/", pages.contract, name="contract"),
    path("contracts/<uuid:contract_id>/pay/", pages.pay, name="pay"),
    path("contracts/<uuid:contract_id>/file/", pages.file_, name="file"),
    path("contracts/<uuid:contract_id>/hand-over/", pages.hand_over, name="hand_over"),
    path("contracts/<uuid:contract_id>/end/", pages.end, name="end"),
    path("<uuid:unit_id>/", pages.thing, name="thing"),
]
