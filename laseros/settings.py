"""One settings file, read from the environment (see `.env.example`).

Embedded by default: SQLite, local files, a database queue and an in-process bell under `DATA_DIR`.
`DATABASE_URL`, `REDIS_URL`, `MQTT_URL` and `EMAIL_URL` move each of them to a server of its own.
"""

import sys
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from laseros.core.isolation import isolate
from laseros.core.secret_key import local_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent

TESTING = "pytest" in sys.modules

env = environ.Env()
if TESTING:
    isolate()
elif (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "data"))).expanduser().resolve()
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
# Machines of the demonstration on the wire of this computer; without a demonstration there are none.
DEMO_MACHINES = env.bool("DEMO_MACHINES", default=True)
# Whether invoices may be paid with a card that is none; the demonstration says yes.
SIMULATED_CARDS = env.bool("SIMULATED_CARDS", default=DEMO or DEBUG)
SECRET_KEY = env("SECRET_KEY", default="") or local_secret_key(DATA_DIR)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HOST = env("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
# The address people and mailed links use; behind a proxy it is not HOST:PORT.
BASE_URL = env("BASE_URL", default=f"http://{'localhost' if HOST in ('127.0.0.1', '0.0.0.0') else HOST}:{PORT}")  # noqa: S104
HTTPS = BASE_URL.startswith("https://")

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.guardian",
    "laseros.apps.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "guardian",
    "channels",
    "csp",
    "django_filters",
    "django_htmx",
    "django_q",
    "django_scopes",
    "laseros.apps.LaserOSConfig",
    "accounts",
    "crm",
    "inventory",
    "machines",
    "production",
    "billing",
    "portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "laseros.core.frames.RoomForFrames",
    "laseros.csp.RoomPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "machines.tablets.middleware.TabletMiddleware",
    "accounts.middleware.WorkspaceMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "laseros.core.refusals.RefusalMiddleware",
]

ROOT_URLCONF = "laseros.urls"
ASGI_APPLICATION = "laseros.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "accounts.context.workspace",
            ],
            "builtins": ["laseros.core.templatetags.drawn_once", "laseros.core.templatetags.laseros"],
        },
    }
]

FORM_RENDERER = "laseros.core.form_renderer.LeanControls"

# --- data ---------------------------------------------------------------------------------------------------------

DATABASE_URL = env("DATABASE_URL", default="") or f"sqlite:///{DATA_DIR / 'laseros.sqlite3'}"
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # Writers queue at BEGIN instead of failing half-way with SQLITE_BUSY.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            " PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;"
        ),
    }
    if TESTING:
        # A file, not memory: processes and the live server share it as they do in a shop.
        DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
elif DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # Five seconds without a database are an answer; the pool's own half minute would hang every page.
    # Its waits between tries double: begun anew after ten seconds, it sees a database that is back within a few.
    pool = {"min_size": 1, "max_size": 10, "timeout": 5, "reconnect_timeout": 10}
    DATABASES["default"].setdefault("OPTIONS", {}).update(connect_timeout=5, pool=False if TESTING else pool)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", default="")
MQTT_URL = env("MQTT_URL", default="")

if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
    CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
    }
else:
    # Files, because web, worker and watcher share it and a database would be written twice a second for heartbeats.
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(DATA_DIR / "cache"),
            "OPTIONS": {"MAX_ENTRIES": 5000},
        }
    }
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

Q_CLUSTER = {
    "name": "laseros",
    "workers": env.int("WORKERS", default=2),
    # A task past `timeout` is killed; one whose worker died is handed out again after `retry`.
    "timeout": 90,
    "retry": 120,
    "max_attempts": 5,
    "attempt_count": 0,
    "ack_failures": True,
    "catch_up": False,
    "poll": 0.3,
    "save_limit": 100,
    "label": _("Background work"),
    **({"redis": REDIS_URL} if REDIS_URL else {"orm": "default"}),
}

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "laseros.core.static_files.KnownAddresses"
    },
}
MEDIA_ROOT = DATA_DIR / "files"
# Machines leave reports in folders below it, one for each business; whoever runs the installation mounts them there.
WATCHED_FOLDERS = Path(env("WATCHED_FOLDERS", default=str(DATA_DIR / "watched"))).expanduser().resolve()
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "laseros" / "static"]
# Looked for when they are asked for: a list of all of them is made anew for every client of a test.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = TESTING or DEBUG
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 12_000  # a draft of a thousand lines, ten fields each
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=50 * 1024 * 1024)

