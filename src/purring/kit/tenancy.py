# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every row belongs to one organization, and no query can forget it.

`Model.objects` refuses to be used bare. A query names its organization, `Model.objects.of(organization)`, or says
why it may look over all of them, `Model.objects.everywhere("the daily round")`. Reverse relations
(`customer.invoices`) start from an object that was reached through its organization, and may be used as they are.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self, TypeVar

from django.db import models

from purring.core.errors import Refused
from purring.kit import batches as batches  # brings the lookup `any_of`

M = TypeVar("M", bound=models.Model, covariant=True)


class Unscoped(RuntimeError):
    """A query that names no organization: a bug, found by the first test that runs it."""


class OrganizationManager(models.Manager[M]):
    """The only default manager of organization-owned models."""

    def get_queryset(self) -> models.QuerySet[M]:
        if getattr(self, "instance", None) is None:
            raise Unscoped(f"{self.model.__name__}.objects needs .of(organization) or .everywhere(why)")
        return super().get_queryset()

    def of(self, organization: models.Model | int) -> models.QuerySet[M]:
        """The rows of one organization (the object or its id)."""
        key = organization if isinstance(organization, int) else organization.pk
        return super().get_queryset().filter(organization_id=key)

    def everywhere(self, why: str) -> models.QuerySet[M]:
        """The rows of all organizations; `why` says to the reader what entitles the caller."""
        assert why
        return super().get_queryset()


class OrganizationOwned(models.Model):
    """A row of one organization.

    The column has no foreign key constraint of its own: organizations are never deleted, every row but the roots hangs
    on another one that is constrained, and the check would be paid on every row a round stores.
    """

    organization = models.ForeignKey(
        "organizations.Organization", models.PROTECT, db_index=False, db_constraint=False, related_name="+"
    )

    objects: ClassVar[OrganizationManager[Self]] = OrganizationManager()

    class Meta:
        abstract = True


def reach(model: type[M], organization: models.Model | int, *related: str, **lookup: Any) -> M:
    """One object of the organization, with what it is related to by these fields, or `Refused("not_found")`: another
    organization's object does not exist."""
    rows = model._default_manager.of(organization).filter(**lookup)  # type: ignore[attr-defined]
    found = (rows.select_related(*related) if related else rows).first()
    if found is None:
        what = model._meta.verbose_name
        raise Refused("not_found", f"there is no {what} {' '.join(str(v) for v in lookup.values())}")
    return found  # type: ignore[no-any-return]
