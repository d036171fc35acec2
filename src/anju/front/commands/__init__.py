"""The subcommands of ``./anju``: each file gives ``arguments(parser)`` and ``run(args) -> exit code``."""
