-- Holds, links and what is changed about a book as a whole.

CREATE OR REPLACE FUNCTION ledger_hold(
    p_region text, p_act uuid, p_book uuid, p_id uuid, p_key text, p_kind text, p_debit text, p_credit text, p_amount bigint,
    p_now timestamptz)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    twin record;
    a ledger_account;
BEGIN
    PERFORM ledger_must_act(p_region, p_act);
    PERFORM ledger_lock(ARRAY[p_book]);
    SELECT * INTO twin FROM ledger_hold WHERE region = p_region AND key = p_key;
    IF FOUND THEN
        IF (twin.book_id, twin.kind, twin.debit_purpose, twin.credit_purpose, twin.amount_fen)
           IS DISTINCT FROM (p_book, p_kind::varchar, p_debit::varchar, p_credit::varchar, p_amount) THEN
            RAISE EXCEPTION 'key % was used for another hold', p_key USING ERRCODE = 'AJ101';
        END IF;
        RETURN twin.id;
    END IF;
    SELECT * INTO a FROM ledger_account
     WHERE region = p_region AND book_id = p_book AND purpose = p_credit AND closed_on IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'book % has no open account for %', p_book, p_credit USING ERRCODE = 'AJ102';
    ELSIF a.balance_fen - p_amount < a.lower_fen + a.held_fen THEN
        PERFORM ledger_beyond(a, -p_amount);
    END IF;
    PERFORM set_config('anju.posting', 'on', true);
    INSERT INTO ledger_hold (id, region, book_id, kind, reversal, linked, debit_purpose, credit_id, credit_purpose, amount_fen, key, state, held_at)
    VALUES (p_id, p_region, p_book, p_kind, false, false, p_debit, a.id, p_credit, p_amount, p_key, 'held', p_now);
    UPDATE ledger_account SET held_fen = held_fen + p_amount WHERE region = p_region AND id = a.id;
    PERFORM set_config('anju.posting', '', true);
    RETURN p_id;
END $$;

-- Ends a hold: its money is free again, and in the same transaction paid where a voucher follows.
CREATE OR REPLACE FUNCTION ledger_end_hold(p_region text, p_act uuid, p_hold uuid) RETURNS ledger_hold
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    h ledger_hold;
BEGIN
    PERFORM ledger_must_act(p_region, p_act);
    PERFORM ledger_lock(ARRAY(SELECT book_id FROM ledger_hold WHERE region = p_region AND id = p_hold));
    SELECT * INTO h FROM ledger_hold WHERE region = p_region AND id = p_hold;
    IF h.state IS DISTINCT FROM 'held' THEN
        RAISE EXCEPTION 'hold % is %', p_hold, coalesce(h.state, 'unknown') USING ERRCODE = 'AJ109';
    END IF;
    PERFORM set_config('anju.posting', 'on', true);
    UPDATE ledger_account SET held_fen = held_fen - h.amount_fen WHERE region = p_region AND id = h.credit_id;
    PERFORM set_config('anju.posting', '', true);
    RETURN h;
END $$;

