"""Addresses of requests, needs and assessments."""

from django.urls import path

from requests_app import views

app_name = "requests"
urlpatterns = [
    path("requests/", views.requests, name="requests"),
    path("requests/<str:key>/", views.request_detail, name="request"),
    path("needs/", views.needs, name="needs"),
    path("needs/<str:key>/", views.need_detail, name="need"),
    path("assessments/", views.assessments, name="assessments"),
    path("assessments/<str:key>/", views.assessment_detail, name="assessment"),
]
