from django.apps import AppConfig


class PermitsConfig(AppConfig):
    name = "anju.permits"
    label = "permits"
