"""All settings. Everything that differs between installations is read from the environment, at the top.

Two modes: *local* (the default: this machine only, plain http) and *deploy* (behind https). Deploy mode refuses to
start without a secret and host names of its own. The README lists every variable.
"""

import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

# --- environment readers -------------------------------------------------------------------------------------------

_BOOLEANS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def read_text(name: str, default: str = "") -> str:
    """Return the variable without surrounding white space, or the default where it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def read_bool(name: str, default: bool) -> bool:
    """Return the variable as a truth value; an unknown word stops start-up."""
    text = read_text(name)
    if not text:
        return default
    if text.lower() not in _BOOLEANS:
        raise ImproperlyConfigured(f"{name}={text!r} is neither yes nor no (1, true, yes, on / 0, false, no, off)")
    return _BOOLEANS[text.lower()]


def read_number(name: str, default: int, low: int, high: int) -> int:
    """Return the variable as a whole number between low and high; anything else stops start-up."""
    text = read_text(name, str(default))
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise ImproperlyConfigured(f"{name}={text!r} is not a whole number from {low} to {high}")
    return int(text)


def read_list(name: str) -> list[str]:
    """Return the comma-separated parts of the variable."""
    return [part.strip() for part in read_text(name).split(",") if part.strip()]


def read_choice(name: str, choices: tuple[str, ...]) -> str:
    """Return the variable, which is one of the choices; the first is the default."""
    text = read_text(name, choices[0])
    if text not in choices:
        raise ImproperlyConfigured(f"{name}={text!r} is none of {', '.join(choices)}")
    return text


def keep_secret(path: Path) -> str:
    """Return the secret in this file, making it once, readable by its owner alone.

    Written under another name and linked into place, so that of two processes that start at once one makes the
    secret and both read the same, whole.
    """
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # the other process was first
        finally:
            draft.unlink()
    return path.read_text().strip()


# --- what differs between installations ----------------------------------------------------------------------------

MODE = read_choice("CLAIMS_MODE", ("local", "deploy"))
IS_DEPLOYED = MODE == "deploy"
DEBUG = read_bool("CLAIMS_DEBUG", default=False)
DATA_DIR = Path(read_text("CLAIMS_DATA_DIR", str(BASE_DIR / "data"))).expanduser().resolve()
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)  # database and secrets lie in it: its owner's alone
HOST = read_text("CLAIMS_HOST", "127.0.0.1")  # the address that the server binds to
PORT = read_number("PORT", 8000, 1, 65535)
N_WORKERS = read_number("CLAIMS_WORKERS", 2, 1, 64)
N_THREADS = read_number("CLAIMS_THREADS", 4, 1, 64)
# Proxies of one's own that add to X-Forwarded-For; the header of a request that passed none says what its sender likes.
N_PROXIES = read_number("CLAIMS_PROXIES", 0, 0, 9) if IS_DEPLOYED else 0
ADMIN_USER = read_text("CLAIMS_ADMIN_USER", "analyst")
ADMIN_PASSWORD = read_text("CLAIMS_ADMIN_PASSWORD")

FETCH = read_bool("CLAIMS_FETCH", default=False)  # whether documents may be fetched from the web
FETCH_PROXY = read_text("CLAIMS_FETCH_PROXY")  # http://127.0.0.1:9080: an HTTP proxy that takes CONNECT

if FETCH_PROXY and not FETCH_PROXY.startswith("http://"):
    raise ImproperlyConfigured("CLAIMS_FETCH_PROXY is the address of an HTTP proxy: http://HOST:PORT")
if not IS_DEPLOYED and HOST not in ("127.0.0.1", "::1", "localhost"):
    raise ImproperlyConfigured("local mode serves this machine alone; CLAIMS_HOST elsewhere needs CLAIMS_MODE=deploy")

SECRET_KEY = read_text("SECRET_KEY")
SECRET_KEY_FALLBACKS = read_list("SECRET_KEY_FALLBACKS")
if IS_DEPLOYED:
    if DEBUG:
        raise ImproperlyConfigured("CLAIMS_DEBUG shows code and settings to visitors: it is refused in deploy mode")
    if len(SECRET_KEY) < 50 or SECRET_KEY.startswith("django-insecure") or len(set(SECRET_KEY)) < 5:
        raise ImproperlyConfigured(
            "deploy mode needs a SECRET_KEY of its own, at least 50 characters: "
            'python -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
elif not SECRET_KEY:
    SECRET_KEY = keep_secret(DATA_DIR / "secret_key")

ALLOWED_HOSTS = read_list("CLAIMS_ALLOWED_HOSTS")
if IS_DEPLOYED and (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS):
    raise ImproperlyConfigured("deploy mode needs CLAIMS_ALLOWED_HOSTS: the host names it answers to, and never *")
if not IS_DEPLOYED:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if IS_DEPLOYED]

# --- databases -----------------------------------------------------------------------------------------------------

DATABASE_URL = read_text("DATABASE_URL", f"sqlite:///{DATA_DIR / 'claims.sqlite3'}")
DATABASES: dict[str, Any] = {"default": dj_database_url.parse(DATABASE_URL)}
_database = DATABASES["default"]
_options = _database.setdefault("OPTIONS", {})
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _options["transaction_mode"] = "IMMEDIATE"  # a writer waits its turn at BEGIN instead of failing at COMMIT
    _options["timeout"] = 30  # seconds that it waits
    # A thread keeps its connection: opening the file and reading all its rules takes longer than most answers. The
    # development server has a new thread for every request, which would leave its connection behind.
    _database["CONN_MAX_AGE"] = 0 if DEBUG else None
    # FULL: a commit that was answered survives a power cut, not only a crash of the process.
    _options["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-64000;"
elif _database["ENGINE"] == "django.db.backends.postgresql":
    _database["CONN_MAX_AGE"] = 0  # the pool keeps the connections
    _database["CONN_HEALTH_CHECKS"] = True
    _options["pool"] = {"min_size": 1, "max_size": N_THREADS + 1, "timeout": 10}
    _options["options"] = "-c statement_timeout=60000"  # milliseconds
else:
    raise ImproperlyConfigured("DATABASE_URL names neither sqlite:// nor postgres://")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- the application -----------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "whitenoise.runserver_nostatic",
    "claims.apps.ClaimsAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "axes",
    "sources",
    "claims",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "sources.requests.RequestIdMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "claims_tracker.urls"
WSGI_APPLICATION = "claims_tracker.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False  # the product speaks English; the texts that it holds speak every language
USE_TZ = True
FORMAT_MODULE_PATH = "claims_tracker.formats"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
FILE_UPLOAD_HANDLERS = [
    "sources.uploads.BoundedUpload",  # first: it sees a file before any byte of it is kept
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 2**20  # bytes of one request: a text of five million characters, escaped

# --- accounts ------------------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
CSRF_FAILURE_VIEW = "claims_tracker.errors.answer_csrf"
AXES_FAILURE_LIMIT = 20
AXES_COOLOFF_TIME = 1  # hours
AXES_HTTP_RESPONSE_CODE = 429
AXES_LOCKOUT_CALLABLE = "claims_tracker.errors.answer_lockout"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "claims_tracker.clients.address_of"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False

# --- the API -------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "sources.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["sources.api.authentication.IsAnalyst"],
    "DEFAULT_PARSER_CLASSES": ["sources.api.parsing.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "sources.api.schema.ResourceSchema",
    "EXCEPTION_HANDLER": "claims_tracker.errors.answer_problem",
    "URL_FORMAT_OVERRIDE": None,  # `?format=` belongs to the graph
    "COERCE_DECIMAL_TO_STRING": False,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Claims Tracker",
    "VERSION": "1",
    "DESCRIPTION": "Claims, the parties that assert them, the statements that contradict them, and the exact words.",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "sources.api.schema.add_shapes",
        "drf_spectacular.hooks.postprocess_schema_enum_id_removal",
    ],
}

# --- what browsers are told ----------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],  # Swagger UI draws its icons from data: addresses
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
if IS_DEPLOYED:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "claims_tracker.logs.OneLineFormatter", "format": "{levelname} {name} {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}},  # a refused request is no event of the server's
}
