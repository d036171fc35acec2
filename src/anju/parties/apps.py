from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "anju.parties"
    label = "parties"

    def ready(self) -> None:
        from anju.base.jobs import context as jobs
        from anju.parties import acts, wordings  # noqa: F401  (they fill their registers)
        from anju.parties.context import context_of_job

        jobs.register(context_of_job)
