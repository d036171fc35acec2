-- Purchase: 3.5 in the database. No agreement without its gate, above its ceiling, without a live acquirer's own decision.

-- A special decision (一事一议) opens a gate that was judged and failed, with an adopted resolution; confirmed once, then final.
CREATE OR REPLACE FUNCTION special_behind_a_failed_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND (OLD.checker IS NOT NULL
        OR to_jsonb(NEW) - 'checker' - 'confirmed_on' <> to_jsonb(OLD) - 'checker' - 'confirmed_on') THEN
        RAISE EXCEPTION 'special decision % is never changed', OLD.id USING ERRCODE = 'AJ321';
    END IF;
    IF NOT EXISTS (
        SELECT FROM offering_gate g
          JOIN offering_batch b ON b.region = g.region AND b.id = g.batch_id AND b.project_id = NEW.project_id
          JOIN parties_resolution r ON r.id = NEW.resolution_id AND r.adopted_by IS NOT NULL
         WHERE g.region = NEW.region AND g.id = NEW.gate_id AND NOT g.passed AND b.state IN ('failed', 'special')
    ) THEN
        RAISE EXCEPTION 'no failed gate of this project, or no adopted resolution' USING ERRCODE = 'AJ321';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER special_behind_a_failed_gate BEFORE INSERT OR UPDATE OR DELETE ON purchase_specialdecision
    FOR EACH ROW EXECUTE FUNCTION special_behind_a_failed_gate();

CREATE OR REPLACE FUNCTION agreement_behind_gate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_may constant text[] := ARRAY['state', 'signed_on', 'checker', 'ended_on', 'end_reason'];
    v_letter negotiation_letter;
BEGIN
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND (
        to_jsonb(NEW) - v_may <> to_jsonb(OLD) - v_may
        OR (OLD.signed_on IS NOT NULL AND (NEW.signed_on, NEW.checker) IS DISTINCT FROM (OLD.signed_on, OLD.checker))
        OR (OLD.state, NEW.state) NOT IN (
            ('drafted', 'drafted'), ('drafted', 'signed'), ('drafted', 'rescinded'), ('signed', 'signed'),
            ('signed', 'completed'), ('signed', 'rescinded'), ('completed', 'completed'), ('rescinded', 'rescinded'))) THEN
        RAISE EXCEPTION 'agreement % is frozen', OLD.id USING ERRCODE = 'AJ322';
    END IF;
    IF NOT EXISTS (
        SELECT FROM offering_gate g
          JOIN offering_batch b ON b.region = g.region AND b.id = g.batch_id
         WHERE g.region = NEW.region AND g.id = NEW.gate_id AND b.project_id = NEW.project_id AND b.letter_id = NEW.letter_id
           AND (g.passed OR EXISTS (
                SELECT FROM purchase_specialdecision s
                 WHERE s.region = NEW.region AND s.id = NEW.special_id AND s.gate_id = g.id AND s.checker IS NOT NULL))
    ) THEN
        RAISE EXCEPTION 'no passed gate and no special decision on it behind agreement %', NEW.id USING ERRCODE = 'AJ323';
    END IF;
    IF TG_OP = 'UPDATE' AND NOT (NEW.state = 'signed' AND OLD.state = 'drafted') THEN
        RETURN NEW;
    END IF;
    SELECT * INTO v_letter FROM negotiation_letter l
     WHERE l.region = NEW.region AND l.id = NEW.letter_id AND l.project_id = NEW.project_id;
    -- Exact in integers: fen × cm² on both sides.
    IF v_letter.state <> 'signed' OR NEW.price_fen_m2 > v_letter.price_fen_m2
       OR NEW.total_fen::numeric * 10000 > (
            SELECT c.ceiling_fen_m2::numeric * NEW.gross_cm2 FROM pricing_ceiling c
             WHERE c.region = NEW.region AND c.id = v_letter.ceiling_id AND c.confirmed_by IS NOT NULL AND NOT c.trial) THEN
        RAISE EXCEPTION 'agreement % is above the ceiling, or its letter does not stand', NEW.id USING ERRCODE = 'AJ324';
    END IF;
    IF NOT EXISTS (
        SELECT FROM negotiation_acquirerdecision d
         WHERE d.region = NEW.region AND d.id = NEW.decision_id AND d.kind = 'agreement' AND d.object_id = NEW.project_id
           AND d.organisation = v_letter.acquirer_id AND d.confirmed_on <= NEW.drafted_on
    ) THEN
        RAISE EXCEPTION 'agreement % lacks a confirmed decision of the acquirer', NEW.id USING ERRCODE = 'AJ325';
    END IF;
    IF NOT EXISTS (
        SELECT FROM parties_admission a
         WHERE a.region = NEW.region AND a.acquirer_id = v_letter.acquirer_id AND a.state = 'admitted'
           AND a.valid_from <= coalesce(NEW.signed_on, NEW.drafted_on)
           AND (a.valid_until IS NULL OR a.valid_until >= coalesce(NEW.signed_on, NEW.drafted_on))
    ) THEN
        RAISE EXCEPTION 'the acquirer of agreement % is not admitted on that day', NEW.id USING ERRCODE = 'AJ326';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER agreement_behind_gate BEFORE INSERT OR UPDATE OR DELETE ON purchase_agreement
    FOR EACH ROW EXECUTE FUNCTION agreement_behind_gate();

