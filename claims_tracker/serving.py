"""How the production server runs; gunicorn reads this file as its configuration."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "claims_tracker.settings")

from django.conf import settings

host = settings.HOST.strip("[]")
address = f"[{host}]:{settings.PORT}" if ":" in host else f"{host}:{settings.PORT}"
bind = address
wsgi_app = "claims_tracker.wsgi:application"
worker_class = "gthread"
workers = settings.N_WORKERS
threads = settings.N_THREADS
timeout = 120  # seconds of silence after which a worker is taken for hung
graceful_timeout = 30  # seconds that requests in flight have on SIGTERM
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108  heartbeats, never on a slow disk
loglevel = "warning"
control_socket_disable = True


def when_ready(server: object) -> None:
    """Tell where it is and who logs in, once it answers."""
    print(f"Claims Tracker is at http://{address}/  (log in as {settings.ADMIN_USER}; stop with Ctrl+C)", flush=True)  # noqa: T201
