from django.apps import AppConfig


class FrontConfig(AppConfig):
    name = "anju.front"
    label = "front"
