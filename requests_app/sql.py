"""Rules 4 and 8 as the database keeps them, whoever writes."""

# Rule 8: a reference, once given, is neither changed nor freed; each number of a request follows the one before
# it in the same State and year. That is looked at once the transaction has written all its rows.
REFERENCES = r"""
CREATE FUNCTION keep_reference() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.reference IS NOT NULL AND (TG_OP = 'DELETE' OR NEW.reference IS DISTINCT FROM OLD.reference) THEN
        RAISE EXCEPTION 'reference % is never changed or reused', OLD.reference
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'a_reference_is_never_changed_or_reused';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER keep_reference BEFORE UPDATE OF reference OR DELETE ON requests_app_assistancerequest
    FOR EACH ROW EXECUTE FUNCTION keep_reference();
CREATE TRIGGER keep_reference BEFORE UPDATE OF reference OR DELETE ON requests_app_impactassessment
    FOR EACH ROW EXECUTE FUNCTION keep_reference();

CREATE FUNCTION next_in_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE series text; number int;
BEGIN
    IF NEW.reference IS NULL THEN RETURN NULL; END IF;
    series := format('TA-%s-%s-', extract(year FROM NEW.submitted_at AT TIME ZONE 'UTC'), NEW.state_id);
    IF NEW.reference !~ ('^' || series || '(0*[1-9][0-9]{0,8})$') THEN
        RAISE EXCEPTION 'reference % is not of the series %', NEW.reference, series
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_reference_names_its_state_and_year';
    END IF;
    number := substr(NEW.reference, length(series) + 1)::int;
    IF NEW.reference <> series || lpad(number::text, greatest(4, length(number::text)), '0') OR number > 1 AND NOT EXISTS (
        SELECT FROM requests_app_assistancerequest
        WHERE reference = series || lpad((number - 1)::text, greatest(4, length((number - 1)::text)), '0')
    ) THEN
        RAISE EXCEPTION 'reference % follows none', NEW.reference
            USING ERRCODE = 'check_violation', CONSTRAINT = 'references_have_no_gap';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER next_in_line AFTER INSERT OR UPDATE OF reference, state_id, submitted_at
    ON requests_app_assistancerequest DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION next_in_line();
"""

# Rule 4: an amount is in a currency of ISO 4217 and has no more decimals than that currency.
MONEY = r"""
CREATE FUNCTION check_money(amount numeric, code text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE places int;
BEGIN
    IF amount IS NULL THEN RETURN; END IF;
    SELECT minor_units INTO places FROM directory_currency WHERE directory_currency.code = check_money.code;
    IF places IS NULL OR min_scale(amount) > places THEN
        RAISE EXCEPTION '% % is no amount of money', amount, code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'money_is_in_its_currency_and_its_minor_units';
    END IF;
END $$;
CREATE FUNCTION need_money_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM check_money(NEW.unit_cost_amount, NEW.unit_cost_currency); RETURN NEW; END $$;
CREATE TRIGGER money_fits BEFORE INSERT OR UPDATE OF unit_cost_amount, unit_cost_currency ON requests_app_need
    FOR EACH ROW EXECUTE FUNCTION need_money_fits();
"""

# A draft's need may still lack its quantity or unit; a request that was sent has both for every need.
WHOLE_NEEDS = r"""
CREATE FUNCTION need_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM requests_app_need n JOIN requests_app_assistancerequest r ON r.id = n.request_id
        WHERE n.id = NEW.id AND (n.quantity IS NULL OR n.unit_id IS NULL)
        AND (r.status NOT IN ('draft', 'withdrawn') OR r.submitted_at IS NOT NULL)
    ) THEN
        RAISE EXCEPTION 'need % of a request that was sent has no quantity with its unit', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_need_that_was_sent_has_its_quantity_and_unit';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION needs_are_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM requests_app_need n JOIN requests_app_assistancerequest r ON r.id = n.request_id
        WHERE r.id = NEW.id AND (n.quantity IS NULL OR n.unit_id IS NULL)
        AND (r.status NOT IN ('draft', 'withdrawn') OR r.submitted_at IS NOT NULL)
    ) THEN
        RAISE EXCEPTION 'request % was sent with a need that has no quantity with its unit', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_need_that_was_sent_has_its_quantity_and_unit';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER need_is_whole AFTER INSERT OR UPDATE OF quantity, unit_id, request_id
    ON requests_app_need DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.quantity IS NULL OR NEW.unit_id IS NULL) EXECUTE FUNCTION need_is_whole();
CREATE CONSTRAINT TRIGGER needs_are_whole AFTER UPDATE OF status
    ON requests_app_assistancerequest DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.status <> 'draft') EXECUTE FUNCTION needs_are_whole();
"""
