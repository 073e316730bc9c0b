"""Rules 1 to 4, 8 and 14 as the database keeps them: whoever writes, and whoever writes at the same moment.

Each check is deferred to the end of the transaction, and locks the row on which the sum depends, so that two
writers cannot both be right on their own.
"""

RULES = r"""
CREATE FUNCTION check_need(need bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE needed numeric; surplus text; of_unit text; held numeric; strange boolean;
BEGIN
    SELECT quantity, surplus_accepted, unit_id INTO needed, surplus, of_unit
        FROM requests_app_need WHERE id = need FOR NO KEY UPDATE;
    SELECT bool_or(p.unit_id <> of_unit AND p.offered_at IS NOT NULL), coalesce(sum(CASE
        WHEN p.status IN ('offered','accepted','agreed','delivering','delivered','acknowledged') THEN p.quantity
        WHEN p.status = 'cancelled' THEN coalesce(
            (SELECT sum(d.quantity) FROM donors_delivery d WHERE d.pledge_id = p.id AND d.status <> 'void'), 0)
        ELSE 0 END), 0)
    INTO strange, held FROM donors_pledge p WHERE p.need_id = need;
    IF strange THEN
        RAISE EXCEPTION 'need %: a pledge is in another unit', need USING ERRCODE = 'check_violation',
            CONSTRAINT = 'a_pledge_is_in_the_unit_of_its_need';
    END IF;
    IF held > needed AND surplus = '' THEN
        RAISE EXCEPTION 'need %: % is held of %', need, held, needed USING ERRCODE = 'check_violation',
            CONSTRAINT = 'a_need_is_not_held_beyond_its_quantity';
    END IF;
END $$;

CREATE FUNCTION pledge_inside_need() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.need_id IS NOT NULL THEN PERFORM check_need(NEW.need_id); END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER pledge_inside_need AFTER INSERT OR UPDATE OF status, quantity, need_id, unit_id ON donors_pledge
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pledge_inside_need();

CREATE FUNCTION need_above_pledges() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM check_need(NEW.id); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER need_above_pledges AFTER UPDATE OF quantity, surplus_accepted, unit_id ON requests_app_need
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION need_above_pledges();

CREATE FUNCTION check_deliveries(pledge bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE agreed numeric; of_need bigint; pledge_status text; accepted timestamptz; total numeric; surplus boolean; came boolean;
BEGIN
    SELECT quantity, need_id, status, accepted_at INTO agreed, of_need, pledge_status, accepted
        FROM donors_pledge WHERE id = pledge FOR NO KEY UPDATE;
    SELECT coalesce(sum(quantity), 0), bool_or(surplus_accepted <> ''), count(*) > 0 INTO total, surplus, came
        FROM donors_delivery WHERE pledge_id = pledge AND status <> 'void';
    IF came AND accepted IS NULL THEN
        RAISE EXCEPTION 'pledge %: no State has accepted it', pledge
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nothing_is_delivered_that_no_state_accepted';
    END IF;
    IF total > agreed AND NOT coalesce(surplus, false) THEN
        RAISE EXCEPTION 'pledge %: % delivered of %', pledge, total, agreed
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_more_is_delivered_than_was_pledged';
    END IF;
    IF of_need IS NOT NULL AND pledge_status = 'cancelled' THEN PERFORM check_need(of_need); END IF;
END $$;

CREATE FUNCTION delivery_inside_pledge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM check_deliveries(NEW.pledge_id); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER delivery_inside_pledge
    AFTER INSERT OR UPDATE OF status, quantity, pledge_id, surplus_accepted ON donors_delivery
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION delivery_inside_pledge();

CREATE FUNCTION pledge_above_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM check_deliveries(NEW.id); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER pledge_above_deliveries AFTER UPDATE OF quantity, accepted_at ON donors_pledge
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pledge_above_deliveries();

CREATE FUNCTION check_ledger(contribution bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE factor numeric; broken record;
BEGIN
    SELECT 1 + psc_rate / 100 INTO factor FROM donors_contribution WHERE id = contribution FOR NO KEY UPDATE;
    WITH lines AS (
        SELECT id, kind, CASE WHEN reverses_id IS NULL THEN amount ELSE -amount END AS amount,
               (date AT TIME ZONE 'UTC')::date AS day,
               CASE WHEN reverses_id IS NOT NULL THEN CASE kind WHEN 'receipt' THEN 5 ELSE 4 END
                    ELSE CASE kind WHEN 'receipt' THEN 0 WHEN 'psc' THEN 1 WHEN 'allocation' THEN 2 ELSE 3 END
               END AS rank
        FROM donors_ledgerentry WHERE contribution_id = contribution
    ), running AS (
        SELECT id, sum(CASE kind WHEN 'receipt' THEN amount ELSE -amount END) OVER moment AS balance,
               sum(CASE kind WHEN 'allocation' THEN amount ELSE 0 END) OVER moment AS allocated,
               sum(CASE kind WHEN 'receipt' THEN amount WHEN 'refund' THEN -amount ELSE 0 END) OVER moment AS money
        FROM lines WINDOW moment AS (ORDER BY day, rank, id ROWS UNBOUNDED PRECEDING)
    )
    SELECT * INTO broken FROM running WHERE balance < 0 OR allocated * factor > money LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'contribution %: the ledger does not close at entry %', contribution, broken.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_ledger_closes_at_every_moment';
    END IF;
END $$;

CREATE FUNCTION ledger_closes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.reverses_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM donors_ledgerentry o
        WHERE o.id = NEW.reverses_id AND o.reverses_id IS NULL AND o.need_id IS NOT DISTINCT FROM NEW.need_id
            AND (o.contribution_id, o.kind, o.amount) = (NEW.contribution_id, NEW.kind, NEW.amount)
    ) THEN
        RAISE EXCEPTION 'entry % does not match what it reverses', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_reversal_matches_what_it_reverses';
    END IF;
    PERFORM check_ledger(NEW.contribution_id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_closes AFTER INSERT ON donors_ledgerentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_closes();

CREATE FUNCTION rate_leaves_ledger_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM check_ledger(NEW.id); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER rate_leaves_ledger_closed AFTER UPDATE OF psc_rate ON donors_contribution
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION rate_leaves_ledger_closed();
"""

