-- 4.5: a confirmed assessment stays as it was confirmed, and none is deleted.
CREATE OR REPLACE FUNCTION assessment_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.checker IS NOT NULL THEN
        RAISE EXCEPTION 'assessment % is final', OLD.id USING ERRCODE = 'AJ411', CONSTRAINT = 'assessment_final';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER assessment_final BEFORE UPDATE OR DELETE ON oversight_assessment
    FOR EACH ROW EXECUTE FUNCTION assessment_is_final();
