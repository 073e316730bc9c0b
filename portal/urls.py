"""All addresses of the portal: composition only."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from portal.web import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("accounts/", include("portal.accounts.urls")),
    path("accounts/single-sign-on/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("api/v1/", include("portal.api.urls")),
    *i18n_patterns(
        path("", include("portal.web.urls")),
        path("", include("portal.documents.urls")),
        path("", include("requests_app.urls")),
        path("", include("donors.urls")),
        path("", include("reports.urls")),
        path("", include("portal.notifications.urls")),
    ),
]

handler400 = "portal.web.errors.bad_request"
handler403 = "portal.web.errors.forbidden"
handler404 = "portal.web.errors.not_found"
handler500 = "portal.web.errors.failed"
