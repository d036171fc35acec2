from django.apps import AppConfig


class HomesConfig(AppConfig):
    name = "anju.homes"
    label = "homes"
