"""The published reference as data: every operation, its query parameters, its examples."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Published:
    """One operation; `query` names its parameters, the bodies are its examples."""

    operation: str
    query: str = ""
    request: Any = None
    response: Any = None


# What a person can be changed by.
PERSON_FIELDS = (
    "FirstName MI LastName FullName NickName Gender DOB LifeStage Pronouns SexualIdentity"
    " PrimaryLanguage Type Phone CellPhone SMSPhone EMail Address Unit City State Zip Country"
    " ProviderID Prospect Sh_Name Sh_Address Sh_Unit Sh_City Sh_State Sh_Zip Sh_Country PtImg Notes"
).split()
PERSON_CHOICES: dict[str, list[Any]] = {
    "Gender": "m f o u".split(),
    "LifeStage": "Infant Toddler Child Adolescent EarlyAdult Adult AllAdults Senior".split(),
    "Type": "Patient Child Cash Insurance Guarantor".split(),
    "Prospect": [1, 0],
}

_PROVIDER = "/v1/{PPass}/availability/providers/{id}"

PUBLISHED = [
    Published(
        "POST /v1/{PPass}/auth/token",
        request={"apiKey": "your_api_key_here"},
        response={
            "accessToken": "eyJhbGciOiJIUzI1NiIs...",
            "tokenType": "Bearer",
            "expiresIn": "24h",
        },
    ),
    Published("GET /v1/{PPass}/prospects", query="search page limit prospect"),
    Published(
        "POST /v1/{PPass}/prospects",
        request={
            "FirstName": "John",
            "LastName": "Doe",
            "EMail": "john@example.com",
            "Phone": "555-0123",
        },
    ),
    Published("PUT /v1/{PPass}/prospects/{id}"),
    Published("GET /v1/{PPass}/availability/providers"),
    Published(f"GET {_PROVIDER}"),
    Published(
        f"GET {_PROVIDER}/schedule",
        query="startDate endDate visitType",
        response={
            "data": {
                "provider": {
                    "id": 1,
                    "name": "Jane Smith",
                    "title": "PA-C",
                    "specialty": "Aesthetics",
                },
                "startDate": "2026-03-09",
                "endDate": "2026-03-15",
                "schedule": {
                    "2026-03-09": [
                        {
                            "VisitID": 101,
                            "time": "09:00:00",
                            "duration": 30,
                            "type": "FOLLOWUP",
                            "booked": True,
                        }
                    ]
                },
                "totalVisits": 1,
            }
        },
    ),
    Published(
        f"GET {_PROVIDER}/check",
        query="date time duration",
        response={
            "data": {
                "ProviderID": 1,
                "Date": "2026-03-09",
                "Time": "10:15:00",
                "Duration": 30,
                "Available": True,
            }
        },
    ),
    Published(
        f"GET {_PROVIDER}/slots",
        query="date duration",
        response={
            "data": {
                "ProviderID": 1,
                "Date": "2026-03-09",
                "Duration": 30,
                "Slots": ["09:00:00", "11:30:00", "14:00:00"],
                "Count": 3,
            }
        },
    ),
    Published(
        f"GET {_PROVIDER}/next-slot",
        query="duration maxDays",
        response={
            "data": {
                "ProviderID": 1,
                "Duration": 30,
                "SearchWindowDays": 30,
                "TheNextSlot": {"ProviderID": "1", "Date": "2026-03-10", "Time": "09:00:00"},
            }
        },
    ),
    Published(
        "GET /v1/{PPass}/visit-types",
        query="includeInactive",
        response={
            "data": [
                {
                    "VisitType": "Consult",
                    "Active": True,
                    "Providers": [1, 2],
                    "Resources": [101, 102],
                }
            ],
            "count": 1,
        },
    ),
    Published(
        "POST /v1/{PPass}/visits/book",
        request={
            "PatientID": 1001,
            "ProviderID": 2,
            "VisitType": "Consult",
            "VisitDate": "2026-03-12",
            "VisitTime": "10:00:00",
            "VisitDuration": 30,
            "VisitComplaint": "Follow-up",
            "ProviderTime": "10:00:00",
            "ProviderDuration": 30,
            "VisitNotes": "Booked via API",
        },
        response={
            "message": "Visit booked successfully",
            "data": {
                "VisitID": 555,
                "PatientID": 1001,
                "ProviderID": 2,
                "VisitType": "Consult",
                "VisitDate": "2026-03-12",
                "VisitTime": "10:00:00",
                "VisitDuration": 30,
                "ProviderTime": "10:00:00",
                "ProviderDuration": 30,
                "RoomID": 102,
            },
        },
    ),
    Published("GET /v1/products", query="search vendorCode"),
    Published(
        "POST /v1/products",
        request={
            "products": [
                {
                    "VendorCode": "V001",
                    "ProductCode": "P001",
                    "Product": "Example Product",
                    "RetailPrice": 99.99,
                }
            ]
        },
    ),
    Published("GET /v1/kb", query="search category type"),
    Published(
        "GET /v1/kb/{id}",
        response={
            "data": {
                "KBID": 12,
                "Title": "Insurance Verification Workflow",
                "Article": "Step-by-step process...",
                "Category": "Billing",
                "Type": "HowTo",
                "Tags": "insurance, verification",
                "Active": True,
            }
        },
    ),
    Published("PUT /v1/kb/{id}"),
    Published(
        "POST /v1/webhooks/signup",
        request={
            "hookUrl": "https://partner.example.com/officepro/webhooks",
            "scopes": ["Patients", "Claims"],
        },
        response={
            "message": "Webhook subscription created successfully",
            "data": {
                "id": 1,
                "hookUrl": "https://partner.example.com/officepro/webhooks",
                "scopes": ["Patients", "Claims"],
                "status": "active",
            },
        },
    ),
    Published(
        "GET /v1/admin/webhooks/monitor",
        query="practicepass success limit offset",
        response={
            "summary": {
                "totalSubscriptions": 3,
                "activeSubscriptions": 2,
                "totalDeliveries": 150,
                "failedDeliveries": 4,
                "successRate": 97.33,
            },
            "dispatchStates": [{"practicepass": "DemoOffice", "lastLogId": 14656636}],
            "recentDeliveries": [],
        },
    ),
    Published("GET /v1/{PPass}/tickets"),
    Published("GET /v1/{PPass}/ticket/{id}"),
    Published("PUT /v1/{PPass}/ticket/{id}"),
    Published(
        "POST /v1/{PPass}/tickets/{id}/comment",
        request={"Comment": "This is a new comment", "Author": "Support Agent"},
    ),
    Published(
        "POST /v1/admin/webhooks/retry/{id}",
        response={
            "message": "Webhook delivery retried successfully",
            "data": {
                "sourceDeliveryId": 10,
                "retryDeliveryId": 11,
                "success": True,
                "statusCode": 200,
                "attempts": 1,
                "errorMessage": None,
            },
        },
    ),
    Published("GET /v1/me"),
    Published("PATCH /v1/me"),
]
