"""Addresses that belong to no record."""

from django.urls import path

from portal.web import views

app_name = "web"
urlpatterns = [
    path("", views.front, name="front"),
    path("search/", views.search, name="search"),
    path("help/", views.help_page, name="help"),
    path("about/accessibility/", views.accessibility, name="accessibility"),
    path("style/", views.style, name="style"),
]
