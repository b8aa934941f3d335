"""Normal forms: what two spellings of the same e-mail, phone, ZIP or name have in common.

What a partner sent is kept as sent; these forms stand beside it, to search and to compare by.
"""

import datetime
import re
import unicodedata

import phonenumbers

_NOT_DIGITS = re.compile(r"[^0-9]+")
_NOT_LETTERS_OR_DIGITS = re.compile(r"[\W_]+")

_IS_POSSIBLE = phonenumbers.ValidationResult.IS_POSSIBLE

# Shorter numbers ("0", "911", an extension) say nothing about who somebody is.
_SHORTEST_PHONE = 7


def digits(text: str) -> str:
    """The ASCII digits of the text, full-width and the like included."""
    return _NOT_DIGITS.sub("", unicodedata.normalize("NFKC", text))


def email(text: str) -> str:
    """The address in lower case, without spaces around it."""
    return text.strip().lower()


def phone(text: str, region: str) -> str:
    """Country code and number as digits, `x` and the extension if there is one.

    A number without a country code is read as one of `region`. What cannot be a number there, such
    as the 555-0123 of the examples, is just its digits.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return digits(text)
    if phonenumbers.is_possible_number_with_reason(number) != _IS_POSSIBLE:
        return digits(text)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    extension = f"x{number.extension}" if number.extension else ""
    return e164.removeprefix("+") + extension


def postal_code(text: str) -> str:
    """In capitals, with single spaces."""
    return " ".join(text.upper().split())


def name(text: str) -> str:
    """Letters and digits without regard to case, with single spaces between words."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _NOT_LETTERS_OR_DIGITS.sub(" ", folded).strip()


def identities(
    *, emails: list[str], phones: list[str], names: list[str], birth_date: datetime.date | None
) -> list[str]:
    """What tells a person from others, as `reason:value`, from normal forms; sorted, no repeats.

    Two people who share one of these may be the same; the part before the colon is why.
    """
    found = {f"email:{value}" for value in emails if value}
    found |= {f"phone:{value}" for value in phones if len(value) >= _SHORTEST_PHONE}
    if birth_date is not None:
        found |= {f"name+dob:{value} {birth_date.isoformat()}" for value in names if value}
    return sorted(found)
