"""One answer made by hand, in the engine's own types: the record of an invented patient at first relapse.

It holds every kind of thing a report must show: all four verdicts, every effect and review status, a run of options
ruled out for one reason, needs that decide, a retreatment judged regimen by regimen, sources that disagree.
"""

from __future__ import annotations

from typing import Any

from mspike.options.answer import (
    SCHEMA,
    Answer,
    Availability,
    Disagreement,
    Evidence,
    Need,
    Option,
    Position,
    Question,
    Reason,
    Repeat,
    SourceRef,
)

PATHS = [
    {"id": "drug-combination", "label": "Drug combinations"},
    {"id": "car-t", "label": "CAR T-cell therapy"},
    {"id": "bispecific", "label": "Bispecific antibodies"},
    {"id": "trial-or-off-label", "label": "Trial or off-label"},
    {"id": "transplant", "label": "Transplant"},
    {"id": "watchful-waiting", "label": "Watchful waiting"},
    {"id": "retreatment", "label": "Repeat an earlier regimen"},
    {"id": "trial", "label": "Clinical trials"},
    {"id": "local", "label": "Local radiotherapy"},
    {"id": "supportive", "label": "Supportive and palliative care"},
    {"id": "withdrawn", "label": "Withdrawn"},
]

SOURCES = {
    "lbl-kyp": SourceRef("lbl-kyp", "Kyprolis", "section 1.1", "2025"),
    "lbl-dar": SourceRef("lbl-dar", "Darzalex Faspro", "section 1", "2026"),
    "lbl-vel": SourceRef("lbl-vel", "Velcade", "section 2.3", "2022"),
    "lbl-pom": SourceRef("lbl-pom", "Pomalyst", "section 1", "2024"),
    "lbl-abe": SourceRef("lbl-abe", "Abecma", "section 1", "2025"),
    "blen-us": SourceRef("blen-us", "Blenrep + Vd", "notice", "2025-10-23"),
    "imwg21": SourceRef("imwg21", "IMWG", "first relapse table", "2021"),
    "asco19": SourceRef("asco19", "ASCO-CCO", "relapse section", "2019"),
    "esmo21": SourceRef("esmo21", "EHA-ESMO", "https://example.org/esmo21", "2021"),
    "blade15": SourceRef("blade15", "Bladé", "relapse after transplant", "2015"),
    "moreau17": SourceRef("moreau17", "60-day rule", "definitions", "2017"),
    "candor": SourceRef("candor", "CANDOR", "primary paper", "2024"),
    "canova": SourceRef("canova", "CANOVA", "primary results", "2025-12-18"),
    "cart4": SourceRef("cart4", "CARTITUDE-4", "update", "2026"),
    "bellini": SourceRef("bellini", "Venetoclax warning", "safety statement", "2019-03-21"),
    "pep-us": SourceRef("pep-us", "Pepaxto withdrawal", "final decision", "2024-02-23"),
    "seed-nci": SourceRef("seed-nci", "NCI PDQ", "treatment options", "2020"),
}


def reason(
    id: str, effect: str, kind: str, text: str, source: str, status: str = "source-checked", **facts: Any
) -> Reason:
    return Reason(id, effect, kind, text, facts, SOURCES[source], status)


def option(
    id: str,
    label: str,
    path: str,
    verdict: str,
    label_fit: str,
    *reasons: Reason,
    drugs: str = "",
    needs: tuple[Need, ...] = (),
    available: tuple[str, str | None, str] = ("approved", None, "lbl-dar"),
    evidence: tuple[Evidence, ...] = (),
    schedule: str = "",
    repeats: list[Repeat] | None = None,
) -> Option:
    status, since, source = available
    return Option(
        id=id,
        label=label,
        path=path,
        verdict=verdict,
        label_fit=label_fit,
        for_=[r for r in reasons if r.effect == "supports"],
        against=[r for r in reasons if r.effect in ("against", "rules-out")],
        cautions=[r for r in reasons if r.effect == "caution"],
        known_risks=[r for r in reasons if r.effect == "known-risk"],
        needs=tuple(needs),
        availability=Availability("US", status, since, SOURCES[source]),
        evidence=list(evidence),
        drugs=tuple(drugs.split()),
        schedule=schedule,
        repeats=repeats or [],
    )


