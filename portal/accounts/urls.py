"""Addresses of accounts; in no language, they speak the chosen one."""

from django.urls import path

from portal.accounts import views
from portal.web.language import choose

app_name = "accounts"
urlpatterns = [
    path("login/", views.sign_in, name="login"),
    path("sample/", views.sample_sign_in, name="sample"),
    path("logout/", views.sign_out, name="logout"),
    path("acting/", views.acting, name="acting"),
    path("language/<str:language>/", choose, name="language"),
]
