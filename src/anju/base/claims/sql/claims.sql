-- One person once. The key carries no region: this is the one table where a county's act meets another county's.

CREATE OR REPLACE FUNCTION claim_reserve(p_kind text, p_persons bytea[], p_token uuid, p_region text)
RETURNS TABLE (person bytea, region text, token uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_person bytea;
BEGIN
    IF NOT in_scope(p_region) THEN
        RAISE EXCEPTION 'region % is not in scope', p_region USING ERRCODE = '42501';
    END IF;
    -- Sorted, so that two households that share members cannot deadlock.
    FOR v_person IN SELECT DISTINCT p FROM unnest(p_persons) AS p ORDER BY p LOOP
        INSERT INTO base_claim (kind, person, token, region) VALUES (p_kind, v_person, p_token, p_region)
        ON CONFLICT DO NOTHING;
    END LOOP;
    RETURN QUERY SELECT c.person, c.region::text, c.token FROM base_claim c
     WHERE c.kind = p_kind AND c.person = ANY (p_persons) AND c.token <> p_token;
END $$;

-- The same for many cases in one call: p_persons[i] is claimed for p_tokens[i]. Answers the pairs that another case holds,
-- the other case of the same call included; the caller gives back what the refused cases took.
CREATE OR REPLACE FUNCTION claim_reserve_many(p_kind text, p_persons bytea[], p_tokens uuid[], p_region text)
RETURNS TABLE (person bytea, wanted uuid, region text, token uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT in_scope(p_region) THEN
        RAISE EXCEPTION 'region % is not in scope', p_region USING ERRCODE = '42501';
    END IF;
    -- Sorted, so that two calls that share persons cannot deadlock; within a call the first case named has the person.
    INSERT INTO base_claim (kind, person, token, region)
    SELECT p_kind, u.p, u.t, p_region FROM unnest(p_persons, p_tokens) WITH ORDINALITY AS u (p, t, n) ORDER BY u.p, u.n
    ON CONFLICT DO NOTHING;
    RETURN QUERY
    SELECT c.person, u.t, c.region::text, c.token
      FROM unnest(p_persons, p_tokens) AS u (p, t)
      JOIN base_claim c ON c.kind = p_kind AND c.person = u.p AND c.token <> u.t;
END $$;

CREATE OR REPLACE FUNCTION claim_release_many(p_kind text, p_tokens uuid[], p_region text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_count integer;
BEGIN
    DELETE FROM base_claim c
     WHERE c.kind = p_kind AND c.token = ANY (p_tokens) AND c.region = p_region AND in_scope(p_region);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END $$;

-- Which of these persons some case holds, anywhere: the person, the region and the case, and nothing else of it.
CREATE OR REPLACE FUNCTION claim_holders(p_kind text, p_persons bytea[]) RETURNS TABLE (person bytea, region text, token uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF nullif(current_setting('anju.lo', true), '') IS NULL THEN
        RAISE EXCEPTION 'no scope is open' USING ERRCODE = '42501';
    END IF;
    RETURN QUERY SELECT c.person, c.region::text, c.token FROM base_claim c
     WHERE c.kind = p_kind AND c.person = ANY (p_persons);
END $$;

-- A person's claim goes from one case to another of the same region in one step: nobody can take it in between.
CREATE OR REPLACE FUNCTION claim_move(p_kind text, p_persons bytea[], p_from uuid, p_to uuid, p_region text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_count integer;
BEGIN
    UPDATE base_claim c SET token = p_to
     WHERE c.kind = p_kind AND c.person = ANY (p_persons) AND c.token = p_from AND c.region = p_region AND in_scope(p_region);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END $$;

CREATE OR REPLACE FUNCTION claim_release(p_kind text, p_token uuid, p_region text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_count integer;
BEGIN
    DELETE FROM base_claim c WHERE c.kind = p_kind AND c.token = p_token AND c.region = p_region AND in_scope(p_region);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END $$;

-- A case is shown to a party only by staff whose scope holds the case's region.
CREATE OR REPLACE FUNCTION party_case_add(p_party uuid, p_cases uuid[], p_region text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT in_scope(p_region) THEN
        RAISE EXCEPTION 'region % is not in scope', p_region USING ERRCODE = '42501';
    END IF;
    IF EXISTS (SELECT FROM base_partycase WHERE case_id = ANY (p_cases) AND region <> p_region) THEN
        RAISE EXCEPTION 'a case of another region' USING ERRCODE = '42501';
    END IF;
    INSERT INTO base_partycase (party, case_id, region) SELECT p_party, c, p_region FROM unnest(p_cases) AS c ON CONFLICT DO NOTHING;
END $$;

-- It is hidden again by the same staff alone; how many rows that were.
CREATE OR REPLACE FUNCTION party_case_remove(p_party uuid, p_case uuid, p_region text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_count integer;
BEGIN
    IF NOT in_scope(p_region) THEN
        RAISE EXCEPTION 'region % is not in scope', p_region USING ERRCODE = '42501';
    END IF;
    IF EXISTS (SELECT FROM base_partycase WHERE case_id = p_case AND region <> p_region) THEN
        RAISE EXCEPTION 'a case of another region' USING ERRCODE = '42501';
    END IF;
    DELETE FROM base_partycase WHERE party = p_party AND case_id = p_case;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END $$;

CREATE OR REPLACE FUNCTION party_cases() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT case_id FROM base_partycase WHERE party = nullif(current_setting('anju.party', true), '')::uuid $$;
