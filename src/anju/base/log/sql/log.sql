-- Acts that stand in no leaf and wait in no queue: written past the functions, or cut out of the log. One snapshot sees all three
-- tables, so an act that is being numbered meanwhile is never reported.
CREATE OR REPLACE FUNCTION log_unplaced() RETURNS TABLE (act uuid, region text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
SELECT a.id, a.region::text FROM base_act a
 WHERE in_scope(a.region)
   AND NOT EXISTS (SELECT FROM base_leaf l WHERE l.act = a.id)
   AND NOT EXISTS (SELECT FROM base_actqueue q WHERE q.act = a.id)
   AND (a.body IS NOT NULL OR a.xid <> pg_current_xact_id())
 ORDER BY a.id
$$;

-- What was published stays published.
CREATE OR REPLACE TRIGGER checkpoint_final BEFORE UPDATE OR DELETE ON base_checkpoint FOR EACH ROW EXECUTE FUNCTION row_is_final();
