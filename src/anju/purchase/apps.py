from django.apps import AppConfig


class PurchaseConfig(AppConfig):
    name = "anju.purchase"
    label = "purchase"

    def ready(self) -> None:
        """Register the acts."""
        from anju.purchase import acts  # noqa: F401
