"""What a browser would send back of a page of the admin: every field as the page has it, but for what is typed.

Public: `read_form`, `form_of`, `new_account`.
"""

from itertools import count
from typing import Any

from django.contrib.auth.models import User
from django.forms import (
    BaseForm,
    CheckboxInput,
    CheckboxSelectMultiple,
    MultiWidget,
    SelectMultiple,
    Textarea,
    TextInput,
)
from django.test import Client

from sources.choices import Role
from sources.models import Case
from sources.opening import admit_member
from tests import factories as make

_numbers = count(1)


def new_account(case: Case | None = None, role: Role | None = None, **fields: Any) -> User:
    """Return a new account that may use the admin; without a password, since hashing one takes long."""
    user = User.objects.create_user(f"account-{next(_numbers)}", is_staff=True, **fields)
    if case is not None and role is not None:
        admit_member(by=make.CONSOLE, case=case, user=user, role=role)
    return user


def client_of(user: User) -> Client:
    """Return a browser in which this user has logged in."""
    client = Client()
    client.force_login(user)
    return client


def form_of(client: Client, address: str, **typed: Any) -> dict[str, Any]:
    """Return what the form at this address sends, with what is typed into it."""
    page = client.get(address)
    assert page.status_code == 200, (address, page.status_code, page.headers.get("Location"))
    return read_form(page, **typed)


def read_form(page: Any, **typed: Any) -> dict[str, Any]:
    """Return what the form on this page sends, with what is typed into it."""
    data: dict[str, Any] = {}
    _read(page.context["adminform"].form, data)
    for below in page.context["inline_admin_formsets"]:
        _read(below.formset.management_form, data)
        for form in below.formset.forms:
            if below.has_change_permission or below.has_add_permission:
                _read(form, data)
    return {**data, **typed}


def _read(form: BaseForm, data: dict[str, Any]) -> None:
    for bound in form:
        widget: Any = bound.field.widget
        value = bound.value()
        if isinstance(widget, CheckboxInput):
            if value:
                data[bound.html_name] = "on"
        elif isinstance(widget, MultiWidget):
            for place, part in enumerate(value if isinstance(value, list) else widget.decompress(value)):
                data[f"{bound.html_name}_{place}"] = "" if part is None else str(part)
        elif isinstance(widget, SelectMultiple | CheckboxSelectMultiple):
            data[bound.html_name] = value or []
        else:
            text = "" if value is None else str(value)
            if isinstance(widget, Textarea):
                text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
            elif isinstance(widget, TextInput):
                text = text.replace("\n", "").replace("\r", "")
            data[bound.html_name] = text
