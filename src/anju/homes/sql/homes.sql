-- A contract is on the home, for the household and at the price that were announced and chosen; what was signed stays as signed.

CREATE OR REPLACE FUNCTION contract_as_announced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_later constant text[] := ARRAY['filing_number', 'filed_on', 'ended_on', 'end_reason', 'handed_over_on', 'vacate_by'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a contract is ended, never deleted' USING ERRCODE = 'AJ401', CONSTRAINT = 'contract_frozen';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - v_later <> to_jsonb(OLD) - v_later
           OR (OLD.ended_on IS NOT NULL AND to_jsonb(NEW) <> to_jsonb(OLD))
           OR (OLD.filing_number <> '' AND NEW.filing_number <> OLD.filing_number)
           OR (OLD.handed_over_on IS NOT NULL
               AND (NEW.handed_over_on, NEW.vacate_by) IS DISTINCT FROM (OLD.handed_over_on, OLD.vacate_by)) THEN
            RAISE EXCEPTION 'contract % stays as it was signed', OLD.number USING ERRCODE = 'AJ401', CONSTRAINT = 'contract_frozen';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT FROM offering_choice c
          JOIN offering_batchunit u ON u.region = c.region AND u.id = c.batch_unit_id
          JOIN offering_subscription s ON s.region = c.region AND s.id = c.subscription_id
         WHERE c.region = NEW.region AND c.id = NEW.choice_id AND c.state IN ('taken', 'contracted')
           AND u.unit_id = NEW.unit_id AND u.project_id = NEW.project_id AND u.tenure = NEW.tenure
           AND u.amount_fen = coalesce(NEW.price_fen, NEW.rent_fen) AND c.earnest_fen = NEW.earnest_fen
           AND s.application_id = NEW.application_id AND s.application_region = NEW.application_region
    ) THEN
        RAISE EXCEPTION 'contract % is not what choice % announced', NEW.number, NEW.choice_id
            USING ERRCODE = 'AJ402', CONSTRAINT = 'contract_as_announced';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER contract_as_announced BEFORE INSERT OR UPDATE OR DELETE ON homes_contract
    FOR EACH ROW EXECUTE FUNCTION contract_as_announced();

-- 3.2-0: a tenant who bought does not get the keys without a day by which the rented home is given back.
CREATE OR REPLACE FUNCTION a_tenant_who_bought_vacates() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.vacate_by IS NULL AND EXISTS (
        SELECT FROM needs_application a JOIN needs_application t ON t.region = a.region AND t.id = a.vacates_id
         WHERE a.region = NEW.application_region AND a.id = NEW.application_id AND t.state <> 'vacated'
    ) THEN
        RAISE EXCEPTION 'contract % is handed over to a tenant without a day to vacate', NEW.number
            USING ERRCODE = 'AJ403', CONSTRAINT = 'a_tenant_who_bought_vacates';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER a_tenant_who_bought_vacates BEFORE INSERT OR UPDATE ON homes_contract
    FOR EACH ROW WHEN (NEW.handed_over_on IS NOT NULL) EXECUTE FUNCTION a_tenant_who_bought_vacates();
