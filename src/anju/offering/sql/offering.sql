-- Offering: lists that are closed stay closed, what was announced stays as announced, and the gate is counted again here.

-- The steps of a batch, those of ``acts/common.py``; a test compares the two.
CREATE OR REPLACE FUNCTION batch_may_become(p_from text, p_to text) RETURNS boolean LANGUAGE sql IMMUTABLE AS
$$ SELECT (p_from, p_to) IN (
    ('announced', 'frozen'), ('announced', 'failed'), ('frozen', 'drawn'), ('frozen', 'failed'),
    ('drawn', 'choosing'), ('drawn', 'failed'), ('drawn', 'frozen'), ('choosing', 'passed'), ('choosing', 'failed'),
    ('failed', 'special'), ('failed', 'closed')) $$;

-- A batch begins announced, moves along its steps, and is frozen, ordered or judged only where that round or gate is there.
CREATE OR REPLACE FUNCTION batch_moves_by_its_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'announced' THEN
            RAISE EXCEPTION 'batch % begins announced, not %', NEW.id, NEW.state USING ERRCODE = 'AJ319';
        END IF;
    ELSIF NOT batch_may_become(OLD.state, NEW.state)
       OR NEW.state = 'frozen' AND NOT EXISTS (
            SELECT FROM offering_draw d WHERE d.region = NEW.region AND d.batch_id = NEW.id AND d.drawn_at IS NULL)
       OR NEW.state = 'drawn' AND (
            NOT EXISTS (SELECT FROM offering_draw d WHERE d.region = NEW.region AND d.batch_id = NEW.id)
            OR EXISTS (SELECT FROM offering_draw d WHERE d.region = NEW.region AND d.batch_id = NEW.id AND d.drawn_at IS NULL))
       OR NEW.state IN ('passed', 'failed') AND NOT EXISTS (
            SELECT FROM offering_gate g
             WHERE g.region = NEW.region AND g.batch_id = NEW.id AND g.passed = (NEW.state = 'passed')) THEN
        RAISE EXCEPTION 'batch % cannot go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'AJ319';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER batch_begins BEFORE INSERT ON offering_batch
    FOR EACH ROW EXECUTE FUNCTION batch_moves_by_its_steps();
CREATE OR REPLACE TRIGGER batch_steps BEFORE UPDATE ON offering_batch FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION batch_moves_by_its_steps();

-- An announced batch: only its state moves.
CREATE OR REPLACE FUNCTION batch_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'state' <> to_jsonb(OLD) - 'state' THEN
        RAISE EXCEPTION 'batch % is announced and frozen', OLD.id USING ERRCODE = 'AJ311';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER batch_frozen BEFORE UPDATE OR DELETE ON offering_batch
    FOR EACH ROW EXECUTE FUNCTION batch_is_frozen();

-- Its homes are homes of its letter; one may drop out (live → not live), none comes in after the list is closed.
CREATE OR REPLACE FUNCTION batch_unit_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (
            SELECT FROM offering_batch b
              JOIN negotiation_letterunit lu ON lu.region = b.region AND lu.letter_id = b.letter_id AND lu.live
             WHERE b.region = NEW.region AND b.id = NEW.batch_id AND lu.unit_id = NEW.unit_id
               AND b.project_id = NEW.project_id AND b.state = 'announced'
        ) OR EXISTS (SELECT FROM offering_draw d WHERE d.region = NEW.region AND d.batch_id = NEW.batch_id) THEN
            RAISE EXCEPTION 'unit % is not in the letter of this batch, or its list is closed', NEW.unit_id
                USING ERRCODE = 'AJ311';
        END IF;
    ELSIF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'live' <> to_jsonb(OLD) - 'live' OR (NEW.live AND NOT OLD.live) THEN
        RAISE EXCEPTION 'the homes of batch % are frozen', OLD.batch_id USING ERRCODE = 'AJ311';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER batch_unit_frozen BEFORE INSERT OR UPDATE OR DELETE ON offering_batchunit
    FOR EACH ROW EXECUTE FUNCTION batch_unit_is_frozen();

