"""The one settings module: composition only; what differs between places comes from `portal.env`."""

import contextlib
import secrets
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from celery.schedules import crontab

from portal import embedded, env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR: Path = env.read("DATA_DIR")
DEBUG: bool = env.read("DEBUG")
SAMPLE: bool = env.read("SAMPLE")
ALLOWED_HOSTS: list[str] = env.read("ALLOWED_HOSTS")
SITE_URL: str = env.read("SITE_URL")

if SAMPLE and not set(ALLOWED_HOSTS) <= env.LOOPBACK:
    raise env.BadSetting(
        "SAMPLE", "sample sign-in is refused with a public ALLOWED_HOSTS; unset one of the two"
    )


def _secret_key() -> str:
    """The given key, or one made on first use and kept beside the data."""
    given: str = env.read("SECRET_KEY")
    if given:
        return given
    kept = DATA_DIR / "secret-key"
    if not kept.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_name(f"secret-key.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):
            kept.hardlink_to(fresh)
        fresh.unlink()
    return kept.read_text()


SECRET_KEY = _secret_key()


def _database(url: str) -> dict[str, object]:
    """Django's connection settings from a postgres:// address (a socket folder as percent-encoded host)."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise env.BadSetting("DATABASE_URL", "use postgres://user:password@host:port/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        # not parts.hostname: it is lower-cased, which a socket folder does not survive
        "HOST": unquote(parts.netloc.rpartition("@")[2].removesuffix(f":{parts.port}")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": "-c jit=off"},  # what a page asks is read sooner than compiled
    }


def _single_sign_on() -> dict[str, object]:
    """Allauth's setting for the OpenID Connect issuer; nothing where none is named."""
    issuer: str = env.read("OIDC_ISSUER")
    if not issuer:
        return {}
    client = {"client_id": env.read("OIDC_CLIENT_ID"), "secret": env.read("OIDC_CLIENT_SECRET")}
    app = {"provider_id": "oidc", "name": "OpenID Connect", "settings": {"server_url": issuer}} | client
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}


