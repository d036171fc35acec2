-- Needs: what the order of the waiting list and a frozen demand rest on (3.2).

-- Nobody stands on the list without two passed reviews (two people, by the unique indexes of needs_review),
-- but for a back-entered case, which carries its scans and its findings.
CREATE OR REPLACE FUNCTION application_was_reviewed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM changed a
         WHERE a.state IN ('reviewed', 'publicity', 'qualified', 'housed') AND NOT a.back_entered
           AND 2 > (SELECT count(*) FROM needs_review r
                     WHERE r.region = a.region AND r.application_id = a.id AND r.outcome = 'pass')
    ) THEN
        RAISE EXCEPTION 'an application without two passed reviews' USING ERRCODE = 'AJ101';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER reviewed_when_made AFTER INSERT ON needs_application
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION application_was_reviewed();
CREATE OR REPLACE TRIGGER reviewed_when_moved AFTER UPDATE ON needs_application
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION application_was_reviewed();

-- The case's own day and number, the way it came in and the place once given never change.
CREATE OR REPLACE FUNCTION application_keeps_its_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.accepted_on, NEW.number, NEW.programme, NEW.back_entered) IS DISTINCT FROM
       (OLD.accepted_on, OLD.number, OLD.programme, OLD.back_entered)
       OR (OLD.sort_key <> '' AND (NEW.sort_key, NEW.qualified_on) IS DISTINCT FROM (OLD.sort_key, OLD.qualified_on)) THEN
        RAISE EXCEPTION 'application % keeps its day, number and place', OLD.id USING ERRCODE = 'AJ102';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER keeps_its_day BEFORE UPDATE ON needs_application
    FOR EACH ROW EXECUTE FUNCTION application_keeps_its_day();

-- A review once given and a frozen demand stay as they are.
CREATE OR REPLACE TRIGGER review_final BEFORE UPDATE OR DELETE ON needs_review FOR EACH ROW EXECUTE FUNCTION row_is_final();
CREATE OR REPLACE TRIGGER snapshot_final BEFORE UPDATE OR DELETE ON needs_demandsnapshot
    FOR EACH ROW EXECUTE FUNCTION row_is_final();
CREATE OR REPLACE TRIGGER cell_final BEFORE UPDATE OR DELETE ON needs_demandcell
    FOR EACH ROW EXECUTE FUNCTION row_is_final();

-- A place on the list is derived from the stored sort keys. A family sees its own place without seeing the others.
CREATE OR REPLACE FUNCTION application_position(p_application uuid) RETURNS TABLE (place bigint, waiting bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    mine needs_application;
BEGIN
    SELECT * INTO mine FROM needs_application a WHERE a.id = p_application AND a.state = 'qualified' AND in_scope(a.region);
    IF NOT FOUND OR (current_setting('role') <> 'anju_app' AND p_application NOT IN (SELECT party_cases())) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT 1 + (SELECT count(*) FROM needs_application b
                 WHERE b.region = mine.region AND b.programme = mine.programme AND b.state = 'qualified'
                   AND b.sort_key < mine.sort_key),
           (SELECT count(*) FROM needs_application b
             WHERE b.region = mine.region AND b.programme = mine.programme AND b.state = 'qualified');
END $$;

GRANT EXECUTE ON FUNCTION application_position(uuid) TO anju_party;