-- 3.5: who is on the waiting list (审核符合条件) may subscribe within the announced days; after the freeze nobody enters,
-- leaves or changes a wish.
CREATE OR REPLACE FUNCTION subscription_in_window() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_batch offering_batch;
    v_day date;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a subscription is withdrawn, never deleted' USING ERRCODE = 'AJ312';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.region, NEW.batch_id, NEW.application_id, NEW.application_region)
                        <> (OLD.region, OLD.batch_id, OLD.application_id, OLD.application_region) THEN
        RAISE EXCEPTION 'a subscription stays with its household and batch' USING ERRCODE = 'AJ312';
    END IF;
    IF TG_OP = 'INSERT' AND (NEW.draw_number <> '' OR NEW.sort_key <> '') THEN
        RAISE EXCEPTION 'a subscription begins without number and place' USING ERRCODE = 'AJ312';
    END IF;
    SELECT * INTO v_batch FROM offering_batch WHERE region = NEW.region AND id = NEW.batch_id FOR SHARE;
    v_day := (coalesce(NEW.withdrawn_at, NEW.subscribed_at) AT TIME ZONE 'Asia/Shanghai')::date;
    IF v_batch.state <> 'announced' OR v_day NOT BETWEEN v_batch.apply_from AND v_batch.apply_until THEN
        RAISE EXCEPTION 'batch % takes subscriptions from % to %', v_batch.number, v_batch.apply_from, v_batch.apply_until
            USING ERRCODE = 'AJ312';
    END IF;
    IF NEW.withdrawn_at IS NULL AND NOT EXISTS (
        SELECT FROM needs_application a
         WHERE a.region = NEW.application_region AND a.id = NEW.application_id AND a.state = 'qualified'
    ) THEN
        RAISE EXCEPTION 'application % is not qualified', NEW.application_id USING ERRCODE = 'AJ313';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER subscription_in_window BEFORE INSERT OR DELETE ON offering_subscription
    FOR EACH ROW EXECUTE FUNCTION subscription_in_window();
-- The freeze and the draw rewrite every row of a batch once each: leave room for that on their pages.
ALTER TABLE offering_subscription SET (fillfactor = 50);
-- What a household said is one thing; its number and sort key, which the freeze and the draw give it, are another.
CREATE OR REPLACE TRIGGER subscription_stays BEFORE UPDATE ON offering_subscription FOR EACH ROW
    WHEN ((OLD.region, OLD.batch_id, OLD.application_id, OLD.application_region, OLD.wishes, OLD.priority, OLD.subscribed_at)
          IS DISTINCT FROM
          (NEW.region, NEW.batch_id, NEW.application_id, NEW.application_region, NEW.wishes, NEW.priority, NEW.subscribed_at)
          OR OLD.score IS DISTINCT FROM NEW.score OR OLD.withdrawn_at IS DISTINCT FROM NEW.withdrawn_at)
    EXECUTE FUNCTION subscription_in_window();

-- The freeze gives every number, once; after it nobody gets one.
CREATE OR REPLACE FUNCTION draw_number_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.draw_number <> ''
       OR EXISTS (SELECT FROM offering_draw d WHERE d.region = OLD.region AND d.batch_id = OLD.batch_id) THEN
        RAISE EXCEPTION 'draw number % of subscription % is given once, by the freeze', OLD.draw_number, OLD.id
            USING ERRCODE = 'AJ312';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER draw_number_final BEFORE UPDATE ON offering_subscription FOR EACH ROW
    WHEN (NEW.draw_number IS DISTINCT FROM OLD.draw_number) EXECUTE FUNCTION draw_number_is_final();

-- The round that is running gives a key, or takes those of the round before it away; when it is drawn, nothing moves any more.
-- That the keys are those of the transcript, the round itself is asked when it ends (draw_is_final).
CREATE OR REPLACE FUNCTION sort_key_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.sort_key <> '' AND NEW.sort_key <> ''
       OR NOT EXISTS (SELECT FROM offering_draw d
                       WHERE d.region = OLD.region AND d.batch_id = OLD.batch_id AND d.drawn_at IS NULL) THEN
        RAISE EXCEPTION 'the place of subscription % is given once, by its draw', OLD.id USING ERRCODE = 'AJ312';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER sort_key_final BEFORE UPDATE ON offering_subscription FOR EACH ROW
    WHEN (NEW.sort_key IS DISTINCT FROM OLD.sort_key) EXECUTE FUNCTION sort_key_is_final();

