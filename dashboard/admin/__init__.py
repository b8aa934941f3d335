"""The call log, the audit log, and the accounts of staff."""

from dashboard.admin.accounts import AccountAdmin, DeviceAdmin, StaffGroupAdmin
from dashboard.admin.audit import AuditEntryAdmin
from dashboard.admin.calls import ApiCallAdmin

__all__ = ["AccountAdmin", "ApiCallAdmin", "AuditEntryAdmin", "DeviceAdmin", "StaffGroupAdmin"]
