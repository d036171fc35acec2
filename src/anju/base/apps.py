from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "anju.base"
    label = "base"
