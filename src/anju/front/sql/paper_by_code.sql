-- 公文验真: anybody who holds a printed code (59 bits) may ask whether a paper of that code was issued here. It answers what stands on the
-- paper's head and nothing of its content; without the whole code nothing is found. A definer function, since the public role reads
-- publications only.
CREATE OR REPLACE FUNCTION paper_by_code(wanted text)
RETURNS TABLE (title text, number text, issued_at timestamptz, signed_on date, data_sha256 text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.title::text, p.number::text, p.issued_at, p.signed_on, p.data_sha256::text
    FROM base_paper p WHERE p.code = wanted AND length(wanted) = 14
$$;
GRANT EXECUTE ON FUNCTION paper_by_code(text) TO anju_app, anju_door, anju_party, anju_public;
