"""Addresses of requests, needs and assessments."""

from django.urls import path

from portal.web import converters  # noqa: F401 - registers `key`
from requests_app.views import assessments, consent, drafts, lists, needs, requests

app_name = "requests"
urlpatterns = [
    path("requests/", lists.requests, name="requests"),
    path("requests/new/", drafts.start, name="start"),
    path("desk/", lists.desk, name="desk"),
    path("requests/<key:key>/edit/<move:task>/", drafts.part, name="part"),
    path("requests/<key:key>/needs/", needs.needs_of, name="needs_of"),
    path("requests/<key:key>/needs/new/", needs.need_new, name="need_new"),
    path("requests/<key:key>/needs/<small:place>/remove/", needs.need_remove, name="need_remove"),
    path("requests/<key:key>/needs/<small:place>/surplus/", consent.surplus, name="surplus"),
    path("requests/<key:key>/needs/<small:place>/<move:step>/", needs.need_step, name="need_step"),
    path("requests/<key:key>/check/", drafts.check, name="check"),
    path("requests/<key:key>/joint/", consent.joint, name="joint"),
    path("requests/<key:key>/joint/leave/", consent.leave, name="leave"),
    path("requests/<key:key>/donors/", consent.donors, name="donors"),
    path("requests/<key:key>/assess/", assessments.assess, name="assess"),
    path("requests/<key:key>/", requests.request_detail, name="request"),
    path("requests/<key:key>/<move:move>/", requests.request_move, name="request_move"),
    path("needs/", lists.needs, name="needs"),
    path("needs/<key:key>/", requests.need_detail, name="need"),
    path("assessments/", lists.assessments, name="assessments"),
    path("assessments/<key:key>/edit/", assessments.findings, name="findings"),
    path("assessments/<key:key>/indicators/new/", assessments.indicator_new, name="indicator_new"),
    path("assessments/<key:key>/indicators/<small:pk>/", assessments.indicator, name="indicator"),
    path(
        "assessments/<key:key>/indicators/<small:pk>/remove/",
        assessments.indicator_remove,
        name="indicator_remove",
    ),
    path("assessments/<key:key>/", assessments.assessment_detail, name="assessment"),
    path("assessments/<key:key>/<move:move>/", assessments.assessment_move, name="assessment_move"),
]
