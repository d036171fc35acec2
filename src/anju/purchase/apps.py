from django.apps import AppConfig


class PurchaseConfig(AppConfig):
    name = "anju.purchase"
    label = "purchase"
