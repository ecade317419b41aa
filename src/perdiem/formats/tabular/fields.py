"""The columns of the tabular layout, once: name, the names they go by elsewhere, grain and meaning.

The reader matches headers with them, and the reference page is written from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from perdiem.model.schema import MODIFIERS

Grain = Literal["claim", "line"]


@dataclass(frozen=True)
class Field:
    """One column of the layout.

    name: as perdiem writes it. synonyms: other names, folded (small letters and digits only). needed: no table is
    read without it. contract: part of the published layout, else an extra that is read where it stands.
    """

    name: str
    grain: Grain
    meaning: str
    synonyms: tuple[str, ...] = ()
    needed: bool = False
    contract: bool = True


def _extra(name: str, grain: Grain, meaning: str, synonyms: str = "") -> Field:
    return Field(name, grain, meaning, tuple(synonyms.split()), contract=False)


def _column(name: str, grain: Grain, meaning: str, synonyms: str = "", needed: bool = False) -> Field:
    return Field(name, grain, meaning, tuple(synonyms.split()), needed)


DIAGNOSES = tuple(f"dx{number}" for number in range(1, 13))

FIELDS = (
    _column(
        "claim_id", "claim", "the claim's number; the rows that bear it are one claim",
        "claim claimnumber claimno claimnum claimidentifier claimcontrolnumber clm01 clmid patientaccount patientaccountnumber "
        "patientaccountno patientcontrolnumber patientacct patientacctno accountnumber acctno account invoice invoicenumber "
        "invoiceno icn dcn",
        needed=True,
    ),
    _column(
        "payer", "claim", "the payer's id, else its name (a value with a space is a name)",
        "payerid payeridentifier payercode payernumber payerno payorid payor insuranceid insurance insurer insurercode carrierid "
        "carrier carriercode healthplanid planid",
    ),
    _column(
        "member_id", "claim", "the member's id at the payer",
        "memberid member membernumber memberno memberidnumber subscriberid subscribernumber subscriber subscriberno mbi hicn "
        "policynumber policyid insuredid insuredidnumber insuredsid beneficiaryid patientmemberid",
    ),
    _column(
        "provider_npi", "claim", "NPI of the billing provider",
        "npi billingnpi billingprovidernpi providernpi billingprovider billnpi provnpi groupnpi pharmacynpi",
    ),
    _column(
        "pos", "line", "place of service; an empty cell takes that of the claim's first row that has one",
        "placeofservice placeofsvc poscode place servicelocationcode placeofservicecode",
    ),
    _column(
        "line", "line", "line number; without it the rows of a claim are numbered in their order",
        "linenumber lineno linenum lx lx01 serviceline servicelinenumber servicelineno claimline claimlinenumber claimlineno seq "
        "linesequence itemnumber",
    ),
    _column(
        "code", "line", "procedure code (HCPCS or CPT)",
        "hcpcs hcpcscode cpt cptcode cpthcpcs hcpcscpt cpthcpcscode hcpcscptcode procedure procedurecode proccode proc "
        "procedurecd proccd servicecode svccode hcpc hcpccode billingcode billedcode",
        needed=True,
    ),
    _column("modifiers", "line", "up to four modifiers, separated by a space", "modifier mods mod modifierlist modifiercodes"),
    _column(
        "units", "line", "units billed, at most three decimals",
        "unit qty quantity billedunits unitsbilled serviceunits unitsofservice svcunits billedqty billedquantity quantitybilled "
        "unitcount noofunits numberofunits daysunits daysorunits",
        needed=True,
    ),
    _column(
        "from", "line", "first day of service",
        "fromdate datefrom dosfrom fromdos servicefrom servicefromdate fromservicedate fromdateofservice dateofservicefrom "
        "servicedatefrom dos dateofservice servicedate svcdate begindate servicebegindate servicestart servicestartdate startdate "
        "firstdateofservice firstdos dosstart dosbegin svcfrom svcfromdate",
        needed=True,
    ),
    _column(
        "to", "line", "last day of service; where it is empty, the first",
        "todate dateto dosto todos serviceto servicetodate toservicedate todateofservice dateofserviceto servicedateto thru "
        "thrudate datethru dosthru servicethru servicethrudate through throughdate dosthrough enddate serviceend serviceenddate "
        "lastdateofservice lastdos dosend svcto svctodate",
    ),
    _column(
        "charge", "line", "the line's charge, USD",
        "charges linecharge linecharges billedamount amountbilled billed billedcharge billedcharges chargeamount chargeamt "
        "billedamt submittedcharge submittedcharges submittedamount amount amt linechargeamount "
        "linechargesubmitted extendedcharge grosscharge",
        needed=True,
    ),
    _column(
        "ndc", "line", "National Drug Code of the product, 11 digits or with hyphens",
        "ndccode ndcnumber ndcno ndc11 nationaldrugcode drugndc ndcnum",
    ),
    _column(
        "diagnoses", "claim", "ICD-10 codes in order, separated by a space; those of all rows are put together",
        "diagnosis diagnosiscode diagnosiscodes diag diagcode dx dxcode dxcodes icd icd10 icd10code icd10codes icdcodes icdcode",
    ),
    *(
        _extra(name, "line", f"modifier {at + 1}, where modifiers have columns of their own",
               " ".join(f"{stem}{at + 1}" for stem in ("modifier", "modifiercode", "hcpcsmod", "cptmod", "procmod", "m")))
        for at, name in enumerate(MODIFIERS)
    ),
    *(
        _extra(name, "claim", f"diagnosis {name[2:]}, where diagnoses have columns of their own",
               " ".join(stem + name[2:] for stem in ("diag", "diagnosis", "diagnosiscode", "dxcode", "icd10code")))
        for name in DIAGNOSES
    ),
    _extra("payer_name", "claim", "the payer's name", "payername payorname insurancename insurancecompany carriername planname"),
    _extra("taxonomy", "claim", "taxonomy of the billing provider",
           "taxonomycode billingtaxonomy providertaxonomy billingtaxonomycode billingprovidertaxonomy"),
    _extra("billing_name", "claim", "name of the billing provider", "billingname billingprovidername providername pharmacyname"),
    _extra("frequency", "claim", "1 first claim, 7 replacement, 8 void",
           "frequencycode claimfrequency claimfrequencycode billfrequency resubmissioncode"),
    _extra("original_ref", "claim", "the claim that a replacement or void names",
           "originalref originalreference originalreferencenumber originalclaim originalclaimid originalclaimnumber originalrefno "
           "originalicn payerclaimcontrolnumber"),
    _extra("relation", "claim", "patient's relation to the subscriber: 18 or self, else a dependent",
           "relationship relationtosubscriber relationshiptosubscriber patientrelationship relationcode relationshipcode "
           "patientrelationshiptoinsured"),
    _extra("patient_name", "claim", "patient's name as LAST, FIRST; tells dependents apart", "patient patientname patientfullname"),
    _extra("last_name", "claim", "patient's last name", "lastname patientlastname patientlast surname familyname"),
    _extra("first_name", "claim", "patient's first name", "firstname patientfirstname patientfirst givenname"),
    _extra("birth_date", "claim", "patient's birth date",
           "birthdate dob dateofbirth patientdob patientbirthdate patientdateofbirth"),
    _extra("sex", "claim", "patient's sex: F, M or U", "gender patientsex patientgender"),
    _extra("ndc_quantity", "line", "how much of the product, in ndc_unit",
           "ndcqty ndcunits ndcamount ndcunitcount drugquantity drugqty"),
    _extra("ndc_unit", "line", "unit of ndc_quantity: F2, GR, ME, ML or UN",
           "ndcunitofmeasure ndcuom ndcunitmeasure ndcqualifier ndcbasis"),
    _extra("unit_basis", "line", "UN units or MJ minutes; UN where it is empty",
           "unitbasis unittype unitqualifier unitofmeasure uom unitbasiscode"),
)  # fmt: skip

BY_NAME = {field.name: field for field in FIELDS}
CONTRACT = tuple(field.name for field in FIELDS if field.contract)
"""The published layout, in its order."""

NEEDED = tuple(field.name for field in FIELDS if field.needed)
DAYS = ("from", "to", "birth_date")


def folded(name: str) -> str:
    """A header as it is compared: its letters and digits alone, small; case, spaces and marks do not matter."""
    return "".join(char for char in name.casefold() if char.isalnum())


KNOWN = {synonym: field.name for field in FIELDS for synonym in (folded(field.name), *field.synonyms)}
"""The field behind every folded name."""
