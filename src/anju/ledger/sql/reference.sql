-- What a kind of book has accounts for, and which kind of voucher may move money between which of them (4.3).
-- Money of a loan lands in 'entrusted' and has no way out but to the homes, their necessary renovation, an approved
-- reasonable expense, or back to the lender: no other row names it as the credit side.

CREATE OR REPLACE FUNCTION ledger_reference_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' OR current_user IN ('anju_app', 'anju_party', 'anju_public') THEN
        RAISE EXCEPTION '% of % is reference data', TG_OP, TG_TABLE_NAME USING ERRCODE = 'AJ005';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER fixed BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON ledger_purpose
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_reference_is_fixed();
CREATE OR REPLACE TRIGGER fixed BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON ledger_flowrule
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_reference_is_fixed();

-- The bounds of a new account by its side, in fen: an asset or expense is never negative, a liability, equity or income never
-- positive; a loan may not be drawn before it is signed, so it opens with no room at all. 10^16 fen stands for "no bound".
INSERT INTO ledger_purpose (book_kind, purpose, title, side, lower_fen, upper_fen, "order")
SELECT book_kind, purpose, title, side,
       CASE WHEN purpose = 'loan' OR side IN ('asset', 'expense') THEN 0 ELSE -10000000000000000 END,
       CASE WHEN side IN ('asset', 'expense') THEN 10000000000000000 ELSE 0 END, ord
  FROM (VALUES
    ('project', 'bank', '监管专户存款', 'asset', 1),
    ('project', 'entrusted', '受托支付待付款', 'asset', 2),
    ('project', 'homes', '收购房源', 'asset', 3),
    ('project', 'renovation', '必要装修改造', 'asset', 4),
    ('project', 'loan', '收购贷款', 'liability', 5),
    ('project', 'deposits', '租赁押金', 'liability', 6),
    ('project', 'capital', '自有资金投入', 'equity', 7),
    ('project', 'subsidy', '补助资金', 'equity', 8),
    ('project', 'sale_income', '配售收入', 'income', 9),
    ('project', 'rent_income', '租金收入', 'income', 10),
    ('project', 'statutory', '法定义务支出', 'expense', 11),
    ('project', 'operating', '运营及利息支出', 'expense', 12),
    ('earnest', 'bank', '定金专户存款', 'asset', 1),
    ('earnest', 'earnest_owed', '应付定金', 'liability', 2),
    ('overhead', 'bank', '自有资金存款', 'asset', 1),
    ('overhead', 'to_projects', '投入项目资金', 'asset', 2),
    ('overhead', 'capital', '实收资本', 'equity', 3),
    ('overhead', 'fee_income', '管理费收入', 'income', 4),
    ('overhead', 'expense', '管理支出', 'expense', 5)
  ) AS t (book_kind, purpose, title, side, ord)
ON CONFLICT DO NOTHING;

WITH rules (kind, debit, credit, title, clause) AS (VALUES
    ('loan_drawdown', 'entrusted', 'loan', '贷款发放', '4.3-1'),
    ('loan_return', 'loan', 'entrusted', '未付退回贷款', '4.3-5'),
    ('purchase_payment', 'homes', 'entrusted', '受托支付收购款', '4.3-4'),
    ('purchase_payment', 'homes', 'bank', '自有资金支付收购款', '4.3-4'),
    ('renovation_payment', 'renovation', 'entrusted', '受托支付装修改造款', '4.3-4'),
    ('renovation_payment', 'renovation', 'bank', '自有资金支付装修改造款', '4.3-4'),
    ('reasonable_payment', 'operating', 'entrusted', '逐笔报批的其他合理支出', '4.3-4'),
    ('sale_receipt', 'bank', 'sale_income', '配售回款', '4.3-2'),
    ('rent_receipt', 'bank', 'rent_income', '租金回款', '4.3-2'),
    ('deposit_receipt', 'bank', 'deposits', '收取押金', '4.3-2'),
    ('deposit_refund', 'deposits', 'bank', '退还押金', '4.3-2'),
    ('statutory_payment', 'statutory', 'bank', '履行法定义务', '4.3-2'),
    ('loan_repayment', 'loan', 'bank', '归还收购贷款', '4.3-2'),
    ('interest_payment', 'operating', 'bank', '支付贷款利息', '4.3-2'),
    ('operating_payment', 'operating', 'bank', '运营支出', '4.3-2'),
    ('subsidy_receipt', 'bank', 'subsidy', '收到补助资金', '4.2-1'),
    ('own_funds', 'bank', 'capital', '自有资金投入', '4.3-2'),
    ('earnest_received', 'bank', 'sale_income', '定金转购房款', '3.5-3'),
    ('earnest_received', 'bank', 'rent_income', '定金转租金', '3.5-3'),
    ('earnest_received', 'bank', 'deposits', '定金转押金', '3.5-3'),
    ('management_fee', 'operating', 'bank', '按合同支付管理费', '4.3-2'),
    ('earnest_in', 'bank', 'earnest_owed', '收取定金', '3.5-3'),
    ('earnest_refund', 'earnest_owed', 'bank', '退还定金', '3.5-3'),
    ('earnest_to_project', 'earnest_owed', 'bank', '定金转入项目', '3.5-3'),
    ('capital_in', 'bank', 'capital', '收到资本金', '4.3-2'),
    ('own_funds_out', 'to_projects', 'bank', '自有资金投入项目', '4.3-2'),
    ('management_fee_received', 'bank', 'fee_income', '收到管理费', '4.3-2'),
    ('overhead_payment', 'expense', 'bank', '管理支出', '4.3-2'))
INSERT INTO ledger_flowrule (kind, debit, credit, reversal, linked, title, clause)
SELECT kind, debit, credit, reversal,
       kind IN ('own_funds', 'own_funds_out', 'earnest_received', 'earnest_to_project', 'management_fee', 'management_fee_received'),
       title, clause
  FROM (SELECT kind, debit, credit, false, title, clause FROM rules
        UNION ALL
        SELECT kind, credit, debit, true, '冲销：' || title, clause FROM rules) AS r (kind, debit, credit, reversal, title, clause)
ON CONFLICT DO NOTHING;
