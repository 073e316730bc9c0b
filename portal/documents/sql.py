"""What the database keeps of documents, whoever writes."""

from portal.documents.enums import LARGEST_SUM, MOST_FILES

# A file once kept is what it was: only what the scanner says of it is written later, and an infection is final.
VERSIONS = """
CREATE FUNCTION keep_document_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - 'scan' - 'scanned_at') IS DISTINCT FROM (to_jsonb(OLD) - 'scan' - 'scanned_at') THEN
        RAISE EXCEPTION 'version % of document % is kept as it is', OLD.number, OLD.document_id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'a_version_is_never_changed_or_deleted';
    END IF;
    IF OLD.scan = 'infected' AND NEW.scan <> 'infected' THEN
        RAISE EXCEPTION 'version % of document % is infected', OLD.number, OLD.document_id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'an_infection_is_final';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_version BEFORE UPDATE OR DELETE ON documents_documentversion
    FOR EACH ROW EXECUTE FUNCTION keep_document_version();
"""

# Versions follow each other; a record has so many documents and so many bytes at most. The record is locked, so
# that two who attach at once are counted one after the other.
LIMITS = f"""
CREATE FUNCTION documents_within_limits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE of_request bigint; files bigint; bytes bigint;
BEGIN
    IF NEW.number > 1 AND NOT EXISTS (
        SELECT FROM documents_documentversion WHERE document_id = NEW.document_id AND number = NEW.number - 1
    ) THEN
        RAISE EXCEPTION 'version % of document % follows none', NEW.number, NEW.document_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'versions_of_a_document_follow_each_other';
    END IF;
    SELECT request_id INTO of_request FROM documents_document WHERE id = NEW.document_id;
    PERFORM FROM requests_app_assistancerequest WHERE id = of_request FOR NO KEY UPDATE;
    SELECT count(DISTINCT d.id), coalesce(sum(v.size), 0) INTO files, bytes
        FROM documents_document d JOIN documents_documentversion v ON v.document_id = d.id
        WHERE d.request_id = of_request AND d.status = 'kept';
    IF files > {MOST_FILES} OR bytes > {LARGEST_SUM} THEN
        RAISE EXCEPTION '% files of % bytes', files, bytes
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_record_has_no_more_documents_than_allowed';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER within_limits AFTER INSERT ON documents_documentversion
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION documents_within_limits();
"""  # noqa: S608 - two numbers of ours

# A document stays where it hangs; it is removed, for good, only while nobody but its State has seen it.
REMOVAL = """
CREATE FUNCTION keep_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status = 'removed' OR NEW.request_id IS DISTINCT FROM OLD.request_id OR (
        NEW.status = 'removed' AND NOT EXISTS (
            SELECT FROM requests_app_assistancerequest WHERE id = OLD.request_id AND status = 'draft'
        )
    ) THEN
        RAISE EXCEPTION 'document % stays', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'a_document_is_removed_in_a_draft_alone';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_document BEFORE UPDATE OR DELETE ON documents_document
    FOR EACH ROW EXECUTE FUNCTION keep_document();
"""
