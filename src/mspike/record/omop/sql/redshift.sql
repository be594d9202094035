-- The rows of an OMOP CDM 5.4 that mspike reads, for patients with multiple myeloma. Written by scripts/omop_sql.py.
-- Run each statement in the schema of the CDM, and save its result as CSV or Parquet named like its table
-- (`measurement.parquet`) in one folder: `mspike options FOLDER --all`. Take out columns that your CDM does not have.

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
WHERE
  person_id IN (
    SELECT
      condition_occurrence.person_id
    FROM condition_occurrence
    JOIN concept_ancestor
      ON concept_ancestor.descendant_concept_id = condition_occurrence.condition_concept_id
    WHERE
      concept_ancestor.ancestor_concept_id = 437233
  );

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
WHERE
  person_id IN (
    SELECT
      condition_occurrence.person_id
    FROM condition_occurrence
    JOIN concept_ancestor
      ON concept_ancestor.descendant_concept_id = condition_occurrence.condition_concept_id
    WHERE
      concept_ancestor.ancestor_concept_id = 437233
  );

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
WHERE
  person_id IN (
    SELECT
      condition_occurrence.person_id
    FROM condition_occurrence
    JOIN concept_ancestor
      ON concept_ancestor.descendant_concept_id = condition_occurrence.condition_concept_id
    WHERE
      concept_ancestor.ancestor_concept_id = 437233
  );

-- table: condition_occurrence
SELECT
  person_id,
  condition_occurrence_id,
  condition_concept_id,
  condition_source_concept_id,
  condition_source_value,
  condition_start_date
FROM condition_occurrence
WHERE
  person_id IN (
    SELECT
      condition_occurrence.person_id
    FROM condition_occurrence
    JOIN concept_ancestor
      ON concept_ancestor.descendant_concept_id = condition_occurrence.condition_concept_id
    WHERE
      concept_ancestor.ancestor_concept_id = 437233
  );

-- table: procedure_occurrence
SELECT
  person_id,
  procedure_occurrence_id,
  procedure_concept_id,
  procedure_source_concept_id,
  procedure_source_value,
  procedure_date
FROM procedure_occurrence
WHERE
  person_id IN (
    SELECT
      condition_occurrence.person_id
    FROM condition_occurrence
    JOIN concept_ancestor
      ON concept_ancestor.descendant_concept_id = condition_occurrence.condition_concept_id
    WHERE
      concept_ancestor.ancestor_concept_id = 437233
  );

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
WHERE
  person_id IN (
    SELECT
      condition_occurrence.person_id
    FROM condition_occurrence
    JOIN concept_ancestor
      ON concept_ancestor.descendant_concept_id = condition_occurrence.condition_concept_id
    WHERE
      concept_ancestor.ancestor_concept_id = 437233
  );

-- table: death
SELECT
  person_id,
  death_date
FROM death
WHERE
  person_id IN (
    SELECT
      condition_occurrence.person_id
    FROM condition_occurrence
    JOIN concept_ancestor
      ON concept_ancestor.descendant_concept_id = condition_occurrence.condition_concept_id
    WHERE
      concept_ancestor.ancestor_concept_id = 437233
  );

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
WHERE
  person_id IN (
    SELECT
      condition_occurrence.person_id
    FROM condition_occurrence
    JOIN concept_ancestor
      ON concept_ancestor.descendant_concept_id = condition_occurrence.condition_concept_id
    WHERE
      concept_ancestor.ancestor_concept_id = 437233
  );

-- table: episode_event
SELECT
  episode.person_id,
  episode_event.episode_id,
  episode_event.event_id,
  episode_event.episode_event_field_concept_id
FROM episode_event
JOIN episode
  ON episode.episode_id = episode_event.episode_id
WHERE
  episode.person_id IN (
    SELECT
      condition_occurrence.person_id
    FROM condition_occurrence
    JOIN concept_ancestor
      ON concept_ancestor.descendant_concept_id = condition_occurrence.condition_concept_id
    WHERE
      concept_ancestor.ancestor_concept_id = 437233
  );

-- table: concept
SELECT
  concept_id,
  vocabulary_id,
  concept_code,
  concept_name
FROM concept
WHERE
  concept_id IN (
    SELECT
      drug_concept_id
    FROM drug_exposure
    UNION
    SELECT
      drug_source_concept_id
    FROM drug_exposure
    UNION
    SELECT
      measurement_concept_id
    FROM measurement
    UNION
    SELECT
      measurement_source_concept_id
    FROM measurement
    UNION
    SELECT
      condition_concept_id
    FROM condition_occurrence
    UNION
    SELECT
      condition_source_concept_id
    FROM condition_occurrence
    UNION
    SELECT
      procedure_concept_id
    FROM procedure_occurrence
    UNION
    SELECT
      procedure_source_concept_id
    FROM procedure_occurrence
    UNION
    SELECT
      observation_concept_id
    FROM observation
    UNION
    SELECT
      observation_source_concept_id
    FROM observation
    UNION
    SELECT
      value_as_concept_id
    FROM measurement
    UNION
    SELECT
      value_as_concept_id
    FROM observation
    UNION
    SELECT
      unit_concept_id
    FROM measurement
    UNION
    SELECT
      unit_concept_id
    FROM observation
  );

-- table: concept_ancestor
SELECT
  ancestor_concept_id,
  descendant_concept_id
FROM concept_ancestor
WHERE
  ancestor_concept_id IN (
    740067,
    741578,
    746340,
    746391,
    779144,
    902725,
    1301267,
    1308290,
    1310317,
    1336825,
    1338512,
    1350066,
    1350504,
    1361191,
    1379969,
    1380068,
    1397599,
    1506270,
    1518254,
    1550557,
    1551099,
    19015523,
    19026972,
    19137042,
    35604032,
    35604205,
    35605744,
    35606214,
    36026868,
    36854679,
    36859146,
    37002419,
    37498969,
    42873638,
    43014237,
    46221435
  )
  AND descendant_concept_id IN (
    SELECT
      drug_concept_id
    FROM drug_exposure
  );
