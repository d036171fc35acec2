-- The only writers of the books. Each checks that the region is in scope and that an act is open, and takes the book's lock first
-- (an advisory one: it costs no write), then writes its accounts in their order, so that numbers have no gaps and two postings cannot
-- deadlock; a batch takes the locks of all its books first, in order.
-- Errors: AJ101 key used for something else, AJ102 no such book or account, AJ103 closed period, AJ104 beyond a bound, AJ105 dated
-- in the future, AJ107 not its mirror, AJ108 one end of a link, AJ109 hold ended, AJ110 maker and checker are one
-- person, AJ111 an amount that is not positive.

CREATE OR REPLACE FUNCTION ledger_must_act(p_region text, p_act uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT in_scope(p_region) THEN
        RAISE EXCEPTION 'region % is not in scope', p_region USING ERRCODE = '42501';
    END IF;
    IF NOT EXISTS (SELECT FROM base_act WHERE id = p_act AND region = p_region AND xid = pg_current_xact_id() AND body IS NULL) THEN
        RAISE EXCEPTION 'act % is not open in this transaction', p_act USING ERRCODE = 'AJ003';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION ledger_lock(p_books uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_key bigint;
BEGIN
    FOR v_key IN SELECT DISTINCT hashtextextended(b::text, 0) AS k FROM unnest(p_books) AS b ORDER BY k LOOP
        PERFORM pg_advisory_xact_lock(v_key);
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION ledger_open_book(
    p_region text, p_act uuid, p_id uuid, p_kind text, p_object uuid, p_title text, p_day date, p_account_ids uuid[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM ledger_must_act(p_region, p_act);
    PERFORM set_config('anju.posting', 'on', true);
    INSERT INTO ledger_book (id, region, kind, object_id, title, last_number, hash, opened_on)
    VALUES (p_id, p_region, p_kind, p_object, p_title, 0, sha256(convert_to('anju book 1 ' || p_region || ' ' || p_id, 'UTF8')), p_day);
    INSERT INTO ledger_account (id, region, book_id, book_kind, purpose, balance_fen, held_fen, seq, lower_fen, upper_fen)
    SELECT p_account_ids[row_number() OVER (ORDER BY "order")], p_region, p_id, book_kind, purpose, 0, 0, 0, lower_fen, upper_fen
      FROM ledger_purpose WHERE book_kind = p_kind;
    PERFORM set_config('anju.posting', '', true);
END $$;

-- The id of a line: its voucher's, which is ordered by time, with the last six bytes hashed with the line's number.
CREATE OR REPLACE FUNCTION ledger_line_id(p_voucher uuid, p_line integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT (left(p_voucher::text, 24) || left(md5(p_voucher::text || p_line), 12))::uuid $$;

-- What an account cannot do, with its figures for the person; always raises.
CREATE OR REPLACE FUNCTION ledger_beyond(a ledger_account, p_change bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'account % cannot change by %', a.purpose, p_change USING ERRCODE = 'AJ104',
        DETAIL = jsonb_build_object('purpose', a.purpose, 'balance', a.balance_fen, 'held', a.held_fen, 'lower', a.lower_fen,
                                    'upper', a.upper_fen, 'change', p_change)::text;
END $$;

-- Why a line could not be posted; always raises.
CREATE OR REPLACE FUNCTION ledger_explain(p_region text, p_book uuid, p_debit text, p_credit text, p_amount bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    d ledger_account;
    c ledger_account;
BEGIN
    SELECT * INTO d FROM ledger_account WHERE region = p_region AND book_id = p_book AND purpose = p_debit AND closed_on IS NULL;
    SELECT * INTO c FROM ledger_account WHERE region = p_region AND book_id = p_book AND purpose = p_credit AND closed_on IS NULL;
    IF d.id IS NULL OR c.id IS NULL OR d.id = c.id THEN
        RAISE EXCEPTION 'book % has no two open accounts for % and %', p_book, p_debit, p_credit USING ERRCODE = 'AJ102';
    ELSIF d.balance_fen + p_amount > d.upper_fen THEN
        PERFORM ledger_beyond(d, p_amount);
    END IF;
    PERFORM ledger_beyond(c, -p_amount);
END $$;

-- A reversal is the mirror of a voucher of the same book that is no reversal itself. Raises.
CREATE OR REPLACE FUNCTION ledger_must_mirror(p_region text, p_book uuid, p_reverses uuid, p_kind text, p_debits text[], p_credits text[],
                                              p_amounts bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    l record;
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_voucher WHERE region = p_region AND id = p_reverses AND book_id = p_book AND kind = p_kind
                   AND NOT reversal) THEN
        RAISE EXCEPTION 'voucher % cannot be reversed', p_reverses USING ERRCODE = 'AJ107';
    END IF;
    SELECT array_agg(credit_purpose::text ORDER BY line DESC) AS debits, array_agg(debit_purpose::text ORDER BY line DESC) AS credits,
           array_agg(amount_fen ORDER BY line DESC) AS amounts INTO l
      FROM ledger_transfer WHERE region = p_region AND voucher_id = p_reverses;
    IF (l.debits, l.credits, l.amounts) IS DISTINCT FROM (p_debits, p_credits, p_amounts)
       OR EXISTS (SELECT FROM ledger_voucher WHERE region = p_region AND reverses_id = p_reverses) THEN
        RAISE EXCEPTION 'not the mirror of voucher %, or not the first', p_reverses USING ERRCODE = 'AJ107';
    END IF;
END $$;

-- Few and large statements: plpgsql readies every expression anew in each transaction, and most postings have one of their own.
CREATE OR REPLACE FUNCTION ledger_post(
    p_region text, p_act uuid, p_book uuid, p_id uuid, p_key text, p_kind text, p_value_date date, p_memo text, p_reference text,
    p_maker uuid, p_checker uuid, p_now timestamptz, p_debits text[], p_credits text[], p_amounts bigint[],
    p_reverses uuid DEFAULT NULL, p_link uuid DEFAULT NULL,
    OUT o_voucher uuid, OUT o_number bigint, OUT o_hash bytea, OUT o_replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_request bytea := sha256(convert_to(jsonb_build_array(
        p_book, p_kind, p_value_date, p_memo, p_reference, p_maker, p_checker, p_reverses, to_jsonb(p_debits), to_jsonb(p_credits),
        to_jsonb(p_amounts))::text, 'UTF8'));
    v_total bigint;
    v_bank bigint;
    v_problem text;
BEGIN
    IF NOT in_scope(p_region) THEN
        RAISE EXCEPTION 'region % is not in scope', p_region USING ERRCODE = '42501';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(p_book::text, 0));
    SELECT coalesce(w.id, p_id), coalesce(w.number, b.last_number + 1), w.id IS NOT NULL,
           coalesce(w.hash, sha256(b.hash || convert_to(jsonb_build_array(
               'anju voucher 1', p_region, p_book, b.last_number + 1, p_id, p_kind, p_key, to_char(p_value_date, 'YYYY-MM-DD'), p_memo,
               p_reference, p_maker, p_checker, p_act, p_reverses, p_link,
               to_char(p_now AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), to_jsonb(p_debits), to_jsonb(p_credits),
               to_jsonb(p_amounts))::text, 'UTF8'))),
           t.total, t.bank,
           CASE WHEN w.request_hash <> v_request THEN 'AJ101'
                WHEN w.id IS NOT NULL THEN NULL
                WHEN b.id IS NULL THEN 'AJ102'
                WHEN NOT EXISTS (SELECT FROM base_act WHERE id = p_act AND region = p_region AND xid = pg_current_xact_id()
                                 AND body IS NULL) THEN 'AJ003'
                WHEN p_value_date <= b.closed_through THEN 'AJ103'
                WHEN p_value_date > (p_now AT TIME ZONE 'Asia/Shanghai')::date THEN 'AJ105'
                WHEN p_maker = p_checker THEN 'AJ110'
                WHEN t.lines = 0 OR t.lines <> cardinality(p_amounts) THEN '22023'
                WHEN t.least <= 0 THEN 'AJ111' END AS problem
      INTO o_voucher, o_number, o_replayed, o_hash, v_total, v_bank, v_problem
      FROM (SELECT 1) AS one
      LEFT JOIN ledger_book b ON b.region = p_region AND b.id = p_book
      LEFT JOIN ledger_voucher w ON w.region = p_region AND w.key = p_key
     CROSS JOIN (SELECT count(*) FILTER (WHERE debit IS NOT NULL AND credit IS NOT NULL) AS lines, sum(amount)::bigint AS total,
                        min(amount) AS least,
                        sum(CASE WHEN debit IN ('bank', 'entrusted') THEN amount ELSE 0 END
                            - CASE WHEN credit IN ('bank', 'entrusted') THEN amount ELSE 0 END)::bigint AS bank
                   FROM unnest(p_debits, p_credits, p_amounts) AS l (debit, credit, amount)) AS t;
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION 'voucher % of kind % dated % cannot be posted to book %', p_key, p_kind, p_value_date, p_book
            USING ERRCODE = v_problem;
    ELSIF o_replayed THEN
        RETURN;
    ELSIF p_reverses IS NOT NULL THEN
        PERFORM ledger_must_mirror(p_region, p_book, p_reverses, p_kind, p_debits, p_credits, p_amounts);
    END IF;
    PERFORM set_config('anju.posting', 'on', true);
    INSERT INTO ledger_voucher (id, region, book_id, number, kind, key, request_hash, value_date, recorded_at, memo, reference,
                                lines, total_fen, bank_fen, maker, checker, act_id, reversal, reverses_id, linked, link_id, hash)
    VALUES (p_id, p_region, p_book, o_number, p_kind, p_key, v_request, p_value_date, p_now, p_memo, p_reference,
            cardinality(p_amounts), v_total, v_bank, p_maker, p_checker, p_act, p_reverses IS NOT NULL, p_reverses,
            p_link IS NOT NULL, p_link, o_hash);
    FOR i IN 1 .. cardinality(p_amounts) LOOP
        WITH m AS (
            SELECT d.id AS debit, d.seq + 1 AS debit_seq, d.balance_fen + p_amounts[i] AS debit_balance,
                   c.id AS credit, c.seq + 1 AS credit_seq, c.balance_fen - p_amounts[i] AS credit_balance
              FROM ledger_account d, ledger_account c
             WHERE d.region = p_region AND d.book_id = p_book AND d.purpose = p_debits[i] AND d.closed_on IS NULL
               AND c.region = p_region AND c.book_id = p_book AND c.purpose = p_credits[i] AND c.closed_on IS NULL
               AND c.id <> d.id AND d.balance_fen + p_amounts[i] <= d.upper_fen
               AND c.balance_fen - p_amounts[i] >= c.lower_fen + c.held_fen),
        made AS (
            INSERT INTO ledger_transfer (id, region, book_id, voucher_id, kind, reversal, linked, lines, line, debit_id, debit_purpose,
                                         debit_seq, debit_balance_fen, credit_id, credit_purpose, credit_seq, credit_balance_fen,
                                         amount_fen, value_date, recorded_at)
            SELECT ledger_line_id(p_id, i), p_region, p_book, p_id, p_kind, p_reverses IS NOT NULL, p_link IS NOT NULL,
                   cardinality(p_amounts), i, m.debit, p_debits[i], m.debit_seq, m.debit_balance, m.credit, p_credits[i],
                   m.credit_seq, m.credit_balance, p_amounts[i], p_value_date, p_now
              FROM m)
        UPDATE ledger_account a
           SET balance_fen = CASE WHEN a.id = m.debit THEN m.debit_balance ELSE m.credit_balance END, seq = a.seq + 1
          FROM m WHERE a.region = p_region AND a.id IN (m.debit, m.credit);
        IF NOT FOUND THEN
            PERFORM ledger_explain(p_region, p_book, p_debits[i], p_credits[i], p_amounts[i]);
        END IF;
    END LOOP;
    UPDATE ledger_book SET last_number = o_number, hash = o_hash WHERE id = p_book AND region = p_region;
    PERFORM set_config('anju.posting', '', true);
END $$;

-- Many vouchers in one round trip. ``p_counts`` says how many lines each has. All books are locked first, in order.
CREATE OR REPLACE FUNCTION ledger_post_many(
    p_region text, p_act uuid, p_maker uuid, p_checker uuid, p_now timestamptz, p_books uuid[], p_ids uuid[], p_keys text[],
    p_kinds text[], p_dates date[], p_memos text[], p_references text[], p_counts integer[], p_debits text[], p_credits text[],
    p_amounts bigint[])
RETURNS TABLE (o_voucher uuid, o_number bigint, o_hash bytea, o_replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_at integer := 1;
BEGIN
    PERFORM ledger_must_act(p_region, p_act);
    PERFORM ledger_lock(p_books);
    FOR i IN 1 .. cardinality(p_books) LOOP
        SELECT p.o_voucher, p.o_number, p.o_hash, p.o_replayed INTO o_voucher, o_number, o_hash, o_replayed
          FROM ledger_post(p_region, p_act, p_books[i], p_ids[i], p_keys[i], p_kinds[i], p_dates[i], p_memos[i], p_references[i],
                           p_maker, p_checker, p_now, p_debits[v_at : v_at + p_counts[i] - 1],
                           p_credits[v_at : v_at + p_counts[i] - 1], p_amounts[v_at : v_at + p_counts[i] - 1]) p;
        RETURN NEXT;
        v_at := v_at + p_counts[i];
    END LOOP;
END $$;

-- A correction: the mirror of a voucher, last line first. One that moved money between books is corrected through its link.
CREATE OR REPLACE FUNCTION ledger_mirror(
    p_region text, p_act uuid, p_reverses uuid, p_id uuid, p_key text, p_value_date date, p_memo text, p_reference text,
    p_maker uuid, p_checker uuid, p_now timestamptz, p_link uuid,
    OUT o_voucher uuid, OUT o_number bigint, OUT o_hash bytea, OUT o_replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o record;
    l record;
BEGIN
    PERFORM ledger_must_act(p_region, p_act);
    SELECT book_id, kind INTO o FROM ledger_voucher WHERE region = p_region AND id = p_reverses;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no voucher %', p_reverses USING ERRCODE = 'AJ107';
    END IF;
    SELECT array_agg(credit_purpose::text ORDER BY line DESC) AS debits, array_agg(debit_purpose::text ORDER BY line DESC) AS credits,
           array_agg(amount_fen ORDER BY line DESC) AS amounts INTO l
      FROM ledger_transfer WHERE region = p_region AND voucher_id = p_reverses;
    SELECT p.o_voucher, p.o_number, p.o_hash, p.o_replayed INTO o_voucher, o_number, o_hash, o_replayed
      FROM ledger_post(p_region, p_act, o.book_id, p_id, p_key, o.kind, p_value_date, p_memo, p_reference, p_maker, p_checker, p_now,
                       l.debits, l.credits, l.amounts, p_reverses, p_link) p;
END $$;

CREATE OR REPLACE FUNCTION ledger_reverse(
    p_region text, p_act uuid, p_reverses uuid, p_id uuid, p_key text, p_value_date date, p_memo text, p_reference text,
    p_maker uuid, p_checker uuid, p_now timestamptz,
    OUT o_voucher uuid, OUT o_number bigint, OUT o_hash bytea, OUT o_replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM ledger_voucher WHERE region = p_region AND id = p_reverses AND link_id IS NOT NULL) THEN
        RAISE EXCEPTION 'voucher % is one end of a link', p_reverses USING ERRCODE = 'AJ108';
    END IF;
    SELECT p.o_voucher, p.o_number, p.o_hash, p.o_replayed INTO o_voucher, o_number, o_hash, o_replayed
      FROM ledger_mirror(p_region, p_act, p_reverses, p_id, p_key, p_value_date, p_memo, p_reference, p_maker, p_checker, p_now,
                         NULL) p;
END $$;
