"""Addresses of requests, needs and assessments."""

from django.urls import path

from portal.web import converters  # noqa: F401 - registers `key`
from requests_app import casework, filing, views

app_name = "requests"
urlpatterns = [
    path("requests/", views.requests, name="requests"),
    path("requests/new/", filing.start, name="start"),
    path("desk/", casework.desk, name="desk"),
    path("requests/<key:key>/edit/<move:task>/", filing.part, name="part"),
    path("requests/<key:key>/needs/", filing.needs_of, name="needs_of"),
    path("requests/<key:key>/needs/new/", filing.need_new, name="need_new"),
    path("requests/<key:key>/needs/<small:place>/remove/", filing.need_remove, name="need_remove"),
    path("requests/<key:key>/needs/<small:place>/surplus/", casework.surplus, name="surplus"),
    path("requests/<key:key>/needs/<small:place>/<move:step>/", filing.need_step, name="need_step"),
    path("requests/<key:key>/check/", filing.check, name="check"),
    path("requests/<key:key>/joint/", casework.joint, name="joint"),
    path("requests/<key:key>/joint/leave/", casework.leave, name="leave"),
    path("requests/<key:key>/donors/", casework.donors, name="donors"),
    path("requests/<key:key>/assess/", casework.assess, name="assess"),
    path("requests/<key:key>/", views.request_detail, name="request"),
    path("requests/<key:key>/<move:move>/", views.request_move, name="request_move"),
    path("needs/", views.needs, name="needs"),
    path("needs/<key:key>/", views.need_detail, name="need"),
    path("assessments/", views.assessments, name="assessments"),
    path("assessments/<key:key>/edit/", casework.findings, name="findings"),
    path("assessments/<key:key>/indicators/new/", casework.indicator_new, name="indicator_new"),
    path("assessments/<key:key>/indicators/<small:pk>/", casework.indicator, name="indicator"),
    path(
        "assessments/<key:key>/indicators/<small:pk>/remove/",
        casework.indicator_remove,
        name="indicator_remove",
    ),
    path("assessments/<key:key>/", views.assessment_detail, name="assessment"),
    path("assessments/<key:key>/<move:move>/", views.assessment_move, name="assessment_move"),
]