LEN = "refractory to lenalidomide, 2026-05-11"
EJECTION = Need("lvef_pct", "What is the ejection fraction?", "carfilzomib, CAR-T and transplant")
HBV = "What are HBsAg and anti-HBc (hepatitis B)?"
HEPATITIS = Need("hepatitis_b", HBV, "prophylaxis before antibodies and T-cell therapy")
T1114 = Need("t1114", "Is t(11;14) present?", "the venetoclax options", decides=True)


def refractory_to_lenalidomide(id: str, label: str, drugs: str) -> Option:
    rule = reason("refractory/lenalidomide", "rules-out", "definition", LEN, "moreau17", refractory_lenalidomide=True)
    return option(id, label, "drug-combination", "ruled-out", "met", rule, drugs=drugs)


def options() -> list[Option]:
    neuropathy = reason(
        "bortezomib/neuropathy",
        "caution",
        "label",
        "neuropathy grade 1 with bortezomib",
        "lbl-vel",
        neuropathy_grade=1.0,
    )
    return [
        option(
            "DKd",
            "Daratumumab + carfilzomib + dexamethasone",
            "drug-combination",
            "fits",
            "met",
            reason(
                "DKd/imwg",
                "supports",
                "guideline",
                "lenalidomide-refractory at first relapse: listed there",
                "imwg21",
                refractory_lenalidomide=True,
                prior_lines=1.0,
            ),
            reason(
                "DKd/lines",
                "supports",
                "label",
                "label met: 1 to 3 prior lines; record has 1",
                "lbl-kyp",
                prior_lines=1.0,
            ),
            reason("DKd/renal", "supports", "label", "no starting dose change at CrCl 52", "lbl-kyp", crcl_ml_min=52.0),
            reason(
                "carfilzomib/heart",
                "known-risk",
                "label",
                "heart failure in about 8 of 100 people in trials",
                "lbl-kyp",
                "draft",
            ),
            drugs="daratumumab carfilzomib dexamethasone",
            needs=(EJECTION, HEPATITIS),
            available=("approved", "2020-08-20", "lbl-kyp"),
            evidence=(
                Evidence(
                    "CANDOR",
                    "1 to 3 lines, n = 466, v Kd",
                    "median PFS 28.4 v 15.2 months, HR 0.64",
                    SOURCES["candor"],
                    "source-checked",
                ),
            ),
            schedule="28-day cycles, 1 to 2 visits a week",
        ),
        option(
            "DPd",
            "Daratumumab + pomalidomide + dexamethasone",
            "drug-combination",
            "fits",
            "met",
            reason(
                "DPd/lines",
                "supports",
                "label",
                "label met: 1 line with lenalidomide and a PI",
                "lbl-dar",
                prior_lines=1.0,
            ),
            reason("pomalidomide/clots", "known-risk", "label", "clots: boxed warning", "lbl-pom"),
            drugs="daratumumab pomalidomide dexamethasone",
            needs=(HEPATITIS,),
            available=("approved", "2021-07-09", "lbl-dar"),
        ),
        option(
            "DVd",
            "Daratumumab + bortezomib + dexamethasone",
            "drug-combination",
            "caution",
            "met",
            reason(
                "DVd/lines",
                "supports",
                "label",
                "label met: 1 or more prior lines; record has 1",
                "lbl-dar",
                prior_lines=1.0,
            ),
            neuropathy,
            drugs="daratumumab bortezomib dexamethasone",
            needs=(HEPATITIS,),
            available=("approved", "2016-11-21", "lbl-dar"),
        ),
        option(
            "BVd",
            "Belantamab mafodotin + bortezomib + dexamethasone",
            "drug-combination",
            "caution",
            "not-met",
            reason(
                "BVd/naive",
                "supports",
                "label",
                "lenalidomide-refractory, BCMA not targeted before",
                "blen-us",
                exposed_bcma=False,
            ),
            reason(
                "BVd/lines",
                "against",
                "label",
                "US label: 2 or more prior lines; record has 1",
                "blen-us",
                "draft",
                prior_lines=1.0,
            ),
            neuropathy,
            drugs="belantamab-mafodotin bortezomib dexamethasone",
            available=("approved", "2025-10-23", "blen-us"),
        ),
        refractory_to_lenalidomide(
            "DRd", "Daratumumab + lenalidomide + dexamethasone", "daratumumab lenalidomide dexamethasone"
        ),
        refractory_to_lenalidomide(
            "KRd", "Carfilzomib + lenalidomide + dexamethasone", "carfilzomib lenalidomide dexamethasone"
        ),
        refractory_to_lenalidomide(
            "VRd", "Bortezomib + lenalidomide + dexamethasone", "bortezomib lenalidomide dexamethasone"
        ),
        option(
            "cilta-cel",
            "Ciltacabtagene autoleucel (Carvykti), CAR-T",
            "car-t",
            "caution",
            "met",
            reason(
                "cilta-cel/label",
                "supports",
                "label",
                "label met: PI, IMiD, lenalidomide-refractory",
                "cart4",
                exposed_pi=True,
                exposed_imid=True,
                refractory_lenalidomide=True,
            ),
            reason(
                "cilta-cel/renal", "caution", "trial", "CrCl 52: fludarabine dose decision", "cart4", crcl_ml_min=52.0
            ),
            drugs="ciltacabtagene-autoleucel",
            needs=(EJECTION, HEPATITIS),
            available=("approved", "2024-04-05", "cart4"),
        ),
        option(
            "ide-cel",
            "Idecabtagene vicleucel (Abecma), CAR-T",
            "car-t",
            "caution",
            "not-met",
            reason(
                "ide-cel/lines",
                "against",
                "label",
                "US label: 2 lines and anti-CD38; record has neither",
                "lbl-abe",
                prior_lines=1.0,
                exposed_anti_cd38=False,
            ),
            drugs="idecabtagene-vicleucel",
            available=("approved", "2024-04-04", "lbl-abe"),
        ),
        option(
            "teclistamab-daratumumab",
            "Teclistamab + daratumumab",
            "bispecific",
            "fits",
            "met",
            reason(
                "tecdara/label",
                "supports",
                "label",
                "label met: 1 line with a PI and an IMiD",
                "lbl-dar",
                prior_lines=1.0,
            ),
            drugs="teclistamab daratumumab",
            needs=(HEPATITIS,),
            available=("approved", "2026-03-05", "lbl-dar"),
        ),
        option(
            "Ven-d",
            "Venetoclax + dexamethasone",
            "trial-or-off-label",
            "cannot-tell",
            "no-label",
            reason("Ven-d/canova", "against", "trial", "CANOVA missed its PFS goal", "canova"),
            drugs="venetoclax dexamethasone",
            needs=(T1114,),
            available=("off-label", None, "bellini"),
            evidence=(
                Evidence(
                    "CANOVA",
                    "t(11;14), 2 or more lines, n = 263, v Pd",
                    "median PFS 9.9 v 5.8 months, HR 0.82",
                    SOURCES["canova"],
                ),
            ),
        ),
        option(
            "second-transplant",
            "Second autologous transplant",
            "transplant",
            "caution",
            "no-label",
            reason(
                "second/remission",
                "supports",
                "guideline",
                "remission after the first transplant 77 months",
                "asco19",
                transplant_remission_months=77.0,
            ),
            reason("second/collection", "caution", "guideline", "alkylator before cell collection for CAR-T", "imwg21"),
            drugs="melphalan",
            available=("procedure", None, "asco19"),
        ),
        option(
            "watchful-waiting",
            "Watchful waiting (active monitoring)",
            "watchful-waiting",
            "caution",
            "no-label",
            reason(
                "ww/silent",
                "supports",
                "guideline",
                "no symptom or organ damage in the record",
                "asco19",
                symptoms=False,
            ),
            reason(
                "ww/on-therapy",
                "against",
                "definition",
                "confirmed progression on treatment, 2026-05-11",
                "moreau17",
                progressed_on_last_therapy=True,
            ),
            available=("practice", None, "seed-nci"),
        ),
        option(
            "retreatment",
            "Repeat an earlier regimen",
            "retreatment",
            "caution",
            "no-label",
            reason("re/late", "supports", "seed", "relapse later than 12 months after the first treatment", "seed-nci"),
            reason("re/vrd", "against", "definition", "VRd as a whole: lenalidomide part is refractory", "moreau17"),
            available=("practice", None, "seed-nci"),
            repeats=[
                Repeat(
                    1, "VRd", "ruled-out", against=[reason("re/vrd/len", "rules-out", "definition", LEN, "moreau17")]
                ),
            ],
        ),
        option(
            "clinical-trial",
            "Join a clinical trial",
            "trial",
            "fits",
            "no-label",
            reason("trial/seed", "supports", "seed", "listed at any relapse", "seed-nci"),
            drugs="investigational",
            available=("investigational", None, "seed-nci"),
        ),
        option(
            "radiotherapy",
            "Radiotherapy to one site",
            "local",
            "cannot-tell",
            "no-label",
            drugs="radiotherapy",
            needs=(Need("painful_local_lesion", "Is there a painful local lesion?", "radiotherapy", decides=True),),
            available=("procedure", None, "seed-nci"),
        ),
        option(
            "supportive-care",
            "Supportive and palliative care alone",
            "supportive",
            "caution",
            "no-label",
            reason(
                "support/fit",
                "caution",
                "practice",
                "described for frailty or wish; record: fit, wish not recorded",
                "seed-nci",
                "draft",
                frail=False,
            ),
            available=("practice", None, "seed-nci"),
        ),
        option(
            "melflufen-d",
            "Melflufen + dexamethasone",
            "withdrawn",
            "ruled-out",
            "no-label",
            reason("melflufen/withdrawn", "rules-out", "label", "US approval withdrawn 2024-02-23", "pep-us"),
            drugs="melflufen dexamethasone",
            available=("withdrawn", "2024-02-23", "pep-us"),
        ),
    ]


