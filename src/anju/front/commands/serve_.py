"""The web (granian) and the worker (procrastinate), both ended together."""

import argparse
import signal
import socket
import subprocess
import sys
import time
from types import FrameType


def arguments(parser: argparse.ArgumentParser) -> None:
    """``--host``, ``--port``, ``--face``."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--face", choices=("office", "portal"), default="office",
        help="portal: only what the public and families reach, under a database role that can read nothing else; no worker",
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Serves until interrupted."""
    from anju.front.commands.start import house

    if said_taken(args.host, args.port):
        return 1
    house()
    return serve(args.host, args.port, face=args.face)


def said_taken(host: str, port: int) -> bool:
    """Whether somebody listens there already, and says so: the web server itself would share the port, and half of the visitors."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            print(f"端口 {host}:{port} 已有程序在用，没有启动；请先停掉它，或用 --port 换一个端口", file=sys.stderr)
            return True
    return False


def serve(host: str, port: int, *, face: str = "office") -> int:
    """Both processes; when one ends, so does the other. The exit code of the one that ended first."""
    from anju.front.commands.start import environment

    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "2",
        "--blocking-threads", "4", "--backpressure", "64", "--workers-kill-timeout", "10", "--respawn-failed-workers",
        "--log-level", "warning", "anju.front.wsgi:application",
    ]  # fmt: skip
    worker = [sys.executable, "-m", "django", "procrastinate", "worker", "--concurrency", "4"]
    commands = [web] if face == "portal" else [web, worker]
    running = [subprocess.Popen(command, env={**environment(), "ANJU_FACE": face}) for command in commands]

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    print(f"http://{host}:{port}  (Ctrl-C ends it)", flush=True)
    code = 0
    try:
        while all(process.poll() is None for process in running):
            time.sleep(0.3)
        code = next(process.returncode for process in running if process.returncode is not None)
    except KeyboardInterrupt:
        pass
    for process in running:
        if process.poll() is None:
            process.terminate()
    for process in running:
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
    return code
