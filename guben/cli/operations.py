"""`guben serve|doctor|user`."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from argparse import Namespace
from types import FrameType

from guben.access.roles import roles
from guben.accounts.installation import current, today
from guben.accounts.models import User
from guben.cli.context import BadInput, print_json, unit_of, user_of


def serve(options: Namespace) -> int:
    """The web server and one worker; both end when this command ends."""
    if options.processes < 1:
        raise BadInput("At least one process must answer pages: --processes 1.")
    _require_free(options.host, options.port)
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", options.host, "--port", str(options.port),
        "--workers", str(options.processes), "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
        "guben.wsgi:application",
    ]  # fmt: skip
    worker = [sys.executable, "-m", "guben", "manage", "work", "--alone", "--no-startup-delay"]
    running = [subprocess.Popen(web), subprocess.Popen(worker, stderr=subprocess.DEVNULL)]
    _print_address(f"http://{options.host}:{options.port}")

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        while all(process.poll() is None for process in running):
            time.sleep(0.5)
    except KeyboardInterrupt:
        print("\nguben: stopping.", file=sys.stderr)
    finally:
        for process in running:
            process.terminate()
        codes = [process.wait(timeout=15) for process in running]
    return 0 if codes[0] in (0, -signal.SIGTERM, -signal.SIGINT, 130) else 1


def _require_free(host: str, port: int) -> None:
    """Two servers on one port would answer in turn without a word."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        if probe.connect_ex((host, port)) == 0:
            raise BadInput(f"Something answers at {host}:{port} already. Stop it, or take another port: --port 8001.")


def _print_address(address: str) -> None:
    installation = current()
    print(f"\n固本 Guben  {address}", flush=True)
    if installation.is_demo and installation.demo_sign_in:
        print(
            f"演示数据 demo data, 演示日 {today(installation)}. One-click sign-in: {address}/demo/sign-in/", flush=True
        )
        for user in User.objects.filter(is_demo=True).order_by("pk"):
            print(f"  {user.display_name}  ({user.username})", flush=True)
    print("Ctrl+C stops it.", flush=True)


def doctor(options: Namespace) -> int:
    """Checks what is derived and what must be true; with --rebuild derives it anew."""
    from guben.figures.doctor import check_all, rebuild_all

    if options.rebuild:
        rebuild_all(by=user_of(options))
    checks = check_all(every=options.all)
    if options.json:
        print_json(
            {
                "checks": [
                    {"name": check.name, "ok": not check.faults, "faults": check.faults, "notes": check.notes}
                    for check in checks
                ]
            }
        )
    else:
        for check in checks:
            print(f"{'ok ' if not check.faults else 'BAD'} {check.name}")
            for fault in check.faults[:20]:
                print(f"      {fault}")
            for note in check.notes:
                print(f"      note: {note}")
    return 1 if any(check.faults for check in checks) else 0


def add_user(options: Namespace) -> int:
    """Makes a user with a first role; the password is asked for, never an argument."""
    from getpass import getpass

    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from guben.access.actions import open_account

    if options.role not in roles():
        raise BadInput(f"There is no role {options.role}. The roles: {', '.join(roles())}.")
    password = getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    try:
        validate_password(password)
    except ValidationError as fault:
        raise BadInput(" ".join(fault.messages)) from None
    by = user_of(options)
    unit = unit_of(options.at, by)
    open_account(options.name, options.display_name or options.name, options.role, unit, by=by, password=password)
    print(f"{options.name} may sign in as {options.role} at {options.at}.")
    return 0
