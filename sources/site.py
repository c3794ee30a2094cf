"""The admin site: outside the admin package, which cannot be imported while the site is being made."""

from django.contrib.admin import AdminSite


class ClaimsAdminSite(AdminSite):
    """Where analysts look through cases."""

    site_header = "Claims Tracker"
    site_title = "Claims Tracker"
    index_title = "Cases"
