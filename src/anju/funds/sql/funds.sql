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
