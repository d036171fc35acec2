-- Needs: what the order of the waiting list and a frozen demand rest on (3.2).

-- Nobody stands on the list without every passed review that its county asks for, two at least (each another person, by the
-- unique indexes of needs_review), but for a back-entered case, which carries its scans and its findings.
CREATE OR REPLACE FUNCTION application_was_reviewed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM changed a
         WHERE a.state IN ('reviewed', 'publicity', 'qualified', 'suspended', 'housed') AND NOT a.back_entered
           AND a.steps_needed > (SELECT count(*) FROM needs_review r
                     WHERE r.region = a.region AND r.application_id = a.id AND r.outcome = 'pass')
    ) THEN
        RAISE EXCEPTION 'an application without its passed reviews' USING ERRCODE = 'AJ101';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER reviewed_when_made AFTER INSERT ON needs_application
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION application_was_reviewed();
CREATE OR REPLACE TRIGGER reviewed_when_moved AFTER UPDATE ON needs_application
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION application_was_reviewed();

-- The acts that say that they move places; every other act leaves a place once given as it is.
CREATE OR REPLACE FUNCTION place_may_move() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT FROM base_act WHERE xid = pg_current_xact_id() AND body IS NULL AND in_scope(region)
                     AND name IN ('needs.reorder_list', 'needs.recalculate_place')) $$;

-- The case's own day and number, the way it came in and the place once given never change.
CREATE OR REPLACE FUNCTION application_keeps_its_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.accepted_on, NEW.number, NEW.programme, NEW.back_entered) IS DISTINCT FROM
       (OLD.accepted_on, OLD.number, OLD.programme, OLD.back_entered)
       OR NEW.steps_needed < OLD.steps_needed
       OR (OLD.sort_key <> '' AND (NEW.qualified_on, NEW.order_on) IS DISTINCT FROM (OLD.qualified_on, OLD.order_on))
       OR (OLD.sort_key <> '' AND (NEW.sort_key = '' OR NEW.sort_key <> OLD.sort_key AND NOT place_may_move())) THEN
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

-- Whether a party's page may be told of a case: staff of its own scope, or whose case it is. Asked by the functions that count or read
-- what row-level security would hide.
CREATE OR REPLACE FUNCTION sees_case(p_application uuid) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT current_setting('role') = 'anju_app' OR p_application IN (SELECT party_cases()) $$;

-- A place on the list is derived from the stored sort keys. A family sees its own place without seeing the others.
CREATE OR REPLACE FUNCTION application_position(p_application uuid) RETURNS TABLE (place bigint, waiting bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    mine needs_application;
BEGIN
    SELECT * INTO mine FROM needs_application a WHERE a.id = p_application AND a.state = 'qualified' AND in_scope(a.region);
    IF NOT FOUND OR NOT sees_case(p_application) THEN
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

-- Since when a household waits, whichever act moved it: a stay opens as the application comes onto the list and ends as it leaves.
-- The first one of a back-entered case begins on the day it qualified; a later one (withdrawn and back) on the act's own day.
CREATE OR REPLACE FUNCTION application_stays() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    today date := coalesce((SELECT happened_on FROM base_act WHERE xid = pg_current_xact_id() AND body IS NULL
                             ORDER BY id LIMIT 1), current_date);
BEGIN
    IF TG_OP = 'UPDATE' THEN
        UPDATE needs_stay s SET until = greatest(s.since, today), left_to = a.state
          FROM changed a JOIN before b ON b.id = a.id
         WHERE b.state = 'qualified' AND a.state <> 'qualified'
           AND s.region = a.region AND s.application_id = a.id AND s.until IS NULL;
    END IF;
    INSERT INTO needs_stay (id, region, application_id, programme, since, left_to)
    SELECT gen_random_uuid(), a.region, a.id, a.programme,
           CASE WHEN EXISTS (SELECT FROM needs_stay s WHERE s.region = a.region AND s.application_id = a.id)
                THEN today ELSE coalesce(a.qualified_on, today) END, ''
      FROM changed a
     WHERE a.state = 'qualified'
       AND NOT EXISTS (SELECT FROM needs_stay s
                        WHERE s.region = a.region AND s.application_id = a.id AND s.until IS NULL);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER stays_when_made AFTER INSERT ON needs_application
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION application_stays();
CREATE OR REPLACE TRIGGER stays_when_moved AFTER UPDATE ON needs_application
    REFERENCING OLD TABLE AS before NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION application_stays();

-- What was asked stays as it was asked.
CREATE OR REPLACE TRIGGER survey_version_final BEFORE UPDATE OR DELETE ON needs_surveyversion
    FOR EACH ROW EXECUTE FUNCTION row_is_final();

-- An answer (答卷) stays as it was given; it is only weighted to the census, again with each weighing. Weighed after the columns' own checks.
CREATE OR REPLACE TRIGGER survey_answer_final AFTER UPDATE OF id, region, survey, version_id, number, way, county, age_band, household_size,
    replies, application_region, application_id, device, address, answered_at, load_id ON needs_answer
    FOR EACH ROW EXECUTE FUNCTION row_is_final();
CREATE OR REPLACE TRIGGER survey_answer_stays BEFORE DELETE ON needs_answer FOR EACH ROW EXECUTE FUNCTION row_is_final();
