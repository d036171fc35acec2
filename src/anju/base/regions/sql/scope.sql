-- One round trip into a scope: says what held before, narrows, and sets range, party and role until the transaction ends.
-- It runs as its caller: a role it may not take, it does not take.
CREATE OR REPLACE FUNCTION scope_enter(p_lo text, p_hi text, p_party text, p_role text, p_elevate boolean)
RETURNS TABLE (entered boolean, lo text, hi text, party text, role text) LANGUAGE plpgsql AS $$
BEGIN
    lo := coalesce(current_setting('anju.lo', true), '');
    hi := coalesce(current_setting('anju.hi', true), '');
    party := coalesce(current_setting('anju.party', true), '');
    role := current_setting('role');
    entered := lo = '' OR (lo COLLATE "C" <= p_lo COLLATE "C" AND p_hi COLLATE "C" <= hi COLLATE "C");
    IF entered THEN
        PERFORM set_config('anju.lo', p_lo, true), set_config('anju.hi', p_hi, true),
                set_config('anju.party', coalesce(p_party, party), true),
                -- A block keeps the role around it; only an act, which has checked the power, raises a party's to staff's.
                set_config('role', CASE WHEN p_elevate OR role IN ('none', 'anju_app', 'anju_door') THEN p_role ELSE role END, true);
    END IF;
    RETURN NEXT;
END $$;
GRANT EXECUTE ON FUNCTION scope_enter(text, text, text, text, boolean) TO anju_app, anju_door, anju_party, anju_public;
