"""The code tables: one spelling stands for one word, nothing unverified is claimed, the contract's lists are here."""

from __future__ import annotations

import csv
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mspike.knowledge import KnowledgeError, load_codes, load_knowledge, unit_key, word_key
from mspike.knowledge.codes import build_codes, pack_codes, unpack_codes
from mspike.knowledge.files import DATA
from mspike.record.words import medicine_key

CODES = load_codes()
FOLDER = DATA / "codes"


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_pack_holds_the_same_tables_and_opens_fast():
    packed = pack_codes(FOLDER)
    assert unpack_codes(packed) == build_codes(FOLDER)

    def once() -> float:
        began = time.perf_counter()
        unpack_codes(packed)
        return time.perf_counter() - began

    assert min(once() for _ in range(10)) < 0.005


@pytest.mark.parametrize(
    ("spelled", "drug"),
    [
        ("Velcade", "bortezomib"), ("DARZALEX FASPRO", "daratumumab"), ("dara", "daratumumab"), ("len", "lenalidomide"),
        ("Revlimid", "lenalidomide"), ("dex", "dexamethasone"), ("Abecma", "idecabtagene-vicleucel"),
        ("cilta-cel", "ciltacabtagene-autoleucel"), ("belantamab", "belantamab-mafodotin"), ("Doxil",
        "pegylated-liposomal-doxorubicin"), ("liposomal doxorubicin", "pegylated-liposomal-doxorubicin"),
        ("melphalan_flufenamide", "melflufen"), ("Pepaxto", "melflufen"), ("imnovid", "pomalidomide"),
        ("Belantamab  Mafodotin", "belantamab-mafodotin"), ("Lynozyfic", "linvoseltamab"),
    ],
)  # fmt: skip
def test_brands_and_abbreviations(spelled, drug):
    assert CODES.drug_names[word_key(spelled)] == drug


def test_names_that_could_be_two_drugs_are_not_read():
    for unclear in ("pred", "dox", "v", "r", "d", "vrd", "car-t", "interferon"):
        assert unclear not in CODES.drug_names


def test_drug_ids_are_plain_words():
    for drug in CODES.drugs:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", drug)


def test_every_drug_of_the_options_and_the_decisions_is_known(shared):
    named = {drug for row in rows(shared / "contract" / "options.csv") for drug in row["drugs"].split()}
    assert named - set(CODES.drugs) == {"allogeneic-transplant", "radiotherapy"}  # procedures
    text = (shared / "contract" / "decisions.md").read_text(encoding="utf-8")
    besides = re.search(r"these drug words are read: ([^.]+)\.", text)
    assert besides
    assert set(besides[1].split(", ")) <= set(CODES.drugs)


def test_drugs_of_the_knowledge_files_are_known():
    procedures = set(CODES.lists["procedure"].words)
    assert set(load_knowledge().drugs) - set(CODES.drugs) - procedures == set()


def test_options_and_paths_are_those_of_the_knowledge_files():
    known = load_knowledge()
    assert set(CODES.words["options"].values()) == set(known.options)
    assert set(CODES.words["paths"].values()) == {path.path for path in known.paths}


@pytest.mark.parametrize(
    "policy", ["anticoagulants", "strong_cyp3a4_inducers", "strong_cyp3a4_inhibitors", "strong_cyp1a2_inhibitors"]
)
def test_every_medicine_that_a_policy_names_is_known_by_that_name(policy):
    for name in load_knowledge().policies[policy].default:
        assert name in CODES.lists["medicine"].words
        assert medicine_key(CODES, name) == name


def test_every_brand_of_the_drug_files_is_read():
    for drug in load_knowledge().drugs.values():
        assert {CODES.drug_names.get(word_key(brand)) for brand in drug.brands} <= {drug.id}


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("apixaban 5 mg", "apixaban"), ("Apixaban 2,5 mg bid", "apixaban"), ("enoxaparin sodium 40mg sc", "enoxaparin"),
        ("Eliquis (apixaban)", "apixaban"), ("low molecular weight heparin", "heparin"), ("DOAC", "anticoagulant"),
        ("St. John's wort", "st-johns-wort"), ("St John’s wort", "st-johns-wort"), ("vitamin D", "vitamin-d"),
        ("nirmatrelvir/ritonavir", "nirmatrelvir/ritonavir"), ("lopinavir-ritonavir", "lopinavir/ritonavir"),
        ("amoxicillin + clavulanate", "amoxicillin/clavulanic-acid"), ("co-trimoxazole 960 mg", "co-trimoxazole"),
        ("apixaban stopped 2025", "apixaban-stopped-2025"), ("zorbitrex 5 mg", "zorbitrex-5-mg"), ("5 mg", "5-mg"),
    ],
)  # fmt: skip
def test_a_medicine_with_its_amount_or_others_is_read_only_where_all_of_it_is_known(given, read):
    assert medicine_key(CODES, given) == read
    assert medicine_key(CODES, read) == read


