-- 3.4: a ceiling is proposed with all its figures, confirmed once by another person, and never changed.

CREATE OR REPLACE FUNCTION ceiling_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.confirmed_by IS NOT NULL THEN
        RAISE EXCEPTION 'a confirmed ceiling is never changed (%)', OLD.id USING ERRCODE = 'AJ034';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF to_jsonb(NEW) - 'confirmed_by' - 'confirmed_at' <> to_jsonb(OLD) - 'confirmed_by' - 'confirmed_at' THEN
        RAISE EXCEPTION 'a proposed ceiling is confirmed or left, its figures never change (%)', OLD.id USING ERRCODE = 'AJ034';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER ceiling_final BEFORE UPDATE OR DELETE ON pricing_ceiling
    FOR EACH ROW EXECUTE FUNCTION ceiling_is_final();

-- What a ceiling rests on stays as it was entered: a correction is another sheet, another report.
CREATE OR REPLACE TRIGGER cost_sheet_final BEFORE UPDATE OR DELETE ON pricing_costsheet
    FOR EACH ROW EXECUTE FUNCTION row_is_final();
CREATE OR REPLACE TRIGGER appraisal_final BEFORE UPDATE OR DELETE ON pricing_appraisal
    FOR EACH ROW EXECUTE FUNCTION row_is_final();

-- 3.5-2: what was announced to families is what they pay: no price changes from the announcement on.
CREATE OR REPLACE FUNCTION unit_price_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM reserve_unit u WHERE u.region = OLD.region AND u.id = OLD.unit_id
                AND u.state NOT IN ('declared', 'refused', 'reserved', 'intended', 'withdrawn')) THEN
        RAISE EXCEPTION 'the price of an announced home is never changed (%)', OLD.id USING ERRCODE = 'AJ035';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

CREATE OR REPLACE TRIGGER unit_price_stands BEFORE UPDATE OR DELETE ON pricing_unitprice
    FOR EACH ROW EXECUTE FUNCTION unit_price_stands();
