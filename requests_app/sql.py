"""Rule 8 as the database keeps it: a reference, once given, is neither changed nor freed."""

REFERENCES = r"""
CREATE FUNCTION keep_reference() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.reference IS NOT NULL AND (TG_OP = 'DELETE' OR NEW.reference IS DISTINCT FROM OLD.reference) THEN
        RAISE EXCEPTION 'reference % is never changed or reused', OLD.reference USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER keep_reference BEFORE UPDATE OF reference OR DELETE ON requests_app_assistancerequest
    FOR EACH ROW EXECUTE FUNCTION keep_reference();
"""
