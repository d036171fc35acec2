from django.apps import AppConfig


class OfferingConfig(AppConfig):
    name = "anju.offering"
    label = "offering"

    def ready(self) -> None:
        """Register the acts, the files that come in, and what runs by itself."""
        from anju.offering import acts, imports, jobs, wordings  # noqa: F401

        jobs.start()