-- A round: what is frozen, announced or drawn is never changed, and a transcript is the text of its digest.
CREATE OR REPLACE FUNCTION draw_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_later constant text[] := ARRAY['transcript', 'transcript_sha256', 'drawn_at'];
    v_fixed constant text[] := v_later || ARRAY['reveal_until', 'value_from', 'fixed_at'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a draw is never deleted' USING ERRCODE = 'AJ314';
    END IF;
    IF NEW.freeze_sha256 <> encode(sha256(convert_to(NEW.entrants, 'UTF8')), 'hex')
       OR NEW.homes_sha256 <> encode(sha256(convert_to(NEW.homes, 'UTF8')), 'hex')
       OR NEW.transcript <> '' AND NEW.transcript_sha256 <> encode(sha256(convert_to(NEW.transcript, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'a digest of draw % is not of its text', NEW.id USING ERRCODE = 'AJ314';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.drawn_at IS NOT NULL OR NEW.fixed_at IS NOT NULL THEN
            RAISE EXCEPTION 'a round begins with its freeze' USING ERRCODE = 'AJ314';
        END IF;
        -- A redraw is of the same lists, after a round that is drawn, and before anybody chose by it.
        IF NEW.round > 1 AND (
            NOT EXISTS (
                SELECT FROM offering_draw d
                 WHERE d.region = NEW.region AND d.batch_id = NEW.batch_id AND d.round = NEW.round - 1 AND d.drawn_at IS NOT NULL
                   AND (d.freeze_sha256, d.homes_sha256, d.basis, d.method)
                     = (NEW.freeze_sha256, NEW.homes_sha256, NEW.basis, NEW.method))
            OR EXISTS (SELECT FROM offering_choice c WHERE c.region = NEW.region AND c.batch_id = NEW.batch_id)
        ) THEN
            RAISE EXCEPTION 'batch % has no round to draw again', NEW.batch_id USING ERRCODE = 'AJ314';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.drawn_at IS NOT NULL
       OR to_jsonb(NEW) - v_fixed <> to_jsonb(OLD) - v_fixed
       OR (OLD.fixed_at IS NOT NULL AND to_jsonb(NEW) - v_later <> to_jsonb(OLD) - v_later) THEN
        RAISE EXCEPTION 'draw % round % is frozen', OLD.batch_id, OLD.round USING ERRCODE = 'AJ314';
    END IF;
    IF NEW.fixed_at IS NOT NULL AND OLD.fixed_at IS NULL AND (
        NEW.fixed_at >= NEW.reveal_until OR NEW.value_from < NEW.reveal_until + interval '1 hour'
        OR (SELECT count(*) FROM offering_drawholder h WHERE h.draw_id = NEW.id AND h.commitment <> '') < 2
        OR EXISTS (SELECT FROM offering_drawholder h WHERE h.draw_id = NEW.id AND h.commitment = '')
        OR NOT EXISTS (SELECT FROM offering_drawsource s WHERE s.draw_id = NEW.id)
    ) THEN
        RAISE EXCEPTION 'draw % lacks two commitments, a source, or an hour between T1 and T2', NEW.id USING ERRCODE = 'AJ314';
    END IF;
    IF NEW.drawn_at IS NOT NULL AND NEW.method = 'draw' AND (
        NEW.drawn_at < NEW.value_from
        OR EXISTS (SELECT FROM offering_drawsource s WHERE s.draw_id = NEW.id AND s.confirmed_by IS NULL)
    ) THEN
        RAISE EXCEPTION 'draw % has no confirmed public value yet', NEW.id USING ERRCODE = 'AJ314';
    END IF;
    IF NEW.drawn_at IS NOT NULL AND (
        SELECT coalesce(jsonb_agg(s.draw_number ORDER BY s.sort_key), '[]') FROM offering_subscription s
         WHERE s.region = NEW.region AND s.batch_id = NEW.batch_id AND s.sort_key <> ''
    ) IS DISTINCT FROM NEW.transcript::jsonb -> 'order' THEN
        RAISE EXCEPTION 'the stored order is not that of the transcript of draw %', NEW.id USING ERRCODE = 'AJ314';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER draw_final BEFORE INSERT OR UPDATE OR DELETE ON offering_draw
    FOR EACH ROW EXECUTE FUNCTION draw_is_final();

-- A holder: named and committed before the announcement; one right secret by T1, after it, and never another.
CREATE OR REPLACE FUNCTION holder_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_draw offering_draw;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.region, NEW.draw_id) <> (OLD.id, OLD.region, OLD.draw_id) THEN
        RAISE EXCEPTION 'a holder stays with its draw (%)', OLD.draw_id USING ERRCODE = 'AJ315';
    END IF;
    -- Shared, so that no round is announced or drawn while one of its holders is on its way out.
    SELECT * INTO v_draw FROM offering_draw
     WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.draw_id ELSE OLD.draw_id END FOR SHARE;
    IF v_draw.fixed_at IS NULL AND v_draw.drawn_at IS NULL THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        ELSIF NEW.secret <> '' THEN
            RAISE EXCEPTION 'no secret before the announcement' USING ERRCODE = 'AJ315';
        ELSIF TG_OP = 'UPDATE' AND OLD.commitment <> '' AND NEW.commitment <> OLD.commitment THEN
            RAISE EXCEPTION 'a commitment is given once' USING ERRCODE = 'AJ315';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP <> 'UPDATE' OR OLD.secret <> '' OR v_draw.drawn_at IS NOT NULL
       OR to_jsonb(NEW) - 'secret' - 'revealed_at' <> to_jsonb(OLD) - 'secret' - 'revealed_at'
       OR NEW.secret !~ '^[0-9a-f]{64}$' OR NEW.revealed_at IS NULL OR NEW.revealed_at > v_draw.reveal_until
       OR encode(sha256(decode(NEW.secret, 'hex')), 'hex') <> NEW.commitment THEN
        RAISE EXCEPTION 'holder % of draw % is fixed; only its own secret, by T1', coalesce(OLD.title, NEW.title), v_draw.id USING ERRCODE = 'AJ315';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER holder_final BEFORE INSERT OR UPDATE OR DELETE ON offering_drawholder
    FOR EACH ROW EXECUTE FUNCTION holder_is_final();

-- A public value: named before, entered after T2, and once two people agree, final.
CREATE OR REPLACE FUNCTION source_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_draw offering_draw;
    v_value constant text[] := ARRAY['drawn_issue', 'drums', 'entered_by', 'entered_for', 'confirmed_by', 'confirmed_for', 'confirmed_at',
                                     'notice_id'];
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.region, NEW.draw_id) <> (OLD.id, OLD.region, OLD.draw_id) THEN
        RAISE EXCEPTION 'a source stays with its draw (%)', OLD.draw_id USING ERRCODE = 'AJ316';
    END IF;
    -- Shared, so that no round is announced or drawn while one of its sources is on its way out.
    SELECT * INTO v_draw FROM offering_draw
     WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.draw_id ELSE OLD.draw_id END FOR SHARE;
    IF v_draw.fixed_at IS NULL AND v_draw.drawn_at IS NULL THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        ELSIF NEW.drums IS NOT NULL THEN
            RAISE EXCEPTION 'no public value before the announcement' USING ERRCODE = 'AJ316';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP <> 'UPDATE' OR OLD.confirmed_by IS NOT NULL OR v_draw.drawn_at IS NOT NULL
       OR to_jsonb(NEW) - v_value <> to_jsonb(OLD) - v_value
       OR (NEW.confirmed_by IS NOT NULL
           AND (OLD.entered_by IS NULL OR NEW.drums <> OLD.drums OR NEW.entered_by <> OLD.entered_by
                OR NEW.entered_for IS DISTINCT FROM OLD.entered_for OR NEW.drawn_issue <> OLD.drawn_issue
                OR NEW.confirmed_at IS NULL OR NEW.confirmed_at < v_draw.value_from)) THEN
        RAISE EXCEPTION 'source % of draw % is fixed', coalesce(OLD.game, NEW.game), v_draw.id USING ERRCODE = 'AJ316';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER source_final BEFORE INSERT OR UPDATE OR DELETE ON offering_drawsource
    FOR EACH ROW EXECUTE FUNCTION source_is_final();

-- A choice: a live home and a live subscription of the same batch; it moves forward only.
CREATE OR REPLACE FUNCTION choice_of_its_batch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_may constant text[] := ARRAY['state', 'earnest_paid_on', 'earnest_reference', 'earnest_voucher', 'refund_voucher',
                                   'ended_on', 'end_reason'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a choice is ended, never deleted' USING ERRCODE = 'AJ317';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'chosen' OR NOT EXISTS (
            SELECT FROM offering_subscription s
              JOIN offering_batchunit u ON u.region = s.region AND u.batch_id = s.batch_id
             WHERE s.region = NEW.region AND s.id = NEW.subscription_id AND s.batch_id = NEW.batch_id
               AND s.application_id = NEW.application_id AND s.withdrawn_at IS NULL AND s.sort_key <> ''
               AND u.id = NEW.batch_unit_id AND u.live AND u.earnest_fen = NEW.earnest_fen
               AND NOT EXISTS (SELECT FROM offering_draw d
                                WHERE d.region = NEW.region AND d.batch_id = NEW.batch_id AND d.drawn_at IS NULL)
        ) THEN
            RAISE EXCEPTION 'home and household of a choice are of one batch, ordered and live' USING ERRCODE = 'AJ317';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - v_may <> to_jsonb(OLD) - v_may
       OR (OLD.earnest_voucher IS NOT NULL AND
           (NEW.earnest_voucher, NEW.earnest_paid_on, NEW.earnest_reference)
           IS DISTINCT FROM (OLD.earnest_voucher, OLD.earnest_paid_on, OLD.earnest_reference))
       OR (OLD.state, NEW.state) NOT IN (
            ('chosen', 'chosen'), ('chosen', 'taken'), ('chosen', 'dropped'), ('taken', 'taken'),
            ('taken', 'refunded'), ('taken', 'contracted'), ('contracted', 'contracted')) THEN
        RAISE EXCEPTION 'choice % cannot become that', OLD.id USING ERRCODE = 'AJ317';
    END IF;
    IF NEW.state = 'contracted' AND NOT EXISTS (
        SELECT FROM offering_batch b WHERE b.region = NEW.region AND b.id = NEW.batch_id AND b.state IN ('passed', 'special')
    ) THEN
        RAISE EXCEPTION 'no contract before the gate' USING ERRCODE = 'AJ317';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER choice_of_its_batch BEFORE INSERT OR UPDATE OR DELETE ON offering_choice
    FOR EACH ROW EXECUTE FUNCTION choice_of_its_batch();

-- 3.5: homes matched one-to-one to households that are qualified, in time and have paid, over the homes of the letter
-- (or of those that remain, as the parameter says); never another batch's, never another number.
CREATE OR REPLACE FUNCTION gate_is_counted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_taken bigint;
    v_letter bigint;
    v_live bigint;
BEGIN
    SELECT count(*) INTO v_taken
      FROM offering_choice c
      JOIN offering_batchunit u ON u.region = c.region AND u.id = c.batch_unit_id AND u.live
      JOIN offering_subscription s ON s.region = c.region AND s.id = c.subscription_id AND s.withdrawn_at IS NULL
      JOIN offering_batch b ON b.region = c.region AND b.id = c.batch_id
      JOIN needs_application a ON a.region = s.application_region AND a.id = s.application_id AND a.state = 'qualified'
     WHERE c.region = NEW.region AND c.batch_id = NEW.batch_id AND c.state = 'taken'
       AND (s.subscribed_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN b.apply_from AND b.apply_until;
    SELECT count(*) INTO v_letter
      FROM negotiation_letterunit lu JOIN offering_batch b ON b.region = lu.region AND b.letter_id = lu.letter_id
     WHERE b.region = NEW.region AND b.id = NEW.batch_id;
    SELECT count(*) INTO v_live
      FROM offering_batchunit u WHERE u.region = NEW.region AND u.batch_id = NEW.batch_id AND u.live;
    IF NEW.taken <> v_taken OR NEW.offered NOT IN (v_letter, v_live) OR NEW.needed <> (NEW.ratio * NEW.offered + 99) / 100 THEN
        RAISE EXCEPTION 'gate of batch %: % taken of % or %, not % of % (needs %)', NEW.batch_id, v_taken, v_letter, v_live,
            NEW.taken, NEW.offered, NEW.needed USING ERRCODE = 'AJ318';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER gate_counted_again BEFORE INSERT ON offering_gate
    FOR EACH ROW EXECUTE FUNCTION gate_is_counted();
CREATE OR REPLACE TRIGGER gate_final BEFORE UPDATE OR DELETE ON offering_gate
    FOR EACH ROW EXECUTE FUNCTION row_is_final();
