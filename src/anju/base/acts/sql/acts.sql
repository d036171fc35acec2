-- Acts: nothing changes outside one. The application may call these functions; it may not write their tables.

CREATE OR REPLACE FUNCTION in_scope(p_region text) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT coalesce(p_region COLLATE "C" BETWEEN current_setting('anju.lo', true) AND current_setting('anju.hi', true), false) $$;

CREATE OR REPLACE FUNCTION act_begin(
    p_id uuid, p_region text, p_key text, p_hash bytea, p_name text, p_clause text, p_account uuid, p_post text,
    p_organisation uuid, p_parent uuid, p_now timestamptz, p_happened date)
RETURNS TABLE (act_id uuid, replayed boolean, result jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    twin base_act;
BEGIN
    IF NOT in_scope(p_region) THEN
        RAISE EXCEPTION 'region % is not in scope', p_region USING ERRCODE = '42501';
    END IF;
    INSERT INTO base_act (id, region, key, request_hash, name, clause, account, post, organisation, parent, recorded_at,
                          happened_on, xid, object_kind)
    VALUES (p_id, p_region, p_key, p_hash, p_name, p_clause, p_account, p_post, p_organisation, p_parent, p_now,
            p_happened, pg_current_xact_id(), '')
    ON CONFLICT (region, key) DO NOTHING;
    IF FOUND THEN
        RETURN QUERY SELECT p_id, false, NULL::jsonb;
        RETURN;
    END IF;
    SELECT * INTO twin FROM base_act a WHERE a.region = p_region AND a.key = p_key;
    IF twin.request_hash <> p_hash OR twin.name <> p_name THEN
        RAISE EXCEPTION 'idempotency key % was used for another request', p_key USING ERRCODE = 'AJ001';
    END IF;
    IF twin.body IS NULL THEN
        RAISE EXCEPTION 'idempotency key % is in use in this transaction', p_key USING ERRCODE = 'AJ002';
    END IF;
    RETURN QUERY SELECT twin.id, true, twin.result;
END $$;

CREATE OR REPLACE FUNCTION act_end(
    p_region text, p_id uuid, p_body text, p_result jsonb, p_object_kind text, p_object_id uuid, p_salt bytea, p_facts text,
    p_happened date, p_item_ids uuid[], p_item_hashes bytea[])
RETURNS bytea LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_leaf bytea := sha256('\x00'::bytea || convert_to(p_body, 'UTF8'));
BEGIN
    IF octet_length(p_body) > 65535 THEN
        RAISE EXCEPTION 'an entry of the log holds at most 65535 bytes, got %', octet_length(p_body);
    END IF;
    UPDATE base_act SET body = p_body, leaf = v_leaf, result = p_result, object_kind = p_object_kind,
           object_id = p_object_id, happened_on = p_happened
     WHERE id = p_id AND region = p_region AND body IS NULL AND xid = pg_current_xact_id();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'act % is not open in this transaction', p_id;
    END IF;
    INSERT INTO base_actfacts (act, region, salt, facts) VALUES (p_id, p_region, p_salt, p_facts);
    INSERT INTO base_actitem (act, region, idx, object_id, hash)
    SELECT p_id, p_region, ord - 1, item, hash
      FROM unnest(p_item_ids, p_item_hashes) WITH ORDINALITY AS u (item, hash, ord);
    INSERT INTO base_actqueue (act) VALUES (p_id);
    RETURN v_leaf;
END $$;

CREATE OR REPLACE FUNCTION refusal_record(
    p_id uuid, p_region text, p_name text, p_clause text, p_account uuid, p_post text, p_object_kind text, p_object_id uuid,
    p_sentence text, p_verdicts jsonb, p_now timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT in_scope(p_region) THEN
        RAISE EXCEPTION 'region % is not in scope', p_region USING ERRCODE = '42501';
    END IF;
    INSERT INTO base_refusal (id, region, name, clause, account, post, object_kind, object_id, sentence, verdicts, refused_at)
    VALUES (p_id, p_region, p_name, p_clause, p_account, p_post, p_object_kind, p_object_id, p_sentence, p_verdicts, p_now);
END $$;

-- The guard of every table that acts change.
CREATE OR REPLACE FUNCTION must_act() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM base_act WHERE xid = pg_current_xact_id() AND body IS NULL) THEN
        RAISE EXCEPTION '% of % outside an act', TG_OP, TG_TABLE_NAME USING ERRCODE = 'AJ003';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION act_must_close() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM base_act WHERE id = NEW.id AND body IS NULL) THEN
        RAISE EXCEPTION 'act % was not ended', NEW.id USING ERRCODE = 'AJ004';
    END IF;
    RETURN NULL;
