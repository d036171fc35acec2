"""Signing in."""

from typing import Any

from django import forms
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from anju.web.forms import ActForm


class SignInForm(ActForm):
    """Name and password."""

    username = forms.CharField(label="登录名", max_length=60, widget=forms.TextInput({"autocomplete": "username"}))
    password = forms.CharField(
        label="密码", max_length=200, strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )


class NewPasswordForm(ActForm):
    """A password chosen by its owner, twice; ``old`` is asked of somebody who is signed in."""

    old = forms.CharField(
        label="现在的密码", strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label="新密码", max_length=200, strip=False, help_text="至少 12 位，不用常见密码，不含登录名",
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(
        label="再输一遍新密码", strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, account: Any, ask_old: bool = True, **kwargs: Any) -> None:
        self.account = account
        super().__init__(*args, **kwargs)
        if not ask_old:
            del self.fields["old"]

    def clean_old(self) -> str:
        """The word that the account has now."""
        if not check_password(self.cleaned_data["old"], self.account.password):
            raise ValidationError("现在的密码不对，没有修改；请重输，忘记了请找安全管理员重设")
        return str(self.cleaned_data["old"])

    def clean_new(self) -> str:
        """Long enough, not common, not the name itself."""
        validate_password(self.cleaned_data["new"], self.account)
        return str(self.cleaned_data["new"])

    def clean(self) -> dict[str, Any]:
        """Twice the same."""
        found = super().clean() or {}
        if found.get("new") and found.get("again") and found["new"] != found["again"]:
            self.add_error("again", "两次输入不一样，请重输")
        return found

    def arguments(self) -> dict[str, Any]:
        """The hash alone: the act never sees the word."""
        return {"password_hash": make_password(self.cleaned_data["new"])}


class PhoneForm(ActForm):
    """A family's phone."""

    phone = forms.CharField(
        label="手机号", max_length=20, widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "tel"})
    )


class CodeForm(ActForm):
    """The code that was sent."""

    code = forms.CharField(
        label="6 位验证码",
        max_length=10,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
