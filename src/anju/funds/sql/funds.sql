-- A line of the bank's statement is matched to a voucher that moved exactly its amount, and is otherwise never changed.
CREATE OR REPLACE FUNCTION funds_matched_to_the_fen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.account_id, NEW.booked_on, NEW.reference, NEW.amount_fen, NEW.balance_fen, NEW.counterparty)
       <> (OLD.account_id, OLD.booked_on, OLD.reference, OLD.amount_fen, OLD.balance_fen, OLD.counterparty) THEN
        RAISE EXCEPTION 'line % of the bank is never changed', OLD.reference USING ERRCODE = 'AJ005';
    END IF;
    IF NEW.voucher_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM ledger_voucher WHERE region = NEW.region AND id = NEW.voucher_id AND bank_fen = NEW.amount_fen) THEN
        RAISE EXCEPTION 'line % of % fen is matched to a voucher of another amount', NEW.reference, NEW.amount_fen
            USING ERRCODE = '23514', CONSTRAINT = 'matched_to_the_fen';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER matched_to_the_fen BEFORE INSERT OR UPDATE ON funds_bankline
    FOR EACH ROW EXECUTE FUNCTION funds_matched_to_the_fen();

CREATE OR REPLACE FUNCTION funds_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of %: what was recorded of the money stays', TG_OP, TG_TABLE_NAME USING ERRCODE = 'AJ005';
END $$;
CREATE OR REPLACE TRIGGER line_stays BEFORE DELETE ON funds_bankline FOR EACH ROW EXECUTE FUNCTION funds_is_final();
CREATE OR REPLACE TRIGGER receipt_stays BEFORE DELETE ON funds_receipt FOR EACH ROW EXECUTE FUNCTION funds_is_final();
CREATE OR REPLACE TRIGGER use_stays BEFORE UPDATE OR DELETE ON funds_proceedsuse FOR EACH ROW EXECUTE FUNCTION funds_is_final();
CREATE OR REPLACE TRIGGER statement_stays BEFORE UPDATE OR DELETE ON funds_dutystatement
    FOR EACH ROW EXECUTE FUNCTION funds_is_final();

-- A receipt's split is frozen; it only gets its distribution, once.
CREATE OR REPLACE FUNCTION funds_receipt_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.project_id, NEW.kind, NEW.amount_fen, NEW.received_on, NEW.statutory_fen, NEW.loan_fen, NEW.remainder_fen, NEW.voucher_id)
       <> (OLD.project_id, OLD.kind, OLD.amount_fen, OLD.received_on, OLD.statutory_fen, OLD.loan_fen, OLD.remainder_fen, OLD.voucher_id)
       OR OLD.distribution_id IS NOT NULL THEN
        RAISE EXCEPTION 'receipt % is frozen', OLD.id USING ERRCODE = 'AJ005';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER receipt_frozen BEFORE UPDATE ON funds_receipt FOR EACH ROW EXECUTE FUNCTION funds_receipt_frozen();

CREATE OR REPLACE TRIGGER repayment_stays BEFORE UPDATE OR DELETE ON funds_loanrepayment
    FOR EACH ROW EXECUTE FUNCTION funds_is_final();

-- Own funds are moved, or taken back, as they were asked for; neither is ever undone.
CREATE OR REPLACE FUNCTION funds_own_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.moved_on IS NOT NULL OR OLD.withdrawn_on IS NOT NULL
       OR (NEW.project_id, NEW.amount_fen, NEW.document, NEW.asked_on, NEW.maker)
          <> (OLD.project_id, OLD.amount_fen, OLD.document, OLD.asked_on, OLD.maker) THEN
        RAISE EXCEPTION 'own funds % stay as they were asked for', OLD.id USING ERRCODE = 'AJ005';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER own_stays BEFORE UPDATE OR DELETE ON funds_ownfunds FOR EACH ROW EXECUTE FUNCTION funds_own_stays();

-- What a payment, a loan or a subsidy is of (who, to whom, how much, by which paper) is as it was made; only the columns of its state
-- move, each that names a person or a voucher once, and nothing after the end. Weighed after the columns' own checks.
CREATE OR REPLACE FUNCTION funds_made_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was jsonb := to_jsonb(OLD);
    is_now jsonb := to_jsonb(NEW);
    once text[] := CASE TG_TABLE_NAME
        WHEN 'funds_payment' THEN ARRAY['use_approved_by', 'examiner', 'checker', 'hold_id', 'drawdown_voucher_id', 'voucher_id', 'paid_on']
        WHEN 'funds_loan' THEN ARRAY['signed_on', 'checker']
        WHEN 'funds_subsidy' THEN ARRAY['granted_on', 'voucher_id', 'checker']
        ELSE ARRAY[]::text[] END;
    moves text[] := once || CASE TG_TABLE_NAME
        WHEN 'funds_payment' THEN ARRAY['state', 'bank_reference', 'end_reason']
        WHEN 'funds_loan' THEN ARRAY['state', 'drawn_fen', 'repaid_fen']
        WHEN 'funds_subsidy' THEN ARRAY['bank_reference']
        ELSE ARRAY['state'] END;
