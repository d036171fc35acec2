-- A plan is what was computed from frozen inputs: another scenario is another plan.
CREATE OR REPLACE TRIGGER plan_final BEFORE UPDATE OR DELETE ON planning_plan FOR EACH ROW EXECUTE FUNCTION row_is_final();
CREATE OR REPLACE TRIGGER plan_unit_final BEFORE UPDATE OR DELETE ON planning_planunit
    FOR EACH ROW EXECUTE FUNCTION row_is_final();
