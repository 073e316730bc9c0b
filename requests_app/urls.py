"""Addresses of requests, needs and assessments."""

from django.urls import path

from portal.web import converters  # noqa: F401 - registers `key`
from requests_app import views

app_name = "requests"
urlpatterns = [
    path("requests/", views.requests, name="requests"),
    path("requests/<key:key>/", views.request_detail, name="request"),
    path("requests/<key:key>/<move:move>/", views.request_move, name="request_move"),
    path("needs/", views.needs, name="needs"),
    path("needs/<key:key>/", views.need_detail, name="need"),
    path("assessments/", views.assessments, name="assessments"),
    path("assessments/<key:key>/", views.assessment_detail, name="assessment"),
    path("assessments/<key:key>/<move:move>/", views.assessment_move, name="assessment_move"),
]
