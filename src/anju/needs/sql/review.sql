-- Needs: what review, objections, other looks, households' events and bans rest on (3.2).

-- Every change of a case's state or place is written down here, whatever act made it; the application may only read it.
CREATE OR REPLACE FUNCTION application_changes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO needs_casechange (id, region, application_id, act, act_name, account, post, at, written_at,
                                  from_state, to_state, from_key, to_key)
    SELECT gen_random_uuid(), n.region, n.id, k.id, k.name, k.account, k.post, k.recorded_at, clock_timestamp(),
           o.state, n.state, o.sort_key, n.sort_key
      FROM changed n
      JOIN before o ON o.id = n.id
     CROSS JOIN (SELECT a.* FROM base_act a
                  WHERE a.xid = pg_current_xact_id() AND a.body IS NULL
                    AND NOT EXISTS (SELECT FROM base_act c
                                     WHERE c.xid = pg_current_xact_id() AND c.body IS NULL AND c.parent = a.id)
                  LIMIT 1) k
     WHERE o.state <> n.state OR o.sort_key <> n.sort_key;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER changes_kept AFTER UPDATE ON needs_application
    REFERENCING OLD TABLE AS before NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION application_changes();
CREATE OR REPLACE TRIGGER change_final BEFORE UPDATE OR DELETE ON needs_casechange
    FOR EACH ROW EXECUTE FUNCTION row_is_final();

-- An application with an open objection does not enter the list.
CREATE OR REPLACE FUNCTION qualified_without_objection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM changed a
                 JOIN needs_objection o ON o.region = a.region AND o.application_id = a.id AND o.decided_on IS NULL
                WHERE a.state IN ('qualified', 'suspended', 'housed')) THEN
        RAISE EXCEPTION 'an application with an open objection' USING ERRCODE = 'AJ103';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER unobjected_when_moved AFTER UPDATE ON needs_application
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION qualified_without_objection();

-- No step is decided while a department that it asked has not answered; what a department said stays, and lapses at most.
CREATE OR REPLACE FUNCTION review_after_opinions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM added r
                 JOIN needs_opinion o ON o.region = r.region AND o.application_id = r.application_id AND o.step = r.step
                WHERE r.outcome IN ('pass', 'refuse') AND o.given_on IS NULL AND o.lapsed_on IS NULL) THEN
        RAISE EXCEPTION 'a review before the opinions that its step asked for' USING ERRCODE = 'AJ120';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER review_after_opinions AFTER INSERT ON needs_review
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION review_after_opinions();

CREATE OR REPLACE FUNCTION opinion_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_later text[] := ARRAY['lapsed_on'];
BEGIN
    IF is_tending() THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF OLD.given_on IS NULL THEN
        v_later := v_later || ARRAY['result', 'reason', 'given_on', 'given_by', 'evidence'];
    END IF;
    IF TG_OP = 'DELETE' OR OLD.lapsed_on IS NOT NULL OR to_jsonb(NEW) - v_later <> to_jsonb(OLD) - v_later THEN
        RAISE EXCEPTION 'the opinion of % stays as it was given', OLD.department USING ERRCODE = 'AJ005';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER opinion_stays BEFORE UPDATE OR DELETE ON needs_opinion
    FOR EACH ROW EXECUTE FUNCTION opinion_stays();

-- An objection is received while the application is shown; the row is locked, so that it cannot enter the list meanwhile.
CREATE OR REPLACE FUNCTION objection_in_publicity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM needs_application a
      WHERE a.region = NEW.region AND a.id = NEW.application_id AND a.state = 'publicity' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'an objection to application % outside its publicity', NEW.application_id USING ERRCODE = 'AJ103';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER objection_in_publicity BEFORE INSERT ON needs_objection
    FOR EACH ROW EXECUTE FUNCTION objection_in_publicity();

-- What was asked stays as asked, what was decided as decided.
CREATE OR REPLACE FUNCTION asked_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF is_tending() THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_OP = 'DELETE' OR OLD.decided_on IS NOT NULL
       OR (OLD.application_id, OLD.text, OLD.maker) IS DISTINCT FROM (NEW.application_id, NEW.text, NEW.maker) THEN
        RAISE EXCEPTION 'a row of % stays as it was asked and decided', TG_TABLE_NAME USING ERRCODE = 'AJ005';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER objection_stays BEFORE UPDATE OR DELETE ON needs_objection
    FOR EACH ROW EXECUTE FUNCTION asked_stays();
CREATE OR REPLACE TRIGGER reconsideration_stays BEFORE UPDATE OR DELETE ON needs_reconsideration
    FOR EACH ROW EXECUTE FUNCTION asked_stays();

-- Another look is at a refusal of this very application, and its refuser is the one who gave it.
CREATE OR REPLACE FUNCTION reconsidered_refusal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM needs_review r
                    WHERE r.region = NEW.region AND r.id = NEW.refusal_id AND r.application_id = NEW.application_id
                      AND r.outcome = 'refuse' AND r.reviewer = NEW.refuser) THEN
        RAISE EXCEPTION 'no such refusal of application %', NEW.application_id USING ERRCODE = 'AJ105';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER reconsidered_refusal BEFORE INSERT OR UPDATE ON needs_reconsideration
    FOR EACH ROW EXECUTE FUNCTION reconsidered_refusal();

-- Bans: decided once; whom they bind is asked by every county through this function, which names no person and no case.
CREATE OR REPLACE TRIGGER ban_final BEFORE UPDATE OR DELETE ON needs_ban
    FOR EACH ROW WHEN (OLD.state IN ('imposed', 'dropped')) EXECUTE FUNCTION row_is_final();
