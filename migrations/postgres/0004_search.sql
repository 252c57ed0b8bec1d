-- What searches go by: names by their parts and readings, modalities by date, counts.

-- How a name's ideographs are read; `terms` is what `study_terms` holds of it (a JSON array), NULL
-- where a row is older than this step: the program fills those in after its start.
ALTER TABLE patients ADD COLUMN readings TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE patients ADD COLUMN terms TEXT;
ALTER TABLE studies ADD COLUMN readings TEXT COLLATE "C" NOT NULL DEFAULT ''; -- of the referring physician
ALTER TABLE studies ADD COLUMN terms TEXT;
CREATE INDEX patients_without_terms ON patients (institution_id) WHERE terms IS NULL;
CREATE INDEX studies_without_terms ON studies (institution_id) WHERE terms IS NULL;

CREATE INDEX patients_by_name ON patients (institution_id, name, patient_id, issuer);
CREATE INDEX series_by_uid ON series (institution_id, series_uid);

-- Shown instances of each kind in a series. Room for the next version of a row that counts up.
ALTER TABLE series_contents ADD COLUMN instances BIGINT NOT NULL DEFAULT 0;
ALTER TABLE series_contents SET (fillfactor = 70);
UPDATE series_contents c SET instances = n.instances FROM (
    SELECT institution_id, study_uid, series_uid, sop_class, transfer_syntax, COUNT(*) AS instances
    FROM instances WHERE state = 'shown' GROUP BY 1, 2, 3, 4, 5) n
WHERE c.institution_id = n.institution_id AND c.study_uid = n.study_uid
    AND c.series_uid = n.series_uid AND c.sop_class = n.sop_class
    AND c.transfer_syntax = n.transfer_syntax;

-- Which studies a term leads to, in the order of a page. A term is a letter for its kind, then text:
-- n part of the patient's name, r of the referring physician's, m a modality. Kept by triggers, so
-- that no way of writing passes it by.
CREATE TABLE study_terms (
    institution_id TEXT COLLATE "C" NOT NULL,
    term           TEXT COLLATE "C" NOT NULL,
    study_date     TEXT COLLATE "C" NOT NULL,
    study_time     TEXT COLLATE "C" NOT NULL,
    study_uid      TEXT COLLATE "C" NOT NULL
);
INSERT INTO study_terms
    SELECT DISTINCT s.institution_id, 'm' || e.modality, s.study_date, s.study_time, s.study_uid
    FROM series e JOIN studies s
        ON s.institution_id = e.institution_id AND s.study_uid = e.study_uid
    WHERE e.modality <> '';
CREATE UNIQUE INDEX study_terms_by_time
    ON study_terms (institution_id, term, study_date DESC, study_time DESC, study_uid);
CREATE INDEX study_terms_by_study ON study_terms (institution_id, study_uid);

-- Writes the terms of a study as patient, study and series are now. The locks have those wait that
-- would change them beside us.
CREATE FUNCTION study_terms_put(institution TEXT, study TEXT) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM studies s
        JOIN patients p ON p.institution_id = s.institution_id AND p.issuer = s.issuer
            AND p.patient_id = s.patient_id
        WHERE s.institution_id = institution AND s.study_uid = study FOR SHARE OF p;
    INSERT INTO study_terms
        SELECT s.institution_id, t.term, s.study_date, s.study_time, s.study_uid
        FROM studies s
            JOIN patients p ON p.institution_id = s.institution_id AND p.issuer = s.issuer
                AND p.patient_id = s.patient_id
            CROSS JOIN LATERAL (
                SELECT 'n' || v FROM json_array_elements_text(p.terms::json) v
                UNION SELECT 'r' || v FROM json_array_elements_text(s.terms::json) v
                UNION SELECT 'm' || e.modality FROM series e
                    WHERE e.institution_id = s.institution_id AND e.study_uid = s.study_uid
                    AND e.modality <> '') t(term)
        WHERE s.institution_id = institution AND s.study_uid = study
        ORDER BY t.term
        ON CONFLICT DO NOTHING;
END $$;

CREATE FUNCTION study_terms_drop(institution TEXT, study TEXT) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM study_terms t WHERE t.institution_id = institution AND t.study_uid = study;
END $$;

CREATE FUNCTION study_terms_of_study() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM study_terms_drop(OLD.institution_id, OLD.study_uid);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM study_terms_put(NEW.institution_id, NEW.study_uid);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER study_terms_of_new_study AFTER INSERT OR DELETE ON studies
    FOR EACH ROW EXECUTE FUNCTION study_terms_of_study();
CREATE TRIGGER study_terms_of_changed_study
    AFTER UPDATE OF issuer, patient_id, study_date, study_time, terms ON studies
    FOR EACH ROW WHEN (OLD.issuer <> NEW.issuer OR OLD.patient_id <> NEW.patient_id
        OR OLD.study_date <> NEW.study_date OR OLD.study_time <> NEW.study_time
        OR OLD.terms IS DISTINCT FROM NEW.terms)
    EXECUTE FUNCTION study_terms_of_study();

CREATE FUNCTION study_terms_of_patient() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    study TEXT;
BEGIN
    FOR study IN SELECT s.study_uid FROM studies s WHERE s.institution_id = NEW.institution_id
        AND s.issuer = NEW.issuer AND s.patient_id = NEW.patient_id
    LOOP
        PERFORM study_terms_drop(NEW.institution_id, study);
        PERFORM study_terms_put(NEW.institution_id, study);
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER study_terms_of_renamed_patient AFTER UPDATE OF terms ON patients
    FOR EACH ROW WHEN (OLD.terms IS DISTINCT FROM NEW.terms)
    EXECUTE FUNCTION study_terms_of_patient();

CREATE FUNCTION study_terms_of_series() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM study_terms t WHERE t.institution_id = OLD.institution_id
            AND t.study_uid = OLD.study_uid AND t.term = 'm' || OLD.modality
            AND NOT EXISTS (SELECT 1 FROM series e WHERE e.institution_id = OLD.institution_id
                AND e.study_uid = OLD.study_uid AND e.modality = OLD.modality);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM 1 FROM studies s WHERE s.institution_id = NEW.institution_id
            AND s.study_uid = NEW.study_uid FOR SHARE;
        INSERT INTO study_terms
            SELECT s.institution_id, 'm' || NEW.modality, s.study_date, s.study_time, s.study_uid
            FROM studies s WHERE s.institution_id = NEW.institution_id
            AND s.study_uid = NEW.study_uid AND NEW.modality <> ''
            ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER study_terms_of_new_series AFTER INSERT OR DELETE ON series
    FOR EACH ROW EXECUTE FUNCTION study_terms_of_series();
CREATE TRIGGER study_terms_of_changed_series AFTER UPDATE OF modality ON series
    FOR EACH ROW WHEN (OLD.modality <> NEW.modality)
    EXECUTE FUNCTION study_terms_of_series();
