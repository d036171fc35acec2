"""Addresses under ``/ledger/``."""

from django.urls import path

from anju.ledger import pages

app_name = "ledger"
urlpatterns = [
    path("", pages.books_list, name="list"),
    path("<uuid:book_id>/", pages.thing, name="thing"),
    path("<uuid:book_id>/vouchers/", pages.vouchers, name="vouchers"),
    path("<uuid:book_id>/beancount/", pages.as_text, name="beancount"),
    path("<uuid:book_id>/close-period/", pages.close_period, name="close_period"),
    path("<uuid:book_id>/close/", pages.close_book, name="close_book"),
    path("vouchers/<uuid:voucher_id>/", pages.voucher, name="voucher"),
    path("vouchers/<uuid:voucher_id>/reverse/", pages.reverse_voucher, name="reverse"),
]
