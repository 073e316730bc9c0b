"""Addresses of the inbox."""

from django.urls import path

from portal.notifications import views

app_name = "notifications"
urlpatterns = [
    path("notifications/", views.inbox, name="inbox"),
    path("notifications/read/", views.read, name="read"),
    path("notifications/<int:pk>/read/", views.read_one, name="read_one"),
    path("notifications/preferences/", views.preferences, name="preferences"),
]