def fact(value: Any, unit: str = "", date: str | None = None, basis: str = "stated", *sources: str) -> dict[str, Any]:
    return {
        "value": value,
        "unit": unit,
        "date": date,
        "basis": basis if value is not None else "unknown",
        "from": list(sources),
    }


FAMILIES = ("exposed_", "refractory_", "intolerant_")
"""Of these a fact that is "no" is left out: the lists of the state say it."""


def facts(**changes: Any) -> dict[str, dict[str, Any]]:
    """The facts of the sample; `changes` gives other values, None for unknown."""
    values: dict[str, Any] = {
        "age": 66.0, "female": True, "newly_diagnosed": False, "smouldering": False, "symptoms": False,
        "rapid_relapse": False, "extramedullary": None, "cns_disease": False, "plasma_cell_leukaemia": False,
        "gain1q": True, "del17p": False, "t414": False, "t1416": False, "t1420": None, "t1114": None, "del1p": None,
        "ecog": 1.0, "frail": False, "intermediate_fitness": False, "crcl_ml_min": 52.0, "dialysis": False,
        "neuropathy_grade": 1.0, "neuropathy_painful": None, "lvef_pct": None, "hepatitis_b": None,
        "prior_lines": 1.0, "relapsed": True, "relapsed_and_refractory": True, "primary_refractory": False,
        "progressed_on_last_therapy": True, "refractory_to_last_therapy": True, "progressed_on_maintenance": True,
        "treatment_free_months": 0.0, "had_transplant": True,
        "exposed_pi": True, "exposed_imid": True, "exposed_anti_cd38": False, "exposed_bcma": False,
        "refractory_pi": False, "refractory_imid": True, "refractory_anti_cd38": False,
        "exposed_bortezomib": True, "exposed_lenalidomide": True, "exposed_carfilzomib": False,
        "exposed_pomalidomide": False, "exposed_daratumumab": False, "exposed_isatuximab": False,
        "refractory_bortezomib": False, "refractory_lenalidomide": True,
        "intolerant_bortezomib": False, "intolerant_lenalidomide": False,
        "double_class_exposed": True, "double_class_refractory": False, "triple_class_exposed": False,
        "triple_class_refractory": False, "quad_drug_refractory": False, "penta_drug_refractory": False,
        "exposed_bcma_car_t": False, "exposed_bcma_bispecific": False,
    } | changes  # fmt: skip
    units = {
        "age": "years",
        "crcl_ml_min": "mL/min",
        "prior_lines": "lines",
        "ecog": "grade",
        "neuropathy_grade": "grade",
    }
    return {
        name: fact(value, units.get(name, ""), "2026-06-22" if name == "crcl_ml_min" else None)
        for name, value in values.items()
        if value is not False or not name.startswith(FAMILIES)
    }


