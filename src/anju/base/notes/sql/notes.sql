-- A note stays as it was written: what was wrong in it, a further note says.
CREATE OR REPLACE TRIGGER note_final BEFORE UPDATE OR DELETE ON base_note FOR EACH ROW EXECUTE FUNCTION row_is_final();