MONEY = r"""
CREATE FUNCTION value_money_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM check_money(NEW.value_amount, NEW.value_currency); RETURN NEW; END $$;
CREATE TRIGGER money_fits BEFORE INSERT OR UPDATE OF value_amount, value_currency ON donors_pledge
    FOR EACH ROW EXECUTE FUNCTION value_money_fits();
CREATE TRIGGER money_fits BEFORE INSERT OR UPDATE OF value_amount, value_currency ON donors_delivery
    FOR EACH ROW EXECUTE FUNCTION value_money_fits();
CREATE FUNCTION contribution_money_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM check_money(NEW.amount, NEW.currency); RETURN NEW; END $$;
CREATE TRIGGER money_fits BEFORE INSERT OR UPDATE OF amount, currency ON donors_contribution
    FOR EACH ROW EXECUTE FUNCTION contribution_money_fits();
CREATE FUNCTION entry_money_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM check_money(NEW.amount, (SELECT currency FROM donors_contribution WHERE id = NEW.contribution_id));
    RETURN NEW;
END $$;
CREATE TRIGGER money_fits BEFORE INSERT ON donors_ledgerentry FOR EACH ROW EXECUTE FUNCTION entry_money_fits();
"""

# The State that speaks for a pledge stands in it and in its deliveries, so that an index finds what is a State's.
LEAD = r"""
CREATE FUNCTION pledge_lead() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.lead := CASE WHEN NEW.need_id IS NULL THEN NEW.state_id ELSE (
        SELECT r.state_id FROM requests_app_need n JOIN requests_app_assistancerequest r ON r.id = n.request_id
        WHERE n.id = NEW.need_id) END;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_lead BEFORE INSERT OR UPDATE OF need_id, state_id, lead ON donors_pledge
    FOR EACH ROW EXECUTE FUNCTION pledge_lead();

CREATE FUNCTION delivery_lead() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.lead := (SELECT lead FROM donors_pledge WHERE id = NEW.pledge_id);
    RETURN NEW;
END $$;
CREATE TRIGGER keep_lead BEFORE INSERT OR UPDATE OF pledge_id, lead ON donors_delivery
    FOR EACH ROW EXECUTE FUNCTION delivery_lead();

CREATE FUNCTION lead_of_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN UPDATE donors_delivery SET lead = NEW.lead WHERE pledge_id = NEW.id; RETURN NULL; END $$;
CREATE TRIGGER lead_of_deliveries AFTER UPDATE ON donors_pledge
    FOR EACH ROW WHEN (NEW.lead IS DISTINCT FROM OLD.lead) EXECUTE FUNCTION lead_of_deliveries();

CREATE FUNCTION lead_of_needs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN UPDATE donors_pledge SET lead = NULL WHERE need_id = NEW.id; RETURN NULL; END $$;
CREATE TRIGGER lead_of_pledges AFTER UPDATE ON requests_app_need
    FOR EACH ROW WHEN (NEW.request_id IS DISTINCT FROM OLD.request_id) EXECUTE FUNCTION lead_of_needs();

CREATE FUNCTION lead_of_requests() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE donors_pledge SET lead = NULL WHERE need_id IN (SELECT id FROM requests_app_need WHERE request_id = NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER lead_of_pledges AFTER UPDATE ON requests_app_assistancerequest
    FOR EACH ROW WHEN (NEW.state_id IS DISTINCT FROM OLD.state_id) EXECUTE FUNCTION lead_of_requests();
"""
LEAD_OF_OLD_ROWS = r"""
UPDATE donors_pledge p SET lead = CASE WHEN need_id IS NULL THEN state_id ELSE (
    SELECT r.state_id FROM requests_app_need n JOIN requests_app_assistancerequest r ON r.id = n.request_id
    WHERE n.id = p.need_id) END;
UPDATE donors_delivery d SET lead = p.lead FROM donors_pledge p WHERE p.id = d.pledge_id;
"""

REFERENCES = "".join(
    f"""
CREATE TRIGGER keep_reference BEFORE UPDATE OF reference OR DELETE ON donors_{thing}
    FOR EACH ROW EXECUTE FUNCTION keep_reference();
"""
    for thing in ("offer", "pledge", "delivery", "contribution")
)
