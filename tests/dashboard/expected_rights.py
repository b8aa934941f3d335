"""Who may do what on staff pages, written down once more, as people would be told.

Letters are groups: V(iewer), S(upport), K(ey manager), A(dministrator). Staff in no group may open
the start page and change their own password.
"""

EVERYBODY, NOBODY = "VSKA", ""
GROUPS = {"V": "Viewer", "S": "Support", "K": "Key manager", "A": "Administrator"}

# Pages of Django's for each kind of row: see (list, page, history), add, change, delete.
KINDS = {
    "dashboard_apicall": (EVERYBODY, NOBODY, NOBODY, NOBODY),
    "partners_practice": (EVERYBODY, "KA", "KA", NOBODY),
    "partners_partner": (EVERYBODY, "KA", "KA", NOBODY),
    "partners_apikey": (EVERYBODY, "KA", "KA", NOBODY),
    "partners_auditentry": ("A", NOBODY, NOBODY, NOBODY),
    "prospects_person": ("SA", "A", "A", NOBODY),
    "prospects_tag": ("SA", "A", "A", "A"),
    "scheduling_visit": ("SA", "SA", "SA", NOBODY),
    "scheduling_hold": ("SA", NOBODY, NOBODY, "SA"),
    "tickets_ticket": ("SA", "SA", "SA", NOBODY),
    "scheduling_provider": (EVERYBODY, "A", "A", NOBODY),
    "scheduling_resource": (EVERYBODY, "A", "A", NOBODY),
    "scheduling_visittype": (EVERYBODY, "A", "A", NOBODY),
    "scheduling_calendarrules": (EVERYBODY, "A", "A", "A"),
    "scheduling_timeoff": (EVERYBODY, "A", "A", "A"),
    "scheduling_closure": (EVERYBODY, "A", "A", "A"),
    "catalog_product": (EVERYBODY, "A", "A", NOBODY),
    "catalog_vendorgrant": (EVERYBODY, "A", "A", "A"),
    "knowledge_article": (EVERYBODY, "SA", "SA", NOBODY),
    "webhooks_subscription": (EVERYBODY, NOBODY, "KA", NOBODY),
    "webhooks_delivery": (EVERYBODY, NOBODY, "SA", NOBODY),
    "webhooks_logentry": (EVERYBODY, NOBODY, NOBODY, NOBODY),
    "webhooks_dispatchstate": (EVERYBODY, NOBODY, NOBODY, NOBODY),
    "auth_user": ("A", "A", "A", NOBODY),
    "auth_group": ("A", "A", "A", "A"),
    "otp_totp_totpdevice": ("A", "A", "A", "A"),
    "axes_accessattempt": ("A", NOBODY, NOBODY, "A"),
    "axes_accesslog": ("A", NOBODY, NOBODY, NOBODY),
    "axes_accessfailurelog": ("A", NOBODY, NOBODY, NOBODY),
}

# What can be done to several rows of a list.
ACTIONS = {
    "partners_apikey": {"rotate_selected": "KA", "revoke_selected": "KA"},
    "prospects_tag": {"delete_selected": "A"},
    "scheduling_visit": {"cancel_visits": "SA"},
    "scheduling_hold": {"delete_selected": "SA"},
    "tickets_ticket": {
        "take": "SA",
        **{f"set_{status}": "SA" for status in ("open", "pending", "onhold", "resolved", "closed")},
    },
    "scheduling_calendarrules": {"delete_selected": "A"},
    "scheduling_timeoff": {"delete_selected": "A"},
    "scheduling_closure": {"delete_selected": "A"},
    "catalog_product": {"export_csv": EVERYBODY},
    "catalog_vendorgrant": {"delete_selected": "A"},
    "webhooks_subscription": {
        "replay_selected": "SA",
        "enable_selected": "KA",
        "disable_selected": "KA",
    },
    "webhooks_delivery": {"retry_selected": "SA"},
    "auth_group": {"delete_selected": "A"},
    "otp_totp_totpdevice": {"delete_selected": "A"},
    "axes_accessattempt": {"delete_selected": "A"},
}

# All other pages: method and groups.
PAGES = {
    "admin:partners_apikey_rotate": ("GET", "KA"),
    "admin:partners_apikey_revoke": ("GET", "KA"),
    "admin:scheduling_visit_reschedule": ("GET", "SA"),
    "admin:knowledge_article_preview": ("POST", "SA"),
    "admin:knowledge_article_revision": ("GET", EVERYBODY),
    "admin:webhooks_subscription_test": ("GET", "SA"),
    "admin:webhooks_subscription_replay": ("GET", "SA"),
    "admin:webhooks_subscription_rotate": ("GET", "KA"),
    "admin:webhooks_subscription_enable": ("GET", "KA"),
    "admin:webhooks_subscription_disable": ("GET", "KA"),
    "admin:webhooks_delivery_retry": ("GET", "SA"),
    "admin:partners_auditentry_file": ("GET", "A"),
    "admin:auth_user_password_change": ("GET", "A"),
    "admin:otp_totp_totpdevice_config": ("GET", "A"),
    "admin:otp_totp_totpdevice_qrcode": ("GET", "A"),
    "dashboard:overview": ("GET", EVERYBODY),
    "dashboard:activity": ("GET", EVERYBODY),
    "dashboard:activity_file": ("GET", EVERYBODY),
    "dashboard:access_requests": ("GET", EVERYBODY),
    "dashboard:access_request": ("GET", EVERYBODY),
    "dashboard:access_request_approve": ("POST", "KA"),
    "dashboard:access_request_deny": ("POST", "KA"),
    "dashboard:access_request_again": ("POST", "KA"),
    "dashboard:partners": ("GET", EVERYBODY),
    "dashboard:partner": ("GET", EVERYBODY),
    "dashboard:keys": ("GET", EVERYBODY),
    "dashboard:webhooks": ("GET", EVERYBODY),
    "dashboard:subscription": ("GET", EVERYBODY),
    "dashboard:calendar": ("GET", "SA"),
}

# For whoever has signed in, or for everybody; what they show is by the rights on each kind.
OPEN = {
    "admin:index", "admin:login", "admin:logout", "admin:password_change",
    "admin:password_change_done", "admin:autocomplete", "admin:jsi18n", "admin:view_on_site",
    "admin:app_list",
}  # fmt: skip
