from django.apps import AppConfig


class NegotiationConfig(AppConfig):
    name = "anju.negotiation"
    label = "negotiation"
