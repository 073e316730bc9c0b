"""Addresses of offers, pledges, deliveries and contributions."""

from django.urls import path

from donors import views
from portal.web import converters  # noqa: F401 - registers `key`

app_name = "donors"
urlpatterns = [
    path("offers/", views.offers, name="offers"),
    path("offers/<key:key>/", views.offer_detail, name="offer"),
    path("pledges/", views.pledges, name="pledges"),
    path("pledges/<key:key>/", views.pledge_detail, name="pledge"),
    path("deliveries/", views.deliveries, name="deliveries"),
    path("deliveries/<key:key>/", views.delivery_detail, name="delivery"),
    path("contributions/", views.contributions, name="contributions"),
    path("contributions/<key:key>/", views.contribution_detail, name="contribution"),
]