_addresses = embedded.addresses(DATA_DIR)
DATABASES = {"default": _database(env.read("DATABASE_URL") or _addresses.database_url)}
REDIS_URL: str = env.read("REDIS_URL") or _addresses.redis_url
EMBEDDED_DATABASE = not env.read("DATABASE_URL")
EMBEDDED_BROKER = not env.read("REDIS_URL")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "rest_framework",
    "drf_spectacular",
    "portal.core",
    "portal.policy",
    "portal.audit",
    "portal.web",
    "portal.notifications",
    "portal.directory",
    "portal.accounts",
    "requests_app",
    "donors",
    "portal.documents",
    "reports",
    "portal.dossier",
    "portal.embedded",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.web.middleware.CompressMiddleware",
    "portal.web.middleware.PermissionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.web.language.ChosenLanguageMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.accounts.middleware.ActorMiddleware",
    "portal.web.kept.KeptMiddleware",
    "portal.web.middleware.DomainErrorMiddleware",
]
CSRF_FAILURE_VIEW = "portal.web.kept.stale"

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
ASGI_APPLICATION = "portal.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.web.context.shell",
            ],
            "builtins": ["portal.web.templatetags.portal"],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_PASSWORDS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_PASSWORDS}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_PASSWORDS}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_PASSWORDS}.CommonPasswordValidator"},
    {"NAME": f"{_PASSWORDS}.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 3600  # seconds for which the link in the message opens the page
# allauth keeps second factors and passkeys; the pages, and who needs what, are the portal's own
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_ADAPTER = "portal.accounts.views.single_sign_on.SingleSignOnAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a link: no form may lead outside the site
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = ""
SOCIALACCOUNT_PROVIDERS = _single_sign_on()
MFA_ADAPTER = "portal.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SITE_URL.startswith("https://")

LANGUAGE_CODE: str = env.read("DEFAULT_LANGUAGE")
LANGUAGES = [
    ("ar", "العربية"),
    ("zh", "中文"),
    ("en", "English"),
    ("fr", "Français"),
    ("ru", "Русский"),
    ("es", "Español"),
]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"


def _storage(url: str) -> dict[str, object]:
    """Django's setting for the place of stored files: a local folder, or a bucket that speaks S3."""
    parts, asked = urlsplit(url), {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
    if not url or (parts.scheme == "file" and not parts.netloc):
        folder = Path(unquote(parts.path)) if url else DATA_DIR / "files"
        return {"BACKEND": "portal.core.storage.WholeFileStorage", "OPTIONS": {"location": folder}}
    bucket = parts.netloc.rpartition("@")[2]
    if parts.scheme != "s3" or not bucket:
        raise env.BadSetting(
            "STORAGE_URL", "use file:///folder or s3://key:secret@bucket?region=…&endpoint=…"
        )
    options = {
        "bucket_name": bucket,
        "location": parts.path.strip("/"),
        "access_key": unquote(parts.username) if parts.username else None,
        "secret_key": unquote(parts.password) if parts.password else None,
        "region_name": asked.get("region"),
        "endpoint_url": asked.get("endpoint"),
        "addressing_style": "path" if "endpoint" in asked else "auto",
        "file_overwrite": False,
        "max_memory_size": 2**20,  # what is larger is read by way of a temporary file
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


STORAGES = {
    "default": _storage(env.read("STORAGE_URL")),
    # names carry a hash of the content, so that a browser keeps a file for good; `collectstatic` lays them out
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
# one file at a time, streamed to the disk and measured on the way (portal/documents/receiving.py)
FILE_UPLOAD_HANDLERS = ["portal.documents.receiving.Receiver"]
DATA_UPLOAD_MAX_NUMBER_FILES = 1
CLAMAV_URL: str = env.read("CLAMAV_URL")
if CLAMAV_URL and urlsplit(CLAMAV_URL).scheme not in {"tcp", "unix"}:
    raise env.BadSetting("CLAMAV_URL", "use tcp://host:port or unix:///path")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def _mail(url: str) -> dict[str, object]:
    """Django's mail settings from an smtp:// or smtps:// address; files where none is given."""
    parts, asked = urlsplit(url), {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
    sender = asked.get("from") or f"no-reply@{urlsplit(SITE_URL).hostname or 'localhost'}"
    if SAMPLE or not url:
        # nobody reads mail at the invented addresses of a sample portal
        return {"EMAIL_BACKEND": "portal.core.mail_files.FileBackend", "DEFAULT_FROM_EMAIL": sender}
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise env.BadSetting("EMAIL_URL", "use smtp://user:password@host:port or smtps://…")
    whole = parts.scheme == "smtps"
    port = parts.port or (465 if whole else 25)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": whole,
        "EMAIL_USE_TLS": not whole and asked.get("starttls", "1" if port == 587 else "0") == "1",  # noqa: PLR2004
        "EMAIL_TIMEOUT": 20,
        "DEFAULT_FROM_EMAIL": sender,
    }


MAIL_FOLDER = DATA_DIR / "mail"
globals().update(_mail(env.read("EMAIL_URL")))

CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 30 * 60  # seconds without a page until a person is signed out
SESSION_LONGEST = 12 * 60 * 60  # and however busy the person is
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_URL.startswith("https://")
SECURE_HSTS_SECONDS = 31_536_000 if SITE_URL.startswith("https://") else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SITE_URL.startswith("https://")
SECURE_SSL_REDIRECT = SITE_URL.startswith("https://")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# A worker killed in the middle of a task gives it back: acknowledged late, one at a time, and shown again
# once it has been silent for longer than the longest task.
CELERY_BROKER_URL = embedded.broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 1800
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_keepalive": True,
}
CELERY_BEAT_SCHEDULE = {
    "republish-stale-jobs": {"task": "reports.tasks.sweep_jobs", "schedule": 10.0},
    "deliver-outbox": {"task": "portal.notifications.tasks.deliver_outbox", "schedule": 30.0},
    "send-mail": {"task": "portal.notifications.tasks.send_mail", "schedule": 60.0},
    "daily-summaries": {
        "task": "portal.notifications.tasks.summarise",
        "schedule": crontab(hour=6, minute=0),
    },
    "clocks-of-requests": {"task": "requests_app.tasks.keep_time", "schedule": 3600.0},
    "clocks-of-pledges": {"task": "donors.tasks.keep_time", "schedule": 3600.0},
    "prune-sessions": {"task": "portal.accounts.tasks.prune_sessions", "schedule": 3600.0},
    "forget-keys": {"task": "portal.web.tasks.forget_old_answers", "schedule": 3600.0},
    "scan-documents": {"task": "portal.documents.tasks.scan_waiting", "schedule": 60.0},
    "sweep-documents": {
        "task": "portal.documents.tasks.sweep_orphans",
        "schedule": crontab(hour=3, minute=30),
    },
    "audit-root": {"task": "portal.audit.tasks.take_daily_root", "schedule": 3600.0},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_TIMEZONE = "UTC"

REST_FRAMEWORK = {
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
API_PER_MINUTE = {"person": 1200, "address": 600}
SPECTACULAR_SETTINGS = {
    "TITLE": "Assistance portal",
    "DESCRIPTION": (
        "Requests for assistance by transit States, and what came of them. Every answer holds what the pages show "
        "to the same person. Days and moments are in UTC, numbers are decimal strings, lists come page by page."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_INCLUDE_SCHEMA": False,
    "SORT_OPERATION_PARAMETERS": False,
    "POSTPROCESSING_HOOKS": ["portal.api.schema.public_reading"],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
