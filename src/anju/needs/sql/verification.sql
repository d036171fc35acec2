-- Needs: what departments confirmed stays confirmed; a paper that may follow stops the list once its day has passed (3.2).

-- An answer once given stays; only a difference gets its one decision.
CREATE OR REPLACE FUNCTION answer_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF is_tending() THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_OP = 'DELETE'
       OR (OLD.application_id, OLD.subject, OLD.item, OLD.asked_on, OLD.asked_by) IS DISTINCT FROM
          (NEW.application_id, NEW.subject, NEW.item, NEW.asked_on, NEW.asked_by)
       OR (OLD.answered_on IS NOT NULL AND (OLD.result, OLD.value, OLD.said, OLD.answered_on, OLD.checker, OLD.evidence) IS DISTINCT FROM
          (NEW.result, NEW.value, NEW.said, NEW.answered_on, NEW.checker, NEW.evidence))
       OR OLD.decided_on IS NOT NULL THEN
        RAISE EXCEPTION 'check % stays as it was answered and decided', OLD.id USING ERRCODE = 'AJ005';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER answer_stays BEFORE UPDATE OR DELETE ON needs_verification
    FOR EACH ROW EXECUTE FUNCTION answer_stays();
CREATE OR REPLACE TRIGGER batch_final BEFORE UPDATE OR DELETE ON needs_verificationbatch
    FOR EACH ROW EXECUTE FUNCTION row_is_final();

-- A locked fact: its row changes once, by the acts that may end a lock; while it is open, its column does not change at all.
CREATE OR REPLACE FUNCTION lock_may_end() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT FROM base_act WHERE xid = pg_current_xact_id() AND body IS NULL AND in_scope(region)
                     AND name IN ('needs.enter_result', 'needs.take_results', 'needs.decide_difference', 'needs.correct_application',
                                  'needs.correct_member', 'needs.unlock_fact', 'needs.split_household', 'needs.record_divorce',
                                  'needs.join_households', 'needs.record_death')) $$;

CREATE OR REPLACE FUNCTION lock_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF is_tending() THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_OP = 'DELETE' OR OLD.ended_on IS NOT NULL OR NEW.ended_on IS NULL AND OLD IS DISTINCT FROM NEW
       OR (OLD.subject, OLD.field, OLD.value, OLD.source, OLD.confirmed_on, OLD.verification_id) IS DISTINCT FROM
          (NEW.subject, NEW.field, NEW.value, NEW.source, NEW.confirmed_on, NEW.verification_id)
       OR NOT lock_may_end() THEN
        RAISE EXCEPTION 'a locked fact is ended by a new check or a correction alone' USING ERRCODE = 'AJ106';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER lock_stays BEFORE UPDATE OR DELETE ON needs_lockedfact FOR EACH ROW EXECUTE FUNCTION lock_stays();

-- It is laid for a check of this case that a department answered, and not by anybody's word.
CREATE OR REPLACE FUNCTION lock_rests_on_a_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM needs_verification v
                    WHERE v.region = NEW.region AND v.id = NEW.verification_id AND v.application_id = NEW.application_id
                      AND v.subject = NEW.subject AND (v.result = 'same' OR v.result = 'differs' AND v.decision = 'corrected')) THEN
        RAISE EXCEPTION 'a locked fact without its check' USING ERRCODE = 'AJ106';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER lock_rests_on_a_check BEFORE INSERT ON needs_lockedfact
    FOR EACH ROW EXECUTE FUNCTION lock_rests_on_a_check();

CREATE OR REPLACE FUNCTION locked_fact_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_field text;
BEGIN
    IF is_tending() THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    SELECT l.field INTO v_field FROM needs_lockedfact l
     WHERE l.region = OLD.region AND l.subject = OLD.id AND l.ended_on IS NULL
       AND (TG_OP = 'DELETE' OR to_jsonb(OLD) -> l.field::text IS DISTINCT FROM to_jsonb(NEW) -> l.field::text)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the locked fact % of %', v_field, OLD.id USING ERRCODE = 'AJ106';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE OR REPLACE TRIGGER locked_fact_stays BEFORE UPDATE ON needs_application
    FOR EACH ROW WHEN ((OLD.home_area_cm2, OLD.income_month_fen) IS DISTINCT FROM (NEW.home_area_cm2, NEW.income_month_fen))
    EXECUTE FUNCTION locked_fact_stays();
