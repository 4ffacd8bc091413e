"""Django settings. Everything an operator may change is read from the environment (see docs/operators.md)."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from guben.kit.database_url import read_database_url

PACKAGE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("GUBEN_DATA", "var")).resolve()
KEYS = Path(os.environ.get("GUBEN_KEYS", DATA / "keys")).resolve()


def _secret_key() -> str:
    """The key from the environment, else one that is made once and kept in an owner-only file."""
    if key := os.environ.get("GUBEN_SECRET_KEY"):
        return key
    place = KEYS / "secret-key"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        place.touch(mode=0o600)
        place.write_text(secrets.token_urlsafe(64))
    return place.read_text().strip()


DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
SECRET_KEY = _secret_key()
DEBUG = os.environ.get("GUBEN_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("GUBEN_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
CSRF_FAILURE_VIEW = "guben.home.views_errors.stale_form"
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("GUBEN_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "guben.accounts",
    "guben.jobs",
    "guben.audit",
    "guben.access",
    "guben.house",
    "guben.organisations",
    "guben.members",
    "guben.establishments",
    "guben.dues",
    "guben.rulebook",
    "guben.meetings",
    "guben.duties",
    "guben.figures",
    "guben.rollup",
    "guben.publication",
    "guben.procedures",
    "guben.development",
    "guben.transfers",
    "guben.statistics",
    "guben.imports",
    "guben.exports",
    "guben.demo",
    "guben.home",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "guben.accounts.middleware.SecurityHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "guben.home.middleware.KnownMethodsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "guben.accounts.middleware.UserLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "guben.accounts.middleware.NoCopyMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "guben.accounts.middleware.NoNullCharacterMiddleware",
    "guben.accounts.middleware.IdleTimeoutMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "guben.access.middleware.SecondFactorMiddleware",
    "guben.access.middleware.GuessingMiddleware",
    "guben.home.middleware.DomainErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "guben.urls"
WSGI_APPLICATION = "guben.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "guben.home.context.shell",
            ],
            "builtins": ["guben.house.templatetags.house"],
        },
    },
]

DATABASES = {"default": read_database_url(os.environ.get("DATABASE_URL", f"sqlite:///{DATA / 'guben.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "guben.accounts.adapter.NoSignUpAdapter"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": None}  # axes counts wrong passwords, guben.access.limits all others
ACCOUNT_FORMS = {
    "login": "guben.access.forms_sign_in.SignInForm",
    "reauthenticate": "guben.access.forms_sign_in.PasswordAgainForm",
}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
MFA_ADAPTER = "guben.accounts.factors.SealedFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "guben.access.forms_sign_in.CodeForm",
    "reauthenticate": "guben.access.forms_sign_in.CodeAgainForm",
    "activate_totp": "guben.access.forms_sign_in.FirstCodeForm",
}
REQUIRE_MFA = os.environ.get("GUBEN_REQUIRE_MFA", "")  # roles, all or none; empty: roles, and none in a demo
FACTOR_GRACE_DAYS = 7
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "guben.accounts.lockout.counted_name"
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True  # addresses are kept for the lock-out alone, see guben.accounts.lockout
LIMITS_FACTOR = 1  # multiplies the limits of guben.access.limits

IDLE_MINUTES = int(os.environ.get("GUBEN_IDLE_MINUTES", "30"))
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
HTTPS = os.environ.get("GUBEN_HTTPS") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
if HTTPS:  # browsers take such a name from this very host alone
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, LANGUAGE_COOKIE_NAME = "__Host-session", "__Host-csrf", "__Host-language"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "connect-src": ["'self'"],
        "frame-src": ["'none'"],
        "worker-src": ["'none'"],
        "img-src": ["'self'", "data:"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["guben.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [PACKAGE / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # forms; uploaded files have limits of their own
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
CACHES = {  # one that all processes share, one for what each may count for itself
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "guben_cache"},
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "covered": {"()": "guben.kit.logs.CoveringFormatter", "format": "%(levelname)s %(name)s %(message)s"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "covered"}},
    "loggers": {
        # Nothing of Django's own handlers: what they write is not covered.
        "django": {"handlers": [], "level": "INFO"},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
    "root": {"handlers": ["console"], "level": os.environ.get("GUBEN_LOG_LEVEL", "WARNING")},
}
