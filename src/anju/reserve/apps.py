from django.apps import AppConfig


class ReserveConfig(AppConfig):
    name = "anju.reserve"
    label = "reserve"
