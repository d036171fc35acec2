-- What a decision rested on stays as it came: nothing of it changes. Only a person's leaving takes its name, or the row whole.
CREATE OR REPLACE TRIGGER evidence_final BEFORE UPDATE OR DELETE ON base_evidence FOR EACH ROW EXECUTE FUNCTION row_is_final();