CREATE OR REPLACE TRIGGER locked_fact_stays BEFORE UPDATE ON needs_member
    FOR EACH ROW WHEN ((OLD.marriage, OLD.insured_months, OLD.registration) IS DISTINCT FROM
                       (NEW.marriage, NEW.insured_months, NEW.registration))
    EXECUTE FUNCTION locked_fact_stays();

-- 容缺: closed once; its day is not moved. A case whose day has passed does not enter the list.
CREATE OR REPLACE FUNCTION deferral_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF is_tending() THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_OP = 'DELETE' OR OLD.state <> 'open'
       OR (OLD.application_id, OLD.subject, OLD.item, OLD.good_by, OLD.granted_on, OLD.granted_by, OLD.reason) IS DISTINCT FROM
          (NEW.application_id, NEW.subject, NEW.item, NEW.good_by, NEW.granted_on, NEW.granted_by, NEW.reason) THEN
        RAISE EXCEPTION 'a paper that may follow keeps its day' USING ERRCODE = 'AJ005';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER deferral_stays BEFORE UPDATE OR DELETE ON needs_deferral FOR EACH ROW EXECUTE FUNCTION deferral_stays();

CREATE OR REPLACE FUNCTION qualified_without_overdue() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    today date := coalesce((SELECT max((recorded_at AT TIME ZONE 'Asia/Shanghai')::date) FROM base_act
                             WHERE xid = pg_current_xact_id() AND body IS NULL), current_date);
BEGIN
    IF EXISTS (SELECT FROM changed a
                 JOIN before b ON b.id = a.id AND b.state <> a.state
                 JOIN needs_deferral d ON d.region = a.region AND d.application_id = a.id AND d.state = 'open' AND d.good_by < today
                WHERE a.state IN ('qualified', 'housed')) THEN
        RAISE EXCEPTION 'a case with an overdue paper does not enter the list' USING ERRCODE = 'AJ107';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER not_overdue_when_moved AFTER UPDATE ON needs_application
    REFERENCING OLD TABLE AS before NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION qualified_without_overdue();

-- What was compared stays as it was found; a look-alike is decided once.
CREATE OR REPLACE TRIGGER discrepancy_final BEFORE UPDATE OR DELETE ON needs_discrepancy FOR EACH ROW EXECUTE FUNCTION row_is_final();
CREATE OR REPLACE TRIGGER likeness_final BEFORE UPDATE OR DELETE ON needs_likeness FOR EACH ROW EXECUTE FUNCTION row_is_final();

-- An employer's entry goes one way: told, the family's answer, the clerk's decision; what was put in stays.
CREATE OR REPLACE FUNCTION entry_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF is_tending() THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_OP = 'DELETE'
       OR (OLD.organisation, OLD.load_id, OLD.row, OLD.consent, OLD.phone_blind, OLD.maker) IS DISTINCT FROM
          (NEW.organisation, NEW.load_id, NEW.row, NEW.consent, NEW.phone_blind, NEW.maker)
       OR OLD.state = NEW.state AND to_jsonb(OLD) - 'body' IS DISTINCT FROM to_jsonb(NEW) - 'body'
       OR OLD.state <> NEW.state
          AND (OLD.state, NEW.state) NOT IN (('told', 'confirmed'), ('told', 'revoked'), ('confirmed', 'revoked'),
                                             ('confirmed', 'accepted'), ('confirmed', 'refused')) THEN
        RAISE EXCEPTION 'entry % goes from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'AJ108';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER entry_goes_on BEFORE UPDATE OR DELETE ON needs_employerentry FOR EACH ROW EXECUTE FUNCTION entry_goes_on();

-- Of the case that holds a person's claim: enough to resolve a clash. Only who already names that person learns it.
CREATE OR REPLACE FUNCTION application_glimpse(p_case uuid, p_person bytea) RETURNS TABLE (number text, state text, region text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF nullif(current_setting('anju.lo', true), '') IS NULL THEN
        RAISE EXCEPTION 'no scope is open' USING ERRCODE = '42501';
    END IF;
    RETURN QUERY
    SELECT left(a.number, 12) || repeat('*', greatest(length(a.number) - 14, 0)) || right(a.number, 2), a.state::text, a.region::text
      FROM needs_application a JOIN needs_member m ON m.region = a.region AND m.application_id = a.id
     WHERE a.id = p_case AND m.document_blind = p_person
     LIMIT 1;
END $$;
