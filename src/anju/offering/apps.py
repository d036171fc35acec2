from django.apps import AppConfig


class OfferingConfig(AppConfig):
    name = "anju.offering"
    label = "offering"
