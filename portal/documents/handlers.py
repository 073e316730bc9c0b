"""What this app answers when a lower one asks."""

from typing import Any

from django.urls import reverse

from portal.documents import selectors


def task_of(*, request: Any) -> tuple[str, bool]:
    """For the list of tasks of a draft: the address of its documents, and whether the question is answered."""
    return reverse("documents:of", args=[str(request)]), selectors.is_settled(request)
