"""Every setting of the platform, in one file; every default runs.

Values come from the environment (`.env.example` lists them). In development and test whatever
is not set is the embedded servers' address or a secret generated for this install; in production
nothing of the kind is guessed, and a start without it fails naming what is missing.
"""

from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
import pghistory
import structlog
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from emrapi import embedded, logs

django_stubs_ext.monkeypatch()

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# --- Where this runs -----------------------------------------------------------------------------

ENVIRONMENT = env.str("EMR_ENV", "development")
if ENVIRONMENT not in {"development", "test", "production"}:
    raise ImproperlyConfigured(
        f"EMR_ENV is {ENVIRONMENT!r}; it must be development, test or production."
    )
IN_PRODUCTION = ENVIRONMENT == "production"
DEBUG = False

_NEVER_GUESSED = (
    "SECRET_KEY",
    "JWT_KEYS",
    "KEY_PEPPERS",
    "FIELD_KEYS",
    "DATABASE_URL",
    "REDIS_URL",
    "ALLOWED_HOSTS",
)
if IN_PRODUCTION and (missing := [name for name in _NEVER_GUESSED if not env.str(name, "")]):
    raise ImproperlyConfigured(
        f"EMR_ENV=production needs {', '.join(missing)} in the environment; see .env.example."
    )


def _secret(name: str) -> str:
    """The secret from the environment, else (never in production) the one of this install."""
    return env.str(name, "") or embedded.install_secrets()[name]


def _named_secrets(name: str) -> dict[str, str]:
    """`v2:secret,v1:secret` as an ordered dict: the first is used, all of them are accepted."""
    named = dict(part.strip().split(":", 1) for part in _secret(name).split(",") if ":" in part)
    if not named or any(len(secret) < 32 for secret in named.values()):
        raise ImproperlyConfigured(
            f"{name} must read name:secret[,name:secret…], each secret of 32 characters or more."
        )
    return named


SECRET_KEY = _secret("SECRET_KEY")
JWT_KEYS = _named_secrets("JWT_KEYS")
KEY_PEPPERS = _named_secrets("KEY_PEPPERS")
FIELD_KEYS = _named_secrets("FIELD_KEYS")
ADMIN_SECRETS = env.list(
    "ADMIN_SECRETS", default=[] if IN_PRODUCTION else [_secret("ADMIN_SECRETS")]
)

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"])
# The address that others reach us by, for absolute links in answers; empty: the request's own.
PUBLIC_URL = env.str("PUBLIC_URL", "").rstrip("/")
# How many proxies in front of us append to X-Forwarded-For; 0 means that the header is ignored.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)

# Who may read /metrics.
METRICS_NETWORKS = env.list("METRICS_NETWORKS", default=["127.0.0.0/8", "::1/128"])

# --- Applications --------------------------------------------------------------------------------

INSTALLED_APPS = [
    "dashboard",
    "prospects",
    "scheduling",
    "catalog",
    "knowledge",
    "tickets",
    "webhooks",
    "partners",
    "emrapi",
    "emrapi.staff.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pgtrigger",
    "pghistory",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_structlog",
    "django_prometheus",
    "csp",
]

MIDDLEWARE = [
    "emrapi.api.request_ids.RequestIdMiddleware",
    "dashboard.middleware.CallLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "partners.middleware.StaffDatabaseMiddleware",
    "partners.middleware.StaffSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "emrapi.urls"
WSGI_APPLICATION = "emrapi.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- Database, cache, broker ---------------------------------------------------------------------

# The role that this process takes on right after connecting (see partners/tenancy.py). The default
# is the one with the fewest rights; empty means the login itself, which owns the tables.
DATABASE_ROLE = env.str("DATABASE_ROLE", "emr_web")
_SESSION = {
    "role": DATABASE_ROLE,
    "timezone": "UTC",
    "statement_timeout": env.str("STATEMENT_TIMEOUT", "30s") if DATABASE_ROLE == "emr_web" else "",
    # A sender that freezes or vanishes in the midst of handing out must not keep others from it.
    "idle_in_transaction_session_timeout": {"emr_web": "60s", "emr_sender": "20s"}.get(
        DATABASE_ROLE, ""
    ),
}

DATABASES = {"default": env.db_url_config(embedded.database_url())}
DATABASES["default"].update(
    ENGINE="django.db.backends.postgresql",
    CONN_MAX_AGE=None,
    # Off: it would cost a round trip a request. partners/api.py begins anew instead, once.
    CONN_HEALTH_CHECKS=False,
)
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 5)
DATABASES["default"]["OPTIONS"]["options"] = " ".join(
    f"-c {name}={value}" for name, value in _SESSION.items() if value
)

