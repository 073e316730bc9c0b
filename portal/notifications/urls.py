"""Addresses of the inbox."""

from django.urls import path

from portal.notifications import views

app_name = "notifications"
urlpatterns = [
    path("notifications/", views.inbox, name="inbox"),
    path("notifications/read/", views.read, name="read"),
]
