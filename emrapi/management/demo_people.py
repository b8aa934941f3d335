"""Made-up people for demo data: common names, numbers of the exchange 555, mail to example.com."""

import datetime
import random
from collections.abc import Iterator
from typing import Any

Wire = dict[str, Any]

_WOMEN = (
    "Abigail Aisha Alice Amara Amelia Ana Andrea Anna Ava Beatriz Camila Carmen Charlotte Chloe Clara"
    " Claire Daniela Diana Elena Eleanor Elizabeth Emily Emma Esther Fatima Fiona Gabriela Grace"
    " Hannah Helen Imani Ingrid Irene Isabella Jasmine Joan Judith Julia Karen Keiko Laura Leila"
    " Lucia Lucy Margaret Maria Marisol Maya Mei Mia Miriam Naomi Natalia Nina Noor Nora Olivia"
    " Patricia Priya Rachel Rebecca Rosa Ruth Samira Sarah Sofia Susan Teresa Thuy Valeria Victoria"
    " Wanda Yasmin Yuki Zoe"
).split()
_MEN = (
    "Aaron Adam Ahmed Alan Albert Alejandro Andrew Anthony Antonio Arjun Benjamin Brian Caleb Carlos"
    " Charles Christopher Daniel David Deshawn Diego Dmitri Edward Eli Emmanuel Eric Ethan Felix"
    " Francisco Frank George Gregory Hassan Henry Hiroshi Ian Isaac Ivan Jack Jacob James Javier"
    " Jerome John Jorge Joseph Joshua Juan Kevin Kofi Kwame Leo Liam Lucas Luis Malik Marcus Mateo"
    " Matthew Michael Minh Nathan Noah Omar Oscar Owen Patrick Paul Pedro Peter Rafael Raj Richard"
    " Robert Samuel Sanjay Sergei Steven Thomas Tyrone Victor Walter Wei William Xavier Yusuf"
).split()
# Roughly by how common they are, the most common first.
_FAMILIES = (
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez"
    " Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris"
    " Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill"
    " Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Gomez Phillips"
    " Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers"
    " Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Richardson"
    " Watson Brooks Chavez Wood James Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo"
    " Sanders Patel Myers Long Ross Foster Jimenez Powell Jenkins Perry Russell Sullivan Bell"
    " Coleman Butler Henderson Barnes Fisher Vasquez Simmons Graham Murray Ford Castro Marshall"
    " Owens Harrison Fernandez McDonald Woods Washington Kennedy Wells Vargas Chen Freeman Webb"
    " Tucker Guzman Burns Crawford Olson Simpson Porter Hunter Gordon Mendez Silva Shaw Snyder"
    " Mason Dixon Munoz Hunt Hicks Holmes Palmer Wagner Black Robertson Boyd Stone Salazar Fox"
    " Warren Mills Meyer Rice Schmidt Garza Daniels Ferguson Nichols Stephens Soto Weaver Ryan"
    " Gardner Payne Grant Dunn Kelley Spencer Hawkins Arnold Pierce Hansen Peters Santos Hart"
    " Bradley Knight Elliott Cunningham Duncan Armstrong Hudson Carroll Lane Riley Andrews"
    " Okafor Abebe Haddad Kowalski O'Brien Tanaka Singh Osei Ivanova Lindqvist Rossi Dubois Yilmaz"
).split()
_WEIGHTS = [1 / (rank + 8) for rank in range(len(_FAMILIES))]
_STREETS = (
    "Maple Avenue,Oak Street,Cedar Lane,Elm Street,Washington Avenue,Lake Road,Hillcrest Drive,"
    "Park Avenue,River Road,Sunset Boulevard,Church Street,Mill Road,Chestnut Street,Highland Avenue,"
    "Spring Street,Franklin Street,Meadow Lane,Prospect Street,Lincoln Avenue,Willow Court"
).split(",")
_NICKNAMES = {
    "Elizabeth": "Liz", "Margaret": "Maggie", "Robert": "Bob", "William": "Bill", "Richard": "Rick",
    "Patricia": "Pat", "Michael": "Mike", "Thomas": "Tom", "Benjamin": "Ben", "Samuel": "Sam",
    "Christopher": "Chris", "Alejandro": "Alex", "Rebecca": "Becky", "Victoria": "Vicky",
}  # fmt: skip
_PLACES = {
    "NY": ("New York 10016,Brooklyn 11215,Queens 11375,Yonkers 10701,White Plains 10601", "212 718 914"),
    "NJ": ("Hoboken 07030,Jersey City 07302,Montclair 07042", "201 973"),
    "CT": ("Stamford 06901,Greenwich 06830", "203 475"),
    "CA": ("Oakland 94610,Berkeley 94704,San Mateo 94401,Palo Alto 94301,Alameda 94501", "510 650 415"),
    "OR": ("Portland 97205,Eugene 97401", "503 541"),
    "WA": ("Seattle 98103,Tacoma 98402", "206 253"),
}  # fmt: skip
EAST, WEST = ("NY", "NY", "NY", "NJ", "CT"), ("CA", "CA", "CA", "OR", "WA")
_LANGUAGES = ("English",) * 12 + ("Spanish",) * 4 + ("Mandarin", "Vietnamese", "Arabic", "French")
_PLAYFUL = ("Asked about a first consultation.", "Prefers mornings.", "Please call, no text messages.",
            "Referred by a friend.", "Wants a quote before booking.", "Sensitive to latex.")  # fmt: skip


