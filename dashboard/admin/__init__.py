"""The call log, the audit log, the accounts of staff and how they sign in."""

from dashboard.admin.accounts import AccountAdmin, DeviceAdmin, StaffGroupAdmin
from dashboard.admin.audit import AuditEntryAdmin
from dashboard.admin.calls import ApiCallAdmin
from dashboard.admin.sign_ins import AttemptAdmin, FailureAdmin, SignInLogAdmin

__all__ = [
    "AccountAdmin",
    "ApiCallAdmin",
    "AttemptAdmin",
    "AuditEntryAdmin",
    "DeviceAdmin",
    "FailureAdmin",
    "SignInLogAdmin",
    "StaffGroupAdmin",
]
