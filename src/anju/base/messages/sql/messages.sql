-- The outbox is written without an act (the worker, the sign-in code), so the row itself holds: to whom, what and when it was asked
-- stays; only the sending moves, and what went out stays sent. It goes with a case that was left, or by the rule of retention.
CREATE OR REPLACE FUNCTION message_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sending CONSTANT text[] := ARRAY['state', 'sent_at', 'tries', 'next_try_at', 'last_error'];
BEGIN
    IF is_tending() THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'queued' AND message_may_go(OLD.region, OLD.queued_at) THEN
            RETURN OLD;
        END IF;
    ELSIF (to_jsonb(NEW) - sending) IS NOT DISTINCT FROM (to_jsonb(OLD) - sending) AND (OLD.state <> 'sent' OR NEW.state = 'sent') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'message % stays as it was queued and sent', OLD.id USING ERRCODE = 'AJ005';
END $$;

-- Whether the rule of retention takes it: in its own act of that place (or its city), 30 days after it was queued at the earliest.
CREATE OR REPLACE FUNCTION message_may_go(p_region text, p_queued timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT in_scope(p_region)
       AND EXISTS (SELECT FROM base_act WHERE xid = pg_current_xact_id() AND body IS NULL AND name = 'needs.drop_old'
                      AND region IN (p_region, left(p_region, 4) || '00') AND p_queued <= recorded_at - interval '30 days')
$$;

CREATE OR REPLACE TRIGGER message_stays BEFORE UPDATE OR DELETE ON base_message FOR EACH ROW EXECUTE FUNCTION message_stays();