def people(*, seed: str, states: tuple[str, ...], today: datetime.date) -> Iterator[Wire]:
    """Endless people in wire names; the same seed and day give the same ones."""
    chance = random.Random(seed)  # noqa: S311 - made-up people are no secret
    number = 0
    while True:
        number += 1
        yield _person(chance, number, states, today)


def _person(chance: random.Random, number: int, states: tuple[str, ...], today: datetime.date) -> Wire:
    gender = "f" if chance.random() < 0.55 else "m"
    first = chance.choice(_WOMEN if gender == "f" else _MEN)
    last = chance.choices(_FAMILIES, _WEIGHTS)[0]
    state = chance.choice(states)
    places, areas = _PLACES[state]
    city, _, postal_code = chance.choice(places.split(",")).rpartition(" ")
    born = today - datetime.timedelta(days=int(chance.triangular(500, 32_000, 14_000)))
    person: Wire = {
        "FirstName": first,
        "LastName": last,
        "Gender": gender,
        "DOB": born,
        "LifeStage": _life_stage((today - born).days // 365),
        "EMail": f"{first}.{last}{number}@example.com".lower().replace("'", ""),
        "CellPhone": f"({chance.choice(areas.split())}) 555-{chance.randrange(10_000):04d}",
        "Address": f"{chance.randrange(1, 990)} {chance.choice(_STREETS)}",
        "City": city,
        "State": state,
        "Zip": postal_code,
        "Country": "US",
        "PrimaryLanguage": chance.choice(_LANGUAGES),
        "Prospect": 0 if chance.random() < 0.4 else 1,
    }
    if chance.random() < 0.4:
        person["MI"] = chance.choice("ABCDEFGHJKLMNPRSTW")
    if chance.random() < 0.3:
        person["Phone"] = f"({chance.choice(areas.split())}) 555-{chance.randrange(10_000):04d}"
    if chance.random() < 0.15:
        person["Notes"] = chance.choice(_PLAYFUL)
    if first in _NICKNAMES:
        person["NickName"] = _NICKNAMES[first]
    return person


def _life_stage(age: int) -> str:
    for below, stage in ((2, "Infant"), (4, "Toddler"), (13, "Child"), (18, "Adolescent")):
        if age < below:
            return stage
    return "EarlyAdult" if age < 26 else "Adult" if age < 65 else "Senior"
