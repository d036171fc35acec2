-- What binds everybody, the owner of the tables too: only the posting functions write here, and history never changes, not even by
-- them. Whoever goes round this (a superuser, an owner who disables triggers) is found by ledger/verify.py and the log of acts.

-- The composite keys: every side of a transfer stands in the voucher's own book, under a lawful flow.
DO $$
DECLARE
    k record;
BEGIN
    FOR k IN SELECT * FROM (VALUES
        ('ledger_account', 'purpose', '(book_kind, purpose) REFERENCES ledger_purpose (book_kind, purpose)'),
        ('ledger_account', 'book_kind', '(region, book_id, book_kind) REFERENCES ledger_book (region, id, kind)'),
        ('ledger_transfer', 'voucher', '(region, book_id, voucher_id, kind, reversal, linked, lines)'
            ' REFERENCES ledger_voucher (region, book_id, id, kind, reversal, linked, lines)'),
        ('ledger_transfer', 'debit', '(region, book_id, debit_id, debit_purpose)'
            ' REFERENCES ledger_account (region, book_id, id, purpose)'),
        ('ledger_transfer', 'credit', '(region, book_id, credit_id, credit_purpose)'
            ' REFERENCES ledger_account (region, book_id, id, purpose)'),
        ('ledger_transfer', 'flow', '(kind, debit_purpose, credit_purpose, reversal, linked)'
            ' REFERENCES ledger_flowrule (kind, debit, credit, reversal, linked)'),
        ('ledger_hold', 'debit', '(region, book_id, debit_purpose) REFERENCES ledger_account (region, book_id, purpose)'),
        ('ledger_hold', 'credit', '(region, book_id, credit_id, credit_purpose)'
            ' REFERENCES ledger_account (region, book_id, id, purpose)'),
        ('ledger_hold', 'flow', '(kind, debit_purpose, credit_purpose, reversal, linked)'
            ' REFERENCES ledger_flowrule (kind, debit, credit, reversal, linked)'),
        ('ledger_link', 'from_book', '(region, from_book, from_kind) REFERENCES ledger_book (region, id, kind)'),
        ('ledger_link', 'to_book', '(region, to_book, to_kind) REFERENCES ledger_book (region, id, kind)')
    ) AS keys (on_table, name, definition)
    LOOP
        IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'fk_' || k.on_table || '_' || k.name) THEN
            EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I FOREIGN KEY %s', k.on_table,
                           'fk_' || k.on_table || '_' || k.name, k.definition);
        END IF;
    END LOOP;
END $$;

-- Balances and book heads are updated in place by every posting: leave room on their pages.
ALTER TABLE ledger_account SET (fillfactor = 50);
ALTER TABLE ledger_book SET (fillfactor = 50);

CREATE OR REPLACE FUNCTION ledger_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of %: what was posted is never changed; post a reversal', TG_OP, TG_TABLE_NAME USING ERRCODE = 'AJ005';
END $$;

CREATE OR REPLACE FUNCTION ledger_only_functions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % outside the posting functions', TG_OP, TG_TABLE_NAME USING ERRCODE = 'AJ006';
END $$;

-- The posting functions set anju.posting around their writes. A statement trigger's WHEN is weighed without a call: a posting pays
-- nearly nothing for it. The application cannot gain by setting it, since it may not write these tables at all.
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['ledger_voucher', 'ledger_transfer', 'ledger_link'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER final BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_final()', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['ledger_book', 'ledger_account', 'ledger_hold'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER final BEFORE DELETE OR TRUNCATE ON %I'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_final()', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['ledger_book', 'ledger_account', 'ledger_hold', 'ledger_voucher', 'ledger_transfer', 'ledger_link'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER functions_only BEFORE INSERT OR UPDATE ON %I FOR EACH STATEMENT'
                       ' WHEN (current_setting(''anju.posting'', true) IS DISTINCT FROM ''on'')'
                       ' EXECUTE FUNCTION ledger_only_functions()', t);
    END LOOP;
END $$;

-- Money between two books: both vouchers name the link, are of its amount, and the link names both.
CREATE OR REPLACE FUNCTION ledger_link_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM ledger_voucher v
         WHERE v.region = NEW.region AND v.link_id = NEW.id AND v.total_fen = NEW.amount_fen AND v.reversal = NEW.reversal
           AND (v.id, v.book_id) IN ((NEW.from_voucher, NEW.from_book), (NEW.to_voucher, NEW.to_book))) <> 2 THEN
        RAISE EXCEPTION 'link %: a voucher of the same amount in each book', NEW.id USING ERRCODE = 'AJ107';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER guard BEFORE INSERT ON ledger_link FOR EACH ROW EXECUTE FUNCTION ledger_link_guard();

-- Checked at the end of the transaction, when the link stands; by the owner's rights, since no scope may be open then.
CREATE OR REPLACE FUNCTION ledger_link_stands() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_link WHERE region = NEW.region AND id = NEW.link_id
                   AND NEW.id IN (from_voucher, to_voucher)) THEN
        RAISE EXCEPTION 'voucher %: its link does not name it', NEW.id USING ERRCODE = 'AJ107';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS link_stands ON ledger_voucher;
CREATE CONSTRAINT TRIGGER link_stands AFTER INSERT ON ledger_voucher DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.link_id IS NOT NULL) EXECUTE FUNCTION ledger_link_stands();