def state(**changes: Any) -> dict[str, Any]:
    """The sample's state, as in the contract; the disease summary is left to the report."""
    return {
        "disease": {"status": "relapsed-and-refractory", "summary": "", "isotype": "IgG-kappa", "diagnosed": "2019-05"},
        "event": {
            "type": "biochemical-relapse",
            "date": "2026-05-11",
            "pace": None,
            "because": "biochemical trigger not met: ×1.8 in 12 weeks",
        },
        "lines": [
            {
                "number": 1,
                "start": "2019-06-03",
                "stop": "2026-05-18",
                "drugs": ["bortezomib", "lenalidomide", "dexamethasone"],
                "regimen": "VRd",
                "parts": ["induction", "autologous-transplant", "maintenance"],
                "best_response": "VGPR",
                "start_reason": "diagnosis",
                "stop_reason": "progression",
                "basis": "derived",
                "flags": [],
                "maintenance": ["lenalidomide"],
                "because": "transplant and maintenance belong to the line",
                "differs_under": {},
            },
        ],
        "responses": [
            {
                "date": "2019-10-01",
                "line": 1,
                "timepoint": "PR",
                "confirmed": "PR",
                "flags": [],
                "because": "38 → 16 g/L",
            },
            {
                "date": "2020-03-01",
                "line": 1,
                "timepoint": "VGPR",
                "confirmed": "VGPR",
                "flags": [],
                "because": "38 → 3 g/L",
            },
            {
                "date": "2026-05-11",
                "line": 1,
                "timepoint": "PD",
                "confirmed": "PD",
                "flags": [],
                "because": "3 → 9 g/L",
            },
        ],
        "progressions": [
            {
                "date": "2026-05-11",
                "confirmed": True,
                "clause": "serum",
                "because": "serum M-protein 3 → 5 → 9 → 9 g/L: +6 g/L, +200 % over lowest confirmed; "
                "limit +5 g/L and +25 %",
            },
        ],
        "events": {
            "significant_biochemical_relapse": None,
            "clinical_relapse": None,
            "relapse_from_cr": None,
            "mrd": None,
        },
        "exposed": {
            "drugs": ["bortezomib", "dexamethasone", "lenalidomide"],
            "classes": ["IMiD", "PI", "steroid"],
            "unknown_drugs": [],
            "unknown_classes": [],
        },
        "refractory": {
            "drugs": [{"drug": "lenalidomide", "date": "2026-05-11", "because": "progression on 10 mg maintenance"}],
            "classes": ["IMiD"],
            "unknown_drugs": [],
            "unknown_classes": [],
            "flags": ["lenalidomide-refractory-at-maintenance-dose"],
        },
        "intolerant": {"drugs": [], "unknown_drugs": ["lenalidomide"]},
        "groups": {
            "double_class_exposed": True,
            "double_class_refractory": False,
            "triple_class_exposed": False,
            "triple_class_refractory": False,
            "quad_drug_refractory": False,
            "penta_drug_refractory": False,
        },
        "risk": {
            "iss": "II",
            "r_iss": "II",
            "r2_iss": "III",
            "ims_imwg_2025_high_risk": None,
            "functional_high_risk": None,
        },
        "frailty": {"value": "fit", "basis": "stated"},
        "newest_data": "2026-06-22",
        "facts": facts(),
    } | changes


