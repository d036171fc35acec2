-- After a change of key the same value is sealed anew, also in rows that never change otherwise: what was asked, decided, erased.
-- Only columns that the schema marks as sealed, only in the act for it, and only from an older key version to a newer one.
CREATE OR REPLACE FUNCTION reseal_values(p_table text, p_column text, p_ids uuid[], p_values bytea[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_count integer;
BEGIN
    IF NOT EXISTS (SELECT FROM base_act WHERE xid = pg_current_xact_id() AND body IS NULL AND name = 'base.reseal') THEN
        RAISE EXCEPTION 'values are sealed again in their own act alone' USING ERRCODE = 'AJ003';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = to_regclass(quote_ident(p_table)) AND a.attname = p_column
                      AND col_description(a.attrelid, a.attnum) = 'sealed') THEN
        RAISE EXCEPTION 'column % of % is not sealed', p_column, p_table USING ERRCODE = '42501';
    END IF;
    PERFORM set_config('anju.tending', 'on', true);
    EXECUTE format(
        'UPDATE %1$I t SET %2$I = n.value FROM unnest($1, $2) AS n (id, value)'
        ' WHERE t.id = n.id AND in_scope(t.region) AND get_byte(n.value, 0) = get_byte(t.%2$I, 0)'
        ' AND get_byte(n.value, 1) > get_byte(t.%2$I, 1)', p_table, p_column) USING p_ids, p_values;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    PERFORM set_config('anju.tending', '', true);
    RETURN v_count;
END $$;
