from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "anju.pricing"
    label = "pricing"
