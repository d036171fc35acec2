-- Demand (3.2): a household counts once in a demand cell, however many of its wishes lie in it. Which wish is such a twin is kept
-- here, so that the cells are one plain sum; the bands are those of needs/cells.py, and a test holds the three texts together.
CREATE OR REPLACE FUNCTION wish_twins() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- By their ids: joined to a transition table, whose size no plan knows, each wish of a file met every other one.
    v_regions text[];
    v_cases uuid[];
BEGIN
    SELECT array_agg(DISTINCT region), array_agg(DISTINCT application_id) INTO v_regions, v_cases FROM changed;
    IF v_cases IS NULL THEN
        RETURN NULL;  -- what it set itself has set nothing more
    END IF;
    UPDATE needs_wish w SET twin = t.twin
      FROM (SELECT e.id, row_number() OVER (
                       PARTITION BY e.region, e.application_id, e.county, e.tenure, e.rooms,
                                    e.area_from_cm2 - e.area_from_cm2 % 100000,
                                    CASE WHEN e.tenure = 'rent' THEN e.ceiling_fen - e.ceiling_fen % 10000
                                         ELSE e.ceiling_fen - e.ceiling_fen % 5000000 END
                       ORDER BY e.rank) > 1 AS twin
              FROM needs_wish e WHERE e.region = ANY (v_regions) AND e.application_id = ANY (v_cases)) t
     WHERE w.id = t.id AND w.twin <> t.twin;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER twins_when_made AFTER INSERT ON needs_wish
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION wish_twins();
CREATE OR REPLACE TRIGGER twins_when_moved AFTER UPDATE ON needs_wish
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION wish_twins();
CREATE OR REPLACE TRIGGER twins_when_gone AFTER DELETE ON needs_wish
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION wish_twins();

-- How many cells there are: without it the planner expects a tenth of all wishes, and adds them up in one process instead of several.
CREATE STATISTICS IF NOT EXISTS wish_cells (ndistinct) ON county, tenure, rooms,
    (area_from_cm2 - area_from_cm2 % 100000),
    (CASE WHEN tenure = 'rent' THEN ceiling_fen - ceiling_fen % 10000 ELSE ceiling_fen - ceiling_fen % 5000000 END)
    FROM needs_wish;