REDIS_URL = embedded.redis_url()
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}

CELERY_BROKER_URL = embedded.celery_url()

# --- The API -------------------------------------------------------------------------------------

# Life of an access token, in hours; answered as expiresIn ("24h").
TOKEN_HOURS = env.int("TOKEN_HOURS", 24)
# Calls a minute for a key that has no limit of its own.
RATE_LIMIT = env.int("RATE_LIMIT", 1200)
# Token exchanges a minute, for one address and for one key.
TOKEN_RATE_LIMIT = env.int("TOKEN_RATE_LIMIT", 30)
# Wrong secrets a minute from one address, before an administrator's call is not looked at.
ADMIN_SECRET_TRIES = env.int("ADMIN_SECRET_TRIES", 10)
# Webhook deliveries a minute that a partner may have tried at once, in one practice.
WEBHOOK_TRIES_BY_HAND = env.int("WEBHOOK_TRIES_BY_HAND", 20)
# Requests for access a minute, for one address.
ACCESS_REQUEST_RATE_LIMIT = env.int("ACCESS_REQUEST_RATE_LIMIT", 5)
# Where a phone number without a country code is taken to be, to search and to compare people.
PHONE_REGION = env.str("PHONE_REGION", "US")
# Times that one key may hold at once, each for five minutes.
HOLDS_PER_KEY = env.int("HOLDS_PER_KEY", 20)
# How long an answer is kept for replay to the same Idempotency-Key, in hours.
IDEMPOTENCY_HOURS = 24

# How long calls are kept, in days; their figures by day are kept for good.
CALL_LOG_DAYS = env.int("CALL_LOG_DAYS", 90)
if CALL_LOG_DAYS < 2:
    raise ImproperlyConfigured("CALL_LOG_DAYS must be 2 or more.")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["partners.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["partners.permissions.HoldsScope"],
    "DEFAULT_PARSER_CLASSES": ["emrapi.api.parsing.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["emrapi.api.rendering.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["emrapi.api.queries.WireFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "emrapi.api.pagination.PageLimit",
    "DEFAULT_SCHEMA_CLASS": "emrapi.api.schema.WireSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "emrapi.api.errors.problem_handler",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
    "URL_FORMAT_OVERRIDE": None,
    "COERCE_DECIMAL_TO_STRING": False,
    "LIST_SERIALIZER_ERRORS_AS_DICT": True,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "OfficePro Partner API",
    "VERSION": "1.0.0",
    "DESCRIPTION": (
        "Exchange your API key for a token and send it with all other requests:"
        " `Authorization: Bearer YOUR_TOKEN`. `{PPass}` in a path is the practice.\n\n"
        "Errors are `application/problem+json`; each names its request's id, and a refused body or"
        " query lists its faults by field. A POST with an `Idempotency-Key` may be sent again."
    ),
    "OAS_VERSION": "3.1.0",
    # Paths in the order of the URL map; what goes in and what comes out are described apart.
    "SORT_OPERATIONS": False,
    "SORT_OPERATION_PARAMETERS": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "PATH_CONVERTER_OVERRIDES": {
        "ppass": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_-]{1,39}$"},
        "id": {"type": "integer", "format": "int64", "minimum": 0, "maximum": 2**63 - 1},
        "requestid": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,128}$"},
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {
        "deepLinking": True,
        "defaultModelsExpandDepth": 0,
        "displayRequestDuration": True,
    },
    "POSTPROCESSING_HOOKS": ["emrapi.api.schema.finish"],
    # What we send to partners.
    "WEBHOOKS": ["webhooks.openapi.event"],
}

# --- Webhooks ------------------------------------------------------------------------------------

# Whether a subscription's address may be http://; for sandboxes.
WEBHOOKS_ALLOW_HTTP = env.bool("WEBHOOKS_ALLOW_HTTP", False)
# Networks that webhooks may go to though they are not public; for sandboxes, too.
WEBHOOKS_ALLOWED_NETWORKS = env.list("WEBHOOKS_ALLOWED_NETWORKS", default=[])
# How long deliveries that are over are kept, with their attempts, in days.
WEBHOOK_KEEP_DAYS = env.int("WEBHOOK_KEEP_DAYS", 30)

# --- Mail ----------------------------------------------------------------------------------------

# smtp://user:password@host:587, smtp+tls://…; by default mail goes to the log and to files.
if env.str("EMAIL_URL", ""):
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "emrapi.mail.LogAndFiles"
    EMAIL_FILE_PATH = str(embedded.home() / "mail")
# Where the links in letters lead; `serve` tells its own address as SERVED_AT.
LINKS_URL: str = PUBLIC_URL or env.str("SERVED_AT", "http://127.0.0.1:8000")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", "OfficePro <noreply@localhost>")
# Who of the staff is told when a subscription is disabled, or somebody asks for access.
STAFF_ALERT_EMAILS = env.list("STAFF_ALERT_EMAILS", default=[])

# --- Staff pages ---------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL, LOGIN_REDIRECT_URL = "admin:login", "dashboard:overview"
# Staff must give a one-time password besides their own when this is on.
STAFF_ONE_TIME_PASSWORDS = env.bool("STAFF_ONE_TIME_PASSWORDS", False)
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "dashboard.refusals.locked_out"
# Ours are in dashboard.admin.sign_ins.
AXES_ENABLE_ADMIN = False
# By the address that the rest of us goes by, not a proxy's.
AXES_CLIENT_IP_CALLABLE = "emrapi.api.addresses.valid_client_address"

CSRF_FAILURE_VIEW = "dashboard.refusals.stale_form"

# Signed out after eight hours without a click.
SESSION_COOKIE_AGE = 8 * 3600
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_SAMESITE = "Lax"

# --- Security headers ----------------------------------------------------------------------------

_HTTPS = env.bool("HTTPS", IN_PRODUCTION)
SECURE_SSL_REDIRECT = _HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
# Probes reach the process itself, inside, where there is no TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[PUBLIC_URL] if PUBLIC_URL else [])
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Files, language, time -----------------------------------------------------------------------

STATIC_URL = "/static/"
# `collectstatic` is a step of production; elsewhere the files are served from where they lie.
STATIC_ROOT = env.str("STATIC_ROOT", str(BASE_DIR / "staticfiles")) if IN_PRODUCTION else None
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(embedded.home() / "media"))
WHITENOISE_USE_FINDERS = not IN_PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IN_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o600
# The JSON parser has its own limit, by view; this one is for the staff pages' forms.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

