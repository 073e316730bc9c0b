"""Keys of programs: each belongs to a person and an organisation, is shown once, expires and can be revoked."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts import selectors
from portal.accounts.models import ApiToken, Membership, TokenScope
from portal.audit.services import record_event
from portal.core import clock
from portal.core.actor import Actor
from portal.core.errors import NotVisible, Refusal, Refused
from portal.core.unit import DIRECT

DAYS = 90  # unless asked otherwise
MOST_DAYS = 365
MOST_TOKENS = 20  # in force, of one membership
PREFIX = "at_"
USED_EVERY = timedelta(minutes=1)  # how exactly the last use is known


def hashed(raw: str) -> str:
    """What is kept of a token. It is long and random, so that a plain hash tells nothing."""
    return hashlib.sha256(raw.encode()).hexdigest()


def actor_of(raw: str) -> tuple[Actor, str] | None:
    """Who acts with a token, and its scope; None for one that is unknown, expired or revoked, or whose
    membership has ended.
    """
    token = ApiToken.objects.filter(hash=hashed(raw)).first()
    if token is None or not token.in_force:
        return None
    row = selectors.current().filter(pk=token.membership_id).select_related("user", "organisation").first()
    if row is None:
        return None
    now = clock.now()
    if token.last_used_at is None or token.last_used_at < now - USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return selectors.actor_in(row, language=row.user.language), token.scope


@transaction.atomic
def issue(
    membership: Membership, name: str, *, actor: Actor, scope: str = TokenScope.READ, days: int = DAYS
) -> tuple[ApiToken, str]:
    """A new token and its text, which nobody can read again later.

    Raises Refused for a membership that is not in force, an empty name, an unknown scope, more than a year, or
    too many tokens.
    """
    refusals = []
    if not selectors.current().filter(pk=membership.pk).exists():
        refusals.append(Refusal(_("this membership is not in force")))
    name = name.strip()
    if not name or len(name) > ApiToken._meta.get_field("name").max_length:  # type: ignore[operator]  # noqa: SLF001
        refusals.append(Refusal(_("give the token a name of at most 100 characters"), "name"))
    if scope not in TokenScope.values:
        refusals.append(Refusal(_("the scope is read or write"), "scope"))
    if not 1 <= days <= MOST_DAYS:
        refusals.append(Refusal(_("a token is valid for 1 to 365 days"), "days"))
    if selectors.tokens_in_force(membership).count() >= MOST_TOKENS:
        refusals.append(Refusal(_("there are too many tokens already; revoke one first")))
    Refused.when(refusals)
    raw = PREFIX + secrets.token_urlsafe(32)
    now = clock.now()
    token = ApiToken.objects.create(
        membership=membership,
        name=name,
        scope=scope,
        hash=hashed(raw),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    facts = {"token": token.pk, "scope": scope, "expires": token.expires_at}
    record_event(membership, "issue_token", actor=actor, unit=DIRECT, facts=facts)
    return token, raw


@transaction.atomic
def revoke(token: int, *, actor: Actor) -> ApiToken:
    """Ends one of the actor's own tokens; one revoked already stays as it is. Raises NotVisible for another's."""
    found = selectors.tokens_of(actor.user).select_for_update(of=("self",)).filter(pk=token).first()
    if found is None:
        raise NotVisible(_("there is no such token"))
    if found.revoked_at is None:
        found.revoked_at = clock.now()
        found.save(update_fields=["revoked_at"])
        record_event(found.membership, "revoke_token", actor=actor, unit=DIRECT, facts={"token": found.pk})
    return found


def revoke_all_of(membership: Membership) -> int:
    """Ends every token of a membership, in the transaction that ends it; gives their number."""
    return ApiToken.objects.filter(membership=membership, revoked_at=None).update(revoked_at=clock.now())
