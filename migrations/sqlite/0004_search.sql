-- What searches go by: names by their parts and readings, modalities by date, counts.

-- How a name's ideographs are read; `terms` is what `study_terms` holds of it (a JSON array), NULL
-- where a row is older than this step: the program fills those in after its start.
ALTER TABLE patients ADD COLUMN readings TEXT NOT NULL DEFAULT '';
ALTER TABLE patients ADD COLUMN terms TEXT;
ALTER TABLE studies ADD COLUMN readings TEXT NOT NULL DEFAULT ''; -- of the referring physician
ALTER TABLE studies ADD COLUMN terms TEXT;
CREATE INDEX patients_without_terms ON patients (institution_id) WHERE terms IS NULL;
CREATE INDEX studies_without_terms ON studies (institution_id) WHERE terms IS NULL;

CREATE INDEX patients_by_name ON patients (institution_id, name, patient_id, issuer);
CREATE INDEX series_by_uid ON series (institution_id, series_uid);

-- Shown instances of each kind in a series.
ALTER TABLE series_contents ADD COLUMN instances BIGINT NOT NULL DEFAULT 0;
UPDATE series_contents SET instances = (SELECT COUNT(*) FROM instances i
    WHERE i.institution_id = series_contents.institution_id
    AND i.study_uid = series_contents.study_uid AND i.series_uid = series_contents.series_uid
    AND i.sop_class = series_contents.sop_class
    AND i.transfer_syntax = series_contents.transfer_syntax AND i.state = 'shown');

-- Which studies a term leads to, in the order of a page. A term is a letter for its kind, then text:
-- n part of the patient's name, r of the referring physician's, m a modality. Kept by triggers, so
-- that no way of writing passes it by.
CREATE TABLE study_terms (
    institution_id TEXT NOT NULL,
    term           TEXT NOT NULL,
    study_date     TEXT NOT NULL,
    study_time     TEXT NOT NULL,
    study_uid      TEXT NOT NULL,
    PRIMARY KEY (institution_id, term, study_date DESC, study_time DESC, study_uid)
) WITHOUT ROWID;

INSERT INTO study_terms
    SELECT DISTINCT s.institution_id, 'm' || e.modality, s.study_date, s.study_time, s.study_uid
    FROM series e JOIN studies s
        ON s.institution_id = e.institution_id AND s.study_uid = e.study_uid
    WHERE e.modality <> '';

