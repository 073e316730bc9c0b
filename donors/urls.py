"""Addresses of offers, pledges, deliveries and contributions."""

from django.urls import path

from donors import views

app_name = "donors"
urlpatterns = [
    path("offers/", views.offers, name="offers"),
    path("offers/<str:key>/", views.offer_detail, name="offer"),
    path("pledges/", views.pledges, name="pledges"),
    path("pledges/<str:key>/", views.pledge_detail, name="pledge"),
    path("deliveries/", views.deliveries, name="deliveries"),
    path("deliveries/<str:key>/", views.delivery_detail, name="delivery"),
    path("contributions/", views.contributions, name="contributions"),
    path("contributions/<str:key>/", views.contribution_detail, name="contribution"),
]
