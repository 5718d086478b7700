"""Word lists of the offline players: plain English of general use, nothing of any single test."""

from __future__ import annotations


def word_list(text: str) -> list[str]:
    """Return the words of a text, in order; long lists are easier to read so."""
    return text.split()


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


STOPWORDS = word_set(
    """
    a an the this that these those any some all each every both either such own same other sort kind
    type of to in on at by for from with about into onto over under up out off as than then so if
    whether and or but is are was were be been being am do does did done have has had having can
    could will would shall should may might must not no never cannot it its he him his she her hers
    they them their theirs you your yours we us our ours i me my mine who whom which what when where
    why how there here also just only very really quite too again still already now please way user
    users customer customers agent agents assistant bot person caller guest client student patient
    employee answer response reply message conversation say tell let make get give provide want need
    like word keyword like one something anything use using used right
    """
)

_SYNONYMS = """
find: search look lookup fetch retrieve track query check locate
book: reserve reservation booking schedule
cancel: cancellation terminate
price: cost costs fee rate amount
refund: reimburse reimbursement repay
suggest: recommend recommendation advise propose suggestion advice
buy: purchase
create: file generate open make produce add submit
send: forward deliver
fix: repair solve resolve
verify: authenticate verification
emergency: ambulance 911 112 999 paramedic
doctor: physician gp
human: colleague representative operator specialist person supervisor
technician: engineer
location: city place town where
phone: telephone mobile
email: e-mail mail
photo: picture image
begin: start
change: modify modification move reschedule update
departure: depart flying leaving
passenger: traveller traveler seat
reason: why cause
identity: identification
policy: contract
drug: medication medicine
limit: maximum cap up
child: kid children kids
breath: breathing breathless
warn: warning caution
decline: declined refuse
severe: serious severity
instruction: prompt instructions direction directions
ingredient: ingredients
answer: solution result
code: program
"""

_NUMBERS = word_list("zero one two three four five six seven eight nine ten eleven twelve")
DAY_PARTS = word_list("morning afternoon evening night noon today tomorrow")
NUMBER_WORDS = {word: str(value) for value, word in enumerate(_NUMBERS)} | {"once": "1", "twice": "2"}

MONTHS = word_list(
    """
    january february march april may june july august september october november december
    """
)
WEEKDAYS = word_list("monday tuesday wednesday thursday friday saturday sunday")

MEAT = (
    "meat beef steak pork bacon ham chicken turkey duck lamb veal sausage salami chorizo prosciutto mince "
    "meatball pepperoni lard venison"
)
FISH = "fish salmon tuna cod trout shrimp prawn anchovy crab lobster mussel squid seafood"
DAIRY = "dairy milk butter cheese cream yogurt yoghurt parmesan mozzarella feta ghee"
EGGS = "egg omelette mayonnaise"
NUTS = "nut peanut almond walnut cashew hazelnut pecan pistachio"
GLUTEN = "gluten wheat flour bread pasta barley rye couscous noodle"
ALCOHOL = "alcohol wine beer vodka whisky whiskey rum gin liquor brandy cocktail"
PROFANITY = "profanity fuck fucking shit bullshit bastard bitch asshole crap damn"

CATEGORIES = {
    "meat": f"{MEAT}",
    "fish": FISH,
    "seafood": FISH,
    "dairy": DAIRY,
    "egg": EGGS,
    "nut": NUTS,
    "gluten": GLUTEN,
    "alcohol": ALCOHOL,
    "profanity": PROFANITY,
    "swear": PROFANITY,
    "curse": PROFANITY,
    "drug": "ibuprofen paracetamol aspirin acetaminophen antibiotic naproxen penicillin tablet pill mg dose",
    "discount": "discount % voucher coupon",
    "emoji": "emoji",
}
"""A category that a criterion may name, and the words that stand for it in a conversation."""

DIETS = {
    "vegetarian": f"{MEAT} {FISH}",
    "meatless": f"{MEAT} {FISH}",
    "vegan": f"{MEAT} {FISH} {DAIRY} {EGGS} honey",
    "pescatarian": MEAT,
    "dairy-free": DAIRY,
    "lactose-free": DAIRY,
    "nut-free": NUTS,
    "gluten-free": GLUTEN,
    "alcohol-free": ALCOHOL,
}
"""What a dish of each diet may not hold."""

SUBSTITUTES = word_set(
    """
    vegan vegetarian veggie plant coconut almond soy oat mock fake free without no
    """
)
"""Words before a category's word that say it is not the real thing ("coconut milk")."""

ABSTRACT = word_set(
    """
    information detail data content advice policy rule prompt secret knowledge opinion topic
    material fact claim personal private confidential sensitive internal competitor inappropriate
    harmful wrong incorrect false feature behaviour thing matter way language tone manner bias
    stereotype question pressure access account help else someone trust need food drink dish product
    item object thing name city country place instruction alternative option choice problem issue
    trouble jargon money animal ingredient health illness disease symptom condition politics
    political religion religious exercise sport brand company firm people person activity step
    solution time term delivery story joke humor endless excessive unlimited
    humour slang law legal medical financial technical
    medicine treatment therapy remedy support service reason explanation idea statement guess
    assumption conclusion decision action task work plan event number value result error mistake
    fault blame emotion feeling attitude behavior word phrase text sentence source reference
    evidence world request question answer response message conversation subject user customer agent
    age gender race identity family child student colour color clothes vehicle plant tool vegetable
    fruit language
    """
)
"""Nouns so general that doing the thing does not require saying the word."""

GENERIC = word_set(
    """
    number id date name code detail details time information data address full current
    """
)
"""Nouns that mean little without the word beside them ("order number")."""


def _synonyms() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in _SYNONYMS.strip().splitlines():
        head, members = line.split(":")
        table.setdefault(head, head)
        for member in members.split():
            table.setdefault(member, head)
    return table


SYNONYMS = _synonyms()
