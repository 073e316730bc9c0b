"""Rules 1 to 3 as the database keeps them: whoever writes, and whoever writes at the same moment.

Each check is deferred to the end of the transaction, and locks the row on which the sum depends, so that two
writers cannot both be right on their own.
"""

RULES = r"""
CREATE FUNCTION check_need(need bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE needed numeric; surplus text; held numeric;
BEGIN
    SELECT quantity, surplus_accepted INTO needed, surplus FROM requests_app_need WHERE id = need FOR NO KEY UPDATE;
    IF surplus <> '' THEN RETURN; END IF;
    SELECT coalesce(sum(CASE
        WHEN p.status IN ('offered','accepted','agreed','delivering','delivered','acknowledged') THEN p.quantity
        WHEN p.status = 'cancelled' THEN coalesce(
            (SELECT sum(d.quantity) FROM donors_delivery d WHERE d.pledge_id = p.id AND d.status <> 'void'), 0)
        ELSE 0 END), 0)
    INTO held FROM donors_pledge p WHERE p.need_id = need;
    IF held > needed THEN
        RAISE EXCEPTION 'need %: % is held of %', need, held, needed USING ERRCODE = 'check_violation',
            CONSTRAINT = 'need_not_held_beyond_quantity';
    END IF;
END $$;

CREATE FUNCTION pledge_inside_need() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.need_id IS NOT NULL THEN PERFORM check_need(NEW.need_id); END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER pledge_inside_need AFTER INSERT OR UPDATE OF status, quantity, need_id ON donors_pledge
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pledge_inside_need();

CREATE FUNCTION need_above_pledges() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM check_need(NEW.id); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER need_above_pledges AFTER UPDATE OF quantity, surplus_accepted ON requests_app_need
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION need_above_pledges();

CREATE FUNCTION delivery_inside_pledge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE agreed numeric; of_need bigint; pledge_status text; total numeric; surplus boolean;
BEGIN
    SELECT quantity, need_id, status INTO agreed, of_need, pledge_status
        FROM donors_pledge WHERE id = NEW.pledge_id FOR NO KEY UPDATE;
    SELECT coalesce(sum(quantity), 0), bool_or(surplus_accepted <> '') INTO total, surplus
        FROM donors_delivery WHERE pledge_id = NEW.pledge_id AND status <> 'void';
    IF total > agreed AND NOT coalesce(surplus, false) THEN
        RAISE EXCEPTION 'pledge %: % delivered of %', NEW.pledge_id, total, agreed
            USING ERRCODE = 'check_violation', CONSTRAINT = 'delivery_inside_pledge';
    END IF;
    IF of_need IS NOT NULL AND pledge_status = 'cancelled' THEN PERFORM check_need(of_need); END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER delivery_inside_pledge AFTER INSERT OR UPDATE OF status, quantity, pledge_id
    ON donors_delivery DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION delivery_inside_pledge();

CREATE FUNCTION ledger_closes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE factor numeric; broken record;
BEGIN
    SELECT 1 + psc_rate / 100 INTO factor FROM donors_contribution WHERE id = NEW.contribution_id FOR NO KEY UPDATE;
    WITH lines AS (
        SELECT id, kind, CASE WHEN reverses_id IS NULL THEN amount ELSE -amount END AS amount,
               (date AT TIME ZONE 'UTC')::date AS day,
               CASE kind WHEN 'receipt' THEN 0 WHEN 'psc' THEN 1 WHEN 'allocation' THEN 2 ELSE 3 END AS rank
        FROM donors_ledgerentry WHERE contribution_id = NEW.contribution_id
    ), running AS (
        SELECT id, sum(CASE kind WHEN 'receipt' THEN amount ELSE -amount END) OVER moment AS balance,
               sum(CASE kind WHEN 'allocation' THEN amount ELSE 0 END) OVER moment AS allocated,
               sum(CASE kind WHEN 'receipt' THEN amount WHEN 'refund' THEN -amount ELSE 0 END) OVER moment AS money
        FROM lines WINDOW moment AS (ORDER BY day, rank, id ROWS UNBOUNDED PRECEDING)
    )
    SELECT * INTO broken FROM running WHERE balance < 0 OR allocated * factor > money LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'contribution %: the ledger does not close at entry %', NEW.contribution_id, broken.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_closes';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_closes AFTER INSERT ON donors_ledgerentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_closes();
"""
