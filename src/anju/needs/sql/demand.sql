-- Demand (3.2): a household counts once in a demand cell, however many of its wishes lie in it. Which wish is such a twin is kept
-- here, so that the cells are one plain sum; the bands are those of needs/cells.py, and a test holds the three texts together.
CREATE OR REPLACE FUNCTION wish_twins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM changed) THEN
        RETURN NULL;
    END IF;
    UPDATE needs_wish w SET twin = NOT w.twin
      FROM (SELECT DISTINCT region, application_id FROM changed) c
     WHERE w.region = c.region AND w.application_id = c.application_id
       AND w.twin <> EXISTS (
            SELECT FROM needs_wish e
             WHERE e.region = w.region AND e.application_id = w.application_id AND e.rank < w.rank
               AND e.county = w.county AND e.tenure = w.tenure AND e.rooms = w.rooms
               AND e.area_from_cm2 - e.area_from_cm2 % 100000 = w.area_from_cm2 - w.area_from_cm2 % 100000
               AND CASE WHEN e.tenure = 'rent' THEN e.ceiling_fen - e.ceiling_fen % 10000
                        ELSE e.ceiling_fen - e.ceiling_fen % 5000000 END
                 = CASE WHEN w.tenure = 'rent' THEN w.ceiling_fen - w.ceiling_fen % 10000
                        ELSE w.ceiling_fen - w.ceiling_fen % 5000000 END);
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
