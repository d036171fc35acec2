"""Addresses of a case's life: objections, other looks, re-checks, bans, the order of a list, households' events."""

from django.urls import path

from anju.needs.pages import life, opinions, standing

urlpatterns = [
    path("objections/", standing.objections, name="objections"),
    path("objections/new/", standing.objection_new, name="objection_new"),
    path("objections/<uuid:key>/", standing.objection, name="objection"),
    path("objections/<uuid:key>/decide/", standing.objection_decide, name="objection_decide"),
    path("reconsiderations/", standing.reconsiderations, name="reconsiderations"),
    path("reconsiderations/<uuid:key>/", standing.reconsideration, name="reconsideration"),
    path("reconsiderations/<uuid:key>/decide/", standing.reconsideration_decide, name="reconsideration_decide"),
    path("rechecks/", standing.rechecks, name="rechecks"),
    path("rechecks/open/", standing.rechecks_open, name="rechecks_open"),
    path("bans/", standing.bans, name="bans"),
    path("bans/<uuid:key>/", standing.ban, name="ban"),
    path("bans/<uuid:key>/hear/", standing.ban_hear, name="ban_hear"),
    path("bans/<uuid:key>/decide/", standing.ban_decide, name="ban_decide"),
    path("opinions/", opinions.index, name="opinions"),
    path("opinions/<uuid:key>/", opinions.opinion, name="opinion"),
    path("<uuid:key>/ask-opinions/", life.ask_opinions, name="ask_opinions"),
    path("order/", standing.orders, name="orders"),
    path("order/<str:programme>/", standing.reorder, name="reorder"),
    path("<uuid:key>/city/", life.city, name="city"),
    path("<uuid:key>/ask-again/", life.ask_again, name="ask_again"),
    path("<uuid:key>/recheck/", life.recheck, name="recheck"),
    path("<uuid:key>/suspend/", life.suspend, name="suspend"),
    path("<uuid:key>/resume/", life.resume, name="resume"),
    path("<uuid:key>/lapse/", life.lapse, name="lapse"),
    path("<uuid:key>/place/", life.place, name="place"),
    path("<uuid:key>/split/", life.split, name="split"),
    path("<uuid:key>/divorce/", life.divorce, name="divorce"),
    path("<uuid:key>/join/", life.join, name="join"),
    path("<uuid:key>/death/", life.death, name="death"),
    path("<uuid:key>/tenant/", life.tenant, name="tenant"),
    path("<uuid:key>/vacate/", life.vacate, name="vacate"),
    path("<uuid:key>/need/", life.need, name="need"),
    path("<uuid:key>/needs/<uuid:need_id>/", life.confirm_need, name="confirm_need"),
    path("<uuid:key>/ban/", life.ban_new, name="ban_new"),
]
