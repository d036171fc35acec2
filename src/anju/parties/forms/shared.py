"""What the forms share."""

from typing import Any

from django import forms


def day(label: str, **more: Any) -> forms.DateField:
    """A day, as the browser's own date control."""
    return forms.DateField(label=label, widget=forms.DateInput, **more)
