"""Django settings of the whole house. Nothing secret stands here: keys and passwords lie under ``var/keys``, mode 0600."""

import os
from pathlib import Path

from django.urls import reverse_lazy

from anju.front.postgres import connection_settings

ROOT = Path(__file__).resolve().parents[3]
VAR = Path(os.environ.get("ANJU_VAR", ROOT / "var"))
OUT = Path(os.environ.get("ANJU_OUT", ROOT / "out"))
KEYS = Path(os.environ.get("ANJU_KEYS", VAR / "keys"))
FILES = VAR / "files"


# One process may serve everything (``office``); in a city the public's is another, with a database role of its own (``portal``).
FACE = os.environ.get("ANJU_FACE", "office")


def _secret_key() -> str:
    """The session-signing key: a file that ``base.secrets`` makes at set-up; before that, one as old as the process."""
    path = KEYS / "django"
    return path.read_text().strip() if path.exists() else os.urandom(32).hex()


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("ANJU_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")

ROOMS = [
    "base", "web", "parties", "ledger", "needs", "reserve", "pricing", "planning", "negotiation", "offering",
    "purchase", "funds", "permits", "homes", "oversight", "front",
]  # fmt: skip
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "procrastinate.contrib.django",
    *[f"anju.{room}" for room in ROOMS],
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "anju.parties.middleware.PostMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "anju.front.urls_portal" if FACE == "portal" else "anju.front.urls"
WSGI_APPLICATION = "anju.front.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "anju.web.context.house",
            ],
        },
    }
]

DATABASES = (
    {"default": connection_settings("door")}
    if FACE == "portal"
    else {"default": connection_settings("app"), "owner": connection_settings("owner")}
)
DATABASE_ROUTERS: list[str] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# A room that has no migrations yet is laid straight from its models.
MIGRATION_MODULES: dict[str, str | None] = {
    room: None for room in ROOMS if not (ROOT / "src" / "anju" / room / "migrations").exists()
}

AUTH_USER_MODEL = "parties.Account"
AUTHENTICATION_BACKENDS = ["anju.parties.signin.PasswordBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = reverse_lazy("parties:signin")
# The header in which our own reverse proxy writes the visitor's address, as WSGI names it: HTTP_X_FORWARDED_FOR, HTTP_X_REAL_IP.
# Empty without a proxy: the header is then the visitor's own word, and the connection's address counts.
PROXY_HEADER = os.environ.get("ANJU_PROXY_HEADER", "")
SESSION_ENGINE = "anju.parties.portal_sessions" if FACE == "portal" else "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "family" if FACE == "portal" else "sessionid"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = os.environ.get("ANJU_HTTPS") == "1"
CSRF_FAILURE_VIEW = "anju.web.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = None  # nothing is collected: whitenoise serves what the finders find
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

PROCRASTINATE_IMPORT_PATHS = ["anju.base.jobs.tasks"]
PROCRASTINATE_WORKER_DEFAULTS = {
    "update_heartbeat_interval": 2,
    "stalled_worker_timeout": 6,
    "delete_jobs": "successful",
}
PROCRASTINATE_DATABASE_ALIAS = "default"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
