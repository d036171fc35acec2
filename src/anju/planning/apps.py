from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "anju.planning"
    label = "planning"
