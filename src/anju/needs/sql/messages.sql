-- Needs: messages to a household follow its phone (PIPL 8, 46; 4.5).

-- What waits for a phone that proved wrong stays here as moved, and waits anew for the phone that the case has now: no caller names
-- a number, so nothing can be led elsewhere. Called in the act that corrected it; how many moved.
CREATE OR REPLACE FUNCTION messages_follow(p_case uuid, p_old bytea) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    mine needs_application;
    n integer;
BEGIN
    SELECT * INTO mine FROM needs_application a WHERE a.id = p_case AND in_scope(a.region);
    IF NOT FOUND OR NOT EXISTS (SELECT FROM base_act WHERE xid = pg_current_xact_id() AND body IS NULL AND region = mine.region) THEN
        RAISE EXCEPTION 'messages follow a case''s phone in an act of its region' USING ERRCODE = 'AJ134';
    END IF;
    WITH old AS (
        UPDATE base_message m SET state = 'moved'
         WHERE m.case_id = p_case AND m.to_blind = p_old AND m.to_blind <> mine.phone_blind AND m.state = 'queued'
           AND m.region IN (mine.region, left(mine.region, 4) || '00')
        RETURNING m.*)
    INSERT INTO base_message (id, region, to_phone, to_blind, template, text, wording, state, once_key, case_id, queued_at, tries, last_error)
    SELECT gen_random_uuid(), o.region, mine.phone, mine.phone_blind, o.template, o.text, o.wording, 'queued',
           'moved:' || o.id, o.case_id, o.queued_at, 0, ''
      FROM old o;
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END $$;
