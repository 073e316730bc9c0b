"""Addresses of offers, pledges, deliveries and contributions."""

from django.urls import path

from donors.filing.contributions import approve_entry, contribution_new, refuse_entry
from donors.filing.deliveries import follow_up
from donors.filing.offers import offer_edit, offer_new
from donors.filing.pledges import pledge_announce, pledge_edit, pledge_need, pledge_new
from donors.views import contributions, deliveries, offers, pledges
from portal.web import converters  # noqa: F401 - registers `key` and `move`

app_name = "donors"
urlpatterns = [
    path("needs/<key:key>/pledge/", pledge_need, name="pledge_need"),
    path("offers/", offers.listed, name="offers"),
    path("offers/new/", offer_new, name="offer_new"),
    path("offers/<key:key>/", offers.detail, name="offer"),
    path("offers/<key:key>/edit/", offer_edit, name="offer_edit"),
    path("offers/<key:key>/<move:move>/", offers.move, name="offer_move"),
    path("pledges/", pledges.listed, name="pledges"),
    path("pledges/new/", pledge_new, name="pledge_new"),
    path("pledges/announce/", pledge_announce, name="pledge_announce"),
    path("pledges/<key:key>/", pledges.detail, name="pledge"),
    path("pledges/<key:key>/edit/", pledge_edit, name="pledge_edit"),
    path("pledges/<key:key>/<move:move>/", pledges.move, name="pledge_move"),
    path("deliveries/", deliveries.listed, name="deliveries"),
    path("deliveries/<key:key>/", deliveries.detail, name="delivery"),
    path("deliveries/<key:key>/follow-up/", follow_up, name="follow_up"),
    path("deliveries/<key:key>/<move:move>/", deliveries.move, name="delivery_move"),
    path("contributions/", contributions.listed, name="contributions"),
    path("contributions/new/", contribution_new, name="contribution_new"),
    path("contributions/<key:key>/", contributions.detail, name="contribution"),
    path("contributions/<key:key>/entries/<int:pk>/approve/", approve_entry, name="approve_entry"),
    path("contributions/<key:key>/entries/<int:pk>/refuse/", refuse_entry, name="refuse_entry"),
    path("contributions/<key:key>/<move:move>/", contributions.move, name="contribution_move"),
]