def sample_answer() -> Answer:
    """The whole answer, fresh at each call, its summary not yet written."""
    draft = "draft"
    return Answer(
        schema=SCHEMA,
        id="example-first-relapse",
        as_of="2026-06-30",
        country="US",
        versions={
            "engine": "0.1.0",
            "knowledge": "2026.11.1",
            "response_criteria": "imwg-2016",
            "line_policy": "imwg2015",
        },
        state=state(),
        options=options(),
        questions=[
            Question("t1114", "Is t(11;14) present?", 1, 1, "the venetoclax options"),
            Question("painful_local_lesion", "Is there a painful local lesion?", 1, 1, "radiotherapy"),
            Question("hepatitis_b", HBV, 5, 0, "prophylaxis before antibodies and T-cell therapy"),
            Question("lvef_pct", "What is the ejection fraction?", 2, 0, "carfilzomib, CAR-T and transplant"),
            Question("neuropathy_painful", "Is the neuropathy painful?", 2, 0, "bortezomib dose"),
            Question("extramedullary", "Is there extramedullary disease on imaging?", 1, 0, "watchful waiting"),
            Question("distance_km", "How far is a treatment centre?", 2, 0, "T-cell therapy and weekly visits"),
        ],
        disagreements=[
            Disagreement(
                "second transplant, length of first remission",
                [
                    Position(SOURCES["asco19"], "18 months or more", True, "source-checked"),
                    Position(SOURCES["blade15"], "more than 24 months", True, "source-checked"),
                    Position(SOURCES["esmo21"], "36 months or more on maintenance", None, draft),
                ],
                "second-transplant",
                "77 months, on maintenance",
            ),
        ],
        limits=["cost, insurance, stock", "interactions not named", "images, notes"],
        policies={"refractory_drug": "rules-out"},
        notes=["Stated ISS II; the albumin and beta2-microglobulin of 2019-05 give ISS I. The stated one is used."],
        paths=[dict(path) for path in PATHS],
    )
