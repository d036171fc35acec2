"""Addresses under ``/offering/``."""

from django.urls import path

from anju.offering.pages import doings, family, lists, things

app_name = "offering"
urlpatterns = [
    path("", lists.batches, name="list"),
    path("ready/", lists.ready, name="ready"),
    path("announce/<uuid:letter_id>/", doings.announce, name="announce"),
    path("my/", family.mine, name="mine"),
    path("my/<uuid:batch_id>/", family.subscribe, name="my_subscribe"),
    path("my/subscriptions/<uuid:subscription_id>/withdraw/", family.withdraw, name="my_withdraw"),
    path("my/subscriptions/<uuid:subscription_id>/choose/", family.choose, name="my_choose"),
    path("my/choices/<uuid:choice_id>/drop/", family.drop, name="my_drop"),
    path("choices/<uuid:choice_id>/", things.choice, name="choice"),
    path("choices/<uuid:choice_id>/pay/", doings.pay, name="pay"),
    path("choices/<uuid:choice_id>/drop/", doings.drop, name="drop"),
    path("choices/<uuid:choice_id>/return/", doings.give_back, name="return"),
    path("<uuid:batch_id>/", things.batch, name="thing"),
    path("<uuid:batch_id>/subscribe/", doings.subscribe, name="subscribe"),
    path("<uuid:batch_id>/subscriptions/", lists.subscriptions, name="subscriptions"),
    path("<uuid:batch_id>/freeze/", doings.freeze, name="freeze"),
    path("<uuid:batch_id>/draw/", things.draw, name="draw"),
    path("<uuid:batch_id>/draw/holders/", doings.holders, name="holders"),
    path("<uuid:batch_id>/draw/commit/", doings.commit, name="commit"),
    path("<uuid:batch_id>/draw/plan/", doings.plan, name="plan"),
    path("<uuid:batch_id>/draw/reveal/", doings.reveal, name="reveal"),
    path("<uuid:batch_id>/draw/values/<uuid:source_id>/", doings.value, name="value"),
    path("<uuid:batch_id>/draw/values/<uuid:source_id>/clear/", doings.clear_value, name="clear_value"),
    path("<uuid:batch_id>/draw/run/", doings.draw_lots, name="draw_lots"),
    path("<uuid:batch_id>/draw/again/", doings.redraw, name="redraw"),
    path("<uuid:batch_id>/choices/", lists.choices, name="choices"),
    path("<uuid:batch_id>/allot/", doings.allot, name="allot"),
    path("<uuid:batch_id>/earnest/", doings.earnest, name="earnest"),
    path("<uuid:batch_id>/judge/", doings.judge, name="judge"),
    path("<uuid:batch_id>/refund/", doings.refund, name="refund"),
]