def test_a_slip_of_the_pen_in_a_medicine_with_its_amount():
    with pytest.raises(ValueError, match=r"^apixaban$"):
        medicine_key(CODES, "apixabam 5 mg")


def test_medicines_are_no_drugs_and_known_ones_never_near_misses():
    assert not set(CODES.words["medicine"]) & set(CODES.drug_names)
    for name in (*CODES.words["medicine"], *CODES.drug_names):
        medicine_key(CODES, name)
    for other in ("sertraline", "tamoxifen", "budesonide", "sitagliptin", "zopiclone", "mirtazapine", "rivastigmine"):
        assert medicine_key(CODES, other) == other


def test_codes_keep_what_verified_them(shared):
    for name, key in (("labs.csv", "loinc"), ("procedures.csv", "code"), ("diagnoses.csv", "code")):
        ours, theirs = rows(FOLDER / name), rows(shared / "codes" / name)
        assert [row[key] for row in ours] == [row[key] for row in theirs]
        for our, their in zip(ours, theirs, strict=True):
            assert our["verified_in"] == re.sub(r" \((?:index )?id \d+\)", "", their["verified_in"])
    theirs = {
        (row["atc"], row["rxnorm_in"], row["hcpcs"], row["verified_in"]) for row in rows(shared / "codes" / "drugs.csv")
    }
    ours = {(d.atc, d.rxnorm, ";".join(d.hcpcs), d.verified_in) for d in CODES.drugs.values()}
    assert theirs <= ours


def test_what_no_source_verifies_carries_no_code():
    for drug in CODES.drugs.values():
        if not drug.verified_in:
            assert (drug.rxnorm, drug.atc, drug.omop, drug.hcpcs) == ("", "", "", ()), drug.drug


def test_cpt_is_codes_only():
    found = [row for row in CODES.procedures if row.system == "CPT4"]
    assert found
    assert all(row.description == "" for row in found)


def test_words_of_the_code_tables_are_words_of_the_case_file():
    assert {row.word for row in CODES.labs} - {""} <= set(CODES.tests)
    assert {row.word for row in CODES.procedures} - {""} <= set(CODES.lists["procedure"].words)
    assert {row.word for row in CODES.diagnoses} - {""} <= set(CODES.lists["earlier_diagnosis"].words)
    assert set(CODES.lists["diagnosis"].words) <= set(CODES.lists["earlier_diagnosis"].words)


def test_the_lists_of_the_contract_are_complete(shared):
    text = (shared / "contract" / "case.md").read_text(encoding="utf-8")
    row = {line.split("|")[1].strip(): line.split("|")[2] for line in text.splitlines() if line.startswith("| ")}
    conditions = re.sub(r"\(.*?\)", "", row["condition names"])
    assert set(CODES.lists["condition"].words) == {word.strip() for word in conditions.split(",")}
    assert list(CODES.lists["stop_reason"].words) == [word.strip() for word in row["stop_reason"].split(",")]
    tests = re.findall(r"[a-z][a-z0-9-]{2,}", row["tests, canonical unit"])
    unread = {test for test in CODES.tests if test not in tests} - {"albumin-corrected-calcium"}
    assert unread == set()


def test_a_folder_that_does_not_hold_is_refused(tmp_path):
    for file in FOLDER.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    drugs = (FOLDER / "drugs.csv").read_text(encoding="utf-8")
    (tmp_path / "drugs.csv").write_text(drugs.replace("Kyprolis", "Velcade"), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"'Velcade' stands for bortezomib and for carfilzomib"):
        build_codes(tmp_path)
    (tmp_path / "drugs.csv").write_text(drugs, encoding="utf-8")
    (tmp_path / "words.yaml").write_text("sex: {says: x, words: [a], also: {b: c}}\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match="no word of the list"):
        build_codes(tmp_path)
    (tmp_path / "words.yaml").write_text("sex: {says: x, word: [a]}\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"words\.yaml"):
        build_codes(tmp_path)
    (tmp_path / "words.yaml").write_text("sex: {says: x, words: [a]}\n", encoding="utf-8")
    (tmp_path / "tests.yaml").write_text(
        "spellings: {}\ntests: {x: {says: y, units: {furlong: {}}}}\n", encoding="utf-8"
    )
    with pytest.raises(KnowledgeError, match="furlong stands in no spelling list"):
        build_codes(tmp_path)


@given(st.text(alphabet=st.characters(max_codepoint=126), max_size=40))
def test_a_key_is_its_own_key(text):
    assert word_key(word_key(text)) == word_key(text)


def test_every_spelling_is_kept_as_it_is_compared():
    assert all(unit_key(spelled) == spelled for spelled in CODES.spellings)
    assert all(word_key(spelled) == spelled for index in CODES.words.values() for spelled in index)


@given(st.sampled_from(sorted(CODES.drug_names)), st.randoms())
def test_case_and_separators_never_matter(name, random):
    spelled = "".join(random.choice((c.upper(), c.lower())) for c in name).replace("-", random.choice("-_ "))
    assert CODES.drug_names[word_key(f" {spelled} ")] == CODES.drug_names[name]
