"""Networks as people write them: addresses and CIDR ranges between commas."""

import ipaddress

from django.core.exceptions import ValidationError


def parse_networks(text: str) -> list[str]:
    """`203.0.113.7, 2001:db8::/32` as a list of ranges, each once.

    Raises ValidationError with one sentence for each that is none.
    """
    found: dict[str, None] = {}
    faults: list[str] = []
    for part in filter(None, (part.strip() for part in text.replace("\n", ",").split(","))):
        try:
            found[str(ipaddress.ip_network(part))] = None
        except ValueError:
            faults.append(_fault(part))
    if faults:
        raise ValidationError([ValidationError(fault, code="invalid") for fault in faults])
    return list(found)


def _fault(text: str) -> str:
    try:
        meant = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return f"“{text[:60]}” is neither an address nor a range such as 203.0.113.0/24."
    return f"“{text}” has bits beyond its /{meant.prefixlen}: did you mean {meant}?"
