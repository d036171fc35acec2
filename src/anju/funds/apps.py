from django.apps import AppConfig


class FundsConfig(AppConfig):
    name = "anju.funds"
    label = "funds"

    def ready(self) -> None:
        from anju.funds import acts, imports  # noqa: F401  they register themselves