LANGUAGE_CODE = "en-us"
FORMAT_MODULE_PATH = ["emrapi.formats"]
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

# --- History and logs ----------------------------------------------------------------------------

# History rows carry who changed them in themselves, so that they need no second table.
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_CONTEXT_ID_FIELD = pghistory.ContextUUIDField()
PGHISTORY_APPEND_ONLY = True
# The models name the indexes that their history needs; one for each foreign key would be more.
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_index=False)
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)

LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOG_FORMAT = env.str("LOG_FORMAT", "json" if IN_PRODUCTION else "console")
_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    logs.plain_tracebacks,
]
_RENDERER: Any = (
    structlog.processors.JSONRenderer()
    if LOG_FORMAT == "json"
    else structlog.dev.ConsoleRenderer(colors=False)
)
structlog.configure(
    processors=[*_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "foreign_pre_chain": _PROCESSORS,
            "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, _RENDERER],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # Each refused call is a row of the call log; a line besides would only be noise.
        "django.request": {"level": "ERROR"},
        "django.server": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        # Tasks come every second; only what goes wrong with one is worth a line.
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.worker.request": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "django_structlog.celery": {"level": "WARNING"},
    },
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# The sender's own queue: what it does takes half a minute at a time, and nobody else waits for it.
CELERY_TASK_ROUTES = {
    "webhooks.tasks.pump": {"queue": "webhooks"},
    "webhooks.tasks.purge": {"queue": "webhooks"},
}
CELERY_BEAT_SCHEDULE = {
    # Whoever writes an event wakes the sender; this finds what nobody was woken for.
    "webhooks": {
        "task": "webhooks.tasks.pump",
        "schedule": 1.0,
        "options": {"expires": 1},
    },
    "old deliveries": {
        "task": "webhooks.tasks.purge",
        "schedule": crontab(),
    },
    "letters about webhooks": {
        "task": "webhooks.tasks.send_letters",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "log partitions": {
        "task": "webhooks.tasks.add_log_partitions",
        "schedule": crontab(hour=3, minute=10),
    },
    "call log partitions": {
        "task": "dashboard.tasks.add_call_partitions",
        "schedule": crontab(hour=3, minute=15),
    },
    # A message that nobody took in time is dropped: the next one does its work too.
    "figures": {
        "task": "dashboard.tasks.count_calls",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "old calls": {
        "task": "dashboard.tasks.forget_old_calls",
        "schedule": crontab(hour=3, minute=30),
    },
    "letters": {
        "task": "partners.tasks.send_letters",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "stored answers": {
        "task": "partners.tasks.forget_stored_answers",
        "schedule": crontab(minute=20),
    },
    "holds": {
        "task": "scheduling.tasks.forget_expired_holds",
        "schedule": crontab(minute="*/10"),
    },
}