-- (ON CONFLICT, not OR IGNORE: a trigger's OR gives way to that of the statement that fires it.)
CREATE TRIGGER study_terms_of_new_study AFTER INSERT ON studies BEGIN
    INSERT INTO study_terms
        SELECT NEW.institution_id, 'n' || t.value, NEW.study_date, NEW.study_time, NEW.study_uid
        FROM patients p, json_each(p.terms) t
        WHERE p.institution_id = NEW.institution_id AND p.issuer = NEW.issuer
        AND p.patient_id = NEW.patient_id
        ON CONFLICT DO NOTHING;
    INSERT INTO study_terms
        SELECT NEW.institution_id, 'r' || t.value, NEW.study_date, NEW.study_time, NEW.study_uid
        FROM json_each(NEW.terms) t WHERE true
        ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER study_terms_of_changed_study
AFTER UPDATE OF issuer, patient_id, study_date, study_time, terms ON studies
WHEN OLD.issuer <> NEW.issuer OR OLD.patient_id <> NEW.patient_id
    OR OLD.study_date <> NEW.study_date OR OLD.study_time <> NEW.study_time
    OR OLD.terms IS NOT NEW.terms
BEGIN
    DELETE FROM study_terms WHERE institution_id = OLD.institution_id AND term IN (
            SELECT 'n' || t.value FROM patients p, json_each(p.terms) t
            WHERE p.institution_id = OLD.institution_id AND p.issuer = OLD.issuer
            AND p.patient_id = OLD.patient_id
            UNION ALL SELECT 'r' || t.value FROM json_each(OLD.terms) t
            UNION ALL SELECT 'm' || e.modality FROM series e
            WHERE e.institution_id = OLD.institution_id AND e.study_uid = OLD.study_uid)
        AND study_date = OLD.study_date AND study_time = OLD.study_time
        AND study_uid = OLD.study_uid;
    INSERT INTO study_terms
        SELECT NEW.institution_id, 'n' || t.value, NEW.study_date, NEW.study_time, NEW.study_uid
        FROM patients p, json_each(p.terms) t
        WHERE p.institution_id = NEW.institution_id AND p.issuer = NEW.issuer
        AND p.patient_id = NEW.patient_id
        ON CONFLICT DO NOTHING;
    INSERT INTO study_terms
        SELECT NEW.institution_id, 'r' || t.value, NEW.study_date, NEW.study_time, NEW.study_uid
        FROM json_each(NEW.terms) t WHERE true
        ON CONFLICT DO NOTHING;
    INSERT INTO study_terms
        SELECT NEW.institution_id, 'm' || e.modality, NEW.study_date, NEW.study_time, NEW.study_uid
        FROM series e WHERE e.institution_id = NEW.institution_id
        AND e.study_uid = NEW.study_uid AND e.modality <> ''
        ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER study_terms_of_gone_study AFTER DELETE ON studies BEGIN
    DELETE FROM study_terms WHERE institution_id = OLD.institution_id AND term IN (
            SELECT 'n' || t.value FROM patients p, json_each(p.terms) t
            WHERE p.institution_id = OLD.institution_id AND p.issuer = OLD.issuer
            AND p.patient_id = OLD.patient_id
            UNION ALL SELECT 'r' || t.value FROM json_each(OLD.terms) t)
        AND study_date = OLD.study_date AND study_time = OLD.study_time
        AND study_uid = OLD.study_uid;
END;

CREATE TRIGGER study_terms_of_renamed_patient AFTER UPDATE OF terms ON patients
WHEN OLD.terms IS NOT NEW.terms
BEGIN
    DELETE FROM study_terms WHERE (institution_id, term, study_date, study_time, study_uid) IN (
        SELECT s.institution_id, 'n' || t.value, s.study_date, s.study_time, s.study_uid
        FROM studies s, json_each(OLD.terms) t
        WHERE s.institution_id = NEW.institution_id AND s.issuer = NEW.issuer
        AND s.patient_id = NEW.patient_id);
    INSERT INTO study_terms
        SELECT s.institution_id, 'n' || t.value, s.study_date, s.study_time, s.study_uid
        FROM studies s, json_each(NEW.terms) t
        WHERE s.institution_id = NEW.institution_id AND s.issuer = NEW.issuer
        AND s.patient_id = NEW.patient_id
        ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER study_terms_of_new_series AFTER INSERT ON series WHEN NEW.modality <> '' BEGIN
    INSERT INTO study_terms
        SELECT s.institution_id, 'm' || NEW.modality, s.study_date, s.study_time, s.study_uid
        FROM studies s
        WHERE s.institution_id = NEW.institution_id AND s.study_uid = NEW.study_uid
        ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER study_terms_of_changed_series AFTER UPDATE OF modality ON series
WHEN OLD.modality <> NEW.modality
BEGIN
    DELETE FROM study_terms WHERE (institution_id, term, study_date, study_time, study_uid) IN (
        SELECT s.institution_id, 'm' || OLD.modality, s.study_date, s.study_time, s.study_uid
        FROM studies s
        WHERE s.institution_id = OLD.institution_id AND s.study_uid = OLD.study_uid
        AND NOT EXISTS (SELECT 1 FROM series e WHERE e.institution_id = s.institution_id
            AND e.study_uid = s.study_uid AND e.modality = OLD.modality));
    INSERT INTO study_terms
        SELECT s.institution_id, 'm' || NEW.modality, s.study_date, s.study_time, s.study_uid
        FROM studies s
        WHERE s.institution_id = NEW.institution_id AND s.study_uid = NEW.study_uid
        AND NEW.modality <> ''
        ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER study_terms_of_gone_series AFTER DELETE ON series BEGIN
    DELETE FROM study_terms WHERE (institution_id, term, study_date, study_time, study_uid) IN (
        SELECT s.institution_id, 'm' || OLD.modality, s.study_date, s.study_time, s.study_uid
        FROM studies s
        WHERE s.institution_id = OLD.institution_id AND s.study_uid = OLD.study_uid
        AND NOT EXISTS (SELECT 1 FROM series e WHERE e.institution_id = s.institution_id
            AND e.study_uid = s.study_uid AND e.modality = OLD.modality));
END;
