-- Negotiation: what 3.4 and 3.5 forbid is refused here too, whoever writes.

-- 3.4: a price stands only under a ceiling that is confirmed, no trial, in its days, the project's latest, and not lower.
CREATE OR REPLACE FUNCTION must_hold_ceiling(p_region text, p_project uuid, p_ceiling uuid, p_on date, p_price bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_ceiling pricing_ceiling;
BEGIN
    SELECT * INTO v_ceiling FROM pricing_ceiling WHERE region = p_region AND id = p_ceiling AND project_id = p_project;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'ceiling % is not of project %', p_ceiling, p_project USING ERRCODE = 'AJ301';
    ELSIF v_ceiling.confirmed_by IS NULL OR v_ceiling.trial THEN
        RAISE EXCEPTION 'ceiling % is not confirmed, or a trial', p_ceiling USING ERRCODE = 'AJ301';
    ELSIF p_on NOT BETWEEN v_ceiling.value_date AND v_ceiling.valid_until THEN
        RAISE EXCEPTION 'ceiling % is not in force on %', p_ceiling, p_on USING ERRCODE = 'AJ301';
    ELSIF p_price > v_ceiling.ceiling_fen_m2 THEN
        RAISE EXCEPTION 'price % is above the ceiling of % fen a square metre', p_price, v_ceiling.ceiling_fen_m2
            USING ERRCODE = 'AJ301';
    ELSIF EXISTS (
        SELECT FROM pricing_ceiling later
         WHERE later.region = p_region AND later.project_id = p_project AND later.confirmed_by IS NOT NULL AND NOT later.trial
           AND (later.value_date, later.id) > (v_ceiling.value_date, v_ceiling.id)
           AND p_on BETWEEN later.value_date AND later.valid_until
    ) THEN
        RAISE EXCEPTION 'ceiling % has been followed by a later one', p_ceiling USING ERRCODE = 'AJ301';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION offer_under_ceiling() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.side = 'acquirer' THEN
        PERFORM must_hold_ceiling(NEW.region, NEW.project_id, NEW.ceiling_id, NEW.offered_on, NEW.price_fen_m2);
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER offer_under_ceiling BEFORE INSERT ON negotiation_offer
    FOR EACH ROW EXECUTE FUNCTION offer_under_ceiling();
CREATE OR REPLACE TRIGGER offer_final BEFORE UPDATE OR DELETE ON negotiation_offer
    FOR EACH ROW EXECUTE FUNCTION row_is_final();

-- A decision is confirmed once and otherwise never changes.
CREATE OR REPLACE FUNCTION decision_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.checker IS NOT NULL
       OR to_jsonb(NEW) - 'checker' - 'confirmed_on' <> to_jsonb(OLD) - 'checker' - 'confirmed_on' THEN
        RAISE EXCEPTION 'decision % is never changed', OLD.id USING ERRCODE = 'AJ005';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER decision_final BEFORE UPDATE OR DELETE ON negotiation_acquirerdecision
    FOR EACH ROW EXECUTE FUNCTION decision_is_final();

-- A letter stands on a ceiling and on a confirmed decision of this acquirer on this project.
CREATE OR REPLACE FUNCTION letter_under_ceiling() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM must_hold_ceiling(NEW.region, NEW.project_id, NEW.ceiling_id, NEW.drafted_on, NEW.price_fen_m2);
    ELSIF NEW.state = 'signed' AND OLD.state = 'drafted' THEN
        PERFORM must_hold_ceiling(NEW.region, NEW.project_id, NEW.ceiling_id, NEW.signed_on, NEW.price_fen_m2);
    END IF;
    IF NOT EXISTS (
        SELECT FROM negotiation_acquirerdecision d
         WHERE d.region = NEW.region AND d.id = NEW.decision_id AND d.kind = 'letter' AND d.object_id = NEW.project_id
           AND d.organisation = NEW.acquirer_id AND d.confirmed_on <= NEW.drafted_on
    ) THEN
        RAISE EXCEPTION 'letter % lacks a confirmed decision of its acquirer', NEW.id USING ERRCODE = 'AJ302';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER letter_under_ceiling BEFORE INSERT OR UPDATE ON negotiation_letter
    FOR EACH ROW EXECUTE FUNCTION letter_under_ceiling();

-- What was drafted is frozen: homes and price of a letter never change; it is signed, ends or is followed by an agreement.
CREATE OR REPLACE FUNCTION letter_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_may constant text[] := ARRAY['state', 'signed_on', 'checker', 'ended_on', 'end_reason'];
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - v_may <> to_jsonb(OLD) - v_may
       OR (OLD.signed_on IS NOT NULL AND (NEW.signed_on, NEW.checker) IS DISTINCT FROM (OLD.signed_on, OLD.checker))
       OR (OLD.state, NEW.state) NOT IN (
            ('drafted', 'drafted'), ('drafted', 'signed'), ('drafted', 'lapsed'), ('signed', 'signed'),
            ('signed', 'lapsed'), ('signed', 'fulfilled'), ('fulfilled', 'fulfilled'), ('lapsed', 'lapsed')) THEN
        RAISE EXCEPTION 'letter % is frozen', OLD.id USING ERRCODE = 'AJ303';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER letter_frozen BEFORE UPDATE OR DELETE ON negotiation_letter
    FOR EACH ROW EXECUTE FUNCTION letter_is_frozen();

-- A home leaves a letter (live → not live) and never comes back into it.
CREATE OR REPLACE FUNCTION letter_unit_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (
            SELECT FROM negotiation_letter l JOIN reserve_unit u ON u.region = l.region AND u.project_id = l.project_id
             WHERE l.region = NEW.region AND l.id = NEW.letter_id AND u.id = NEW.unit_id
               AND l.project_id = NEW.project_id AND l.state = 'drafted'
        ) THEN
            RAISE EXCEPTION 'unit % is not of the letter''s project, or the letter is signed', NEW.unit_id USING ERRCODE = 'AJ303';
        END IF;
    ELSIF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'live' <> to_jsonb(OLD) - 'live' OR (NEW.live AND NOT OLD.live) THEN
        RAISE EXCEPTION 'the homes of letter % are frozen', OLD.letter_id USING ERRCODE = 'AJ303';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER letter_unit_frozen BEFORE INSERT OR UPDATE OR DELETE ON negotiation_letterunit
    FOR EACH ROW EXECUTE FUNCTION letter_unit_is_frozen();
