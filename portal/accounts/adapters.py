"""How allauth keeps what belongs to second factors: encrypted, and under the portal's name."""

import base64

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _


def _key(secret: str | bytes) -> Fernet:
    key = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"second factors")
    return Fernet(
        base64.urlsafe_b64encode(key.derive(secret if isinstance(secret, bytes) else secret.encode()))
    )


def _box() -> MultiFernet:
    """Writes under the key of today, and reads what was written under an earlier one that is still named."""
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are stored encrypted under a key of their own, made from SECRET_KEY."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return _("UNODC assistance portal")

    def _get_site_name(self) -> str:
        return _("UNODC assistance portal")
