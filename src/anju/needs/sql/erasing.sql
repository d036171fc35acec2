-- Needs: a person's copy of the data, and leaving (注销): blanked by the database, and never back (PIPL 44–50; 4.5).

-- An erasure begins as a question, is carried out once by another person on a case that has ended, and stays.
CREATE OR REPLACE FUNCTION erasure_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'asked' THEN
            RAISE EXCEPTION 'an erasure begins as a question' USING ERRCODE = 'AJ131';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.state = 'erased' THEN
            RAISE EXCEPTION 'an erased case never comes back (%)', OLD.application_id USING ERRCODE = 'AJ130';
        END IF;
        RETURN OLD;
    END IF;
    IF (OLD.application_id, OLD.way, OLD.reason, OLD.asked_on, OLD.asked_by) IS DISTINCT FROM
       (NEW.application_id, NEW.way, NEW.reason, NEW.asked_on, NEW.asked_by)
       OR OLD.state = 'erased' AND (OLD.cleared_on IS NOT NULL
           OR (to_jsonb(NEW) - 'cleared_on') IS DISTINCT FROM (to_jsonb(OLD) - 'cleared_on')) THEN
        RAISE EXCEPTION 'erasure % stays as it was asked and carried out', OLD.id USING ERRCODE = 'AJ130';
    END IF;
    IF OLD.state = 'asked' AND NEW.state = 'erased' THEN
        PERFORM FROM needs_application a WHERE a.region = NEW.region AND a.id = NEW.application_id
            AND a.state IN ('refused', 'withdrawn', 'lapsed', 'merged', 'vacated') FOR UPDATE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a live or housed case is not erased (%)', NEW.application_id USING ERRCODE = 'AJ131';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER erasure_goes_on BEFORE INSERT OR UPDATE OR DELETE ON needs_erasure
    FOR EACH ROW EXECUTE FUNCTION erasure_goes_on();

-- Marked as erased, it is erased: asked at the end of the act, whatever the act did in between.
CREATE OR REPLACE FUNCTION erased_is_blank() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.state = 'erased' AND (
        EXISTS (SELECT FROM needs_application a
                 WHERE a.region = NEW.region AND a.id = NEW.application_id
                   AND (a.applicant_name <> '已删除' OR get_byte(a.phone_blind, 0) <> 0))
        OR EXISTS (SELECT FROM needs_member m
                    WHERE m.region = NEW.region AND m.application_id = NEW.application_id
                      AND (m.name <> '已删除' OR get_byte(m.document_blind, 0) <> 0))) THEN
        RAISE EXCEPTION 'case % is marked as erased and is not', NEW.application_id USING ERRCODE = 'AJ132';
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS erased_is_blank ON needs_erasure;
CREATE CONSTRAINT TRIGGER erased_is_blank AFTER INSERT OR UPDATE ON needs_erasure
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION erased_is_blank();

-- An erased case never comes back: neither its row nor anything of the household may be written again.
CREATE OR REPLACE FUNCTION erased_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found boolean;
BEGIN
    IF is_tending() THEN
        RETURN NULL;
    END IF;
    IF TG_TABLE_NAME = 'needs_application' THEN
        SELECT EXISTS (SELECT FROM changed c JOIN needs_erasure e ON e.region = c.region AND e.application_id = c.id
                        WHERE e.state = 'erased') INTO found;
    ELSE
        SELECT EXISTS (SELECT FROM changed c JOIN needs_erasure e ON e.region = c.region AND e.application_id = c.application_id
                        WHERE e.state = 'erased') INTO found;
    END IF;
    IF found THEN
        RAISE EXCEPTION 'an erased case never comes back (%)', TG_TABLE_NAME USING ERRCODE = 'AJ130';
    END IF;
    RETURN NULL;
