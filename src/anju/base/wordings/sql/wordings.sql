-- What was released is what messages and papers of its days said: never changed, never removed. A draft only moves on.
CREATE OR REPLACE FUNCTION wording_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'draft'
       OR (NEW.code, NEW.text, NEW.owner_region, NEW.drafted_by) IS DISTINCT FROM (OLD.code, OLD.text, OLD.owner_region, OLD.drafted_by) THEN
        RAISE EXCEPTION 'a wording is never changed (%)', OLD.id USING ERRCODE = 'AJ005';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER wording_final BEFORE UPDATE OR DELETE ON base_wording FOR EACH ROW EXECUTE FUNCTION wording_is_final();
