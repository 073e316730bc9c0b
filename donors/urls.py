"""Addresses of offers, pledges, deliveries and contributions."""

from django.urls import path

from donors import filing, views
from portal.web import converters  # noqa: F401 - registers `key` and `move`

app_name = "donors"
urlpatterns = [
    path("needs/<key:key>/pledge/", filing.pledge_need, name="pledge_need"),
    path("offers/", views.offers, name="offers"),
    path("offers/new/", filing.offer_new, name="offer_new"),
    path("offers/<key:key>/", views.offer_detail, name="offer"),
    path("offers/<key:key>/edit/", filing.offer_edit, name="offer_edit"),
    path("offers/<key:key>/<move:move>/", views.offer_move, name="offer_move"),
    path("pledges/", views.pledges, name="pledges"),
    path("pledges/new/", filing.pledge_new, name="pledge_new"),
    path("pledges/announce/", filing.pledge_announce, name="pledge_announce"),
    path("pledges/<key:key>/", views.pledge_detail, name="pledge"),
    path("pledges/<key:key>/edit/", filing.pledge_edit, name="pledge_edit"),
    path("pledges/<key:key>/<move:move>/", views.pledge_move, name="pledge_move"),
    path("deliveries/", views.deliveries, name="deliveries"),
    path("deliveries/<key:key>/", views.delivery_detail, name="delivery"),
    path("deliveries/<key:key>/follow-up/", filing.follow_up, name="follow_up"),
    path("deliveries/<key:key>/<move:move>/", views.delivery_move, name="delivery_move"),
    path("contributions/", views.contributions, name="contributions"),
    path("contributions/new/", filing.contribution_new, name="contribution_new"),
    path("contributions/<key:key>/", views.contribution_detail, name="contribution"),
    path("contributions/<key:key>/entries/<int:pk>/approve/", filing.approve_entry, name="approve_entry"),
    path("contributions/<key:key>/entries/<int:pk>/refuse/", filing.refuse_entry, name="refuse_entry"),
    path("contributions/<key:key>/<move:move>/", views.contribution_move, name="contribution_move"),
]