END $$;

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['needs_application', 'needs_member', 'needs_wish', 'needs_attachment', 'needs_proxy', 'needs_phonebinding',
                             'needs_homevisit', 'needs_ownhome', 'needs_policybenefit', 'needs_formermember'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER erased_stays_ins AFTER INSERT ON %I REFERENCING NEW TABLE AS changed'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION erased_stays()', t);
        EXECUTE format('CREATE OR REPLACE TRIGGER erased_stays_upd AFTER UPDATE ON %I REFERENCING NEW TABLE AS changed'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION erased_stays()', t);
    END LOOP;
    DROP TRIGGER IF EXISTS erased_stays_ins ON needs_application;  -- a new row cannot be an erased one
END $$;

-- A blind index that no key version makes (version 0), so that nothing is found by it again.
CREATE OR REPLACE FUNCTION blind_of_nobody() RETURNS bytea LANGUAGE sql VOLATILE AS
$$ SELECT '\x00'::bytea || sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) $$;

-- Blank what an erased case says of people; what is kept by a rule waits for ``cleared_on``. ``p_sealed`` is the word 已删除, sealed.
-- The digests it returns lie on disk for nobody any more.
CREATE OR REPLACE FUNCTION case_erase(p_erasure uuid, p_sealed bytea) RETURNS TABLE (sha256 text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gone CONSTANT text := '已删除';
    e needs_erasure;
    app needs_application;
    files text[] := '{}';
    came uuid[];
    f record;
BEGIN
    SELECT * INTO e FROM needs_erasure x WHERE x.id = p_erasure AND x.state = 'erased' AND in_scope(x.region);
    IF NOT FOUND OR NOT EXISTS (SELECT FROM base_act WHERE xid = pg_current_xact_id() AND body IS NULL AND region = e.region
                                   AND name IN ('needs.erase_case', 'needs.clear_kept')) THEN
        RAISE EXCEPTION 'nothing to erase in this act' USING ERRCODE = 'AJ131';
    END IF;
    SELECT * INTO app FROM needs_application a WHERE a.region = e.region AND a.id = e.application_id FOR UPDATE;
    PERFORM set_config('anju.tending', 'on', true);
    IF app.applicant_name <> gone THEN
        PERFORM case_blank(e.region, app.id, app.phone_blind, p_sealed);
        -- The file that it came in by holds it too: its rows are in, so only its digest and counts are needed any more.
        came := ARRAY(SELECT app.load_id WHERE app.load_id IS NOT NULL
                      UNION SELECT n.load_id FROM needs_employerentry n WHERE n.region = e.region AND n.application_id = app.id);
        files := files || ARRAY(SELECT load_blank(l.region, l.id) FROM base_load l
                                 WHERE l.region = e.region AND l.id = ANY (came) AND l.state IN ('accepted', 'rejected', 'rolled_back'));
    END IF;
    IF e.kept_until IS NULL OR e.cleared_on IS NOT NULL THEN
        UPDATE needs_ban SET facts = gone, statement = CASE WHEN statement = '' THEN '' ELSE gone END,
               reason = CASE WHEN reason = '' THEN '' ELSE gone END
         WHERE region = e.region AND application_id = app.id;
        UPDATE needs_banperson SET document_blind = blind_of_nobody()
         WHERE region = e.region AND ban_id IN (SELECT b.id FROM needs_ban b WHERE b.region = e.region AND b.application_id = app.id);
        DELETE FROM needs_attachment WHERE region = e.region AND application_id = app.id;
        DELETE FROM needs_memberneed WHERE region = e.region AND application_id = app.id;
        FOR f IN SELECT v.id, v.sha256 FROM base_evidence v WHERE v.region = e.region AND v.case_id = app.id LOOP
            BEGIN
                DELETE FROM base_evidence v WHERE v.region = e.region AND v.id = f.id;
                files := files || f.sha256::text;
            EXCEPTION WHEN foreign_key_violation THEN
                NULL;  -- another room's paper rests on it: it goes with that one
            END;
        END LOOP;
    END IF;
    PERFORM set_config('anju.tending', '', true);
    RETURN QUERY SELECT DISTINCT s FROM unnest(files) s WHERE NOT EXISTS (SELECT FROM base_evidence v WHERE v.sha256 = s AND v.name <> gone);
END $$;

-- What a brought file said of people: its name, the cells in error, why rows stayed out. Its digest, counts and dates stay. Only the
-- functions beside it call it, inside their own act; the bytes under the digest it returns are for the caller to take off the disk.
CREATE OR REPLACE FUNCTION load_blank(p_region text, p_load uuid) RETURNS text
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    gone CONSTANT text := '已删除';
    l base_load;
BEGIN
    IF NOT is_tending() OR NOT in_scope(p_region) THEN
        RAISE EXCEPTION 'only case_erase and loads_drop blank a load' USING ERRCODE = 'AJ131';
    END IF;
    SELECT * INTO l FROM base_load x WHERE x.region = p_region AND x.id = p_load FOR UPDATE;
    UPDATE base_load SET name = gone, errors = '[]', told = '[]', reasons = '{}',
           refused = coalesce((SELECT jsonb_agg(jsonb_build_object('row', r -> 'row', 'reason', gone)) FROM jsonb_array_elements(refused) r), '[]'),
           reject_reason = CASE WHEN state = 'checked' THEN '保存期满，没有收下' WHEN reject_reason = '' THEN '' ELSE gone END,
           undo_reason = CASE WHEN undo_reason = '' THEN '' ELSE gone END,
           state = CASE WHEN state = 'checked' THEN 'rejected' ELSE state END
     WHERE region = p_region AND id = p_load;
    UPDATE base_evidence SET name = gone WHERE region = p_region AND id = l.evidence_id;
    DELETE FROM base_actfacts f USING base_act a WHERE a.id = f.act AND a.object_id IN (p_load, l.evidence_id);
    RETURN l.sha256;
END $$;

-- The blanking itself; only ``case_erase`` may call it: by anybody else it runs with that one's rights, and is not erasing.
CREATE OR REPLACE FUNCTION case_blank(p_region text, p_case uuid, p_phone bytea, p_sealed bytea) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    gone CONSTANT text := '已删除';
    today date := (SELECT happened_on FROM base_act WHERE xid = pg_current_xact_id() AND body IS NULL ORDER BY id LIMIT 1);
    ids uuid[];
    families uuid[];
BEGIN
    IF NOT is_tending() OR NOT in_scope(p_region) THEN
        RAISE EXCEPTION 'only case_erase blanks a case' USING ERRCODE = 'AJ131';
    END IF;
    SELECT array_agg(x.id) || p_case INTO ids FROM (
        SELECT id FROM needs_member WHERE region = p_region AND application_id = p_case
        UNION ALL SELECT id FROM needs_review WHERE region = p_region AND application_id = p_case
        UNION ALL SELECT id FROM needs_finding WHERE region = p_region AND application_id = p_case
        UNION ALL SELECT id FROM needs_opinion WHERE region = p_region AND application_id = p_case
        UNION ALL SELECT id FROM needs_objection WHERE region = p_region AND application_id = p_case
        UNION ALL SELECT id FROM needs_reconsideration WHERE region = p_region AND application_id = p_case
        UNION ALL SELECT id FROM needs_ban WHERE region = p_region AND application_id = p_case
        UNION ALL SELECT id FROM needs_householdevent WHERE region = p_region AND application_id = p_case
        UNION ALL SELECT id FROM needs_memberneed WHERE region = p_region AND application_id = p_case
        UNION ALL SELECT id FROM needs_verification WHERE region = p_region AND application_id = p_case
        UNION ALL SELECT id FROM needs_deferral WHERE region = p_region AND application_id = p_case
        UNION ALL SELECT id FROM needs_lockedfact WHERE region = p_region AND application_id = p_case
        UNION ALL SELECT id FROM needs_letter WHERE region = p_region AND application_id = p_case
        UNION ALL SELECT id FROM needs_proxy WHERE region = p_region AND application_id = p_case
        UNION ALL SELECT id FROM needs_homevisit WHERE region = p_region AND application_id = p_case
        UNION ALL SELECT id FROM needs_call WHERE region = p_region AND application_id = p_case) x;

    UPDATE needs_application SET applicant_name = gone, phone = p_sealed, phone_blind = blind_of_nobody(), town = '',
           income_month_fen = NULL, home_area_cm2 = NULL, residence_months = NULL, policy_homes = NULL, transferred = NULL, score = NULL,
           -- Of a verdict its rule and outcome stay; what was measured is the person's.
           verdicts = coalesce((SELECT jsonb_agg(v || jsonb_build_object('measured', NULL, 'sentence', gone))
                                  FROM jsonb_array_elements(verdicts) v), '[]')
     WHERE region = p_region AND id = p_case;
    UPDATE needs_member SET name = gone, document = p_sealed, document_blind = blind_of_nobody(), registration = '',
           registered_on = NULL, work = '', employer = '', income_month_fen = NULL, insured_months = NULL, marriage = '90',
           born_on = make_date(extract(year FROM born_on)::int, 1, 1)
     WHERE region = p_region AND application_id = p_case;
    UPDATE needs_formermember SET name = gone, document = p_sealed, document_blind = blind_of_nobody(), marriage = '90',
           born_on = make_date(extract(year FROM born_on)::int, 1, 1)
     WHERE region = p_region AND application_id = p_case;
    DELETE FROM needs_wish WHERE region = p_region AND application_id = p_case;
    DELETE FROM needs_ownhome WHERE region = p_region AND application_id = p_case;
    DELETE FROM needs_policybenefit WHERE region = p_region AND application_id = p_case;
    DELETE FROM needs_proxy WHERE region = p_region AND application_id = p_case;
    DELETE FROM needs_phonebinding WHERE region = p_region AND application_id = p_case;
    DELETE FROM needs_homevisit WHERE region = p_region AND application_id = p_case;
    DELETE FROM needs_likeness WHERE region = p_region AND p_case IN (application_id, other_id);
    DELETE FROM base_note WHERE region = p_region AND object_id = p_case;
    UPDATE needs_consent SET paper_id = NULL, account = NULL WHERE region = p_region AND application_id = p_case;
    UPDATE base_paper SET data = '{}', docx_id = NULL, pdf_id = NULL, scan_id = NULL, signed_on = NULL
     WHERE region = p_region AND id IN (SELECT l.paper_id FROM needs_letter l WHERE l.region = p_region AND l.application_id = p_case);
    UPDATE needs_letter SET masked_name = gone WHERE region = p_region AND application_id = p_case;
    UPDATE needs_review SET reason = gone WHERE region = p_region AND application_id = p_case AND reason <> '';
    UPDATE needs_finding SET sentence = gone WHERE region = p_region AND application_id = p_case;
    UPDATE needs_opinion SET reason = gone WHERE region = p_region AND application_id = p_case AND reason <> '';
    UPDATE needs_objection SET text = gone, contact = p_sealed, reason = CASE WHEN reason = '' THEN '' ELSE gone END
     WHERE region = p_region AND application_id = p_case;
    UPDATE needs_reconsideration SET text = gone, reason = CASE WHEN reason = '' THEN '' ELSE gone END
     WHERE region = p_region AND application_id = p_case;
    UPDATE needs_householdevent SET reason = gone WHERE region = p_region AND application_id = p_case;
    UPDATE needs_pause SET reason = gone WHERE region = p_region AND application_id = p_case;
    UPDATE needs_recheck SET reason = gone WHERE region = p_region AND application_id = p_case AND reason <> '';
    UPDATE needs_deferral SET reason = gone, outcome = CASE WHEN outcome = '' THEN '' ELSE gone END
     WHERE region = p_region AND application_id = p_case;
    UPDATE needs_verification SET said = '', value = '', note = '', decision_reason = CASE WHEN decision = '' THEN '' ELSE gone END
     WHERE region = p_region AND application_id = p_case;
    UPDATE needs_lockedfact SET value = '' WHERE region = p_region AND application_id = p_case;
    UPDATE needs_call SET note = gone WHERE region = p_region AND application_id = p_case AND note <> '';
    UPDATE needs_madefor SET reason = gone WHERE region = p_region AND application_id = p_case AND reason <> '';
    UPDATE needs_discrepancy SET who = gone, fields = '[]' WHERE region = p_region AND application_id = p_case;
    UPDATE needs_employerentry SET who = gone, consent = gone, body = p_sealed, phone_blind = blind_of_nobody()
     WHERE region = p_region AND application_id = p_case;
    UPDATE base_ticket SET title = '受理单位报送'
     WHERE object_id IN (SELECT n.id FROM needs_employerentry n WHERE n.region = p_region AND n.application_id = p_case);
    UPDATE needs_answer SET way = 'link', application_id = NULL, application_region = NULL
     WHERE application_region = p_region AND application_id = p_case;
    -- What was told about this case, to whichever phone; what else lies for the phone goes below, with its last case.
    DELETE FROM base_message WHERE case_id = p_case AND region IN (p_region, left(p_region, 4) || '00');
    UPDATE needs_chance SET why = gone WHERE application_region = p_region AND application_id = p_case AND why <> '';
    -- The log keeps who did what and when; what was said in clear goes, and its salted hash proves nothing of it any more.
    DELETE FROM base_actfacts f USING base_act a WHERE a.id = f.act AND a.object_id = ANY (ids);
    UPDATE base_refusal SET sentence = gone, verdicts = '[]' WHERE object_id = ANY (ids);

    SELECT array_agg(a.id) INTO families FROM parties_account a WHERE a.phone_blind = p_phone AND a.organisation_id IS NULL;
    DELETE FROM base_partycase WHERE case_id = p_case AND party = ANY (families);
    IF NOT EXISTS (SELECT FROM needs_application a WHERE a.phone_blind = p_phone)
       AND NOT EXISTS (SELECT FROM needs_employerentry n WHERE n.phone_blind = p_phone) THEN
        DELETE FROM base_message WHERE to_blind = p_phone AND region IN (p_region, left(p_region, 4) || '00');
        -- An account without any case left is closed, and nobody is found by it.
        families := ARRAY(SELECT a FROM unnest(families) a
                           WHERE NOT EXISTS (SELECT FROM base_partycase c WHERE c.party = a)
                             AND NOT EXISTS (SELECT FROM parties_appointment p
                                              WHERE p.account_id = a AND p.post_id <> 'family' AND p.until IS NULL));
        DELETE FROM needs_draft WHERE account = ANY (families);
        UPDATE parties_appointment SET until = greatest(since, today) WHERE account_id = ANY (families) AND until IS NULL;
        UPDATE parties_account SET is_active = false, phone_blind = NULL, name = gone, username = 'gone-' || id
         WHERE id = ANY (families);
    END IF;
END $$;

-- Who opened, copied, printed or took out what the house holds of a case, when and why: for the household itself and for staff in scope.
CREATE OR REPLACE FUNCTION case_lookers(p_application uuid)
RETURNS TABLE (at timestamptz, act text, post text, who text, reason text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM needs_application a WHERE a.id = p_application AND in_scope(a.region);
    IF NOT FOUND OR NOT sees_case(p_application) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT k.recorded_at, k.name::text, k.post::text, coalesce(u.name, '')::text, coalesce(f.facts::jsonb ->> 'reason', '')
      FROM (SELECT b.* FROM base_act b WHERE b.object_id = p_application AND b.name IN ('needs.read_personal', 'needs.copy_my_data', 'needs.print_case')
            UNION ALL
            SELECT b.* FROM base_actitem i JOIN base_act b ON b.id = i.act
             WHERE i.object_id = p_application AND b.name IN ('base.export_list', 'base.finish_export', 'needs.take_call_list', 'needs.export_national',
                                                              'front.read_file', 'front.print_paper')) k
      LEFT JOIN parties_account u ON u.id = k.account
      LEFT JOIN base_actfacts f ON f.act = k.id
     WHERE k.body IS NOT NULL
     ORDER BY k.recorded_at, k.id;
END $$;

GRANT EXECUTE ON FUNCTION case_lookers(uuid) TO anju_party;

-- What was sent to the household's phone, still sealed.
CREATE OR REPLACE FUNCTION case_messages(p_application uuid)
RETURNS TABLE (queued_at timestamptz, sent_at timestamptz, state text, text bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    mine needs_application;
BEGIN
    SELECT * INTO mine FROM needs_application a WHERE a.id = p_application AND in_scope(a.region);
    IF NOT FOUND OR NOT sees_case(p_application) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT m.queued_at, m.sent_at, m.state::text, m.text FROM base_message m
     WHERE (m.to_blind = mine.phone_blind OR m.case_id = mine.id) AND m.region IN (mine.region, left(mine.region, 4) || '00') AND m.template <> 'signin-code'
     ORDER BY m.queued_at, m.id;
END $$;

GRANT EXECUTE ON FUNCTION case_messages(uuid) TO anju_party;

-- Sign-in records whose days are over, by the city's own rule; the record itself is never changed, only dropped as a whole day.
CREATE OR REPLACE FUNCTION sign_ins_drop(p_before timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    n integer;
BEGIN
    IF NOT EXISTS (SELECT FROM base_act WHERE xid = pg_current_xact_id() AND body IS NULL AND in_scope(region)
                      AND name = 'needs.drop_old' AND p_before <= recorded_at - interval '6 months') THEN
        RAISE EXCEPTION 'sign-in records are kept for six months at least' USING ERRCODE = 'AJ133';
    END IF;
    PERFORM set_config('anju.tending', 'on', true);
    DELETE FROM parties_signin WHERE at < p_before;
    GET DIAGNOSTICS n = ROW_COUNT;
    PERFORM set_config('anju.tending', '', true);
    RETURN n;
END $$;

-- Whether this act drops what is old, of what was last touched before a moment at least 30 days back.
CREATE OR REPLACE FUNCTION drops_old(p_before timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM base_act WHERE xid = pg_current_xact_id() AND body IS NULL AND in_scope(region)
                      AND name = 'needs.drop_old' AND p_before <= recorded_at - interval '30 days')
$$;

-- Brought files about people (``p_kinds``) whose days are over; one that nobody ever took in is sent back with them. The digests it
-- returns lie on disk for nobody any more.
CREATE OR REPLACE FUNCTION loads_drop(p_before timestamptz, p_kinds text[]) RETURNS TABLE (sha256 text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    files text[];
BEGIN
    IF NOT drops_old(p_before) THEN
        RAISE EXCEPTION 'brought files are kept for 30 days at least' USING ERRCODE = 'AJ133';
    END IF;
    PERFORM set_config('anju.tending', 'on', true);
    files := ARRAY(SELECT load_blank(l.region, l.id) FROM base_load l
                    WHERE in_scope(l.region) AND l.kind = ANY (p_kinds) AND l.name <> '已删除'
                      AND l.state IN ('checked', 'accepted', 'rejected', 'rolled_back')
                      AND coalesce(l.decided_at, l.made_at) < p_before);
    PERFORM set_config('anju.tending', '', true);
    RETURN QUERY SELECT DISTINCT s FROM unnest(files) s WHERE NOT EXISTS (SELECT FROM base_evidence v WHERE v.sha256 = s AND v.name <> '已删除');
END $$;

-- Employers' entries that never became an application, whose days are over: nothing of the household stays, the log keeps that it was.
CREATE OR REPLACE FUNCTION entries_drop(p_before date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    ids uuid[];
BEGIN
    IF NOT drops_old(p_before::timestamp AT TIME ZONE 'Asia/Shanghai') THEN
        RAISE EXCEPTION 'entries are kept for 30 days at least' USING ERRCODE = 'AJ133';
    END IF;
    PERFORM set_config('anju.tending', 'on', true);
    ids := ARRAY(SELECT n.id FROM needs_employerentry n WHERE in_scope(n.region) AND n.state IN ('told', 'revoked', 'refused')
                    AND coalesce(n.decided_on, n.answered_on, n.told_on) < p_before FOR UPDATE);
    DELETE FROM base_partycase WHERE case_id = ANY (ids);
    DELETE FROM base_message WHERE in_scope(region) AND template = 'needs.employer_entry'
       AND once_key IN (SELECT 'needs.employer_entry:' || x FROM unnest(ids) x);
    UPDATE base_ticket SET title = '受理单位报送' WHERE in_scope(region) AND object_id = ANY (ids);
    DELETE FROM base_actfacts f USING base_act a WHERE a.id = f.act AND a.object_id = ANY (ids);
    DELETE FROM needs_employerentry WHERE in_scope(region) AND id = ANY (ids);
    PERFORM set_config('anju.tending', '', true);
    RETURN cardinality(ids);
END $$;
