from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "anju.needs"
    label = "needs"