-- Homes and steps are written with the draft; nothing is signed unless each make exactly its total, and nothing added after.
CREATE OR REPLACE FUNCTION agreement_adds_up(p_agreement purchase_agreement) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT (p_agreement.total_fen, p_agreement.gross_cm2, p_agreement.units_count)
           = (SELECT coalesce(sum(price_fen), 0), coalesce(sum(gross_cm2), 0), count(*) FROM purchase_agreementunit u
               WHERE u.region = p_agreement.region AND u.agreement_id = p_agreement.id)
       AND p_agreement.total_fen = (SELECT coalesce(sum(amount_fen), 0) FROM purchase_milestone m
                                     WHERE m.region = p_agreement.region AND m.agreement_id = p_agreement.id)
$$;

CREATE OR REPLACE FUNCTION agreement_part_of_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM purchase_agreement a WHERE a.region = NEW.region AND a.id = NEW.agreement_id
                      AND a.project_id = NEW.project_id AND a.state = 'drafted') THEN
        RAISE EXCEPTION 'agreement % is no draft of this project', NEW.agreement_id USING ERRCODE = 'AJ327';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER agreement_unit_of_draft BEFORE INSERT ON purchase_agreementunit
    FOR EACH ROW EXECUTE FUNCTION agreement_part_of_draft();
CREATE OR REPLACE TRIGGER milestone_of_draft BEFORE INSERT ON purchase_milestone
    FOR EACH ROW EXECUTE FUNCTION agreement_part_of_draft();

CREATE OR REPLACE FUNCTION agreement_signed_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT agreement_adds_up(NEW) THEN
        RAISE EXCEPTION 'homes or milestones of agreement % do not make its total', NEW.id USING ERRCODE = 'AJ327';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER agreement_signed_whole BEFORE UPDATE ON purchase_agreement FOR EACH ROW
    WHEN (NEW.state = 'signed' AND OLD.state <> 'signed') EXECUTE FUNCTION agreement_signed_whole();

CREATE OR REPLACE TRIGGER agreement_unit_final BEFORE UPDATE OR DELETE ON purchase_agreementunit
    FOR EACH ROW EXECUTE FUNCTION row_is_final();

-- A milestone is reached once, after those before it; nothing else of it changes.
CREATE OR REPLACE FUNCTION milestone_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.reached_on IS NOT NULL
       OR to_jsonb(NEW) - 'reached_on' - 'evidence_id' <> to_jsonb(OLD) - 'reached_on' - 'evidence_id'
       OR EXISTS (SELECT FROM purchase_milestone m WHERE m.agreement_id = NEW.agreement_id AND m."order" < NEW."order"
                     AND (m.reached_on IS NULL OR m.reached_on > NEW.reached_on))
       OR NOT EXISTS (SELECT FROM purchase_agreement a WHERE a.id = NEW.agreement_id AND a.state = 'signed'
                         AND a.signed_on <= NEW.reached_on) THEN
        RAISE EXCEPTION 'milestone % cannot become that', OLD.id USING ERRCODE = 'AJ328';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER milestone_final BEFORE UPDATE OR DELETE ON purchase_milestone
    FOR EACH ROW EXECUTE FUNCTION milestone_is_final();
