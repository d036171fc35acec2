-- The portal's process (anju_door) sees families' accounts and posts alone: no staff name, password hash or post is within its reach.
ALTER TABLE parties_account ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS owner_all ON parties_account;
CREATE POLICY owner_all ON parties_account TO anju_owner USING (true);
DROP POLICY IF EXISTS staff_all ON parties_account;
CREATE POLICY staff_all ON parties_account TO anju_app USING (true);
DROP POLICY IF EXISTS door_families ON parties_account;
CREATE POLICY door_families ON parties_account TO anju_door
    USING (organisation_id IS NULL AND phone_blind IS NOT NULL AND password LIKE '!%');

DROP POLICY IF EXISTS door_families ON parties_appointment;
CREATE POLICY door_families ON parties_appointment FOR SELECT TO anju_door USING (post_id = 'family');
DROP POLICY IF EXISTS door_opens ON parties_appointment;
CREATE POLICY door_opens ON parties_appointment FOR INSERT TO anju_door WITH CHECK (post_id = 'family');
