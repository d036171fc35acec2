from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "anju.pricing"
    label = "pricing"

    def ready(self) -> None:
        from anju.pricing import acts, exports, imports  # noqa: F401  they register themselves
