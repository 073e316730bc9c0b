"""Who writes events holds a shared lock until the transaction ends: a root waits for those who have begun."""

WRITING_LOCK = 0x61756469

WRITING = f"""
CREATE FUNCTION writing_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_advisory_xact_lock_shared({WRITING_LOCK}); RETURN NULL; END $$;
CREATE TRIGGER audit_caseevent_writing BEFORE INSERT ON audit_caseevent
    FOR EACH STATEMENT EXECUTE FUNCTION writing_events();
"""