END $$;

-- What was said stays said: an ended act, its leaf and its items never change, not even by the owner.
CREATE OR REPLACE FUNCTION act_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' OR OLD.body IS NOT NULL THEN
        RAISE EXCEPTION 'an act is never changed (%)', OLD.id USING ERRCODE = 'AJ005';
    END IF;
    RETURN NEW;
END $$;

-- Whether the database itself tends rows that never change otherwise: blanks a case that a person left (注销), seals a value anew by the
-- next key. Inside the owner's functions alone, never by a setting that somebody else makes.
CREATE OR REPLACE FUNCTION is_tending() RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT coalesce(current_setting('anju.tending', true), '') = 'on'
      AND current_user = (SELECT tableowner FROM pg_tables WHERE schemaname = 'public' AND tablename = 'base_act') $$;

CREATE OR REPLACE FUNCTION row_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF is_tending() THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'a row of % is never changed', TG_TABLE_NAME USING ERRCODE = 'AJ005';
END $$;

CREATE OR REPLACE TRIGGER act_final BEFORE UPDATE OR DELETE ON base_act FOR EACH ROW EXECUTE FUNCTION act_is_final();
CREATE OR REPLACE TRIGGER item_final BEFORE UPDATE OR DELETE ON base_actitem FOR EACH ROW EXECUTE FUNCTION row_is_final();
CREATE OR REPLACE TRIGGER refusal_final BEFORE UPDATE OR DELETE ON base_refusal FOR EACH ROW EXECUTE FUNCTION row_is_final();
CREATE OR REPLACE TRIGGER leaf_final BEFORE UPDATE OR DELETE ON base_leaf FOR EACH ROW EXECUTE FUNCTION row_is_final();
CREATE OR REPLACE TRIGGER node_final BEFORE UPDATE OR DELETE ON base_node FOR EACH ROW EXECUTE FUNCTION row_is_final();

DROP TRIGGER IF EXISTS act_closed ON base_act;
CREATE CONSTRAINT TRIGGER act_closed AFTER INSERT ON base_act
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION act_must_close();

-- The log: one sequencer numbers committed entries and extends the perfect subtrees; no chain inside an act.
CREATE OR REPLACE FUNCTION log_sequence(p_limit integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_from bigint;
    v_count integer;
    v_lo bigint;
    v_hi bigint;
    v_level integer := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(20250004) THEN
        RETURN 0;
    END IF;
    SELECT coalesce(max(seq) + 1, 0) INTO v_from FROM base_leaf;
    WITH batch AS (
        DELETE FROM base_actqueue WHERE id IN (SELECT id FROM base_actqueue ORDER BY id LIMIT p_limit) RETURNING id, act
    )
    INSERT INTO base_leaf (seq, act) SELECT v_from + row_number() OVER (ORDER BY id) - 1, act FROM batch;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    IF v_count = 0 THEN
        RETURN 0;
    END IF;
    INSERT INTO base_node (level, idx, hash)
    SELECT 0, l.seq, a.leaf FROM base_leaf l JOIN base_act a ON a.id = l.act WHERE l.seq >= v_from;
    v_lo := v_from;
    v_hi := v_from + v_count;
    -- A parent is written once both children stand.
    LOOP
        v_lo := v_lo >> 1;
        v_hi := v_hi >> 1;
        EXIT WHEN v_hi <= v_lo;
        INSERT INTO base_node (level, idx, hash)
        SELECT v_level + 1, idx >> 1, sha256('\x01'::bytea || string_agg(hash, ''::bytea ORDER BY idx))
          FROM base_node
         WHERE level = v_level AND idx >= v_lo * 2 AND idx < v_hi * 2
         GROUP BY idx >> 1;
        v_level := v_level + 1;
    END LOOP;
    RETURN v_count;
END $$;
