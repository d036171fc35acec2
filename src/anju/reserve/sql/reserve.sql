-- 3.3: no home enters the reserve but by a screening that it passed, and what was screened, waived or counted stays as it was.

CREATE OR REPLACE FUNCTION unit_enters_reserve() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IN ('declared', 'refused', 'withdrawn') THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state NOT IN ('declared', 'refused', 'withdrawn')
       AND (NEW.region, NEW.project_id, NEW.tenure, NEW.gross_cm2, NEW.use) = (OLD.region, OLD.project_id, OLD.tenure, OLD.gross_cm2, OLD.use)
    THEN
        RETURN NEW;
    END IF;
    -- 3.3-4: only what the plan says 原则上 is waived, and only as it was measured.
    IF NOT EXISTS (
        SELECT FROM reserve_screening s
          JOIN reserve_project p ON p.region = s.region AND p.id = s.project_id AND p.round = s.round
         WHERE s.region = NEW.region AND s.unit_id = NEW.id AND s.project_id = NEW.project_id
           AND s.tenure = NEW.tenure AND s.gross_cm2 = NEW.gross_cm2
           AND (s.outcome = 'pass' OR (s.outcome = 'waivable' AND NOT EXISTS (
                SELECT FROM jsonb_array_elements(s.verdicts) AS v
                 WHERE v ->> 'outcome' = 'waivable' AND NOT EXISTS (
                    SELECT FROM reserve_waiver w
                     WHERE w.region = s.region AND w.unit_id = s.unit_id AND w.rule = v ->> 'rule' AND w.measured = v ->> 'measured'))))
    ) THEN
        RAISE EXCEPTION 'unit % enters the reserve without a screening that it passed', NEW.id
              USING ERRCODE = 'AJ033', CONSTRAINT = 'no_unit_in_the_reserve_unscreened';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER unit_enters BEFORE INSERT OR UPDATE OF region, project_id, state, tenure, gross_cm2, use ON reserve_unit
    FOR EACH ROW EXECUTE FUNCTION unit_enters_reserve();

-- The steps of a home, those of ``states.py``; a test compares the two.
CREATE OR REPLACE FUNCTION unit_may_become(p_from text, p_to text) RETURNS boolean LANGUAGE sql IMMUTABLE AS
$$ SELECT (p_from, p_to) IN (
    ('declared', 'reserved'), ('declared', 'refused'), ('declared', 'withdrawn'), ('refused', 'declared'), ('refused', 'withdrawn'),
    ('reserved', 'intended'), ('reserved', 'withdrawn'), ('intended', 'announced'), ('intended', 'reserved'), ('intended', 'withdrawn'),
    ('announced', 'chosen'), ('announced', 'intended'), ('announced', 'reserved'), ('announced', 'purchased'), ('announced', 'withdrawn'),
    ('chosen', 'announced'), ('chosen', 'reserved'), ('chosen', 'purchased'), ('chosen', 'withdrawn'),
    ('purchased', 'sold'), ('purchased', 'let'), ('sold', 'purchased'), ('let', 'purchased'), ('withdrawn', 'declared')) $$;

-- A home begins declared and moves along its steps: none is sold, let or bought past announcement and choice.
CREATE OR REPLACE FUNCTION unit_moves_by_its_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'declared' THEN
            RAISE EXCEPTION 'unit % begins declared, not %', NEW.id, NEW.state USING ERRCODE = 'AJ036';
        END IF;
    ELSIF NOT unit_may_become(OLD.state, NEW.state) THEN
        RAISE EXCEPTION 'unit % cannot go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'AJ036';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER unit_steps_begin BEFORE INSERT ON reserve_unit
    FOR EACH ROW EXECUTE FUNCTION unit_moves_by_its_steps();
CREATE OR REPLACE TRIGGER unit_steps BEFORE UPDATE ON reserve_unit FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION unit_moves_by_its_steps();

CREATE OR REPLACE TRIGGER screening_final BEFORE UPDATE OR DELETE ON reserve_screening
    FOR EACH ROW EXECUTE FUNCTION row_is_final();
CREATE OR REPLACE TRIGGER project_screening_final BEFORE UPDATE OR DELETE ON reserve_projectscreening
    FOR EACH ROW EXECUTE FUNCTION row_is_final();
CREATE OR REPLACE TRIGGER waiver_final BEFORE UPDATE OR DELETE ON reserve_waiver
    FOR EACH ROW EXECUTE FUNCTION row_is_final();
CREATE OR REPLACE TRIGGER stock_final BEFORE UPDATE OR DELETE ON reserve_stocksnapshot
    FOR EACH ROW EXECUTE FUNCTION row_is_final();
CREATE OR REPLACE TRIGGER stock_unit_final BEFORE UPDATE OR DELETE ON reserve_stockunit
    FOR EACH ROW EXECUTE FUNCTION row_is_final();