CREATE OR REPLACE TRIGGER ban_person_final BEFORE UPDATE OR DELETE ON needs_banperson
    FOR EACH ROW EXECUTE FUNCTION row_is_final();

CREATE OR REPLACE FUNCTION bans_of(p_persons bytea[], p_on date)
RETURNS TABLE (person bytea, region text, ground text, until_on date)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF nullif(current_setting('anju.lo', true), '') IS NULL THEN
        RAISE EXCEPTION 'no scope is open' USING ERRCODE = '42501';
    END IF;
    RETURN QUERY
    SELECT p.document_blind, b.region::text, b.ground::text, b.until_on
      FROM needs_banperson p JOIN needs_ban b ON b.region = p.region AND b.id = p.ban_id
     WHERE p.document_blind = ANY (p_persons) AND b.state = 'imposed' AND p_on BETWEEN b.decided_on AND b.until_on;
END $$;

CREATE OR REPLACE FUNCTION nobody_banned() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM added m
                 JOIN needs_banperson p ON p.document_blind = m.document_blind
                 JOIN needs_ban b ON b.region = p.region AND b.id = p.ban_id AND b.state = 'imposed'
                 JOIN needs_application a ON a.region = m.region AND a.id = m.application_id
                WHERE a.accepted_on BETWEEN b.decided_on AND b.until_on) THEN
        RAISE EXCEPTION 'a banned person among the members' USING ERRCODE = 'AJ104';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER nobody_banned AFTER INSERT ON needs_member
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION nobody_banned();
CREATE OR REPLACE TRIGGER nobody_banned_later AFTER UPDATE ON needs_member
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION nobody_banned();

-- Households' events and who left by them stay.
CREATE OR REPLACE TRIGGER event_final BEFORE UPDATE OR DELETE ON needs_householdevent
    FOR EACH ROW EXECUTE FUNCTION row_is_final();

-- Why a place is another than it was: who stood ahead and left, by what became of them; who came ahead since. Counts only.
CREATE OR REPLACE FUNCTION application_moves(p_application uuid) RETURNS TABLE (what text, households bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    mine needs_application;
    since timestamptz;
BEGIN
    SELECT * INTO mine FROM needs_application a WHERE a.id = p_application AND a.sort_key <> '' AND in_scope(a.region);
    IF NOT FOUND OR NOT sees_case(p_application) THEN
        RETURN;
    END IF;
    SELECT min(c.at) INTO since FROM needs_casechange c
     WHERE c.region = mine.region AND c.application_id = mine.id AND c.from_key = '' AND c.to_key <> '';
    since := coalesce(since, mine.qualified_on::timestamptz);
    RETURN QUERY
    SELECT b.state::text, count(*) FROM needs_application b
     WHERE b.region = mine.region AND b.programme = mine.programme AND b.sort_key <> '' AND b.sort_key < mine.sort_key
       AND b.state <> 'qualified'
       AND EXISTS (SELECT FROM needs_casechange c WHERE c.region = b.region AND c.application_id = b.id
                      AND c.from_state = 'qualified' AND c.to_state <> 'qualified' AND c.at >= since)
     GROUP BY b.state
    UNION ALL
    SELECT 'came_ahead', count(*) FROM needs_application b
     WHERE b.region = mine.region AND b.programme = mine.programme AND b.state = 'qualified' AND b.sort_key < mine.sort_key
       AND EXISTS (SELECT FROM needs_casechange c WHERE c.region = b.region AND c.application_id = b.id
                      AND c.at > since AND c.to_key <> '' AND c.to_key <> c.from_key
                      -- Keys of two rules do not compare: both old keys do, where the same act moved both.
                      AND (c.from_key = '' OR c.from_key > coalesce(
                           (SELECT m.from_key FROM needs_casechange m
                             WHERE m.region = mine.region AND m.application_id = mine.id AND m.act = c.act),
                           (SELECT m.to_key FROM needs_casechange m
                             WHERE m.region = mine.region AND m.application_id = mine.id AND m.written_at < c.written_at
                               AND m.to_key <> '' ORDER BY m.written_at DESC LIMIT 1),
                           mine.sort_key)));
END $$;

GRANT EXECUTE ON FUNCTION application_moves(uuid) TO anju_party;

-- Nobody leaves a household without a trace: who goes stands among its former members, with the event that says why, or goes with the
-- whole application, which only the taking back of its file takes. Asked at the end of the act.
CREATE OR REPLACE FUNCTION member_left_a_trace() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM needs_application a WHERE a.region = OLD.region AND a.id = OLD.application_id)
       AND NOT EXISTS (SELECT FROM needs_formermember f WHERE f.region = OLD.region AND f.application_id = OLD.application_id
                          AND f.document_blind = OLD.document_blind) THEN
        RAISE EXCEPTION 'member % left application % without an event', OLD.id, OLD.application_id USING ERRCODE = 'AJ005';
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS member_left_a_trace ON needs_member;
CREATE CONSTRAINT TRIGGER member_left_a_trace AFTER DELETE ON needs_member
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION member_left_a_trace();

CREATE OR REPLACE FUNCTION application_is_kept() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.load_id IS NULL OR OLD.state <> 'submitted' OR NOT in_scope(OLD.region) OR NOT EXISTS (
        SELECT FROM base_act WHERE xid = pg_current_xact_id() AND body IS NULL AND name = 'base.roll_back_load' AND region = OLD.region) THEN
        RAISE EXCEPTION 'application % is never deleted', OLD.number USING ERRCODE = 'AJ005';
    END IF;
    RETURN OLD;
END $$;

CREATE OR REPLACE TRIGGER application_is_kept BEFORE DELETE ON needs_application
    FOR EACH ROW EXECUTE FUNCTION application_is_kept();
