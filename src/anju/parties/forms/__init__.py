"""The forms of this room's pages."""

from .admissions import AdmissionForm, CheckForm
from .decisions import ResolutionForm, SettingForm
from .people import AccountForm, AppointForm, OrganisationForm, ReasonForm, RenameForm
from .places import CalendarForm, RateForm
from .signin import CodeForm, NewPasswordForm, PhoneForm, SignInForm

__all__ = [
    "AccountForm",
    "AdmissionForm",
    "AppointForm",
    "CalendarForm",
    "CheckForm",
    "CodeForm",
    "NewPasswordForm",
    "OrganisationForm",
    "PhoneForm",
    "RateForm",
    "ReasonForm",
    "RenameForm",
    "ResolutionForm",
    "SettingForm",
    "SignInForm",
]
