-- What is read of an OMOP CDM 5.4, table by table: standard SQL, the same for every database. {persons} becomes a
-- WHERE clause when some patients are asked for, and a column that a source does not have becomes NULL. Rows come
-- ordered by person, so that one patient after the other is read.

-- table: person
SELECT
    person_id,
    gender_concept_id,
    gender_source_value,
    year_of_birth,
    month_of_birth,
    day_of_birth,
    person_source_value
FROM person
{persons}
ORDER BY person_id;

-- table: drug_exposure
SELECT
    person_id,
    drug_exposure_id,
    drug_concept_id,
    drug_source_concept_id,
    drug_source_value,
    drug_exposure_start_date,
    drug_exposure_end_date,
    verbatim_end_date,
    stop_reason,
    days_supply,
    route_concept_id,
    route_source_value
FROM drug_exposure
{persons}
ORDER BY person_id;

-- table: measurement
SELECT
    person_id,
    measurement_id,
    measurement_concept_id,
    measurement_source_concept_id,
    measurement_source_value,
    measurement_date,
    operator_concept_id,
    value_as_number,
    value_as_concept_id,
    value_source_value,
    unit_concept_id,
    unit_source_value,
    range_high
FROM measurement
{persons}
ORDER BY person_id;

-- table: condition_occurrence
SELECT
    person_id,
    condition_occurrence_id,
    condition_concept_id,
    condition_source_concept_id,
    condition_source_value,
    condition_start_date
FROM condition_occurrence
{persons}
ORDER BY person_id;

-- table: procedure_occurrence
SELECT
    person_id,
    procedure_occurrence_id,
    procedure_concept_id,
    procedure_source_concept_id,
    procedure_source_value,
    procedure_date
FROM procedure_occurrence
{persons}
ORDER BY person_id;

-- table: observation
SELECT
    person_id,
    observation_id,
    observation_concept_id,
    observation_source_concept_id,
    observation_source_value,
    observation_date,
    value_as_number,
    value_as_string,
    value_as_concept_id,
    value_source_value,
    qualifier_source_value,
    unit_concept_id,
    unit_source_value,
    observation_event_id
FROM observation
{persons}
ORDER BY person_id;

-- table: death
SELECT
    person_id,
    death_date
FROM death
{persons}
ORDER BY person_id;

-- table: episode
SELECT
    person_id,
    episode_id,
    episode_concept_id,
    episode_start_date,
    episode_end_date,
    episode_number,
    episode_type_concept_id,
    episode_source_value
FROM episode
{persons}
ORDER BY person_id;

-- table: episode_event
SELECT
    episode.person_id,
    episode_event.episode_id,
    episode_event.event_id,
    episode_event.episode_event_field_concept_id
FROM episode_event
JOIN episode ON episode.episode_id = episode_event.episode_id
{persons}
ORDER BY episode.person_id;
