-- What a paper said when it was issued stays said: only its signing may be added, once.
CREATE OR REPLACE FUNCTION paper_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF is_tending() THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_OP = 'DELETE'
       OR (to_jsonb(NEW) - ARRAY['signed_on', 'scan_id']) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['signed_on', 'scan_id'])
       OR (OLD.scan_id IS NOT NULL AND (NEW.scan_id, NEW.signed_on) IS DISTINCT FROM (OLD.scan_id, OLD.signed_on)) THEN
        RAISE EXCEPTION 'an issued paper is never changed (%)', OLD.id USING ERRCODE = 'AJ005';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER paper_final BEFORE UPDATE OR DELETE ON base_paper FOR EACH ROW EXECUTE FUNCTION paper_is_final();
