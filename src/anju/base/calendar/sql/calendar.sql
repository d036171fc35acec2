-- Deadlines are counted on these days: a published one is never changed, and none goes; a provisional one may be published.
CREATE OR REPLACE FUNCTION published_day_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NOT OLD.provisional OR NEW.day <> OLD.day THEN
        RAISE EXCEPTION 'the working day % stays as published (%)', OLD.day, OLD.source USING ERRCODE = 'AJ005';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER published_day_stays BEFORE UPDATE OR DELETE ON base_workingday
    FOR EACH ROW EXECUTE FUNCTION published_day_stays();
