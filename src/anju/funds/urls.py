"""Addresses under ``/funds/``."""

from django.urls import path

from anju.funds.pages import doings, lists, things

app_name = "funds"
urlpatterns = [
    path("", lists.payments, name="list"),
    path("loans/", lists.loans, name="loans"),
    path("offers/", lists.offers, name="offers"),
    path("accounts/", lists.accounts, name="accounts"),
    path("accounts/open/", doings.open_account, name="open_account"),
    path("receipts/", lists.receipts, name="receipts"),
    path("lines/", lists.lines, name="lines"),
    path("subsidies/", lists.subsidies, name="subsidies"),
    path("proceeds/", lists.proceeds, name="proceeds"),
    path("capital/", doings.capital, name="capital"),
    path("payments/<uuid:payment_id>/", things.payment, name="thing"),
    path("payments/<uuid:payment_id>/approve-use/", doings.approve_use, name="approve_use"),
    path("payments/<uuid:payment_id>/examine/", doings.examine, name="examine"),
    path("payments/<uuid:payment_id>/approve/", doings.approve, name="approve"),
    path("payments/<uuid:payment_id>/refuse/", doings.refuse, name="refuse"),
    path("payments/<uuid:payment_id>/settle/", doings.settle, name="settle"),
    path("payments/<uuid:payment_id>/return/", doings.return_payment, name="return"),
    path("loans/<uuid:loan_id>/", things.loan, name="loan"),
    path("loans/<uuid:loan_id>/sign/", doings.sign_loan, name="sign_loan"),
    path("loans/<uuid:loan_id>/withdraw/", doings.withdraw_loan, name="withdraw_loan"),
    path("loans/<uuid:loan_id>/interest/", doings.interest, name="interest"),
    path("offers/<uuid:offer_id>/", things.offer, name="offer"),
    path("offers/<uuid:offer_id>/draft/", doings.draft_loan, name="draft_loan"),
    path("accounts/<uuid:account_id>/", things.account, name="account"),
    path("accounts/<uuid:account_id>/match/", doings.match, name="match"),
    path("lines/<uuid:line_id>/", things.line, name="line"),
    path("lines/<uuid:line_id>/match/", doings.match_line, name="match_line"),
    path("lines/<uuid:line_id>/unmatch/", doings.unmatch, name="unmatch"),
    path("subsidies/<uuid:subsidy_id>/", things.subsidy, name="subsidy"),
    path("subsidies/<uuid:subsidy_id>/grant/", doings.grant, name="grant"),
    path("proceeds/<uuid:use_id>/", things.use, name="use"),
    path("projects/<uuid:project_id>/", things.project, name="project"),
    path("projects/<uuid:project_id>/payments/request/", doings.request_payment, name="request_payment"),
    path("projects/<uuid:project_id>/receipts/record/", doings.receipt, name="receipt"),
    path("projects/<uuid:project_id>/duties/", doings.duties, name="duties"),
    path("projects/<uuid:project_id>/earnest/", doings.split_earnest, name="split_earnest"),
    path("projects/<uuid:project_id>/distribute/", doings.distribute, name="distribute"),
    path("projects/<uuid:project_id>/subsidies/apply/", doings.apply_subsidy, name="apply_subsidy"),
    path("projects/<uuid:project_id>/own-funds/", doings.own_funds, name="own_funds"),
    path("projects/<uuid:project_id>/proceeds/", doings.proceeds_use, name="proceeds_use"),
]
