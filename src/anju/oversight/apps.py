from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "anju.oversight"
    label = "oversight"
