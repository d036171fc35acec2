-- What families gave and were told, what was seen at their homes, letters anybody may verify, complaints nobody answers on himself.

CREATE OR REPLACE TRIGGER consent_final BEFORE UPDATE OR DELETE ON needs_consent FOR EACH ROW EXECUTE FUNCTION row_is_final();
CREATE OR REPLACE TRIGGER visit_final BEFORE UPDATE OR DELETE ON needs_homevisit FOR EACH ROW EXECUTE FUNCTION row_is_final();
CREATE OR REPLACE TRIGGER binding_final BEFORE UPDATE OR DELETE ON needs_phonebinding
    FOR EACH ROW EXECUTE FUNCTION row_is_final();

-- A proxy that has ended, a letter once withdrawn and what a family decided stay so; nothing else of them ever changes.
CREATE OR REPLACE FUNCTION intake_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was jsonb := to_jsonb(OLD);
    is_now jsonb := to_jsonb(NEW);
    ends text[] := CASE TG_TABLE_NAME
        WHEN 'needs_proxy' THEN ARRAY['ended_on', 'ended_by', 'end_reason']
        WHEN 'needs_letter' THEN ARRAY['withdrawn_on', 'reason']
        ELSE ARRAY['state', 'decided_on', 'reason'] END;
BEGIN
    IF is_tending() THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF (is_now - ends) IS DISTINCT FROM (was - ends)
       OR coalesce(was ->> 'ended_on', was ->> 'withdrawn_on', was ->> 'decided_on') IS NOT NULL AND is_now IS DISTINCT FROM was THEN
        RAISE EXCEPTION '% % has ended or says what was agreed', TG_TABLE_NAME, OLD.id USING ERRCODE = 'AJ121';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER proxy_ends_once BEFORE UPDATE ON needs_proxy FOR EACH ROW EXECUTE FUNCTION intake_ends_once();
CREATE OR REPLACE TRIGGER letter_ends_once BEFORE UPDATE ON needs_letter FOR EACH ROW EXECUTE FUNCTION intake_ends_once();
CREATE OR REPLACE TRIGGER made_for_decided_once BEFORE UPDATE ON needs_madefor FOR EACH ROW EXECUTE FUNCTION intake_ends_once();

-- Whoever is complained of does not answer; an answer once given stays.
CREATE OR REPLACE FUNCTION complaint_is_answered_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF is_tending() THEN
        RETURN NEW;
    END IF;
    IF OLD.answered_on IS NOT NULL
       OR (to_jsonb(NEW) - ARRAY['answer', 'answered_on', 'answered_by', 'post'])
          IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['answer', 'answered_on', 'answered_by', 'post']) THEN
        RAISE EXCEPTION 'complaint % stays as it was filed and answered', OLD.id USING ERRCODE = 'AJ122';
    END IF;
    IF EXISTS (SELECT FROM needs_complaintabout a
                WHERE a.region = NEW.region AND a.complaint_id = NEW.id AND a.account = NEW.answered_by) THEN
        RAISE EXCEPTION 'complaint % is answered by somebody it is about', OLD.id USING ERRCODE = 'AJ123';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER answered_by_another BEFORE UPDATE ON needs_complaint
    FOR EACH ROW EXECUTE FUNCTION complaint_is_answered_by_another();

-- What anybody who holds a letter's code may know: whose it is (masked), of which programme and day, and whether it holds.
CREATE OR REPLACE FUNCTION letter_by_code(p_code text)
RETURNS TABLE (region text, masked_name text, programme text, qualified_on date, issued_on date, withdrawn_on date, holds boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT l.region::text, l.masked_name::text, l.programme::text, l.qualified_on, l.issued_on, l.withdrawn_on,
           l.withdrawn_on IS NULL AND a.state IN ('qualified', 'suspended')
      FROM needs_letter l JOIN needs_application a ON a.region = l.region AND a.id = l.application_id
     WHERE l.code = p_code
$$;

GRANT EXECUTE ON FUNCTION letter_by_code(text) TO anju_public, anju_party;

-- What the holder of a receipt may know of a complaint: never its text, nor whose it is.
CREATE OR REPLACE FUNCTION complaint_by_receipt(p_receipt text)
RETURNS TABLE (kind text, filed_at timestamptz, answer text, answered_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.kind::text, c.filed_at, c.answer, c.answered_on FROM needs_complaint c WHERE c.receipt = p_receipt
$$;

GRANT EXECUTE ON FUNCTION complaint_by_receipt(text) TO anju_public, anju_party;

-- How a place moved: on each day, how many of those who waited then stand before it by today's keys. A family asks of its own alone.
CREATE OR REPLACE FUNCTION application_places(p_application uuid, p_days date[])
RETURNS TABLE (day date, place bigint, waiting bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    mine needs_application;
BEGIN
    SELECT * INTO mine FROM needs_application a WHERE a.id = p_application AND a.state = 'qualified' AND in_scope(a.region);
    IF NOT FOUND OR NOT sees_case(p_application) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT d, 1 + count(*) FILTER (WHERE b.sort_key < mine.sort_key), count(*)
      FROM unnest(p_days) AS d
      JOIN needs_stay s ON s.region = mine.region AND s.programme = mine.programme
                       AND s.since <= d AND (s.until IS NULL OR s.until > d)
      JOIN needs_application b ON b.region = s.region AND b.id = s.application_id
     WHERE EXISTS (SELECT FROM needs_stay o WHERE o.region = mine.region AND o.application_id = mine.id
                      AND o.since <= d AND (o.until IS NULL OR o.until > d))
     GROUP BY d ORDER BY d;
END $$;

GRANT EXECUTE ON FUNCTION application_places(uuid, date[]) TO anju_party;

-- Which staff of a city a text names, so that none of them comes to see it: asked where a complaint is filed, also by the portal's own
-- process, which knows no account of staff. A name of one character names nobody.
CREATE OR REPLACE FUNCTION staff_named(p_region text, p_text text, p_parties text[]) RETURNS TABLE (account uuid, post text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT in_scope(p_region) THEN
        RAISE EXCEPTION 'region % is not in scope', p_region USING ERRCODE = '42501';
    END IF;
    RETURN QUERY
    SELECT DISTINCT a.account_id, a.post_id::text
      FROM parties_appointment a JOIN parties_account c ON c.id = a.account_id
     WHERE left(a.region, 4) = left(p_region, 4) AND a.post_id <> ALL (p_parties)
       AND (length(c.name) > 1 AND position(c.name IN p_text) > 0
            OR c.username = ANY (regexp_split_to_array(p_text, '\s+')));
END $$;
