-- What parties' tables hold beyond their columns.

-- 4.5: the three administrators are three people. The account's row is locked, so that two appointments at once see each other.
CREATE OR REPLACE FUNCTION admins_apart() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_admins CONSTANT text[] := ARRAY['system_admin', 'security_admin', 'audit_admin'];
BEGIN
    IF NOT NEW.post_id = ANY (v_admins) THEN
        RETURN NEW;
    END IF;
    PERFORM FROM parties_account WHERE id = NEW.account_id FOR UPDATE;
    IF EXISTS (
        SELECT FROM parties_appointment a
         WHERE a.account_id = NEW.account_id AND a.id <> NEW.id AND a.post_id = ANY (v_admins) AND a.post_id <> NEW.post_id
           AND daterange(a.since, a.until) && daterange(NEW.since, NEW.until)) THEN
        RAISE EXCEPTION 'account % would hold two of the three administrator posts', NEW.account_id
              USING ERRCODE = 'check_violation', CONSTRAINT = 'admins_apart';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER admins_apart BEFORE INSERT OR UPDATE ON parties_appointment
    FOR EACH ROW EXECUTE FUNCTION admins_apart();

-- Appointments are read before the region is known (sign-in); they are written in the granting post's own region only.
ALTER TABLE parties_appointment ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS owner_all ON parties_appointment;
CREATE POLICY owner_all ON parties_appointment TO anju_owner USING (true);
DROP POLICY IF EXISTS read_all ON parties_appointment;
CREATE POLICY read_all ON parties_appointment FOR SELECT TO anju_app USING (true);
DROP POLICY IF EXISTS grant_in_own_region ON parties_appointment;
CREATE POLICY grant_in_own_region ON parties_appointment FOR INSERT TO anju_app
    WITH CHECK (region BETWEEN current_setting('anju.lo', true) AND current_setting('anju.hi', true));
DROP POLICY IF EXISTS end_in_own_region ON parties_appointment;
CREATE POLICY end_in_own_region ON parties_appointment FOR UPDATE TO anju_app
    USING (region BETWEEN current_setting('anju.lo', true) AND current_setting('anju.hi', true));

-- A party's page shows whose post it is in: its own organisation's people, or its own account, and nobody else.
DROP POLICY IF EXISTS own_posts ON parties_appointment;
CREATE POLICY own_posts ON parties_appointment FOR SELECT TO anju_party
    USING (nullif(current_setting('anju.party', true), '')::uuid IN (organisation_id, account_id));
GRANT SELECT ON parties_appointment, parties_post TO anju_party;

-- An appointment is ended, never rewritten or removed: who could do what on which day stays known.
CREATE OR REPLACE FUNCTION appointment_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.account_id, OLD.post_id, OLD.region, OLD.since) IS DISTINCT FROM
                           (NEW.account_id, NEW.post_id, NEW.region, NEW.since) OR OLD.until < NEW.until THEN
        RAISE EXCEPTION 'appointment % may only be ended', OLD.id USING ERRCODE = 'AJ005', CONSTRAINT = 'appointment_only_ends';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER appointment_only_ends BEFORE UPDATE OR DELETE ON parties_appointment
    FOR EACH ROW EXECUTE FUNCTION appointment_only_ends();

-- 4.1: what was confirmed, or adopted, stays as it is; a later value follows it.
CREATE OR REPLACE TRIGGER setting_final BEFORE UPDATE OR DELETE ON parties_setting
    FOR EACH ROW WHEN (OLD.confirmed_by IS NOT NULL OR OLD.withdrawn_by IS NOT NULL) EXECUTE FUNCTION row_is_final();
CREATE OR REPLACE TRIGGER resolution_final BEFORE UPDATE OR DELETE ON parties_resolution
    FOR EACH ROW WHEN (OLD.adopted_by IS NOT NULL) EXECUTE FUNCTION row_is_final();

-- A proposal is confirmed or withdrawn as it was proposed: nobody swaps the value under the second person's eyes.
CREATE OR REPLACE FUNCTION setting_as_proposed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.owner_region, OLD.name, OLD.value, OLD.valid_from, OLD.document, OLD.resolution_id, OLD.demonstration, OLD.proposed_by,
        OLD.proposed_at) IS DISTINCT FROM
       (NEW.owner_region, NEW.name, NEW.value, NEW.valid_from, NEW.document, NEW.resolution_id, NEW.demonstration, NEW.proposed_by,
        NEW.proposed_at) THEN
        RAISE EXCEPTION 'setting % was proposed with other words', OLD.id USING ERRCODE = 'AJ005', CONSTRAINT = 'setting_as_proposed';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER setting_as_proposed BEFORE UPDATE ON parties_setting
    FOR EACH ROW EXECUTE FUNCTION setting_as_proposed();

-- Whose installation this is was fixed when it was made; a demonstration's clock moves forward only.
CREATE OR REPLACE FUNCTION installation_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.kind, OLD.city, OLD.origin) IS DISTINCT FROM (NEW.kind, NEW.city, NEW.origin)
       OR OLD.clock > NEW.clock OR (OLD.clock IS NULL) <> (NEW.clock IS NULL) THEN
        RAISE EXCEPTION 'the installation is fixed; its clock only moves forward' USING ERRCODE = 'AJ005', CONSTRAINT = 'installation_fixed';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER installation_fixed BEFORE UPDATE OR DELETE ON base_installation
    FOR EACH ROW EXECUTE FUNCTION installation_fixed();

-- 4.5: who came in, and who tried to, is not rewritten.
CREATE OR REPLACE TRIGGER sign_in_final BEFORE UPDATE OR DELETE ON parties_signin
    FOR EACH ROW EXECUTE FUNCTION row_is_final();
