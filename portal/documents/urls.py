"""Addresses of documents: those of a request, and each by itself."""

from django.urls import path

from portal.documents import views
from portal.web import converters  # noqa: F401 - registers `key`

app_name = "documents"
urlpatterns = [
    path("requests/<key:key>/documents/", views.documents_of, name="of"),
    path("requests/<key:key>/documents/new/", views.new, name="new"),
    path("requests/<key:key>/documents/none/", views.none, name="none"),
    path("documents/<key:key>/replace/", views.replace, name="replace"),
    path("documents/<key:key>/edit/", views.describe, name="describe"),
    path("documents/<key:key>/remove/", views.remove, name="remove"),
    path("documents/<key:key>/<small:number>/", views.file, name="file"),
]
