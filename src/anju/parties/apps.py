from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "anju.parties"
    label = "parties"
