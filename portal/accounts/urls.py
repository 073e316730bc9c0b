"""Addresses of accounts; in no language, they speak the chosen one."""

from django.urls import path

from portal.accounts.views import account, entering, joining, people
from portal.web.language import choose

app_name = "accounts"
urlpatterns = [
    path("", account.account, name="account"),
    path("login/", entering.sign_in, name="login"),
    path("login/code/", entering.code, name="code"),
    path("sample/", entering.sample_sign_in, name="sample"),
    path("logout/", entering.sign_out, name="logout"),
    path("alive/", entering.alive, name="alive"),
    path("confirm/", entering.confirm, name="confirm"),
    path("acting/", entering.acting, name="acting"),
    path("language/<str:language>/", choose, name="language"),
    path("reset/", joining.reset, name="reset"),
    path("reset/sent/", joining.reset_sent, name="reset_sent"),
    path("reset/<str:uid>/<str:token>/", joining.reset_password, name="reset_password"),
    path("invitation/<str:token>/", joining.invitation, name="invitation"),
    path("invitation/<str:token>/sign-in/", joining.invitation_sign_in, name="invitation_sign_in"),
    path("details/", account.details, name="details"),
    path("password/", account.password, name="password"),
    path("second-factor/", account.second_factor, name="second_factor"),
    path("second-factor/app/", account.authenticator, name="authenticator"),
    path("second-factor/app/remove/", account.factor_remove, name="authenticator_remove"),
    path("second-factor/passkey/", account.passkey, name="passkey"),
    path("second-factor/passkey/<int:pk>/remove/", account.factor_remove, name="passkey_remove"),
    path("second-factor/codes/", account.recovery_codes, name="recovery_codes"),
    path("sessions/end/", account.sessions_end, name="sessions_end"),
    path("sessions/<int:pk>/end/", account.sessions_end, name="session_end"),
    path("tokens/", account.token_list, name="tokens"),
    path("tokens/new/", account.token_new, name="token_new"),
    path("tokens/<int:pk>/revoke/", account.token_revoke, name="token_revoke"),
    path("people/", people.member_list, name="people"),
    path("people/invite/", people.invite_where, name="invite_where"),
    path("people/invite/<int:pk>/", people.invite, name="invite"),
    path("people/replace/<int:pk>/", people.replace, name="replace"),
    path("people/<int:pk>/", people.member, name="member"),
    path("people/<int:pk>/end/", people.member_end, name="member_end"),
    path("people/<int:pk>/roles/", people.member_roles, name="member_roles"),
    path("people/<int:pk>/second-factor/", people.member_factor, name="member_factor"),
    path("invitations/", people.invitation_list, name="invitations"),
    path("invitations/<int:pk>/resend/", people.invitation_resend, name="invitation_resend"),
    path("invitations/<int:pk>/revoke/", people.invitation_revoke, name="invitation_revoke"),
]