CREATE OR REPLACE FUNCTION ledger_post_hold(
    p_region text, p_act uuid, p_hold uuid, p_id uuid, p_value_date date, p_memo text, p_reference text, p_maker uuid,
    p_checker uuid, p_now timestamptz,
    OUT o_voucher uuid, OUT o_number bigint, OUT o_hash bytea, OUT o_replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    h ledger_hold := ledger_end_hold(p_region, p_act, p_hold);
BEGIN
    SELECT p.o_voucher, p.o_number, p.o_hash, p.o_replayed INTO o_voucher, o_number, o_hash, o_replayed
      FROM ledger_post(p_region, p_act, h.book_id, p_id, 'hold:' || h.id, h.kind, p_value_date, p_memo, p_reference, p_maker,
                       p_checker, p_now, ARRAY[h.debit_purpose::text], ARRAY[h.credit_purpose::text], ARRAY[h.amount_fen]) p;
    PERFORM set_config('anju.posting', 'on', true);
    UPDATE ledger_hold SET state = 'posted', voucher_id = o_voucher, ended_at = p_now WHERE region = p_region AND id = p_hold;
    PERFORM set_config('anju.posting', '', true);
END $$;

CREATE OR REPLACE FUNCTION ledger_void_hold(p_region text, p_act uuid, p_hold uuid, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM ledger_end_hold(p_region, p_act, p_hold);
    PERFORM set_config('anju.posting', 'on', true);
    UPDATE ledger_hold SET state = 'void', ended_at = p_now WHERE region = p_region AND id = p_hold;
    PERFORM set_config('anju.posting', '', true);
END $$;

-- A lawful movement between two books: one voucher in each, in one transaction. Both books are locked first, in order.
CREATE OR REPLACE FUNCTION ledger_link(
    p_region text, p_act uuid, p_id uuid, p_key text, p_kind text, p_from uuid, p_to uuid, p_to_credit text, p_amount bigint,
    p_document text, p_out uuid, p_in uuid, p_value_date date, p_memo text, p_reference text, p_maker uuid, p_checker uuid,
    p_now timestamptz)
RETURNS TABLE (o_book uuid, o_voucher uuid, o_number bigint, o_hash bytea, o_replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_out record;
    v_in record;
    o record;
    i record;
BEGIN
    PERFORM ledger_must_act(p_region, p_act);
    SELECT * INTO v_out FROM (VALUES
        ('earnest_to_project', 'earnest_owed', 'bank', 'earnest_received'), ('own_funds', 'to_projects', 'bank', 'own_funds'),
        ('management_fee', 'operating', 'bank', 'management_fee_received')) AS k (kind, debit, credit, received)
     WHERE k.kind = p_kind;
    PERFORM ledger_lock(ARRAY[p_from, p_to]);
    SELECT * INTO o FROM ledger_post(
        p_region, p_act, p_from, p_out, p_key || ':out', CASE p_kind WHEN 'own_funds' THEN 'own_funds_out' ELSE p_kind END,
        p_value_date, p_memo, p_reference, p_maker, p_checker, p_now, ARRAY[v_out.debit], ARRAY[v_out.credit], ARRAY[p_amount],
        NULL, p_id);
    SELECT * INTO i FROM ledger_post(
        p_region, p_act, p_to, p_in, p_key || ':in', v_out.received, p_value_date, p_memo, p_reference, p_maker, p_checker, p_now,
        ARRAY['bank'], ARRAY[p_to_credit], ARRAY[p_amount], NULL, p_id);
    IF NOT o.o_replayed THEN
        PERFORM set_config('anju.posting', 'on', true);
        INSERT INTO ledger_link (id, region, kind, from_book, from_kind, from_voucher, to_book, to_kind, to_voucher, amount_fen,
                                 reversal, document, recorded_at)
        SELECT p_id, p_region, p_kind, p_from, f.kind, o.o_voucher, p_to, t.kind, i.o_voucher, p_amount, false, p_document, p_now
          FROM ledger_book f, ledger_book t WHERE f.region = p_region AND f.id = p_from AND t.region = p_region AND t.id = p_to;
        PERFORM set_config('anju.posting', '', true);
    END IF;
    RETURN QUERY VALUES (p_from, o.o_voucher, o.o_number, o.o_hash, o.o_replayed), (p_to, i.o_voucher, i.o_number, i.o_hash, i.o_replayed);
END $$;

-- The correction of a link: both ends mirrored, under a link of their own.
CREATE OR REPLACE FUNCTION ledger_reverse_link(
    p_region text, p_act uuid, p_link uuid, p_id uuid, p_out uuid, p_in uuid, p_key text, p_value_date date, p_memo text,
    p_reference text, p_maker uuid, p_checker uuid, p_now timestamptz)
RETURNS TABLE (o_book uuid, o_voucher uuid, o_number bigint, o_hash bytea, o_replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    l ledger_link;
    o record;
    i record;
BEGIN
    PERFORM ledger_must_act(p_region, p_act);
    SELECT * INTO l FROM ledger_link WHERE region = p_region AND id = p_link;
    IF NOT FOUND OR l.reversal THEN
        RAISE EXCEPTION 'link % cannot be reversed', p_link USING ERRCODE = 'AJ107';
    END IF;
    PERFORM ledger_lock(ARRAY[l.from_book, l.to_book]);
    SELECT * INTO i FROM ledger_mirror(p_region, p_act, l.to_voucher, p_in, p_key || ':in', p_value_date, p_memo, p_reference,
                                       p_maker, p_checker, p_now, p_id);
    SELECT * INTO o FROM ledger_mirror(p_region, p_act, l.from_voucher, p_out, p_key || ':out', p_value_date, p_memo, p_reference,
                                       p_maker, p_checker, p_now, p_id);
    IF NOT o.o_replayed THEN
        PERFORM set_config('anju.posting', 'on', true);
        INSERT INTO ledger_link (id, region, kind, from_book, from_kind, from_voucher, to_book, to_kind, to_voucher, amount_fen,
                                 reversal, document, recorded_at)
        VALUES (p_id, p_region, l.kind, l.from_book, l.from_kind, o.o_voucher, l.to_book, l.to_kind, i.o_voucher, l.amount_fen, true,
                l.document, p_now);
        PERFORM set_config('anju.posting', '', true);
    END IF;
    RETURN QUERY VALUES (l.from_book, o.o_voucher, o.o_number, o.o_hash, o.o_replayed),
                        (l.to_book, i.o_voucher, i.o_number, i.o_hash, i.o_replayed);
END $$;

-- How far an account may go: the sum of the loans signed. What is drawn and not repaid stays within it.
CREATE OR REPLACE FUNCTION ledger_set_limit(p_region text, p_act uuid, p_book uuid, p_purpose text, p_limit bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    a ledger_account;
BEGIN
    PERFORM ledger_must_act(p_region, p_act);
    PERFORM ledger_lock(ARRAY[p_book]);
    SELECT * INTO a FROM ledger_account WHERE region = p_region AND book_id = p_book AND purpose = p_purpose;
    IF NOT FOUND OR a.closed_on IS NOT NULL OR p_purpose <> 'loan' THEN
        RAISE EXCEPTION 'book % has no limit for %', p_book, p_purpose USING ERRCODE = 'AJ102';
    END IF;
    IF p_limit < 0 OR a.balance_fen < a.held_fen - p_limit THEN
        PERFORM ledger_beyond(a, 0);
    END IF;
    PERFORM set_config('anju.posting', 'on', true);
    UPDATE ledger_account SET lower_fen = -p_limit WHERE region = p_region AND id = a.id;
    PERFORM set_config('anju.posting', '', true);
END $$;

CREATE OR REPLACE FUNCTION ledger_close_period(p_region text, p_act uuid, p_book uuid, p_through date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM ledger_must_act(p_region, p_act);
    PERFORM ledger_lock(ARRAY[p_book]);
    PERFORM set_config('anju.posting', 'on', true);
    UPDATE ledger_book SET closed_through = p_through
     WHERE region = p_region AND id = p_book AND (closed_through IS NULL OR closed_through < p_through);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'book % is not there, or closed through % already', p_book, p_through USING ERRCODE = 'AJ103';
    END IF;
    PERFORM set_config('anju.posting', '', true);
END $$;

-- Closes every account of a book that stands at zero and holds nothing; another balance is an error.
CREATE OR REPLACE FUNCTION ledger_close_book(p_region text, p_act uuid, p_book uuid, p_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    a ledger_account;
BEGIN
    PERFORM ledger_must_act(p_region, p_act);
    PERFORM ledger_lock(ARRAY[p_book]);
    FOR a IN SELECT * FROM ledger_account WHERE region = p_region AND book_id = p_book ORDER BY id LOOP
        IF a.balance_fen <> 0 OR a.held_fen <> 0 THEN
            PERFORM ledger_beyond(a, 0);
        END IF;
    END LOOP;
    PERFORM set_config('anju.posting', 'on', true);
    UPDATE ledger_account SET closed_on = p_day WHERE region = p_region AND book_id = p_book AND closed_on IS NULL;
    PERFORM set_config('anju.posting', '', true);
END $$;
