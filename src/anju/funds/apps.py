from django.apps import AppConfig


class FundsConfig(AppConfig):
    name = "anju.funds"
    label = "funds"