# --- backups ------------------------------------------------------------------------------------------------------

BACKUP_KEY = env("BACKUP_KEY", default="")
BACKUP_DIR = Path(env("BACKUP_DIR", default=str(DATA_DIR / "backups"))).expanduser().resolve()
# A folder elsewhere (another disk, a NAS) that each backup is copied to. It has to be there.
BACKUP_COPY_TO = env("BACKUP_COPY_TO", default="")
# How many days, weeks and months back one is kept of each.
BACKUP_KEEP = tuple(env.list("BACKUP_KEEP", cast=int, default=[7, 4, 12]))
# By the clock of TZ; -1 makes none by itself.
BACKUP_HOUR = env.int("BACKUP_HOUR", default=2)
# Whether backups that anybody can read may lie outside of DATA_DIR.
BACKUP_PLAIN = env.bool("BACKUP_PLAIN", default=False)
if len(BACKUP_KEEP) != 3 or min(BACKUP_KEEP) < 0 or not -1 <= BACKUP_HOUR <= 23:
    raise ImproperlyConfigured("BACKUP_KEEP is days,weeks,months like 7,4,12; BACKUP_HOUR is 0 to 23, or -1 for never.")

# --- people -------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.backends.WorkspaceRoleBackend",
    "accounts.backends.LogIn",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher" if TESTING else "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ANONYMOUS_USER_NAME = None  # guardian: an anonymous visitor is nobody, not a row
GUARDIAN_MONKEY_PATCH_USER = False

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapters.InvitedPeople"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "reset_password": "20/m/ip,5/m/key"}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
SILENCED_SYSTEM_CHECKS = ["security.W008", "security.W021"]  # redirects and preloading are the proxy's and the owner's
if not HTTPS:
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W012", "security.W016"]

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SECURE_SSL_REDIRECT = False  # the proxy in front does it
# How many proxies of ours a request comes through; what else stands in X-Forwarded-For anybody can write.
TRUSTED_PROXIES = ALLAUTH_TRUSTED_PROXY_COUNT = int(
    env("TRUSTED_PROXIES", default="") or env.bool("BEHIND_PROXY", default=False)
)
if TRUSTED_PROXIES < 0:  # would count from the other end: whatever the visitor wrote first
    raise ImproperlyConfigured("TRUSTED_PROXIES is how many proxies stand in front: 0 or more.")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

_CSP = {
    "default-src": [SELF],
    "script-src": [SELF, NONCE],
    "style-src": [SELF, NONCE],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF],
    "connect-src": [SELF, "ws:", "wss:"],
    "object-src": [NONE],
    "base-uri": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": _CSP}
# Alpine in the admin theme evaluates attributes and sets styles; nowhere else may either happen.
ADMIN_CSP = {
    **_CSP,
    "script-src": [SELF, NONCE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
}

# --- language -----------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "laseros" / "locale"]
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["laseros.formats"]
TIME_ZONE = env("TZ", default="UTC") or "UTC"

# --- mail ---------------------------------------------------------------------------------------------------------

EMAIL_URL = env("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "mail")
EMAIL_TIMEOUT = 20
# Whether chat and SMS may be posted to computers inside this network, and without TLS.
HOOKS_INSIDE = env.bool("HOOKS_INSIDE", default=False)
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Laser OS <office@localhost>")

# --- logs ---------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING" if TESTING else "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "daphne": {"level": "WARNING"},
        "django.channels.server": {"level": "WARNING"},
        "xhtml2pdf": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        "ezdxf": {"level": "WARNING"},
        "asyncua": {"level": "CRITICAL"},  # what goes wrong is said by the machine's connection
        "django-q": {"level": "WARNING"},
    },
}

from laseros.navigation import UNFOLD  # noqa: E402, F401