BEGIN
    IF (is_now - moves) IS DISTINCT FROM (was - moves)
       OR EXISTS (SELECT FROM unnest(once) c WHERE was ->> c IS NOT NULL AND was ->> c IS DISTINCT FROM is_now ->> c)
       OR is_now IS DISTINCT FROM was AND (
           TG_TABLE_NAME = 'funds_payment' AND was ->> 'state' IN ('paid', 'refused', 'returned')
           OR TG_TABLE_NAME = 'funds_loan' AND was ->> 'state' = 'withdrawn'
           OR TG_TABLE_NAME = 'funds_subsidy' AND was ->> 'granted_on' IS NOT NULL)
       OR TG_TABLE_NAME = 'funds_payment' AND was ->> 'state' = 'held' AND is_now ->> 'state' NOT IN ('held', 'paid', 'returned')
       OR TG_TABLE_NAME = 'funds_loan' AND was ->> 'state' IN ('signed', 'settled') AND is_now ->> 'state' NOT IN ('signed', 'settled') THEN
        RAISE EXCEPTION '% of % %: what was made of the money stays as it was made', TG_OP, TG_TABLE_NAME, was ->> 'id'
            USING ERRCODE = 'AJ005';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER made_stays AFTER UPDATE ON funds_payment FOR EACH ROW EXECUTE FUNCTION funds_made_stays();
CREATE OR REPLACE TRIGGER made_stays AFTER UPDATE ON funds_loan FOR EACH ROW EXECUTE FUNCTION funds_made_stays();
CREATE OR REPLACE TRIGGER made_stays AFTER UPDATE ON funds_loanoffer FOR EACH ROW EXECUTE FUNCTION funds_made_stays();
CREATE OR REPLACE TRIGGER made_stays AFTER UPDATE ON funds_subsidy FOR EACH ROW EXECUTE FUNCTION funds_made_stays();
CREATE OR REPLACE TRIGGER payment_stays BEFORE DELETE ON funds_payment FOR EACH ROW EXECUTE FUNCTION funds_is_final();
CREATE OR REPLACE TRIGGER loan_stays BEFORE DELETE ON funds_loan FOR EACH ROW EXECUTE FUNCTION funds_is_final();
CREATE OR REPLACE TRIGGER offer_stays BEFORE DELETE ON funds_loanoffer FOR EACH ROW EXECUTE FUNCTION funds_is_final();
CREATE OR REPLACE TRIGGER subsidy_stays BEFORE DELETE ON funds_subsidy FOR EACH ROW EXECUTE FUNCTION funds_is_final();
CREATE OR REPLACE TRIGGER account_stays BEFORE UPDATE OR DELETE ON funds_supervisedaccount
    FOR EACH ROW EXECUTE FUNCTION funds_is_final();
CREATE OR REPLACE TRIGGER distribution_stays BEFORE UPDATE OR DELETE ON funds_distribution
    FOR EACH ROW EXECUTE FUNCTION funds_is_final();

-- A book is given no more room for loans than the project's signed loans, less what was repaid: the ledger below knows no loan, so the
-- room that lends asks, of every book whose project stands. Postings never touch the limit, and pay nothing for it.
CREATE OR REPLACE FUNCTION funds_limit_within_loans() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    lent bigint;
BEGIN
    SELECT coalesce(sum(l.principal_fen - l.repaid_fen), 0) INTO lent
      FROM ledger_book b
      JOIN reserve_project p ON p.region = b.region AND p.id = b.object_id
      LEFT JOIN funds_loan l ON l.region = p.region AND l.project_id = p.id AND l.state = 'signed'
     WHERE b.region = NEW.region AND b.id = NEW.book_id
     GROUP BY p.id;
    IF -NEW.lower_fen > lent THEN
        RAISE EXCEPTION 'a limit of % fen on book %: its signed loans are of % fen', -NEW.lower_fen, NEW.book_id, lent
            USING ERRCODE = '23514', CONSTRAINT = 'limit_within_loans';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS limit_within_loans ON ledger_account;
CREATE TRIGGER limit_within_loans AFTER UPDATE OF lower_fen ON ledger_account FOR EACH ROW
    WHEN (NEW.purpose = 'loan' AND NEW.lower_fen < OLD.lower_fen) EXECUTE FUNCTION funds_limit_within_loans();
