"""Outside every language prefix: the floor is no page of the portal."""

from django.urls import path

from benchmarks.floor import views
from portal import urls as portal

urlpatterns = [
    path("floor/list/", views.rows, name="floor-list"),
    path("floor/page/", views.page, name="floor-page"),
    *portal.urlpatterns,
]
handler400 = portal.handler400
handler403 = portal.handler403
handler404 = portal.handler404
handler500 = portal.handler500
