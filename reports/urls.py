"""Addresses of the report."""

from django.urls import path

from portal.web import converters  # noqa: F401 - registers `key` and `move`
from reports import views

app_name = "reports"
urlpatterns = [
    path("reports/", views.sessions, name="sessions"),
    path("reports/<int:number>/", views.session, name="session"),
    path("reports/<int:number>/generate/", views.generate, name="generate"),
    path("reports/<int:number>/plan/", views.plan, name="plan"),
    path("reports/editions/<int:pk>/", views.edition, name="edition"),
    path("reports/editions/<int:pk>/<move:move>/", views.edition_move, name="edition_move"),
    path("reports/inputs/", views.inputs, name="inputs"),
    path("reports/inputs/<int:pk>/", views.answer, name="input"),
    path("reports/jobs/<int:pk>/", views.job, name="job"),
    path("reports/files/<int:pk>/", views.download, name="file"),
    path("requests/<key:key>/record/<move:form>/", views.record, name="record"),
]
