-- What was published stays as the public read it; it may only be taken down, and stays down. The questions of a survey (征集) that is
-- still shown are the one thing that is asked anew: each version of them is kept beside it.
CREATE OR REPLACE FUNCTION publication_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves text[] := ARRAY['visible'] || CASE WHEN OLD.kind = 'survey' AND OLD.visible THEN ARRAY['body'] ELSE '{}' END;
BEGIN
    IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - moves) IS DISTINCT FROM (to_jsonb(OLD) - moves) OR NEW.visible AND NOT OLD.visible THEN
        RAISE EXCEPTION 'what was published is never changed, only taken down (%/%)', OLD.kind, OLD.slug USING ERRCODE = 'AJ005';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER publication_stays BEFORE UPDATE OR DELETE ON base_publication
    FOR EACH ROW EXECUTE FUNCTION publication_stays();
