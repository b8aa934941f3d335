"""Names and places that demo people are made of. All common; none is anybody in particular."""

WOMEN = (
    "Abigail Aisha Alice Amara Amelia Ana Andrea Anna Ava Beatriz Camila Carmen Charlotte Chloe"
    " Clara Claire Daniela Diana Elena Eleanor Elizabeth Emily Emma Esther Fatima Fiona Gabriela"
    " Grace Hannah Helen Imani Ingrid Irene Isabella Jasmine Joan Judith Julia Karen Keiko Laura"
    " Leila Lucia Lucy Margaret Maria Marisol Maya Mei Mia Miriam Naomi Natalia Nina Noor Nora"
    " Olivia Patricia Priya Rachel Rebecca Rosa Ruth Samira Sarah Sofia Susan Teresa Thuy"
    " Valeria Victoria Wanda Yasmin Yuki Zoe"
).split()
MEN = (
    "Aaron Adam Ahmed Alan Albert Alejandro Andrew Anthony Antonio Arjun Benjamin Brian Caleb"
    " Carlos Charles Christopher Daniel David Deshawn Diego Dmitri Edward Eli Emmanuel Eric"
    " Ethan Felix Francisco Frank George Gregory Hassan Henry Hiroshi Ian Isaac Ivan Jack Jacob"
    " James Javier Jerome John Jorge Joseph Joshua Juan Kevin Kofi Kwame Leo Liam Lucas Luis"
    " Malik Marcus Mateo Matthew Michael Minh Nathan Noah Omar Oscar Owen Patrick Paul Pedro"
    " Peter Rafael Raj Richard Robert Samuel Sanjay Sergei Steven Thomas Tyrone Victor Walter"
    " Wei William Xavier Yusuf"
).split()
# The most common first; demo_people makes them about as frequent as they are.
FAMILIES = (
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez"
    " Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White"
    " Harris Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres"
    " Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts"
    " Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales"
    " Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos"
    " Kim Cox Ward Richardson Watson Brooks Chavez Wood James Bennett Gray Mendoza Ruiz Hughes"
    " Price Alvarez Castillo Sanders Patel Myers Long Ross Foster Jimenez Powell Jenkins Perry"
    " Russell Sullivan Bell Coleman Butler Henderson Barnes Fisher Vasquez Simmons Graham Murray"
    " Ford Castro Marshall Owens Harrison Fernandez McDonald Woods Washington Kennedy Wells"
    " Vargas Chen Freeman Webb Tucker Guzman Burns Crawford Olson Simpson Porter Hunter Gordon"
    " Mendez Silva Shaw Snyder Mason Dixon Munoz Hunt Hicks Holmes Palmer Wagner Black Robertson"
    " Boyd Stone Salazar Fox Warren Mills Meyer Rice Schmidt Garza Daniels Ferguson Nichols"
    " Stephens Soto Weaver Ryan Gardner Payne Grant Dunn Kelley Spencer Hawkins Arnold Pierce"
    " Hansen Peters Santos Hart Bradley Knight Elliott Cunningham Duncan Armstrong Hudson"
    " Carroll Lane Riley Andrews Okafor Abebe Haddad Kowalski O'Brien Tanaka Singh Osei Ivanova"
    " Lindqvist Rossi Dubois Yilmaz"
).split()
STREETS = (
    "Maple Avenue",
    "Oak Street",
    "Cedar Lane",
    "Elm Street",
    "Washington Avenue",
    "Lake Road",
    "Hillcrest Drive",
    "Park Avenue",
    "River Road",
    "Sunset Boulevard",
    "Church Street",
    "Mill Road",
    "Chestnut Street",
    "Highland Avenue",
    "Spring Street",
    "Franklin Street",
    "Meadow Lane",
    "Prospect Street",
    "Lincoln Avenue",
    "Willow Court",
)
NICKNAMES = {
    "Alejandro": "Alex",
    "Benjamin": "Ben",
    "Christopher": "Chris",
    "Elizabeth": "Liz",
    "Margaret": "Maggie",
    "Michael": "Mike",
    "Patricia": "Pat",
    "Rebecca": "Becky",
    "Richard": "Rick",
    "Robert": "Bob",
    "Samuel": "Sam",
    "Thomas": "Tom",
    "Victoria": "Vicky",
    "William": "Bill",
}
LANGUAGES = (*["English"] * 12, *["Spanish"] * 4, "Mandarin", "Vietnamese", "Arabic", "French")
NOTES = (
    "Asked about a first consultation.",
    "Prefers mornings.",
    "Please call, no text messages.",
    "Referred by a friend.",
    "Wants a quote before booking.",
    "Sensitive to latex.",
)
# City, state, ZIP and area code.
EAST = (
    ("New York", "NY", "10016", "212"),
    ("New York", "NY", "10025", "212"),
    ("Brooklyn", "NY", "11215", "718"),
    ("Queens", "NY", "11375", "718"),
    ("Yonkers", "NY", "10701", "914"),
    ("White Plains", "NY", "10601", "914"),
    ("Hoboken", "NJ", "07030", "201"),
    ("Montclair", "NJ", "07042", "973"),
    ("Stamford", "CT", "06901", "203"),
)
WEST = (
    ("Oakland", "CA", "94610", "510"),
    ("Berkeley", "CA", "94704", "510"),
    ("San Mateo", "CA", "94401", "650"),
    ("Palo Alto", "CA", "94301", "650"),
    ("San Francisco", "CA", "94110", "415"),
    ("Portland", "OR", "97205", "503"),
    ("Seattle", "WA", "98103", "206"),
    ("Tacoma", "WA", "98402", "253"),
)
