"""Addresses of the report."""

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("reports/", views.sessions, name="sessions"),
    path("reports/<int:number>/", views.session, name="session"),
    path("reports/<int:number>/generate/", views.generate, name="generate"),
    path("reports/jobs/<int:pk>/", views.job, name="job"),
    path("reports/files/<int:pk>/", views.download, name="file"),
]
